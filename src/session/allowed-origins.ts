import type { TargetChoice } from "./session.js";

/** Origins besides the target that a scenario may name: those that the profile lists. Pure. */
export function allowedOriginsOf(target: TargetChoice): readonly string[] {
  return target.kind === "profile" ? target.profile.allowedOrigins : [];
}
