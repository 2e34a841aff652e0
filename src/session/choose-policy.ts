import { existsSync } from "node:fs";
import { GcidemError } from "../core/errors.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import type { Policy } from "../policy/policy.js";
import { PRESET_NAMES } from "../policy/preset-names.js";
import { isPresetName, presetPolicy } from "../policy/presets.js";
import { parsePolicy } from "../policy/read-policy.js";
import { readTextFile } from "./load-files.js";

/** The policy that `--policy` names: a preset, else a file. @throws GcidemError `usage` or `invalid-file`. */
export function choosePolicy(word: string): Policy {
  if (isPresetName(word)) return presetPolicy(word);
  if (existsSync(word) || /[./\\]/.test(word)) return parsePolicy(readTextFile(word), word);
  throw new GcidemError("usage", `--policy: found "${word}", expected a preset or a file; nothing was sent`, {
    hint: didYouMeanHint(word, PRESET_NAMES).hint ?? `presets are ${PRESET_NAMES.join(", ")}`,
  });
}
