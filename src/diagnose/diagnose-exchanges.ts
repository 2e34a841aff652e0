import type { Exchange } from "../journal/journal.js";
import { openBook } from "./book.js";
import type { DiagnoseOptions, Diagnosis } from "./diagnose.js";
import { diagnoseRefusal } from "./judge-refusal.js";

/**
 * Explains every refusal in recorded exchanges, from them alone, in the order of sending. For one exchange the most
 * likely cause comes first. Near linear in the number of exchanges. Pure.
 */
export function diagnoseExchanges(
  exchanges: readonly Exchange[],
  { timesKnown = true }: DiagnoseOptions = {},
): readonly Diagnosis[] {
  const book = openBook(exchanges, timesKnown);
  return book.all.filter(({ ending }) => ending === "refused").flatMap((seen) => diagnoseRefusal(seen, book));
}
