/** Shells that there is a completion script for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** Name of such a shell. */
export type Shell = (typeof SHELLS)[number];
