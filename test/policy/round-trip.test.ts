import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { PRESET_NAMES } from "../../src/policy/preset-names.js";
import { presetFor } from "../../src/policy/presets.js";
import { parsePolicy } from "../../src/policy/read-policy.js";
import { arbitraryPolicy } from "./arbitrary-policy.js";
import { writePolicy } from "./write-policy.js";

describe("a policy that is written out and read again is the same policy", () => {
  test("as YAML and as JSON, whatever it says", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(arbitraryPolicy, fc.boolean(), (policy, asJson) => {
        const file = writePolicy(policy);
        const text = asJson ? JSON.stringify(file) : stringify(file);
        expect(parsePolicy(text, policy.name)).toEqual(policy);
      }),
      { numRuns: 100 },
    );
  });

  test.each(PRESET_NAMES)("%s", (name) => {
    const policy = presetFor(name);
    expect(parsePolicy(stringify(writePolicy(policy)), name)).toEqual(policy);
  });
});
