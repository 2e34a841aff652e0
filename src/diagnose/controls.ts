import { type Book, isWishBytes, jsonValueOf, valueWithoutKey, wishOf } from "./book.js";
import type { Seen } from "./seen.js";
import { withoutTokens } from "./tokens.js";

/** What two requests can differ in, time aside. */
export type Factor = "key" | "token" | "body" | "principal" | "operation" | "path" | "resource";

/** Another request that was accepted, and in what it differs from the refused one. */
export interface Control {
  readonly seen: Seen;
  readonly differsIn: ReadonlySet<Factor>;
  /** Sent after the refusal had come. */
  readonly after: boolean;
  /** The very same request was refused both before and after this one. */
  readonly enclosed: boolean;
  /** So was it, or a request that differs from it in one thing. */
  readonly enclosedAlike: boolean;
  /** Sent promptly after the very same request had been refused at least twice. */
  readonly prompt: boolean;
  /** So it was, or requests that differ from it in one thing. */
  readonly promptAlike: boolean;
}

/** What passes within so many milliseconds of two equal refusals did not pass because time had gone by. */
const PROMPT_MS = 1_000;

const FACTORS: readonly Factor[] = ["key", "token", "body", "principal", "operation", "path", "resource"];
/** One set for each choice of factors: there are 128, and thousands of comparisons. */
const CHOICES: readonly ReadonlySet<Factor>[] = Array.from(
  { length: 2 ** FACTORS.length },
  (_, bits) => new Set(FACTORS.filter((_factor, place) => (bits & (1 << place)) > 0)),
);
const NO_FACTORS: ReadonlySet<Factor> = new Set();

/** The query without a key or token that lies in it: which one it is counts as the key or token alone. Pure. */
export function queryOf(seen: Seen): string {
  const { key, sent } = seen;
  const query = seen.query === "" ? "" : withoutTokens(seen.query, sent);
  if (key === null || query === "") return query;
  const coded = encodeURIComponent(key);
  const parts = query.slice(1).split("&");
  return `?${parts.filter((part) => !part.endsWith(`=${coded}`) && !part.endsWith(`=${key}`)).join("&")}`.replace(
    /^\?$/,
    "",
  );
}

/** Of two bodies that differ, whether they ask for the same: one without anything to pass over is known by its bytes, others by what is left of their value. */
function isSameWish(a: Seen, b: Seen): boolean {
  const isBytes = isWishBytes(a);
  const isKeyless = a.key === null;
  const alike = isKeyless === (b.key === null);
  if (alike && isBytes && isWishBytes(b)) return false;
  const one = wishOf(a);
  const other = wishOf(b);
  if (one === other) return true;
  if (!alike) {
    const [keyed, bare] = isKeyless ? [b, a] : [a, b];
    const value = valueWithoutKey(keyed);
    if (value !== null) return value === jsonValueOf(bare);
  }
  if (isBytes === isWishBytes(b)) return false;
  return isBytes ? jsonValueOf(a) === other : one === jsonValueOf(b);
}

function isSameQuery(a: Seen, b: Seen): boolean {
  return (a.query === "" && b.query === "") || queryOf(a) === queryOf(b);
}

/** In what two requests differ, or may. Pure. */
export function differences(a: Seen, b: Seen): ReadonlySet<Factor> {
  let bits = 0;
  if (a.key !== b.key || a.isKeyUnknown || b.isKeyUnknown) bits |= 1;
  if (a.sentText !== b.sentText || a.isSentUnknown || b.isSentUnknown) bits |= 2;
  if (a.bodyNumber !== b.bodyNumber && !isSameWish(a, b)) bits |= 4;
  if (a.principal !== b.principal) bits |= 8;
  if (a.operation !== b.operation || !isSameQuery(a, b)) bits |= 16;
  if (a.pathNumber !== b.pathNumber) bits |= 32;
  if (a.resourceNumber !== b.resourceNumber) bits |= 64;
  return CHOICES[bits] ?? NO_FACTORS;
}

/** True where both are the same request, byte for byte, as far as anything decides on it. */
export function isSameRequest(a: Seen, b: Seen): boolean {
  return (
    a.urlNumber === b.urlNumber &&
    a.bodyNumber === b.bodyNumber &&
    a.method === b.method &&
    a.key === b.key &&
    a.sentText === b.sentText &&
    a.principal === b.principal &&
    !(a.isKeyUnknown || b.isKeyUnknown || a.isSentUnknown || b.isSentUnknown)
  );
}

/** Both lists are in the order of sending, and so is what comes of them; what stands in both stands in it once. */
function merged(a: readonly Seen[], b: readonly Seen[], without: Seen): readonly Seen[] {
  const all: Seen[] = [];
  let [atA, atB] = [0, 0];
  while (atA < a.length || atB < b.length) {
    const [nextA, nextB] = [a[atA], b[atB]];
    const takesA = nextB === undefined || (nextA !== undefined && nextA.index <= nextB.index);
    const next = takesA ? nextA : nextB;
    if (takesA) atA += 1;
    if (!takesA || nextA === nextB) atB += 1;
    if (next !== undefined && next !== without) all.push(next);
  }
  return all;
}

/** Requests near a refused one that are about the same key, thing or operation. */
export function related(refused: Seen, book: Book): readonly Seen[] {
  const near = merged(book.sameResource(refused), book.sameOperation(refused), refused);
  const withKey = book.sameKey(refused);
  return withKey.length === 0 ? near : merged(near, withKey, refused);
}

/** A request near a refused one, and in what it differs from that. */
export interface Compared {
  readonly seen: Seen;
  readonly differsIn: ReadonlySet<Factor>;
}

function soundsSame(a: Seen, b: Seen): boolean {
  return a.status === b.status && a.words?.codes === b.words?.codes;
}

/** What the writes near a refused request show of it. */
export interface Around {
  /** Those that were accepted. */
  readonly controls: readonly Control[];
  /** Changes that did not help: the same request but for one thing, refused in the same way. */
  readonly failedChanges: readonly Compared[];
  /** Changes that came after it and met another rule: the same request but for one or two things, refused in another way. */
  readonly otherRefusals: readonly Compared[];
  /** The very same request, sent before or after, however it ended. */
  readonly repeats: readonly Seen[];
}

/** When the first of some requests was answered, when the last of them was sent, and their places in the order of sending. */
interface Span {
  readonly firstEndMs: number;
  readonly lastStartMs: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
}

function spanOf(refusals: readonly Seen[]): Span {
  let [firstEndMs, firstIndex] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [lastStartMs, lastIndex] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { startMs, endMs, index } of refusals) {
    firstEndMs = Math.min(firstEndMs, endMs);
    lastStartMs = Math.max(lastStartMs, startMs);
    firstIndex = Math.min(firstIndex, index);
    lastIndex = Math.max(lastIndex, index);
  }
  return { firstEndMs, lastStartMs, firstIndex, lastIndex };
}

/** Times may be equal, as in a recording that tells none: only their order then says what came first. */
function isWithin({ startMs, endMs, index }: Seen, span: Span): boolean {
  const inOrder = span.firstIndex < index && index < span.lastIndex;
  return inOrder && span.firstEndMs <= startMs && span.lastStartMs >= endMs;
}

/** What is unknown may be what is the same: then only time had gone by. */
function hasUnknown({ isKeyUnknown, isSentUnknown }: Seen): boolean {
  return isKeyUnknown || isSentUnknown;
}

/** Promptly after the last of at least two refusals. */
function isPrompt(seen: Seen, refusals: readonly Seen[]): boolean {
  if (refusals.length < 2 || seen.exchange.timings.sentMs === null) return false;
  let count = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { endMs } of refusals) {
    if (endMs > seen.startMs) continue;
    count += 1;
    lastMs = Math.max(lastMs, endMs);
  }
  return count > 1 && seen.startMs - lastMs <= PROMPT_MS;
}

/** True where two requests carry a token in common. Pure. */
export function sendsSameToken(a: Seen, b: Seen): boolean {
  return a.sent.some(({ texts }) =>
    texts.some((text) => text !== "*" && b.sent.some((each) => each.texts.includes(text))),
  );
}

/**
 * True where the later of two refused requests carries a token that was taken in between: by then it had moved, so that
 * this one was refused for that if for nothing else.
 */
function isOutdatedBetween(a: Seen, b: Seen, accepted: readonly Seen[]): boolean {
  const [first, last] = a.index < b.index ? [a, b] : [b, a];
  return (
    last.sent.length > 0 &&
    accepted.some(
      (each) =>
        each.index > first.index &&
        each.index < last.index &&
        each.resourceNumber === last.resourceNumber &&
        sendsSameToken(each, last),
    )
  );
}

/** Compares a refused request with the writes near it. Pure. */
export function lookAround(refused: Seen, near: readonly Seen[]): Around {
  const failed: Compared[] = [];
  const accepted: Seen[] = [];
  const repeats: Seen[] = [];
  const others: Compared[] = [];
  for (const seen of near) {
    if (isSameRequest(seen, refused)) repeats.push(seen);
    if (seen.ending === "accepted" && seen.writes === refused.writes) accepted.push(seen);
    else if (seen.ending === "refused" && soundsSame(seen, refused))
      failed.push({ seen, differsIn: differences(seen, refused) });
    else if (seen.ending === "refused" && seen.writes && seen.startMs >= refused.endMs)
      others.push({ seen, differsIn: differences(seen, refused) });
  }
  // The refused request, whenever it was sent, and those that differ from it in one thing and were refused in the same way.
  const alike = [
    refused,
    ...failed.flatMap(({ seen, differsIn }) =>
      differsIn.size <= 1 && !isOutdatedBetween(seen, refused, accepted) ? [seen] : [],
    ),
  ];
  const same =
    alike.length === 1 ? alike : alike.filter((each) => each === refused || repeats.includes(each));
  const ofAlike = spanOf(alike);
  const ofSame = same.length === alike.length ? ofAlike : spanOf(same);
  const controls = accepted.map((seen) => {
    const promptAlike = !hasUnknown(seen) && !hasUnknown(refused) && isPrompt(seen, alike);
    return {
      seen,
      differsIn: differences(seen, refused),
      after: seen.index > refused.index && seen.startMs >= refused.endMs,
      prompt: promptAlike && isPrompt(seen, same),
      promptAlike,
      enclosed: isWithin(seen, ofSame),
      enclosedAlike: isWithin(seen, ofAlike),
    };
  });
  return {
    controls,
    repeats,
    otherRefusals: others.filter(({ differsIn }) => differsIn.size === 1 || differsIn.size === 2),
    failedChanges: failed.filter(({ seen, differsIn }) => seen.writes && differsIn.size === 1),
  };
}
