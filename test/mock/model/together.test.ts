import { describe, test } from "vitest";
import { agree, TIMEOUT_MS } from "./run/property.js";

describe("keys and versions together", { timeout: TIMEOUT_MS }, () => {
  test("the rules answer in the policy's order, whatever it is", () =>
    agree({
      focus: { keys: true, versions: true, faults: true, limits: true },
      traffic: { keys: true, tokens: true, hostile: true },
      runs: 200,
    }));

  test("names that no two things share, and parents that cannot go", () =>
    agree({
      focus: { keys: true, versions: true, limits: true, names: true },
      traffic: { keys: true, tokens: true, names: true },
      runs: 120,
    }));
});
