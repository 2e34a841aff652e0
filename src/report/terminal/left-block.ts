import type { NotRemoved } from "../../journal/journal.js";
import { type Block, counted, labelled, labelStart, moreInJson } from "./block.js";
import { curlLines } from "./curl-line.js";
import type { Look } from "./look.js";

/** A scenario has few clean-up steps, but may have run in many rounds. */
const MOST_SHOWN = 10;

const PLACEHOLDER = /<secret(:\d+)?>/;

function* leftLines({ step, reason, exchange, request }: NotRemoved, look: Look): Generator<string> {
  const which = exchange === null ? "" : `, #${exchange.replace(/^e(?=\d+$)/, "")}`;
  yield* labelled(look, "", [{ text: look.text(`\`${step}\`${which}: ${reason}`) }]);
  if (request === null) return;
  const indent = " ".repeat(labelStart(look));
  for (const line of curlLines(request, look)) yield indent + look.text(line);
}

/** What clean-up may have left, and the command that removes it: nobody else will. */
export const leftBlock: Block = function* ({ run, look }) {
  const left = run.notRemoved ?? [];
  if (left.length === 0) return;
  const words = `${counted(left.length, "thing")} may be left on ${run.target.baseUrl}. To remove by hand:`;
  yield* labelled(look, "not removed", [{ text: look.text(words), paint: look.paint.yellow }]);
  for (const each of left.slice(0, MOST_SHOWN)) yield* leftLines(each, look);
  if (left.length > MOST_SHOWN)
    yield* labelled(look, "", [moreInJson(look, left.length - MOST_SHOWN, "more")]);
  const hidden = left.some(({ request }) => request?.headers.some(([, value]) => PLACEHOLDER.test(value)));
  if (hidden)
    yield* labelled(look, "", [
      { text: "<secret:N> stands for a credential: put your own in its place.", paint: look.paint.dim },
    ]);
};
