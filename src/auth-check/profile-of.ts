import type { TargetProfile } from "../config/config.js";
import type { CheckOptions } from "./auth-check.js";

/** The settings of a target that has any; null for a plain address and the mock. Pure. */
export function profileOf({ target }: CheckOptions): TargetProfile | null {
  return target.kind === "profile" ? target.profile : null;
}
