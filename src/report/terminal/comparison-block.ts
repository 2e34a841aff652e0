import type { MessageDiff } from "../../compare/compare.js";
import { hasDifference, type PairDiff, type Renamed, type RunComparison } from "../../compare/runs.js";
import { type Block, counted, grouped, indented, labelled, moreInJson, underLabel } from "./block.js";
import { arrow, bodyLines, type DiffLine, headerLines } from "./diff-lines.js";
import type { Look } from "./look.js";
import { GLUE } from "./wrap-text.js";

const MOST_PAIRS = 30;
const MOST_UNPAIRED = 10;
const MOST_NAMED = 3;

function changeLine(
  name: string,
  [from, to]: readonly [string | null, string | null],
  look: Look,
): readonly DiffLine[] {
  if (from === to) return [];
  const text = (value: string | null): string | null => (value === null ? null : look.text(value));
  return [[{ text: `${name}${GLUE}${GLUE}` }, ...arrow(text(from), text(to), look)]];
}

function spellingLine({ bodies, respelled }: MessageDiff): readonly DiffLine[] {
  if (bodies !== "same-json") return [];
  const how = respelled.length === 0 ? "written otherwise" : respelled.join(", ");
  return [[{ text: `body same JSON, other bytes: ${how}` }]];
}

function messageLines(message: MessageDiff, look: Look): readonly DiffLine[] {
  return [...headerLines(message, look), ...bodyLines(message, look)];
}

function sentLines({ request }: PairDiff, look: Look): readonly DiffLine[] {
  return [
    ...changeLine("method", request.method, look),
    ...changeLine("URL", request.url, look),
    ...messageLines(request, look),
    ...spellingLine(request),
  ];
}

function answeredLines({ status, error, response }: PairDiff, look: Look): readonly DiffLine[] {
  const outcome = ([0, 1] as const).map((side) => status[side]?.toString() ?? error[side]);
  return [
    ...changeLine("status", [outcome[0] ?? null, outcome[1] ?? null], look),
    ...(response === null ? [] : messageLines(response, look)),
  ];
}

function* part(look: Look, label: string, lines: readonly DiffLine[]): Generator<string> {
  for (const [at, line] of lines.entries())
    yield* underLabel(look, { indent: 6, text: at === 0 ? label : "", width: 10, hang: 7 }, line);
}

function* pairLines(pair: PairDiff, look: Look): Generator<string> {
  const ids = ` (${pair.base} and ${pair.other})`;
  yield* indented(look, 4, [
    { text: look.text(pair.place), paint: look.paint.bold },
    { text: ids, paint: look.paint.dim },
  ]);
  yield* part(look, "sent", sentLines(pair, look));
  yield* part(look, "answered", answeredLines(pair, look));
  const [before, after] = pair.cause;
  yield* part(look, "cause", changeLine("", [before ?? "none", after ?? "none"], look));
}

function* onlyLines(look: Look, label: string, places: RunComparison["onlyInBase"]): Generator<string> {
  if (places.length === 0) return;
  const shown = places.slice(0, MOST_UNPAIRED).map(({ place }) => look.text(place));
  const more = places.length > MOST_UNPAIRED ? `, and ${grouped(places.length - MOST_UNPAIRED)} more` : "";
  yield* labelled(look, label, [{ text: `${shown.join(", ")}${more}` }]);
}

function renamedWords({ kind, count, examples: [example] }: Renamed, look: Look): string {
  const one = { ids: "id", dates: "date", tokens: "token" }[kind];
  const shown = example === undefined ? "" : ` (${example.map(look.text).join(" = ")})`;
  return `${counted(count, one)}${shown}`;
}

function* sameLines({ renamed, medianMs }: RunComparison, look: Look): Generator<string> {
  const words = renamed.map((each) => renamedWords(each, look)).join("; ");
  if (words !== "") yield* labelled(look, "taken as one", [{ text: `${words}. --exact tells them apart` }]);
  if (medianMs === null) return;
  const [before, after] = medianMs;
  const ratio = before === 0 ? "" : ` (${(after / before).toFixed(2)} times)`;
  yield* labelled(look, "time", [{ text: `median ${before.toFixed(1)} -> ${after.toFixed(1)} ms${ratio}` }]);
}

/** What a policy would have to say for the mock to do as the server did. */
function* departureLines({ departures = [] }: RunComparison, look: Look): Generator<string> {
  for (const [at, { dimension, route, mock, server, places }] of departures.entries()) {
    const shown = places.slice(0, MOST_NAMED).join(", ");
    const more = places.length > MOST_NAMED ? ` and ${places.length - MOST_NAMED} more` : "";
    const words = `${dimension} on ${route}: the mock ${mock}, this server ${server} (${shown}${more})`;
    yield* labelled(look, at === 0 ? "departs in" : "", [{ text: look.text(words) }]);
  }
}

function countWords(comparison: RunComparison): string {
  const { pairs, omitted, equal } = comparison;
  const all = counted(pairs.length + omitted + equal, "pair");
  if (!hasDifference(comparison)) return `${all} of exchanges, all the same`;
  return `${grouped(pairs.length + omitted)} of ${all} of exchanges differ`;
}

/** One comparison, line by line: what it is compared with, what differs, what was taken for the same. */
export function* comparisonLines(comparison: RunComparison, look: Look): Generator<string> {
  const { base, other, pairs, omitted } = comparison;
  const paint = hasDifference(comparison) ? look.paint.yellow : look.paint.green;
  yield* labelled(look, "against", [{ text: look.text(base.name) }]);
  yield* labelled(look, "", [{ text: countWords(comparison), paint }]);
  if (base.scenario !== other.scenario) {
    const words = `two scenarios: "${base.scenario}" and "${other.scenario}"; what has the same place is compared`;
    yield* labelled(look, "", [{ text: look.text(words) }]);
  }
  for (const pair of pairs.slice(0, MOST_PAIRS)) yield* pairLines(pair, look);
  const more = Math.max(0, pairs.length - MOST_PAIRS) + omitted;
  if (more > 0) yield* indented(look, 4, [moreInJson(look, more, "more pair")]);
  yield* departureLines(comparison, look);
  yield* onlyLines(look, "only there", comparison.onlyInBase);
  yield* onlyLines(look, "only here", comparison.onlyInOther);
  yield* sameLines(comparison, look);
}

/** The run held against another target, its baseline or another run. */
export const comparisonBlock: Block = function* ({ run, look }) {
  for (const comparison of run.comparisons ?? []) yield* comparisonLines(comparison, look);
};
