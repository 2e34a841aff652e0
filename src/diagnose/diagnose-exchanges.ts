import type { Exchange } from "../journal/journal.js";
import { type Book, openBook } from "./book.js";
import type { DiagnoseOptions, Diagnosis } from "./diagnose.js";
import { diagnoseDocumented } from "./documented.js";
import { diagnoseAnomalies } from "./judge-anomalies.js";
import { diagnosePatterns } from "./judge-patterns.js";
import { diagnoseRefusal } from "./judge-refusal.js";
import type { Refusals } from "./pattern.js";
import { recordingOf } from "./recording.js";

/** Rounds have nothing in common: on the mock each begins with a world of its own, in which versions start anew. */
function roundsOf(exchanges: readonly Exchange[]): readonly (readonly Exchange[])[] {
  const rounds = new Map<number, Exchange[]>();
  for (const exchange of exchanges) {
    const round = rounds.get(exchange.round);
    if (round === undefined) rounds.set(exchange.round, [exchange]);
    else round.push(exchange);
  }
  return [...rounds.values()];
}

function refusalsOf(book: Book): readonly Diagnosis[] {
  return book.refused.flatMap((seen) => diagnoseRefusal(seen, book));
}

/** The likeliest cause of each refused exchange. */
function likeliest(refusals: readonly Diagnosis[]): Refusals {
  const causes = new Map<string, Diagnosis>();
  for (const each of refusals)
    if (each.kind === "refusal" && !causes.has(each.exchange)) causes.set(each.exchange, each);
  return causes;
}

/** What is said of one round, by kind. */
type Said = readonly [
  refusals: readonly Diagnosis[],
  anomalies: readonly Diagnosis[],
  patterns: readonly Diagnosis[],
];

function explainRound(book: Book, exclusive: boolean): Said {
  const refusals = refusalsOf(book);
  const recording = recordingOf(book, exclusive);
  return [refusals, diagnoseAnomalies(recording), diagnosePatterns(recording, likeliest(refusals))];
}

/** The habits of the clients, by what their refusals came to in the end. Pure. */
export function diagnoseHabits(
  exchanges: readonly Exchange[],
  refusals: readonly Diagnosis[],
  { timesKnown = true, exclusive = false }: DiagnoseOptions = {},
): readonly Diagnosis[] {
  const known = likeliest(refusals);
  return roundsOf(exchanges).flatMap((round) =>
    diagnosePatterns(recordingOf(openBook(round, timesKnown), exclusive), known),
  );
}

/**
 * Explains recorded exchanges, from them alone: every refusal, then successes that are not what they seem, then habits of
 * the clients, then what the vendor documents of the requests, each in the order of sending. For one exchange the most
 * likely cause comes first. Near linear in the number of exchanges. Pure.
 */
export function diagnoseExchanges(
  exchanges: readonly Exchange[],
  { timesKnown = true, exclusive = false }: DiagnoseOptions = {},
): readonly Diagnosis[] {
  const books = roundsOf(exchanges).map((round) => openBook(round, timesKnown));
  const said = books.map((book) => explainRound(book, exclusive));
  const ofKind = (kind: 0 | 1 | 2): readonly Diagnosis[] => said.flatMap((each) => each[kind]);
  const [first = openBook([], timesKnown)] = books;
  const all = books.length > 1 ? openBook(exchanges, timesKnown) : first;
  return [...ofKind(0), ...ofKind(1), ...ofKind(2), ...diagnoseDocumented(all)];
}
