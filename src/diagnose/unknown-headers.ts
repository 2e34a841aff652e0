import { compareBodies } from "../compare/compare-bodies.js";
import type { Cause, Refusal } from "../core/causes.js";
import { isWrite } from "../core/http.js";
import { isConfirming, isRehearsed } from "../journal/confirming.js";
import type { Exchange } from "../journal/journal.js";
import { partsOf } from "../subject/subject-of.js";
import type { Diagnosis, RuledOut } from "./diagnose.js";
import { type Valueless, withFreshValues } from "./fresh-values.js";
import { saysAll } from "./one-meaning.js";
import { REFUSAL_RULES } from "./refusals.js";
import { reopened, unshown, withCauses } from "./reopen.js";
import { lacksHeader } from "./seen.js";
import { speaks, wordsOf } from "./words.js";

/** What is asked of a recording in which headers are unknown. */
export interface HeadersKnown {
  readonly exchanges: ReadonlyMap<string, Exchange>;
  /** Writes by method and URL, in the order of sending, and the place of each in its list. */
  readonly alike: ReadonlyMap<string, readonly Exchange[]>;
  readonly places: ReadonlyMap<string, number>;
  /** Some answers may have shown tokens that nobody sees. */
  readonly answersLackTokens: boolean;
  /** Something was sent to confirm: what is asked here is the same each time, and it has been asked. */
  readonly isAsked: boolean;
}

function nameOf({ request: { method, url } }: Exchange): string {
  const { path, query } = partsOf(url);
  return `${method} ${path}${query}`;
}

/** Reads a recording once; null where no request lacks a header. Pure. */
export function learnHeaders(exchanges: readonly Exchange[]): HeadersKnown | null {
  const isOpen = ({ request }: Exchange): boolean =>
    lacksHeader(request, "key") || lacksHeader(request, "validator");
  const answersLackTokens = exchanges.some(
    ({ response }) =>
      response?.missing?.includes("validator") === true || response?.missing?.includes("headers") === true,
  );
  if (!answersLackTokens && !exchanges.some(isOpen)) return null;
  const alike = new Map<string, Exchange[]>();
  const places = new Map<string, number>();
  for (const each of exchanges) {
    const names = each.request.headers.map(([name]) => name);
    if (!isWrite(each.request.method, names)) continue;
    const name = nameOf(each);
    const group = alike.get(name) ?? [];
    alike.set(name, group);
    places.set(each.id, group.length);
    group.push(each);
  }
  return {
    exchanges: new Map(exchanges.map((each) => [each.id, each])),
    ...{ alike, places, answersLackTokens },
    isAsked: exchanges.some((each) => isConfirming(each) && !isRehearsed(each)),
  };
}

function isOfKey(cause: Cause): boolean {
  return cause.startsWith("key-") || cause === "conflict-not-replay";
}

function isOfToken(cause: Cause): boolean {
  return cause.startsWith("etag-") || cause === "stale-etag" || cause === "precondition-missing";
}

/** Causes of keys that need no earlier request, where the server's own words name them. */
const OF_KEYS: readonly Refusal[] = [
  "key-malformed",
  "key-in-flight",
  "key-stuck",
  "key-reused-body-changed",
  "key-reused-other-resource",
];
const OF_TOKENS: readonly Refusal[] = ["stale-etag", "etag-weak", "etag-malformed", "etag-other-resource"];

/** So many earlier requests may have carried the key. */
const NEAR = 40;

/** Earlier requests that may have carried the key of this one. */
function mayShareKey(exchange: Exchange, known: HeadersKnown): readonly Exchange[] {
  const place = known.places.get(exchange.id) ?? 0;
  const before = (known.alike.get(nameOf(exchange)) ?? []).slice(Math.max(0, place - NEAR), place);
  if (lacksHeader(exchange.request, "key")) {
    return before.filter(
      ({ request, idempotencyKey }) => idempotencyKey !== null || lacksHeader(request, "key"),
    );
  }
  return exchange.idempotencyKey === null ? [] : before.filter(({ request }) => lacksHeader(request, "key"));
}

function keyCauses(exchange: Exchange, known: HeadersKnown): readonly Refusal[] {
  const earlier = mayShareKey(exchange, known);
  const isSame = (each: Exchange): boolean => each.request.bodySha256 === exchange.request.bodySha256;
  const others = new Set(
    earlier
      .filter((each) => !isSame(each))
      .map((each) => compareBodies(each.request, exchange.request).bodies),
  );
  const fitting: readonly Refusal[] = [
    ...(others.has("same-json") ? (["key-reused-bytes-changed"] as const) : []),
    ...(others.has("changed") || others.has("unknown") ? (["key-reused-body-changed"] as const) : []),
    ...(earlier.some(isUnsettled) ? (["key-bound-to-unacknowledged-attempt"] as const) : []),
    ...(earlier.some((each) => isSame(each) && !isUnsettled(each)) ? (["conflict-not-replay"] as const) : []),
    "key-first-use-unseen",
  ];
  return [...new Set([...OF_KEYS.filter(spokenBy(exchange)), ...fitting])];
}

const FIRST_FAILURE = 500;

/** Nobody knows whether it was carried out. */
function isUnsettled({ response }: Exchange): boolean {
  return response === null || response.status >= FIRST_FAILURE;
}

/** What is unknown of a refused request, and what follows. */
interface Opened {
  readonly causes: readonly Refusal[];
  /** Causes of which nothing was ruled out. */
  readonly isOpen: (cause: Cause) => boolean;
  /** Causes that the same words of a server may mean. */
  readonly isRival: (cause: Cause) => boolean;
  readonly missing: readonly string[];
  /** Rules that want a header which was there, though without its value, and what is left over once all is known. */
  readonly impossible: readonly Cause[];
  /** The headers were there: what they could have said is likelier than what is left over without them. */
  readonly wereSent: boolean;
  /** Nothing of the request itself is unknown. */
  readonly isWhole: boolean;
  readonly valueless: Valueless;
}

const KEY = "the idempotency key: the recording has it without its value";
const EARLIER_KEYS = "the idempotency keys of earlier requests: the recording does not have them";
const TOKEN = "the If-Match of the request: the recording has it without its value";
const TOKENS = "the ETags of all answers: the recording does not have them";
const HEADERS = "the headers of the request: the recording does not have them";

function opened(exchange: Exchange, known: HeadersKnown): Opened {
  const { request, idempotencyKey } = exchange;
  const [noKey, noToken] = [lacksHeader(request, "key"), lacksHeader(request, "validator")];
  const noHeaders = request.missing?.includes("headers") === true;
  const [firstUse] = noKey || idempotencyKey === null ? [] : mayShareKey(exchange, known);
  const isKnownFirst = firstUse === undefined || isUsedBefore(exchange, known);
  const ofKey = noKey || !isKnownFirst;
  const noTokens = exchange.ifMatch !== null && known.answersLackTokens;
  return {
    causes: [
      ...(ofKey ? keyCauses(exchange, known) : []),
      ...(noToken ? OF_TOKENS : noTokens ? (["etag-other-resource"] as const) : []),
    ],
    isOpen: (cause) =>
      (ofKey && isOfKey(cause)) ||
      (noToken && isOfToken(cause)) ||
      (noTokens && cause === "etag-other-resource"),
    isRival: (cause) =>
      (ofKey && isOfKey(cause)) || ((noToken || noTokens) && (isOfToken(cause) || cause === "stale-version")),
    missing: noHeaders
      ? [HEADERS]
      : [
          ...(noKey ? [KEY] : isKnownFirst ? [] : [EARLIER_KEYS]),
          ...(noToken ? [TOKEN] : []),
          ...(noTokens ? [TOKENS] : []),
        ],
    impossible: [
      "unexplained",
      ...(noKey || noToken ? (["spurious-conflict"] as const) : []),
      ...(noKey && !noHeaders ? (["key-missing"] as const) : []),
      ...(noToken && !noHeaders ? (["precondition-missing"] as const) : []),
    ],
    wereSent: (noKey || noToken) && !noHeaders,
    isWhole: !noKey && !noToken,
    valueless: { key: noKey && !noHeaders, token: noToken && !noHeaders },
  };
}

/** True where an earlier request is known to have carried the key. */
function isUsedBefore({ id, idempotencyKey }: Exchange, { exchanges }: HeadersKnown): boolean {
  for (const each of exchanges.values()) {
    if (each.id === id) return false;
    if (each.idempotencyKey === idempotencyKey) return true;
  }
  return false;
}

const GUESSED: readonly Cause[] = ["key-missing", "precondition-missing"];

function reworded(diagnosis: Diagnosis, { causes, missing }: Opened): Diagnosis {
  const { cause, exchange } = diagnosis;
  if (!GUESSED.includes(cause) && !causes.some((each) => each === cause)) return diagnosis;
  return { ...diagnosis, evidence: [], explanation: unshown(cause, exchange), missing };
}

/** Causes that the server's own words name. */
function spokenBy({ response }: Exchange): (cause: Cause) => boolean {
  const words = response === null ? null : wordsOf(response);
  return (cause) => speaks(REFUSAL_RULES[cause as Refusal].spoken, words);
}

/**
 * The candidates of one refusal, with those that a header without a value would have shown or ruled out. What is sent
 * again without that header is another request, so that nothing that is sent unchanged would settle it: a value of its own
 * may. Pure.
 */
export function openHeaders(
  candidates: readonly Diagnosis[],
  known: HeadersKnown | null,
): readonly Diagnosis[] {
  const [first] = candidates;
  const exchange = known?.exchanges.get(first?.exchange ?? "");
  if (known === null || first === undefined || exchange === undefined) return candidates;
  if (saysAll(exchange.response?.status)) return candidates;
  const found = opened(exchange, known);
  if (found.missing.length === 0) return candidates;
  const named = candidates.filter(({ cause }) => !found.impossible.includes(cause));
  const added = found.causes.filter((cause) => !named.some((each) => each.cause === cause));
  const ruledOut = (of: Diagnosis): readonly RuledOut[] =>
    of.ruledOut.filter(({ cause }) => !found.isOpen(cause));
  const toConfirm = found.isWhole
    ? withCauses(first.toConfirm, added)
    : known.isAsked
      ? null
      : withFreshValues(exchange, [...added, ...named.map(({ cause }) => cause)], found.valueless);
  const kept = named.map(
    (each): Diagnosis => ({
      ...reworded(each, found),
      ruledOut: ruledOut(each),
      toConfirm,
      missing: [...new Set([...each.missing, ...found.missing])],
    }),
  );
  const unsettled = { ...first, ruledOut: ruledOut(first), toConfirm };
  const more = added.map((cause) => reopened(cause, unsettled, found.missing));
  const open = found.wereSent ? [...more, ...kept] : [...kept, ...more];
  const isSpoken = spokenBy(exchange);
  return [
    ...open.filter(({ cause }) => isSpoken(cause)),
    ...open.filter(({ cause }) => !isSpoken(cause)),
  ].map((each): Diagnosis => {
    // What the server's own words name beside these headers stays as likely as it was.
    const isHeard = kept.includes(each) && each.certainty !== "possible" && !found.isRival(each.cause);
    return { ...each, certainty: isHeard && isSpoken(each.cause) ? "likely" : "possible" };
  });
}
