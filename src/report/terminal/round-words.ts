import { grouped } from "./block.js";
import type { Marks } from "./look.js";

const MOST_NAMED = 8;

/** `round 3`, `rounds 3, 7, 9, …`: the first of so many rounds. Pure. */
export function roundWords(rounds: readonly number[], count: number, marks: Marks): string {
  const named = rounds.slice(0, MOST_NAMED).map(grouped).join(", ");
  const more = count > Math.min(MOST_NAMED, rounds.length) ? `, ${marks.ellipsis}` : "";
  return `${count === 1 ? "round" : "rounds"} ${named}${more}`;
}
