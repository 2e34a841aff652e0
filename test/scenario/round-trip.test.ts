import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import { drawScenario } from "./arbitrary-scenario.js";
import { withoutPlaces } from "./loading.js";
import { writeScenario } from "./write-scenario.js";

/** Ways in which people and tools write the same file. */
const FORMATS = [
  {},
  { indent: 4, lineWidth: 0 },
  { collectionStyle: "flow", lineWidth: 0 },
  { collectionStyle: "flow" },
  { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" },
  { defaultStringType: "QUOTE_SINGLE", indentSeq: false },
] as const;

test("a scenario that is written down loads as it was, however the file is laid out", () => {
  fc.assert(
    fc.property(fc.gen(), fc.constantFrom(...FORMATS), (draw, format) => {
      const scenario = drawScenario((arbitrary) => draw(() => arbitrary));
      const text = stringify(writeScenario(scenario), { ...format, aliasDuplicateObjects: false });
      const loaded = loadScenario(`# written by a test\r\n${text}`, "f.yaml");
      expect(withoutPlaces({ ...loaded, envNames: [] })).toEqual(withoutPlaces(scenario));
    }),
    { numRuns: 30, endOnFailure: true },
  );
}, 60_000);
