import { hiddenWords } from "../hidden-words.js";
import type { RunReport } from "../report.js";
import { indented } from "./block.js";
import type { Look } from "./look.js";

/** What was hidden, where callers' data is among it: secrets alone are hidden always, and nothing can be done about it. */
export function* hiddenLine(report: Pick<RunReport, "runs">, look: Look): Generator<string> {
  const hidden = hiddenWords(report);
  if (hidden === null || report.runs.every(({ redacted }) => redacted.personal === 0)) return;
  const text = `hidden: ${hidden} (--keep NAME keeps callers' data of that name)`;
  yield* indented(look, { indent: 0, hang: 2 }, [{ text, paint: look.paint.dim }]);
}
