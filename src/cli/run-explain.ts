import { CAUSES } from "../core/causes.js";
import { GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { causeList, causePage, isCause } from "../diagnose/say-cause.js";
import { didYouMeanHint } from "../document/did-you-mean.js";

/** More would be the list. */
const MOST_NAMED = 8;

/** Who types a part of an id means one of those that have it: `key-reuse`, `etag`. */
function hintFor(word: string): string {
  const part = word.trim().toLowerCase();
  const having = part.length < 3 ? [] : CAUSES.filter((each) => each.includes(part));
  if (having.length > 0 && having.length <= MOST_NAMED) return `did you mean ${having.join(", ")}?`;
  return didYouMeanHint(word, CAUSES).hint ?? "gcidem explain lists them";
}

/** Prints one cause, or the list of all. @throws GcidemError `usage` for a word that is no cause. */
export function explain(cause: string | undefined): void {
  if (cause === undefined) {
    process.stdout.write(`${causeList().join("\n")}\n`);
    return;
  }
  if (!isCause(cause)) {
    throw new GcidemError("usage", `explain: found "${printable(cause)}", expected the id of a cause`, {
      hint: hintFor(cause),
    });
  }
  process.stdout.write(`${causePage(cause).join("\n")}\n`);
}
