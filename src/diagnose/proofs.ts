import { checkHistory } from "../history/check-history.js";
import type { Operation, Anomaly as Proof } from "../history/history.js";
import { lostWrites } from "../history/lost-writes.js";
import { observe } from "../history/observe.js";
import { registersOf } from "../history/registers-of.js";
import type { Exchange } from "../journal/journal.js";
import type { Book } from "./book.js";
import type { Seen } from "./seen.js";
import { type WriterOf, writersIn } from "./writers.js";

/** What one path showed so far. */
interface Line {
  /** Tokens that were shown, the latest one last. */
  readonly shown: Set<string>;
  latest: string | null;
  /** Tokens under which a write was accepted. */
  readonly replaced: Set<string>;
  /** Writers that wrote without a token. */
  readonly blind: Set<number>;
}

/**
 * True where an exchange does not simply follow on what its path showed before: a token comes back, is there before its
 * write, or is replaced twice; or several writers of a race wrote without one. Nothing else can contradict an order.
 */
function isOdd(seen: Seen, line: Line, writer: number | null): boolean {
  if (seen.ending !== "accepted") return false;
  const [token] = seen.shown;
  const [sent] = seen.sent;
  let odd = false;
  if (seen.writes && seen.method !== "POST") {
    const replaced = sent?.texts[0];
    if (replaced !== undefined) {
      odd ||= line.replaced.has(replaced);
      line.replaced.add(replaced);
    } else if (writer !== null) {
      line.blind.add(writer);
      odd ||= line.blind.size > 1;
    }
  }
  if (token !== undefined && seen.method !== "POST") {
    odd ||= line.shown.has(token.text) && (seen.writes || line.latest !== token.text);
    odd ||= seen.writes && line.replaced.has(token.text);
    line.shown.add(token.text);
    line.latest = token.text;
  }
  return odd;
}

/** Things whose exchanges may contradict every order: the history of the others holds, and need not be checked. */
function oddResources({ all }: Book, writerOf: WriterOf): ReadonlySet<string> {
  const lines = new Map<string, Line>();
  const odd = new Set<string>();
  for (const seen of all) {
    let line = lines.get(seen.path);
    if (line === undefined) {
      line = { shown: new Set(), latest: null, replaced: new Set(), blind: new Set() };
      lines.set(seen.path, line);
    }
    if (isOdd(seen, line, writerOf(seen))) odd.add(seen.resource);
  }
  return odd;
}

/** What the platform itself writes: its versions move without a request. */
function isPlatforms({ resource }: Operation): boolean {
  return resource?.startsWith("conversation:") === true;
}

function contradictions(book: Book, among: (seen: Seen) => boolean, exclusive: boolean): readonly Proof[] {
  const exchanges = book.all.filter(among).map(({ exchange }) => exchange);
  if (exchanges.length === 0) return [];
  const { movedFromElsewhere } = registersOf(exchanges);
  const operations = observe(exchanges);
  const platforms = operations.filter(isPlatforms).map(({ resource = "" }) => resource);
  const shared = new Set([...movedFromElsewhere, ...platforms]);
  return checkHistory(operations, { exclusive, shared }).anomalies;
}

/**
 * What the histories of a recording contradict; nothing where nobody knows when requests were sent. `exclusive`: nobody
 * else writes, so that a version which no write made is told too. Pure.
 */
export function proofsOf(book: Book, exclusive: boolean): readonly Proof[] {
  if (!book.timesKnown) return [];
  const writerOf = writersIn(book);
  const odd = oddResources(book, writerOf);
  const isDoubtful = ({ resource }: Seen): boolean => odd.has(resource);
  const phantoms = exclusive
    ? contradictions(book, () => true, true).filter(({ name }) => name === "phantom-version")
    : [];
  if (odd.size === 0) return phantoms;
  const exchanges = book.all
    .filter(isDoubtful)
    .map((seen): Exchange => ({ ...seen.exchange, writer: writerOf(seen) }));
  return [...contradictions(book, isDoubtful, false), ...phantoms, ...lostWrites(exchanges)];
}
