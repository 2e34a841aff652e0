import { checkCredentialTravel } from "./credential-travel.js";
import { httpTarget } from "./open-target.js";
import type { SessionOptions } from "./session.js";
import type { TargetAccess } from "./target-access.js";

/**
 * Opens what all runs of a session on one target share: its login, its limits. Null where there is nothing to share, and then
 * none of that code is loaded. Owns sockets: close it.
 * @throws GcidemError `usage` where credentials may not travel as they would have to
 */
export async function openAccess(options: SessionOptions): Promise<TargetAccess | null> {
  const { target, maxRate = null } = options;
  checkCredentialTravel(options);
  if (target.kind === "mock" || (target.kind === "http" && maxRate === null)) return null;
  const { openPlainAccess, openTargetAccess } = await import("./target-access.js");
  if (target.kind === "profile") return openTargetAccess(target.profile, options);
  return maxRate === null ? null : openPlainAccess(httpTarget(target.baseUrl), maxRate);
}
