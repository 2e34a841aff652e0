import type { RaceReleased } from "../journal/journal.js";

/**
 * True where the requests of a barrier had rivals and no two were under way together: what held there says nothing, so
 * it must not pass. A single request is no race, and what an interrupt ended was not tried. Pure.
 */
export function isUnformed({ formed, requests, interrupted }: RaceReleased): boolean {
  return !formed && requests > 1 && interrupted !== true;
}
