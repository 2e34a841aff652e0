import type { PageExchange, PageRow } from "../src/report/html/page-data.js";
import { curlLines } from "../src/report/terminal/curl-line.js";
import { bodyLines, bodyWords, type Message } from "./body-lines.js";
import { copiesOnPress } from "./copying.js";
import { button, el } from "./elements.js";
import { shortened, visible } from "./visible-text.js";

const LONGEST_VALUE = 4_000;

/** A command that a shell reads as it stands: no control character is in it, and secrets are placeholders. */
function curlText({ request }: PageExchange): string {
  return curlLines(request, { unicode: true }).join("\n");
}

function pre(text: string, label: string): HTMLElement {
  return el("pre", { tabindex: 0, role: "region", "aria-label": label }, text);
}

function headersTable(message: Message, label: string): HTMLElement {
  if (message.missing?.includes("headers") === true) return el("p", {}, "Headers: not recorded.");
  const rows = message.headers.map(([name, value]) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, visible(name)),
      el("td", {}, el("code", {}, visible(shortened(value, LONGEST_VALUE)))),
    ),
  );
  return el("table", { class: "headers", "aria-label": label }, el("tbody", {}, ...rows));
}

function body(message: Message, label: string): Node {
  const lines = bodyLines(message);
  if (lines.length === 0) return el("p", {}, `${label}: none`);
  const block = pre(lines.join("\n"), label);
  return el("div", {}, el("p", {}, `${label}: ${bodyWords(message)}`), block);
}

function answered({ response, error }: PageExchange, row: PageRow): Node {
  const words =
    response === null ? (error?.code ?? "no answer") : `${response.status} (HTTP/${response.httpVersion})`;
  const title = el("h5", {}, "answered ", el("span", { class: `tone ${row.tone}` }, visible(words)));
  if (response === null)
    return el(
      "section",
      {},
      title,
      el("p", {}, visible(`${error?.phase ?? ""} ${error?.message ?? "no answer came"}`.trim())),
    );
  return el(
    "section",
    {},
    title,
    headersTable(response, "Headers of the answer"),
    body(response, "Body of the answer"),
  );
}

function facts({ timings, correlationId }: PageExchange, row: PageRow): Node {
  const held = timings.releasedMs === null ? "" : `, released at ${timings.releasedMs.toFixed(3)} ms`;
  const at = `${timings.startedAt}, ${timings.startMs.toFixed(3)} ms into the run${held}`;
  const items: readonly (readonly [string, string])[] = [
    ["sent", at],
    ["took", row.ms === null ? "no end is known" : `${row.ms} ms`],
    ["correlation ID", correlationId ?? "none"],
  ];
  return el(
    "dl",
    {},
    ...items.flatMap(([label, text]) => [el("dt", {}, label), el("dd", {}, visible(text))]),
  );
}

/** Everything about one exchange. `onCompare` makes it one of the two that are compared. */
export function exchangeDetail(
  exchange: PageExchange,
  row: PageRow,
  actions: { readonly onCompare: () => void; readonly onClose: () => void },
): HTMLElement {
  const { request, says } = exchange;
  const curl = curlText(exchange);
  const copy = copiesOnPress(
    el("button", { type: "button", class: "copy-curl" }, "Copy as curl"),
    () => curl,
  );
  const title = el(
    "h4",
    { tabindex: -1 },
    visible(`#${row.number} ${row.label}: ${request.method} ${shortened(request.url, LONGEST_VALUE)}`),
  );
  const told =
    says.length === 0
      ? null
      : el("ul", { class: "says" }, ...says.map((line) => el("li", {}, visible(line))));
  return el(
    "section",
    { class: "detail", "aria-label": `Exchange ${row.number}` },
    title,
    el(
      "p",
      { class: "actions" },
      copy,
      " ",
      button("Compare with another", actions.onCompare),
      " ",
      button("Close", actions.onClose),
    ),
    told,
    facts(exchange, row),
    el(
      "div",
      { class: "two" },
      el(
        "section",
        {},
        el("h5", {}, "sent"),
        headersTable(request, "Headers of the request"),
        body(request, "Body of the request"),
      ),
      answered(exchange, row),
    ),
    el("details", {}, el("summary", {}, "curl"), pre(curl, "curl command")),
  );
}
