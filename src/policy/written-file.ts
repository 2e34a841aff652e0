import type { Policy } from "./policy.js";
import type { PolicyFile } from "./policy-file.js";
import { isPresetName, presetFor } from "./presets.js";

const files = new WeakMap<Policy, PolicyFile>();

/** Remembers the file that a policy was read from, for {@link writtenFile}. */
export function rememberFile(policy: Policy, file: PolicyFile): void {
  files.set(policy, file);
}

/**
 * The file that a policy was read from: who reads it gets the same policy, whatever version of gcidem reads it. Null for
 * a policy that was put together otherwise.
 */
export function writtenFile(policy: Policy): PolicyFile | null {
  const { name } = policy;
  if (isPresetName(name) && presetFor(name) === policy) return { extends: name };
  return files.get(policy) ?? null;
}
