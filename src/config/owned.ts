import { GcidemError } from "../core/errors.js";
import { regionOfApiHost, regionOfLoginHost } from "./regions.js";

/**
 * A setting with who says it. A credential goes only to a host that the same owner names, or to the hosts of the table of
 * regions: otherwise a cloned repository's config file could have the user's secrets sent wherever it likes.
 */
export interface Owned<Value> {
  readonly value: Value;
  /** In words, see {@link import("../core/credentials.js").Sourced}. */
  readonly source: string;
  readonly owner: string;
}

/** Owner of what the environment says, and of what a project's file takes from it. */
export const ENVIRONMENT = "environment";

/** Owner of what stands on the command line. */
export const FLAG = "flag";

function isOfTable(url: string): boolean {
  const { protocol, port, hostname } = new URL(url);
  if (protocol !== "https:" || port !== "") return false;
  return regionOfApiHost(hostname) !== null || regionOfLoginHost(hostname) !== null;
}

/** Refuses credentials for hosts that somebody else names. Pure. @throws GcidemError `refused` */
export function checkSameOwner(what: string, secret: Owned<unknown>, hosts: readonly Owned<string>[]): void {
  const foreign = hosts.find(({ value, owner }) => owner !== secret.owner && !isOfTable(value));
  if (foreign === undefined) return;
  const { host } = new URL(foreign.value);
  throw new GcidemError(
    "refused",
    `${what} from ${secret.source} would go to ${host}, which ${foreign.source} names; nothing was sent`,
    {
      hint: "credentials go only to hosts that the same source names: name both in your own config (~/.config/gcidem/config.yaml), or name the file that has both with --config",
    },
  );
}
