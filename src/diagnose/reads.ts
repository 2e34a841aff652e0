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

function bodyOf({ exchange }: Seen): string {
  return exchange.response?.body ?? "";
}

/** Lists that name keys: for each read how often it names which. */
function namedKeys(
  lists: readonly Seen[],
  keys: ReadonlySet<string>,
): ReadonlyMap<Seen, Map<string, number>> {
  const named = new Map<Seen, Map<string, number>>();
  if (keys.size === 0) return named;
  const urls = new Set<string>();
  for (const read of lists) {
    const counts = new Map<string, number>();
    for (const [, text = ""] of bodyOf(read).matchAll(QUOTED))
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

const NO_KEYS: ReadonlySet<string> = new Set();

function indexOf(book: Book): Index {
  const reads = book.all.filter(isRead);
  const byPath = new Map<string, Seen[]>();
  const add = (name: string, read: Seen): void => {
    const known = byPath.get(name);
    if (known === undefined) byPath.set(name, [read]);
    else known.push(read);
  };
  for (const read of reads) {
    add(read.path, read);
    if (read.resource !== read.path) add(read.resource, read);
  }
  const lists = reads.filter((read) => bodyOf(read).includes("["));
  const keys = lists.length === 0 ? NO_KEYS : keysOfOneOperation(book);
  const named = namedKeys(lists, keys);
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

type Side = "before" | "after";

const NO_READS: readonly Seen[] = [];

/** The reads of both, each once, in order. */
function united(a: readonly Seen[], b: readonly Seen[]): readonly Seen[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  return [...new Set([...a, ...b])].sort((one, other) => one.index - other.index);
}

/** Indexes the reads of a recording. Linear. Pure. */
export function readsOf(book: Book): Reads {
  const { byPath, named, lists, keys } = indexOf(book);
  /** Those of a list that were sent or answered in time, in order. */
  const nearIn = (reads: readonly Seen[] | undefined, write: Seen, side: Side): readonly Seen[] => {
    if (reads === undefined || reads.length === 0) return NO_READS;
    const from = firstAfter(reads, write.index);
    const start = side === "after" ? from : Math.max(0, from - NEAR_READS);
    const found: Seen[] = [];
    for (const read of reads.slice(start, side === "after" ? from + NEAR_READS : from)) {
      const inTime = side === "after" ? read.startMs >= write.endMs : read.endMs <= write.startMs;
      if (inTime || !book.timesKnown) found.push(read);
    }
    return found;
  };
  const near = (write: Seen, side: Side): readonly Seen[] => {
    const { path, resource, key } = write;
    let found = nearIn(byPath.get(path), write, side);
    if (resource !== path) found = united(found, nearIn(byPath.get(resource), write, side));
    if (key !== null) found = united(found, nearIn(lists, write, side));
    return side === "after" || found.length < 2 ? found : found.toReversed();
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
