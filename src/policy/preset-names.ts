/** Every preset that `--policy`, `policy:` and `extends:` can name, the default first. */
export const PRESET_NAMES = [
  "documented",
  "forum-lore",
  "rfc9110",
  "ietf-draft",
  "stripe-like",
  "couchdb-like",
  "kubernetes-like",
  "naive",
] as const;

/** The name of a preset. */
export type PresetName = (typeof PRESET_NAMES)[number];

/** The policy of a mock that nobody gave one. */
export const DEFAULT_PRESET: PresetName = "documented";
