import { canonicalJson, type JsonNode, tryParseJson } from "../core/json.js";
import type { Exchange } from "../journal/journal.js";
import { openReader, type Place, type Seen, see } from "./seen.js";

/** All exchanges in the order of their sending, with what belongs together. */
export interface Book {
  readonly all: readonly Seen[];
  /** Those that write. */
  readonly writes: readonly Seen[];
  /** Those that were refused. */
  readonly refused: readonly Seen[];
  /** False where nobody knows when requests were sent: then no overlap is concluded. */
  readonly timesKnown: boolean;
  /** Requests that carry this key, at most {@link NEAR} before and after. */
  readonly sameKey: (seen: Seen) => readonly Seen[];
  readonly sameResource: (seen: Seen) => readonly Seen[];
  readonly sameOperation: (seen: Seen) => readonly Seen[];
  readonly sameToken: (text: string) => readonly Seen[];
  readonly samePrincipal: (seen: Seen) => readonly Seen[];
  /** Whatever was sent shortly before and after, about anything. */
  readonly around: (seen: Seen) => readonly Seen[];
  /** Reads whose path ends in this key. */
  readonly lookUps: (key: string) => readonly Seen[];
  /** How writes fared that carry a key, a token, or none. */
  readonly tally: Tally;
}

/** Writes that were accepted and refused. */
interface Fared {
  accepted: number;
  refused: number;
}

/** How a server treats writes by what they carry: what it always refuses it does not take. */
export interface Tally {
  readonly keyed: Readonly<Fared>;
  readonly keyless: Readonly<Fared>;
  /** PUT, PATCH and DELETE alone: what a POST makes has no token yet. */
  readonly conditional: Readonly<Fared>;
  readonly unconditional: Readonly<Fared>;
}

/** Where servers let a key be looked up. */
const LOOK_UP = /idempotency|keys?\//i;

/** A key without quotes or escapes: a path may write it otherwise. */
function bareKey(text: string): string {
  return text.replace(/%22|"/g, "");
}

function tallyOf(all: readonly Seen[]): Tally {
  const start = (): Fared => ({ accepted: 0, refused: 0 });
  const tally = { keyed: start(), keyless: start(), conditional: start(), unconditional: start() };
  for (const { writes, ending, key, sent, method } of all) {
    if (!writes || (ending !== "accepted" && ending !== "refused")) continue;
    tally[key === null ? "keyless" : "keyed"][ending] += 1;
    if (method !== "POST") tally[sent.length > 0 ? "conditional" : "unconditional"][ending] += 1;
  }
  return tally;
}

/**
 * How far causes look before and after an exchange within its key, resource or operation: without a bound a recording
 * of one busy resource would cost the square of its length.
 */
const NEAR = 20;
/** So many things that showed a token are remembered: a plain counter is shown by everything. */
const MOST_SHOWING = 8;

function add(groups: Map<string, Seen[]>, name: string, seen: Seen): Place {
  const group = groups.get(name);
  if (group !== undefined) return { group, at: group.push(seen) - 1 };
  const first = [seen];
  groups.set(name, first);
  return { group: first, at: 0 };
}

function near(place: Place | undefined): readonly Seen[] {
  if (place === undefined) return [];
  const { group, at } = place;
  return group.slice(Math.max(0, at - NEAR), at + NEAR + 1);
}

/** Where a request stands in a group that is seldom asked for. */
function placeIn(group: readonly Seen[] | undefined, { index }: Seen): Place | undefined {
  if (group === undefined) return undefined;
  let [low, high] = [0, group.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((group[middle]?.index ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return { group, at: low };
}

/** A dozen causes ask in turn for the same request: its answer is kept until another one is asked for. */
function oneAtATime(find: (seen: Seen) => readonly Seen[]): (seen: Seen) => readonly Seen[] {
  let asked: Seen | null = null;
  let answer: readonly Seen[] = [];
  return (seen) => {
    if (seen !== asked) [asked, answer] = [seen, find(seen)];
    return answer;
  };
}

function byStart(a: Exchange, b: Exchange): number {
  return (
    (a.timings.releasedMs ?? a.timings.startMs) - (b.timings.releasedMs ?? b.timings.startMs) ||
    a.round - b.round
  );
}

/** Puts exchanges in order and finds what belongs together. O(n log n). Pure. */
export function openBook(exchanges: readonly Exchange[], timesKnown: boolean): Book {
  const ordered = timesKnown ? [...exchanges].sort(byStart) : exchanges;
  const reader = openReader();
  const all = ordered.map((exchange, index) => see(exchange, index, reader));
  const keys = new Map<string, Seen[]>();
  const resources = new Map<string, Seen[]>();
  const operations = new Map<string, Seen[]>();
  const principals = new Map<string, Seen[]>();
  const tokens = new Map<string, Seen[]>();
  const lookUps = new Map<string, Seen[]>();
  for (const seen of all) {
    if (!seen.writes && LOOK_UP.test(seen.path)) {
      const key = bareKey(seen.path.split("/").at(-1) ?? "");
      lookUps.set(key, [...(lookUps.get(key) ?? []), seen]);
    }
    const { kept } = seen;
    if (seen.key !== null) add(keys, seen.key, seen);
    kept.ofResource = add(resources, seen.resource, seen);
    if (seen.made !== seen.resource) add(resources, seen.made, seen);
    kept.ofOperation = add(operations, seen.operation, seen);
    add(principals, seen.principal, seen);
    for (const { text } of seen.shown) {
      const shown = tokens.get(text);
      if (shown === undefined) tokens.set(text, [seen]);
      else if (shown.length < MOST_SHOWING && !shown.some(({ made }) => made === seen.made)) shown.push(seen);
    }
  }
  return {
    all,
    writes: all.filter(({ writes }) => writes),
    refused: all.filter(({ ending }) => ending === "refused"),
    timesKnown,
    sameKey: oneAtATime((seen) => (seen.key === null ? [] : near(placeIn(keys.get(seen.key), seen)))),
    sameResource: oneAtATime(({ kept }) => near(kept.ofResource)),
    sameOperation: oneAtATime(({ kept }) => near(kept.ofOperation)),
    sameToken: (text) => tokens.get(text) ?? [],
    samePrincipal: (seen) => near(placeIn(principals.get(seen.principal), seen)),
    around: ({ index }) => all.slice(Math.max(0, index - NEAR), index + NEAR + 1),
    lookUps: (key) => lookUps.get(bareKey(key)) ?? [],
    tally: tallyOf(all),
  };
}

/** A name may be of a member of a member: `metadata/resourceVersion`, `variables/input/version`. */
function withoutMembers(node: JsonNode, names: ReadonlySet<string>, within: string = ""): JsonNode {
  if (node.kind !== "object") return node;
  const isKept = ([name]: readonly [string, JsonNode]): boolean => !names.has(within + name);
  const isAbove = (path: string): boolean => [...names].some((name) => name.startsWith(`${path}/`));
  const members = node.members
    .filter(isKept)
    .map(([name, value]): readonly [string, JsonNode] =>
      isAbove(within + name) ? [name, withoutMembers(value, names, `${within}${name}/`)] : [name, value],
    );
  return { kind: "object", members };
}

/** The JSON value of a request's body without its version and its key: what the client wants. Pure. */
export function wishOf(seen: Seen): string {
  seen.kept.wish ??= readWish(seen);
  return seen.kept.wish;
}

/** True where nothing had to be passed over in a body: then {@link wishOf} goes by its very bytes. Pure. */
export function isWishBytes(seen: Seen): boolean {
  seen.kept.isWishBytes ??= wishOf(seen) === seen.exchange.request.bodySha256;
  return seen.kept.isWishBytes;
}

function readValue({ exchange }: Seen): string | null {
  const { body, bodyEncoding } = exchange.request;
  const node = bodyEncoding === "utf8" ? tryParseJson(body) : null;
  return node === null ? null : canonicalJson(node);
}

/** The JSON value of a request's body, as one text for all its spellings; null where it is none. Pure. */
export function jsonValueOf(seen: Seen): string | null {
  if (seen.kept.value === undefined) seen.kept.value = readValue(seen);
  return seen.kept.value;
}

/** The JSON value of a request's body without a key that lies in it; null where it has neither. Pure. */
export function valueWithoutKey({ exchange, key }: Seen): string | null {
  const { body, bodyEncoding } = exchange.request;
  if (key === null || bodyEncoding !== "utf8" || !body.includes(JSON.stringify(key))) return null;
  const node = tryParseJson(body);
  if (node?.kind !== "object") return null;
  const names = node.members.filter(([, value]) => value.kind === "string" && value.value === key);
  return canonicalJson(withoutMembers(node, new Set(names.map(([name]) => name))));
}

function readWish(seen: Seen): string {
  const { body, bodyEncoding, bodySha256 } = seen.exchange.request;
  if (body === "" || bodyEncoding !== "utf8") return bodySha256;
  const inBody = seen.sent.filter(({ carrier }) => carrier === "body").map(({ name }) => name);
  const keyHere = seen.key !== null && body.includes(JSON.stringify(seen.key));
  if (inBody.length === 0 && !keyHere) return bodySha256;
  // The bytes may count: two bodies that differ in the key alone are the same to the last of them.
  if (inBody.length === 0 && seen.key !== null) return body.replaceAll(JSON.stringify(seen.key), '""');
  const node = tryParseJson(body);
  if (node === null || node.kind !== "object") return bodySha256;
  const names = new Set(inBody);
  for (const [name, value] of node.members) {
    if (keyHere && value.kind === "string" && value.value === seen.key) names.add(name);
  }
  return canonicalJson(withoutMembers(node, names));
}
