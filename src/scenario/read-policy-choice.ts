import { quoted } from "../document/describe-value.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { type Field, placeOf, textIn } from "../document/field.js";
import { PRESET_NAMES } from "../policy/preset-names.js";
import { readPolicyAt } from "../policy/read-policy.js";
import { checkInsideFolder } from "./read-path.js";
import { type Reading, report } from "./reading.js";
import type { PolicyChoice } from "./scenario.js";

/** `policy`: a preset, a file beside the scenario, or a policy written in place; null where there is none to read. */
export function readPolicyChoice(reading: Reading, field: Field | null): PolicyChoice | null {
  if (field === null) return null;
  const at = placeOf(field);
  const text = textIn(field);
  if (text === null) {
    if (typeof field.value !== "object" || field.value === null || Array.isArray(field.value)) return null;
    const { value, problems } = readPolicyAt(field.doc, field.path);
    reading.problems.push(...problems);
    return value === undefined ? null : { kind: "inline", policy: value, at };
  }
  if ((PRESET_NAMES as readonly string[]).includes(text)) return { kind: "preset", name: text, at };
  if (/\.(?:ya?ml|json)$/i.test(text)) {
    checkInsideFolder(reading, field);
    return { kind: "file", path: text, at };
  }
  if (text === "") return null;
  const expected = `${PRESET_NAMES.join(", ")}, or a file that ends in .yaml, .yml or .json`;
  report(
    reading,
    field,
    `found the policy ${quoted(text)}, expected ${expected}`,
    didYouMeanHint(text, PRESET_NAMES).hint ?? null,
  );
  return null;
}
