import { describe, test } from "vitest";
import { agree, TIMEOUT_MS } from "./run/property.js";

describe("keys, under any policy, get what the policy says", { timeout: TIMEOUT_MS }, () => {
  test("reused, respelled, with another body, elsewhere, by others, within their life and after it", () =>
    agree({ focus: { keys: true }, traffic: { keys: true }, runs: 200 }));

  test("malformed, with broken bodies and bad tokens, and where the server fails before or after the effect", () =>
    agree({ focus: { keys: true, faults: true }, traffic: { keys: true, hostile: true }, runs: 200 }));
});
