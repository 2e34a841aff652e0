import type { RaceReleased } from "../journal/journal.js";

/**
 * True where the requests of a barrier had rivals and no two were under way together: what held there says nothing, so
 * it must not pass. A single request is no race. Pure.
 */
export function isUnformed({ formed, requests }: RaceReleased): boolean {
  return !formed && requests > 1;
}
