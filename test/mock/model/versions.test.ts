import { describe, test } from "vitest";
import { agree, TIMEOUT_MS } from "./run/property.js";

describe("versions, under any policy, are checked and moved as the policy says", {
  timeout: TIMEOUT_MS,
}, () => {
  test("in If-Match, body and query: current, outdated, weak, listed, any, malformed, of another thing, missing", () =>
    agree({ focus: { versions: true }, traffic: { tokens: true }, runs: 250 }));

  test("the same behind a server that fails, with bodies that cannot be read", () =>
    agree({ focus: { versions: true, faults: true }, traffic: { tokens: true, hostile: true }, runs: 60 }));
});
