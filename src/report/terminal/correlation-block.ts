import { painterOf } from "./answer-words.js";
import { type Block, labelled, moreInJson } from "./block.js";
import type { CorrelationLine } from "./correlation-list.js";
import type { Look } from "./look.js";
import { GLUE, type Span } from "./wrap-text.js";

/** A time and a status stay together; the ID may go to the next line of a narrow terminal, whole. */
function spansOf({ at, status, id, number, tone }: CorrelationLine, look: Look): readonly Span[] {
  return [
    { text: `${look.text(at.slice(11, 23))}${GLUE}${GLUE}` },
    { text: status === null ? `-${GLUE}${GLUE}` : String(status), paint: painterOf(tone, look) },
    { text: `  ${look.text(id)}` },
    { text: `  #${number}`, paint: look.paint.dim },
  ];
}

/** What to give to a vendor's support: when each request was sent, in UTC, and the whole ID of its answer. */
export const correlationBlock: Block = function* ({ survey, look }) {
  const { lines, more, missing } = survey.correlation;
  let day: string | null = null;
  for (const line of lines) {
    const date = line.at.slice(0, 10);
    if (date !== day)
      yield* labelled(look, day === null ? "correlation" : "", [{ text: `${look.text(date)} UTC` }]);
    day = date;
    yield* labelled(look, "", spansOf(line, look));
  }
  if (more > 0) yield* labelled(look, "", [moreInJson(look, more, "more answer")]);
  if (missing !== null) yield* labelled(look, day === null ? "correlation" : "", [{ text: missing }]);
};
