import { indented, underLabel } from "../report/terminal/block.js";
import { displayWidth } from "../report/terminal/display-width.js";
import type { Look } from "../report/terminal/look.js";
import type { Span } from "../report/terminal/wrap-text.js";

/** Width of the labels on the left. */
export const LABEL_WIDTH = 16;

/** A paragraph beside its label, or under it where the label takes the room. `width`: of labels. Pure. */
export function* beside(
  look: Look,
  label: string,
  { spans, width = LABEL_WIDTH }: { readonly spans: readonly Span[]; readonly width?: number },
): Generator<string> {
  if (displayWidth(label) < width) return yield* underLabel(look, { indent: 2, text: label, width }, spans);
  yield* indented(look, { indent: 2, hang: 2 }, [{ text: label, paint: look.paint.dim }]);
  yield* indented(look, 4, spans);
}

/** A line of plain text beside its label. Pure. */
export function* row(look: Look, name: string, text: string): Generator<string> {
  yield* beside(look, look.text(name), { spans: [{ text: look.text(text) }] });
}
