import type { RunStarted } from "./journal.js";

/**
 * True where nobody but the run itself can have written anything on its server. What was gone on with elsewhere has seen
 * two servers. Pure.
 */
export function isExclusive({ exclusive, confirmedOn }: RunStarted): boolean {
  return exclusive === true && confirmedOn === undefined;
}
