import type { Book } from "./book.js";
import { answerOf, askedOf, placesWith } from "./representation.js";
import type { Seen } from "./seen.js";

/** What reads say of the effects of writes. */
export interface Reads {
  /** Reads that were answered before a write was sent, the nearest first. */
  readonly before: (write: Seen) => readonly Seen[];
  /** Reads that were sent after a write was answered or given up, the nearest first. */
  readonly after: (write: Seen) => readonly Seen[];
  /** How many effects of a write a list shows: items that name its key or hold what it asked for; null where it is no such list. */
  readonly effectsIn: (read: Seen, write: Seen) => number | null;
  /** True where a list names keys, so that its items are told apart by them. */
  readonly namesKeys: (read: Seen) => boolean;
}

/** So many reads on either side of a write are looked at. */
const NEAR_READS = 6;
/** A text of a list, or one in quotes of its own, as some servers store the keys that they want quoted. */
const QUOTED = /"(?:\\")?([^"\\]+)(?:\\")?"/g;

function isRead({ writes, ending, method, exchange }: Seen): boolean {
  return !writes && method === "GET" && ending === "accepted" && exchange.response !== null;
}

/** A key as lists show it. Pure. */
export function bareKey(key: string): string {
  return key.replace(/^"(.*)"$/, "$1");
}

/** Lists that name keys: for each read how often it names which. */
function namedKeys(
  reads: readonly Seen[],
  keys: ReadonlySet<string>,
): ReadonlyMap<Seen, Map<string, number>> {
  const named = new Map<Seen, Map<string, number>>();
  if (keys.size === 0) return named;
  const urls = new Set<string>();
  for (const read of reads) {
    const body = read.exchange.response?.body ?? "";
    if (!body.includes("[")) continue;
    const counts = new Map<string, number>();
    for (const [, text = ""] of body.matchAll(QUOTED))
      if (keys.has(text)) counts.set(text, (counts.get(text) ?? 0) + 1);
    named.set(read, counts);
    if (counts.size > 0) urls.add(read.exchange.request.url);
  }
  for (const read of named.keys()) if (!urls.has(read.exchange.request.url)) named.delete(read);
  return named;
}

interface Index {
  readonly byPath: ReadonlyMap<string, readonly Seen[]>;
  readonly named: ReadonlyMap<Seen, ReadonlyMap<string, number>>;
  /** Lists that name keys, in order. */
  readonly lists: readonly Seen[];
  readonly keys: ReadonlySet<string>;
}

/** Keys that came with one operation only: an item under any other key may be the effect of either. */
function keysOfOneOperation({ writes }: Book): ReadonlySet<string> {
  const operations = new Map<string, string | null>();
  for (const { key, method, path } of writes) {
    if (key === null) continue;
    const name = `${method} ${path}`;
    const bare = bareKey(key);
    const known = operations.get(bare);
    operations.set(bare, known === undefined || known === name ? name : null);
  }
  return new Set([...operations].flatMap(([key, operation]) => (operation === null ? [] : [key])));
}

function indexOf(book: Book): Index {
  const reads = book.all.filter(isRead);
  const keys = keysOfOneOperation(book);
  const byPath = new Map<string, Seen[]>();
  for (const read of reads) {
    for (const name of new Set([read.path, read.resource])) {
      const known = byPath.get(name);
      if (known === undefined) byPath.set(name, [read]);
      else known.push(read);
    }
  }
  const named = namedKeys(reads, keys);
  return { byPath, named, lists: [...named.keys()], keys };
}

/** The first read of a list in order that comes after a place. */
function firstAfter(reads: readonly Seen[], place: number): number {
  let [low, high] = [0, reads.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((reads[middle]?.index ?? 0) > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Indexes the reads of a recording. Linear. Pure. */
export function readsOf(book: Book): Reads {
  const { byPath, named, lists, keys } = indexOf(book);
  const around = (write: Seen): readonly (readonly Seen[])[] => [
    byPath.get(write.path) ?? [],
    ...(write.resource === write.path ? [] : [byPath.get(write.resource) ?? []]),
    ...(write.key === null ? [] : [lists]),
  ];
  const near = (write: Seen, side: "before" | "after"): readonly Seen[] => {
    const inTime = (read: Seen): boolean =>
      !book.timesKnown || (side === "after" ? read.startMs >= write.endMs : read.endMs <= write.startMs);
    const parts = around(write).flatMap((reads) => {
      if (reads.length === 0) return [];
      const from = firstAfter(reads, write.index);
      const start = side === "after" ? from : Math.max(0, from - NEAR_READS);
      const part = reads.slice(start, side === "after" ? from + NEAR_READS : from).filter(inTime);
      return part.length === 0 ? [] : [part];
    });
    const [first = [], ...others] = parts;
    const sorted = others.length === 0 ? first : [...new Set(parts.flat())].sort((a, b) => a.index - b.index);
    return side === "after" ? sorted : sorted.toReversed();
  };
  return {
    namesKeys: (read) => named.has(read),
    before: (write) => {
      write.kept.readsBefore ??= near(write, "before");
      return write.kept.readsBefore;
    },
    after: (write) => {
      write.kept.readsAfter ??= near(write, "after");
      return write.kept.readsAfter;
    },
    effectsIn: (read, write) => {
      const byKey = named.get(read);
      if (byKey !== undefined && write.key !== null)
        return keys.has(bareKey(write.key)) ? (byKey.get(bareKey(write.key)) ?? 0) : null;
      const asked = read.path === write.path && write.method === "POST" ? askedOf(write) : null;
      const answer = asked === null ? undefined : answerOf(read);
      return asked === null || answer === undefined ? null : placesWith(answer, asked);
    },
  };
}
