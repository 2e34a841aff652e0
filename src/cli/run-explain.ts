import { CAUSES } from "../core/causes.js";
import { GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { causeList, causePage, isCause } from "../diagnose/say-cause.js";
import { didYouMeanHint } from "../document/did-you-mean.js";

/** Prints one cause, or the list of all. @throws GcidemError `usage` for a word that is no cause. */
export function explain(cause: string | undefined): void {
  if (cause === undefined) {
    process.stdout.write(`${causeList().join("\n")}\n`);
    return;
  }
  if (!isCause(cause)) {
    throw new GcidemError("usage", `explain: found "${printable(cause)}", expected the id of a cause`, {
      hint: didYouMeanHint(cause, CAUSES).hint ?? "gcidem explain lists them",
    });
  }
  process.stdout.write(`${causePage(cause).join("\n")}\n`);
}
