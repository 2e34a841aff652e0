import { el } from "./elements.js";

/** In pixels; the style sheet gives each row as much, or the scroll bar would lie. */
const ROW_HEIGHT = 30;
/** So many rows are about as high as the window. */
export const ROWS_IN_VIEW = 16;
const ROWS_BEYOND = 8;
/** Paper does not scroll: this many rows are printed. */
const MOST_PRINTED = 2_000;

/** Keys that go from row to row, and how far. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: ROWS_IN_VIEW,
  PageUp: -ROWS_IN_VIEW,
};

/** The part of a long table that is in the document. */
export interface RowWindow {
  readonly body: HTMLTableSectionElement;
  /** Shows so many rows, from the first. */
  readonly reset: (count: number) => void;
  /** Makes the rows in view anew. */
  readonly draw: () => void;
  readonly print: (printing: boolean) => void;
}

/** A row without a cell has no height in some browsers. */
function spacer(): HTMLTableRowElement {
  return el("tr", { class: "spacer", "aria-hidden": "true" }, el("td"));
}

function setHeight(row: HTMLTableRowElement, pixels: number): void {
  const [cell] = row.cells;
  if (cell !== undefined) cell.style.height = `${pixels}px`;
  row.hidden = pixels === 0;
}

/** The row whose button has the focus. */
function focusedRow(body: HTMLElement): string | undefined {
  const { activeElement } = document;
  return activeElement instanceof HTMLElement && body.contains(activeElement)
    ? activeElement.dataset.at
    : undefined;
}

/** Brings a row into view; gives the scroll position. */
function scrollTo(scroller: HTMLElement, at: number): void {
  const top = at * ROW_HEIGHT;
  const room = scroller.clientHeight - 2 * ROW_HEIGHT;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
}

/**
 * Rows of one height, of which only those in view are made. `rowAt` makes one; the element of it that takes the focus has
 * `data-at`. Arrow keys go from row to row, also to those that are not in view yet.
 */
export function createRowWindow(
  scroller: HTMLElement,
  rowAt: (at: number) => HTMLTableRowElement,
): RowWindow {
  const [above, below] = [spacer(), spacer()];
  const body = el("tbody");
  let [count, printing] = [0, false];
  const focusOn = (at: number | string): boolean => {
    const found = body.querySelector<HTMLElement>(`[data-at="${at}"]`);
    found?.focus({ preventScroll: true });
    return found !== null;
  };
  const draw = (): void => {
    const { scrollTop } = scroller;
    const first = printing ? 0 : Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - ROWS_BEYOND);
    const most = printing ? MOST_PRINTED : ROWS_IN_VIEW + 2 * ROWS_BEYOND;
    const last = Math.min(count, first + most);
    const focused = focusedRow(body);
    setHeight(above, first * ROW_HEIGHT);
    setHeight(below, (count - last) * ROW_HEIGHT);
    const rows = Array.from({ length: Math.max(0, last - first) }, (_, index) => rowAt(first + index));
    body.replaceChildren(above, ...rows, below);
    // Where a row had the focus, Chromium lays out a table that is half empty, and scrolls to what it takes for its end.
    if (!printing) scroller.scrollTop = scrollTop;
    // Scrolled away with a pointer, the row is gone: the focus stays with the table, not with the page.
    if (focused !== undefined && !focusOn(focused)) scroller.focus({ preventScroll: true });
  };
  body.addEventListener("keydown", (event) => {
    const by = STEPS[event.key];
    const at = event.target instanceof HTMLElement ? event.target.dataset.at : undefined;
    if (by === undefined || at === undefined) return;
    event.preventDefault();
    const target = Math.max(0, Math.min(count - 1, Number(at) + by));
    scrollTo(scroller, target);
    draw();
    focusOn(target);
  });
  scroller.addEventListener("scroll", () => requestAnimationFrame(draw));
  const reset = (rows: number): void => {
    count = rows;
    scroller.scrollTop = 0;
    draw();
  };
  const print = (now: boolean): void => {
    printing = now;
    draw();
  };
  return { body, reset, draw, print };
}
