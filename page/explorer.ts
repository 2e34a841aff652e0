import { copiesOnPress } from "./copying.js";
import { button, el, labelled, say } from "./elements.js";
import { exchangeDetail } from "./exchange-detail.js";
import { createExchangeTable, type ExchangeTable } from "./exchange-table.js";
import { createFilter, OUTCOMES, type Outcome, type Wanted } from "./filter-rows.js";
import type { RunData } from "./run-data.js";
import { sideBySide } from "./side-by-side.js";
import { createTimeline } from "./timeline.js";
import { grouped, visible } from "./visible-text.js";

const MOST_STEPS = 300;

/** What a page can do with the exchanges of one run. */
export interface Explorer {
  readonly element: HTMLElement;
  readonly print: (printing: boolean) => void;
}

function stepSelect({ rows }: RunData): HTMLSelectElement | null {
  const steps = [...new Set(rows.map(({ step }) => step))];
  if (steps.length < 2 || steps.length > MOST_STEPS) return null;
  const options = steps.map((step) => el("option", { value: step }, visible(step)));
  return el("select", {}, el("option", { value: "" }, "all steps"), ...options);
}

function filterForm(data: RunData, onWanted: (wanted: Wanted) => void): HTMLElement {
  const text = el("input", {
    type: "search",
    placeholder: "409 PATCH key, ID, cause…",
    spellcheck: "false",
    autocomplete: "off",
  });
  const outcome = el("select", {}, ...OUTCOMES.map(([value, words]) => el("option", { value }, words)));
  const step = stepSelect(data);
  const tell = (): void =>
    onWanted({
      text: text.value,
      outcome: (OUTCOMES.find(([name]) => name === outcome.value)?.[0] ?? "all") satisfies Outcome,
      step: step === null || step.selectedIndex <= 0 ? null : step.value,
    });
  text.addEventListener("input", tell);
  for (const each of [outcome, step]) each?.addEventListener("change", tell);
  return el(
    "div",
    { class: "filter", role: "search", "aria-label": "Filter the exchanges" },
    labelled("filter", text),
    labelled("outcome", outcome),
    step === null ? null : labelled("step", step),
  );
}

function numberInput(words: string, most: number, onNumber: (number: number) => void): HTMLInputElement {
  const input = el("input", { type: "number", min: 1, max: most, "aria-label": words });
  input.addEventListener("change", () => {
    const number = Number(input.value);
    if (Number.isInteger(number) && number >= 1 && number <= most) onNumber(number);
    else say(`There is no exchange ${input.value}.`);
  });
  return input;
}

/** The pair to begin with: what the scenario compares, where that came out differently; else a success and a conflict. */
function firstPair({ run, rows, placeOf }: RunData): readonly [number, number] | null {
  const pairs = run.pairs.flatMap(({ base, other }) => {
    const places = [placeOf(base), placeOf(other)] as const;
    return places[0] === null || places[1] === null ? [] : [[places[0], places[1]] as const];
  });
  const telling = pairs.find(([one, two]) => rows[one]?.status !== rows[two]?.status) ?? pairs[0];
  if (telling !== undefined) return telling;
  const conflict = rows.findIndex(({ tone }) => tone === "conflict");
  const good = rows.findIndex(({ tone, method }) => tone === "good" && method === rows[conflict]?.method);
  if (conflict >= 0 && good >= 0) return [good, conflict];
  return rows.length >= 2 ? [0, 1] : null;
}

interface Comparing {
  readonly element: HTMLElement;
  readonly pair: () => readonly number[];
  readonly set: (places: readonly number[]) => void;
}

function pairButtons(
  { run, placeOf, rows }: RunData,
  onPair: (pair: readonly number[]) => void,
): HTMLElement | null {
  if (run.pairs.length < 1) return null;
  const buttons = run.pairs.flatMap(({ base, other, words }) => {
    const [one, two] = [placeOf(base), placeOf(other)];
    if (one === null || two === null) return [];
    return [
      button(visible(`#${rows[one]?.number} and #${rows[two]?.number}: ${words}`), () => onPair([one, two])),
    ];
  });
  return el("p", { class: "actions" }, ...buttons.flatMap((each) => [each, " "]));
}

function createComparing(data: RunData, onChange: () => void): Comparing | null {
  const start = firstPair(data);
  if (start === null) return null;
  let pair: readonly number[] = start;
  const place = el("div", {});
  const set = (places: readonly number[]): void => {
    pair = places.slice(-2);
    show();
    onChange();
  };
  const inputs = ([0, 1] as const).map((side) =>
    numberInput(`exchange on the ${side === 0 ? "left" : "right"}`, data.rows.length, (number) => {
      const other = pair[1 - side] ?? number - 1;
      set(side === 0 ? [number - 1, other] : [other, number - 1]);
    }),
  );
  const show = (): void => {
    for (const [side, input] of inputs.entries())
      input.value = pair[side] === undefined ? "" : String(pair[side] + 1);
    const [one, two] = pair.flatMap((at) => {
      const row = data.rows[at];
      return row === undefined ? [] : [{ row, exchange: data.exchangeAt(at) }];
    });
    if (one === undefined || two === undefined) place.replaceChildren(el("p", {}, "Pick a second exchange."));
    else place.replaceChildren(sideBySide(one, two));
    say(
      one === undefined || two === undefined
        ? "Pick a second exchange."
        : `Comparing ${one.row.number} and ${two.row.number}.`,
    );
  };
  show();
  const [left, right] = inputs;
  const choose = el(
    "p",
    { class: "choose" },
    "# ",
    left ?? "",
    " and # ",
    right ?? "",
    " (or tick two rows of the table)",
  );
  const element = el(
    "section",
    { class: "comparing" },
    el("h4", {}, "Two exchanges side by side"),
    pairButtons(data, set),
    choose,
    place,
  );
  return { element, pair: () => pair, set };
}

function countWords(shown: number, all: number): string {
  const what = all === 1 ? "1 exchange" : `${grouped(all)} exchanges`;
  return shown === all ? what : `${grouped(shown)} of ${what}`;
}

/** The IDs of the rows that are shown, for support. */
function correlationText({ rows }: RunData, places: readonly number[]): string {
  return places
    .flatMap((place) => {
      const row = rows[place];
      return row?.correlationId == null ? [] : [`${row.status}  ${row.correlationId}  #${row.number}`];
    })
    .join("\n");
}

/** Makes table, filter, details, timeline and comparison of one run. */
export function createExplorer(data: RunData): Explorer {
  let places: readonly number[] = data.rows.map((_, place) => place);
  let open: number | null = null;
  const detail = el("div", { class: "detail-place" });
  const find = createFilter(data.rows);
  const count = el("p", { class: "count", role: "status" }, countWords(places.length, places.length));
  const comparing = createComparing(data, () => table.mark(open, comparing?.pair() ?? []));
  const mark = (): void => table.mark(open, comparing?.pair() ?? []);
  const close = (): void => {
    open = null;
    detail.replaceChildren();
    mark();
  };
  const compare = (place: number): void => {
    const rest = (comparing?.pair() ?? []).filter((each) => each !== place);
    comparing?.set([...rest.slice(-1), place]);
    comparing?.element.scrollIntoView({ block: "nearest" });
  };
  const onOpen = (place: number): void => {
    const row = data.rows[place];
    if (row === undefined) return;
    if (open === place) {
      close();
      return;
    }
    open = place;
    const made = exchangeDetail(data.exchangeAt(place), row, {
      onCompare: () => compare(place),
      onClose: close,
    });
    detail.replaceChildren(made);
    mark();
    made.querySelector<HTMLElement>("h4")?.focus({ preventScroll: true });
    made.scrollIntoView({ block: "nearest" });
  };
  const onCompare = (place: number, wanted: boolean): void => {
    const rest = (comparing?.pair() ?? []).filter((each) => each !== place);
    comparing?.set(wanted ? [...rest.slice(-1), place] : rest);
  };
  const table: ExchangeTable = createExchangeTable(data.rows, { onOpen, onCompare });
  const form = filterForm(data, (wanted) => {
    places = find(wanted);
    table.show(places);
    count.textContent = countWords(places.length, data.rows.length);
  });
  const copy = copiesOnPress(el("button", { type: "button" }, "Copy correlation IDs of these"), () =>
    correlationText(data, places),
  );
  table.show(places);
  mark();
  const bar = el(
    "div",
    { class: "under-table" },
    count,
    data.rows.some(({ correlationId }) => correlationId !== null) ? copy : null,
  );
  const element = el(
    "div",
    {},
    form,
    table.element,
    bar,
    detail,
    createTimeline(data, onOpen),
    comparing?.element ?? null,
  );
  return { element, print: table.print };
}
