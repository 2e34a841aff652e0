import type { ExchangeDiff, MessageDiff } from "../src/compare/compare.js";
import { compareExchanges } from "../src/compare/compare-exchanges.js";
import { writeJson } from "../src/core/json.js";
import type { Exchange } from "../src/journal/journal.js";
import type { PageExchange, PageRow } from "../src/report/html/page-data.js";
import {
  bodyLines,
  bodyWords,
  bytesOf,
  dumpLines,
  dumpStart,
  firstDifference,
  type Message,
} from "./body-lines.js";
import { el } from "./elements.js";
import { type LinePair, pairLines } from "./line-diff.js";
import { shortened, visible } from "./visible-text.js";

/** An exchange and the row that stands for it. */
export interface Side {
  readonly row: PageRow;
  readonly exchange: PageExchange;
}

const LONGEST_VALUE = 1_000;
const MOST_CHANGES = 100;

/** A body that was cut cannot be said to be the same, unless its hash is. */
function forComparing(exchange: PageExchange): Exchange {
  const { request, response, says: _, ...rest } = exchange;
  const cut = <T extends Message>(message: T): T =>
    message.bodyLength === undefined ? message : { ...message, truncated: true };
  return { ...rest, request: cut(request), response: response === null ? null : cut(response) };
}

function cell(text: string | null, differs: boolean, side: "before" | "after"): HTMLElement {
  const attributes = { class: differs ? side : "same" };
  if (text === null) return el("td", attributes, differs ? el("em", {}, "absent") : "");
  return el("td", attributes, el("code", {}, visible(shortened(text, LONGEST_VALUE))));
}

/** Nothing relies on colour alone: what differs has a sign of its own. */
function row(name: string, base: string | null, other: string | null, counts = true): HTMLElement {
  const differs = base !== other && counts;
  const sign = differs ? "≠" : base === other ? "=" : "·";
  const words = differs ? "differs" : base === other ? "same" : "always differs";
  return el(
    "tr",
    { class: differs ? "differs" : "" },
    el("td", { class: "sign" }, el("span", { role: "img", "aria-label": words, title: words }, sign)),
    el("th", { scope: "row" }, visible(name)),
    cell(base, differs, "before"),
    cell(other, differs, "after"),
  );
}

function headerMap(message: Message | null): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of message?.headers ?? []) {
    const known = values.get(name.toLowerCase());
    values.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`);
  }
  return values;
}

/** Headers of both sides; those that always differ (Date, correlation IDs) do not count. */
function headerRows(
  base: Message | null,
  other: Message | null,
  diff: MessageDiff | null,
): readonly HTMLElement[] {
  const [one, two] = [headerMap(base), headerMap(other)];
  const told = new Set(diff?.headers.map(({ name }) => name.toLowerCase()));
  const names = [...new Set([...one.keys(), ...two.keys()])];
  return names.map((name) =>
    row(name, one.get(name) ?? null, two.get(name) ?? null, diff === null || told.has(name)),
  );
}

function heading(words: string): HTMLElement {
  return el("tr", { class: "part" }, el("th", { colspan: 4, scope: "colgroup" }, words));
}

function lineRow({ base, other }: LinePair): HTMLElement {
  const differs = base !== other;
  const text = (line: string | null, side: string): HTMLElement =>
    el("td", { class: differs ? `line ${side}` : "line same" }, line ?? "");
  const words = differs ? "differs" : "same";
  return el(
    "tr",
    { class: differs ? "differs" : "" },
    el("td", { class: "sign" }, el("span", { role: "img", "aria-label": words }, differs ? "≠" : "=")),
    text(base, "before"),
    text(other, "after"),
  );
}

/** Lines of both sides, under what is said of each. */
interface Lines {
  readonly words: string;
  readonly lines: readonly string[];
}

function linesTable(label: string, base: Lines, other: Lines): HTMLElement {
  const rows = pairLines(base.lines, other.lines).map(lineRow);
  const heads = [base, other].map(({ words }) => el("th", { scope: "col" }, words));
  const head = el("thead", {}, el("tr", {}, el("td", { class: "sign" }), ...heads));
  const table = el("table", { class: "lines" }, head, el("tbody", {}, ...rows));
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, table);
}

function sameWords(diff: MessageDiff): string {
  if (diff.bodies === "identical") return "identical, byte for byte";
  if (diff.bodies === "same-json")
    return `the same JSON in other bytes (${diff.respelled.join(", ") || "written otherwise"})`;
  return diff.bodies === "unknown" ? "cannot be compared: cut or redacted" : "changed";
}

function changeItems({ body, omitted }: MessageDiff): HTMLElement | null {
  if (body.length === 0) return null;
  const items = body.slice(0, MOST_CHANGES).map(({ path, from, value }) => {
    const text = (node: typeof from): string =>
      node === undefined ? "absent" : shortened(visible(writeJson(node)), LONGEST_VALUE);
    return el(
      "li",
      {},
      el("code", {}, visible(path === "" ? "(whole body)" : path)),
      ` ${text(from)} → ${text(value)}`,
    );
  });
  const more = body.length + omitted - items.length;
  if (more > 0) items.push(el("li", {}, `and ${more} more`));
  return el("ul", { class: "changes" }, ...items);
}

function side(message: Message | null, lines: readonly string[]): Lines {
  if (message === null) return { words: "no answer", lines };
  const none = message.body === "" && message.missing === undefined;
  return { words: none ? "no body" : bodyWords(message), lines };
}

function bytesView(base: Message, other: Message): HTMLElement {
  const [one, two] = [bytesOf(base), bytesOf(other)];
  const at = firstDifference(one, two);
  const start = at === null ? 0 : dumpStart(at);
  const words =
    at === null
      ? "No byte differs."
      : `The first byte that differs is number ${at} (0x${at.toString(16)}), counted from 0.`;
  const hidden = [base, other].some(({ bodySha256 }) => bodySha256.startsWith("hmac-"));
  return el(
    "details",
    {},
    el("summary", {}, "bytes of what was sent"),
    el("p", {}, hidden ? `${words} Secrets are placeholders here, not the bytes that were sent.` : words),
    linesTable(
      "Bytes of what was sent",
      side(base, dumpLines(one, start)),
      side(other, dumpLines(two, start)),
    ),
  );
}

function bodiesView(
  label: string,
  base: Message | null,
  other: Message | null,
  diff: MessageDiff | null,
): Node | null {
  if (base === null && other === null) return null;
  const own = (message: Message | null): Lines => side(message, message === null ? [] : bodyLines(message));
  const words = diff === null ? "only one side has an answer" : sameWords(diff);
  return el(
    "section",
    {},
    el("h5", {}, `${label}: ${words}`),
    diff === null ? null : changeItems(diff),
    linesTable(label, own(base), own(other)),
  );
}

function outcome({ response, error }: PageExchange): string {
  return response === null ? (error?.code ?? "no answer") : String(response.status);
}

function factsTable(diff: ExchangeDiff, base: Side, other: Side): HTMLElement {
  const [one, two] = [base.exchange, other.exchange];
  const name = ({ row: { number, label } }: Side): string => visible(`#${number} ${label}`);
  const rows = [
    heading("sent"),
    row("method", ...diff.request.method),
    row("URL", ...diff.request.url),
    ...headerRows(one.request, two.request, diff.request),
    heading("answered"),
    row("status", outcome(one), outcome(two)),
    row("took", `${base.row.ms ?? "-"} ms`, `${other.row.ms ?? "-"} ms`, false),
    row("cause", base.row.cause, other.row.cause),
    ...headerRows(one.response, two.response, diff.response),
  ];
  const heads = ["", "", name(base), name(other)].map((words) =>
    words === "" ? el("td", {}) : el("th", { scope: "col" }, words),
  );
  const table = el(
    "table",
    { class: "facts" },
    el("thead", {}, el("tr", {}, ...heads)),
    el("tbody", {}, ...rows),
  );
  return el(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Two exchanges side by side" },
    table,
  );
}

/** Two exchanges side by side: statuses, headers, bodies, and the bytes of what was sent. */
export function sideBySide(base: Side, other: Side): HTMLElement {
  const [one, two] = [base.exchange, other.exchange];
  const diff = compareExchanges(forComparing(one), forComparing(two));
  return el(
    "div",
    { class: "side-by-side" },
    factsTable(diff, base, other),
    bodiesView("body sent", one.request, two.request, diff.request),
    bytesView(one.request, two.request),
    bodiesView("body answered", one.response, two.response, diff.response),
  );
}
