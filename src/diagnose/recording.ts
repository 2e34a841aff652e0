import type { Anomaly as Proof } from "../history/history.js";
import { findOperation } from "../platform/find-operation.js";
import { attemptsIn } from "./attempts.js";
import type { Book } from "./book.js";
import { callersOf } from "./callers.js";
import { mayHaveWritten } from "./lines.js";
import { lacksBody } from "./marks.js";
import { proofsOf } from "./proofs.js";
import { type Reads, readsOf } from "./reads.js";
import { type Repeat, repeatStory } from "./repeat-story.js";
import type { Seen } from "./seen.js";

/** Everything that anomalies and patterns are found in, read once. */
export interface Recording {
  readonly book: Book;
  readonly reads: Reads;
  /** Requests by their key and operation, oldest first. */
  readonly keyed: ReadonlyMap<string, readonly Seen[]>;
  /** Accepted requests whose key had come before, in order. */
  readonly repeats: readonly Repeat[];
  readonly repeatOf: (seen: Seen) => Repeat | undefined;
  readonly byId: (id: string) => Seen | undefined;
  /** True where two requests come from one caller, who may have logged in anew meanwhile. */
  readonly isSameCaller: (earlier: Seen, later: Seen) => boolean;
  /** Requests with keys that were sent again until one was accepted: each list is one operation of the user's. */
  readonly attempts: readonly (readonly Seen[])[];
  /** What the history of each resource contradicts. */
  readonly proofs: readonly Proof[];
}

/** So many requests of one key are looked at before a repeat. */
const NEAR_PRIORS = 40;

/** The name under which {@link Recording.keyed} has a request with a key. Pure. */
export function keyNameOf({ method, pathNumber, query, key }: Seen): string {
  return `${method} ${pathNumber}${query} ${key}`;
}

function keyedOf({ writes }: Book): ReadonlyMap<string, readonly Seen[]> {
  const groups = new Map<string, Seen[]>();
  for (const seen of writes) {
    if (seen.key === null || seen.ending === "unsent") continue;
    const name = keyNameOf(seen);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [seen]);
    else group.push(seen);
  }
  return groups;
}

/** What another caller's key came to: many servers keep keys for each caller apart, so a second effect is none. */
function ofAnotherCaller(repeat: Repeat): Repeat {
  return {
    ...repeat,
    kinds: repeat.kinds.filter(({ kind, certainty }) => kind !== "executed" && certainty !== "possible"),
  };
}

function repeatsOf(
  keyed: Recording["keyed"],
  { isSameCaller, ...at }: Pick<Recording, "book" | "reads" | "isSameCaller">,
): readonly Repeat[] {
  const repeats: Repeat[] = [];
  for (const group of keyed.values()) {
    group.forEach((seen, place) => {
      if (place === 0 || seen.ending !== "accepted" || lacksBody(seen)) return;
      const priors = group
        .slice(Math.max(0, place - NEAR_PRIORS), place)
        .filter((each) => mayHaveWritten(each) && !lacksBody(each));
      const followers = group.slice(place + 1, place + 1 + NEAR_PRIORS).filter(mayHaveWritten);
      if (priors.length === 0) return;
      const own = priors.filter((prior) => isSameCaller(prior, seen));
      const story = repeatStory(seen, { priors: own.length > 0 ? own : priors, followers }, at);
      repeats.push(own.length > 0 ? story : ofAnotherCaller(story));
    });
  }
  return repeats.sort((a, b) => a.seen.index - b.seen.index).map(likelierFirst(repeats));
}

/** Documented, and without a key: what the platform does with one nobody has said, but ignoring it is the likelier. */
function takesNoKey({ method, exchange }: Seen): boolean {
  const match = findOperation(method, exchange.request.url);
  return match.kind === "documented" && match.operation.keyHeader === null;
}

/** Orders what one repeat leaves open by what the others settled. */
function likelierFirst(all: readonly Repeat[]): (repeat: Repeat) => Repeat {
  const settled = new Set(
    all.flatMap(({ kinds }) => (kinds.length === 1 ? kinds.map(({ kind }) => kind) : [])),
  );
  return (repeat) => {
    const [first] = repeat.kinds;
    if (repeat.evidence.length > 0 || first?.kind !== "stored") return repeat;
    const executes = settled.has("executed") || (settled.size === 0 && takesNoKey(repeat.seen));
    return executes && !settled.has("stored") ? { ...repeat, kinds: repeat.kinds.toReversed() } : repeat;
  };
}

/** Reads a recording once for all rules. Near linear. Pure. */
export function recordingOf(book: Book, exclusive: boolean = false): Recording {
  const reads = readsOf(book);
  const keyed = keyedOf(book);
  const isSameCaller = callersOf(book);
  const repeats = repeatsOf(keyed, { book, reads, isSameCaller });
  const bySeen = new Map(repeats.map((each) => [each.seen, each]));
  // Few recordings have a history that contradicts itself, and only then anybody asks.
  let byId: ReadonlyMap<string, Seen> | null = null;
  return {
    book,
    reads,
    keyed,
    repeats,
    attempts: attemptsIn(book),
    isSameCaller,
    repeatOf: (seen) => bySeen.get(seen),
    byId: (id) => {
      byId ??= new Map(book.all.map((seen) => [seen.id, seen]));
      return byId.get(id);
    },
    proofs: proofsOf(book, exclusive),
  };
}
