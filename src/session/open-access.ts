import type { SessionOptions } from "./session.js";
import type { TargetAccess } from "./target-access.js";

/**
 * Opens what all runs of a session share on a profile's target; null for any other target, which needs none of that code.
 * Owns sockets: close it.
 * @throws GcidemError `usage` where credentials may not travel as they would have to
 */
export async function openAccess(options: SessionOptions): Promise<TargetAccess | null> {
  if (options.target.kind !== "profile") return null;
  const { openTargetAccess } = await import("./target-access.js");
  return openTargetAccess(options.target.profile, options);
}
