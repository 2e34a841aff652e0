import { GcidemError } from "../core/errors.js";
import { didYouMean } from "../document/did-you-mean.js";
import { layOver, NO_POLICY } from "./lay-over.js";
import type { Policy } from "./policy.js";
import type { PolicyFile } from "./policy-file.js";
import { PRESET_NAMES, type PresetName } from "./preset-names.js";
import { DOCUMENTED } from "./presets/documented.js";
import { FORUM_LORE } from "./presets/forum-lore.js";
import {
  COUCHDB_LIKE,
  IETF_DRAFT,
  KUBERNETES_LIKE,
  NAIVE,
  RFC9110,
  STRIPE_LIKE,
} from "./presets/well-known.js";

const FILES: Readonly<Record<PresetName, PolicyFile>> = {
  documented: DOCUMENTED,
  "forum-lore": FORUM_LORE,
  rfc9110: RFC9110,
  "ietf-draft": IETF_DRAFT,
  "stripe-like": STRIPE_LIKE,
  "couchdb-like": COUCHDB_LIKE,
  "kubernetes-like": KUBERNETES_LIKE,
  naive: NAIVE,
};

const policies = new Map<PresetName, Policy>();

/** True for the name of a preset. Pure. */
export function isPresetName(name: string): name is PresetName {
  return (PRESET_NAMES as readonly string[]).includes(name);
}

/** A preset, the same object each time. Pure. */
export function presetFor(name: PresetName): Policy {
  const made = policies.get(name) ?? layOver(NO_POLICY, FILES[name], name);
  policies.set(name, made);
  return made;
}

/** A preset in the words of a policy file: written out as YAML it is a policy file of the same meaning. Pure. */
export function presetFile(name: PresetName): PolicyFile {
  return FILES[name];
}

/**
 * A preset by a name that a person gave, the same object each time.
 * @throws GcidemError `usage` for a name that is no preset.
 */
export function presetPolicy(name: string): Policy {
  if (!isPresetName(name)) {
    const near = didYouMean(name, PRESET_NAMES);
    throw new GcidemError("usage", `found the policy "${name}", expected one of ${PRESET_NAMES.join(", ")}`, {
      hint: near === null ? "or the path of a policy file" : `did you mean \`${near}\`?`,
    });
  }
  return presetFor(name);
}
