import type { Cause } from "../core/causes.js";
import type { Exchange } from "../journal/journal.js";
import type { Diagnosis, RuledOut } from "./diagnose.js";
import { saysAll } from "./one-meaning.js";
import { reopened, weaker, withCauses } from "./reopen.js";
import { lacksHeader } from "./seen.js";
import { hidesVersion } from "./tokens.js";
import { learnHeaders, openHeaders } from "./unknown-headers.js";
import { keysToCome, openOrder } from "./unknown-order.js";

/** Causes that only the body of the refused request could show. */
const IN_ITS_BODY: readonly Cause[] = ["stale-version", "invalid-request"];
/** A body that makes something may name what exists; one that changes something may have lacked a version. */
const IN_ITS_BODY_BY_METHOD: Readonly<Record<string, readonly Cause[]>> = {
  POST: ["duplicate-entity"],
  PUT: ["duplicate-entity", "precondition-missing"],
  PATCH: ["duplicate-entity", "precondition-missing"],
};
/** Causes that only the bodies of two requests with one key could tell apart. */
const IN_BOTH_BODIES: readonly Cause[] = ["key-reused-body-changed", "key-reused-bytes-changed"];

/** Anomalies that are seen by comparing what is not there: two bodies that nobody recorded look alike. */
const BY_COMPARISON: readonly Cause[] = [
  "stored-answer-returned",
  "replay-of-other-body",
  "replay-differs",
  "altered-in-transit",
  "answered-by-intermediary",
];

/** Habits that are seen by comparing keys and tokens: two that nobody recorded look alike, or like none. */
const BY_HEADERS: readonly Cause[] = [
  "blind-retry",
  "client-resent",
  "retry-with-new-key",
  "key-per-attempt",
  "shared-key",
  "no-reread",
];

/** Habits that are seen by comparing bodies. */
const BY_BODIES: readonly Cause[] = ["shared-key", "retry-with-new-key", "key-per-attempt"];

const TIMES = "when requests were sent: who logged in anew meanwhile cannot be told from another client";
const BODY = "the body of the request: the recording does not have it";
const VALUES = "all of the body of the request: somebody took values out of it";
const ANSWER = "all of the answers: the recording does not have them";
const REQUESTS = "all of the requests: the recording does not have them";
const BYTES = "the bytes of the bodies: the recording has their values only";

interface Known {
  readonly exchanges: ReadonlyMap<string, Exchange>;
  /** Ids of the first request with each key. */
  readonly firstOfKey: ReadonlyMap<string, string>;
  readonly bodiesExact: boolean;
  readonly timesKnown: boolean;
  /** Method and URL of requests whose bodies are not there. */
  readonly bodiless: ReadonlySet<string>;
  readonly keysToCome: ReadonlySet<string>;
}

function lacksBody(exchange: Exchange | undefined): boolean {
  return exchange?.request.missing?.some((part) => part === "body" || part === "values") === true;
}

function bodyWords(exchange: Exchange, earlier: Exchange | undefined): string {
  const isMasked = [exchange, earlier].some((each) => each?.request.missing?.includes("values") === true);
  return isMasked ? VALUES : BODY;
}

function lacksAnything(exchange: Exchange | undefined): boolean {
  return (exchange?.request.missing?.length ?? 0) > 0 || (exchange?.response?.missing?.length ?? 0) > 0;
}

/** The request that used the key first, where that is another one. */
function earlierUse(exchange: Exchange, known: Known): Exchange | undefined {
  const first = known.firstOfKey.get(exchange.idempotencyKey ?? "");
  return first === undefined || first === exchange.id ? undefined : known.exchanges.get(first);
}

/** Where only values were taken out, the body shows all that is in it; a version that was among them may have been any. */
function inItsBody({ request, ifMatch }: Exchange): readonly Cause[] {
  if (request.missing?.includes("body") !== true)
    return hidesVersion(request) ? ["stale-version", "precondition-missing"] : [];
  const more = IN_ITS_BODY_BY_METHOD[request.method] ?? [];
  // Where a token came in a header, no version is missing.
  return [...IN_ITS_BODY, ...more.filter((cause) => ifMatch === null || cause !== "precondition-missing")];
}

/** Causes that were ruled out, or named for sure, by a body that nobody has. */
function unknowable(exchange: Exchange, known: Known): readonly Cause[] {
  if (saysAll(exchange.response?.status)) return [];
  const earlier = earlierUse(exchange, known);
  const both = earlier !== undefined && (lacksBody(exchange) || lacksBody(earlier));
  const spelling = earlier !== undefined && !known.bodiesExact;
  return [
    ...(lacksBody(exchange) ? inItsBody(exchange) : []),
    ...(both ? IN_BOTH_BODIES : spelling ? IN_BOTH_BODIES.slice(1) : []),
  ];
}

/** "No version was sent" is no more than a guess where nobody has the body. */
function withoutGuess(diagnosis: Diagnosis): Diagnosis {
  if (diagnosis.cause !== "precondition-missing") return diagnosis;
  const { exchange } = diagnosis;
  const fact = "no If-Match was sent; whether its body carried a version is not recorded";
  return { ...diagnosis, evidence: [{ exchange, fact }] };
}

/** Where only values were recorded, nobody knows that two bodies had the same bytes. */
function ofValues(diagnosis: Diagnosis): Diagnosis {
  const said = (text: string): string => text.replace(/\bthe same bytes\b/g, "the same values");
  return {
    ...diagnosis,
    evidence: diagnosis.evidence.map(({ exchange, fact }) => ({ exchange, fact: said(fact) })),
    ruledOut: diagnosis.ruledOut.map(({ cause, because }) => ({ cause, because: said(because) })),
    explanation: said(diagnosis.explanation),
  };
}

/** What answers show is told of those that are there. */
function ofKnownAnswers(diagnosis: Diagnosis): Diagnosis {
  const evidence = diagnosis.evidence.map(({ exchange, fact }) => ({
    exchange,
    fact: fact.replace(/^no answer here shows the/, "no answer that was recorded in whole shows the"),
  }));
  return { ...diagnosis, evidence };
}

/** A version that cannot be seen is likelier to be outdated than not to be there. */
function versionFirst(candidates: readonly Diagnosis[]): readonly Diagnosis[] {
  const guess = candidates.findIndex(({ cause }) => cause === "precondition-missing");
  const stale = candidates.find(({ cause }) => cause === "stale-version");
  if (guess === -1 || stale === undefined || candidates.indexOf(stale) < guess) return candidates;
  const others = candidates.filter((each) => each !== stale);
  return [...others.slice(0, guess), stale, ...others.slice(guess)];
}

/** A refusal's candidates, with those that a missing body would have shown or ruled out. */
function openRefusal(candidates: readonly Diagnosis[], known: Known): readonly Diagnosis[] {
  const [first] = candidates;
  const exchange = known.exchanges.get(first?.exchange ?? "");
  if (first === undefined || exchange === undefined) return candidates;
  const open = unknowable(exchange, known);
  if (open.length === 0) return known.bodiesExact ? candidates : candidates.map(ofValues);
  const lacks = lacksBody(exchange) || lacksBody(earlierUse(exchange, known));
  const missing = [lacks ? bodyWords(exchange, earlierUse(exchange, known)) : BYTES];
  const named = candidates.map(({ cause }) => cause);
  const added = open.filter((cause) => !named.includes(cause));
  const alone = named.length === 1 && added.length === 0;
  const toConfirm = withCauses(first.toConfirm, added);
  const stillOut = ({ ruledOut }: Diagnosis): readonly RuledOut[] =>
    ruledOut.filter(({ cause }) => !open.includes(cause));
  // What is left over once all is known is not known to be left over.
  const founded = candidates.filter(
    ({ cause, evidence }) => cause !== "spurious-conflict" || evidence.length > 0,
  );
  const reworded = lacksBody(exchange) ? founded.map(withoutGuess) : candidates;
  const isSpelling = (cause: Cause): boolean =>
    lacks && IN_BOTH_BODIES.includes(cause) && open.includes(cause);
  const opened = versionFirst([
    ...reworded.map(
      (each): Diagnosis => ({
        ...each,
        certainty: isSpelling(each.cause)
          ? "possible"
          : alone && each.certainty !== "certain"
            ? each.certainty
            : weaker(each.certainty),
        explanation: isSpelling(each.cause) ? reopened(each.cause, each, []).explanation : each.explanation,
        ruledOut: stillOut(each),
        toConfirm: each.toConfirm === null ? null : toConfirm,
        missing: [...new Set([...each.missing, ...missing])],
      }),
    ),
    ...added.map((cause) => reopened(cause, { ...first, ruledOut: stillOut(first), toConfirm }, missing)),
  ]);
  if (known.bodiesExact) return opened;
  const isRespelt = !lacks && earlierUse(exchange, known)?.request.bodySha256 === exchange.request.bodySha256;
  return (isRespelt ? bytesFirst(opened) : opened).map(ofValues);
}

/** Of equal values nobody says that they are others: where the server does, it means their bytes. */
function bytesFirst(candidates: readonly Diagnosis[]): readonly Diagnosis[] {
  const bytes = candidates.find(({ cause }) => cause === "key-reused-bytes-changed");
  const body = candidates.find(({ cause }) => cause === "key-reused-body-changed");
  if (bytes === undefined || body === undefined) return candidates;
  const certainty = body.certainty === "possible" ? "possible" : "likely";
  return candidates.flatMap((each): readonly Diagnosis[] => {
    if (each === bytes) return [];
    return each === body
      ? [{ ...bytes, certainty }, reopened("key-reused-body-changed", body, body.missing)]
      : [each];
  });
}

/** An anomaly that involves something unknown: dropped where it is seen by comparison, otherwise no more than possible. */
function openAnomaly(diagnosis: Diagnosis, known: Known): readonly Diagnosis[] {
  const involved = involvedIn(diagnosis, known);
  if (!involved.some(lacksAnything)) return [diagnosis];
  if (BY_COMPARISON.includes(diagnosis.cause)) return [];
  const lacks = involved.every((each) => (each.response?.missing?.length ?? 0) === 0) ? REQUESTS : ANSWER;
  return [{ ...diagnosis, certainty: "possible", missing: [...diagnosis.missing, lacks] }];
}

function involvedIn({ exchange, evidence }: Diagnosis, { exchanges }: Known): readonly Exchange[] {
  const ids = [exchange, ...evidence.map((each) => each.exchange)];
  return ids.flatMap((id) => exchanges.get(id ?? "") ?? []);
}

/** A habit that may be none: what nobody recorded may have been another key or token each time. */
function openPattern(diagnosis: Diagnosis, known: Known): readonly Diagnosis[] {
  const unknown = involvedIn(diagnosis, known).some(
    ({ request }) => lacksHeader(request, "key") || lacksHeader(request, "validator"),
  );
  if (unknown && BY_HEADERS.includes(diagnosis.cause)) return [];
  const bodiless = BY_BODIES.includes(diagnosis.cause) && involvesBodiless(diagnosis, known);
  if (bodiless) return [];
  // Whoever logged in anew meanwhile looks like somebody else where nobody knows when.
  return diagnosis.cause === "shared-key" && !known.timesKnown
    ? [{ ...diagnosis, certainty: "possible", missing: [...diagnosis.missing, TIMES] }]
    : [diagnosis];
}

/** Another attempt between them may be the one that counts. */
function involvesBodiless(diagnosis: Diagnosis, known: Known): boolean {
  return involvedIn(diagnosis, known).some(({ request }) =>
    known.bodiless.has(`${request.method} ${request.url}`),
  );
}

/** How exchanges were recorded. */
interface RecordedHow {
  readonly bodiesExact: boolean;
  /** Absent: they are. */
  readonly timesKnown?: boolean | undefined;
}

function learn(exchanges: readonly Exchange[], { bodiesExact, timesKnown = true }: RecordedHow): Known {
  const firstOfKey = new Map<string, string>();
  for (const { id, idempotencyKey } of exchanges)
    if (idempotencyKey !== null && !firstOfKey.has(idempotencyKey)) firstOfKey.set(idempotencyKey, id);
  const bodiless = exchanges.filter(lacksBody).map(({ request: { method, url } }) => `${method} ${url}`);
  return {
    exchanges: new Map(exchanges.map((each) => [each.id, each])),
    ...{ firstOfKey, bodiesExact, timesKnown },
    bodiless: new Set(bodiless),
    keysToCome: timesKnown ? new Set<string>() : keysToCome(exchanges),
  };
}

/**
 * Takes back what was concluded from parts that a recording does not have: a body that is missing is not an empty one, so
 * it neither proves nor rules out what only a body shows. Diagnoses of complete exchanges come out as they are. Pure.
 */
export function allowForMissing(
  diagnoses: readonly Diagnosis[],
  exchanges: readonly Exchange[],
  how: RecordedHow,
): readonly Diagnosis[] {
  if (how.bodiesExact && how.timesKnown !== false && !exchanges.some(lacksAnything)) return diagnoses;
  const known = learn(exchanges, how);
  const refusals = new Map<string, Diagnosis[]>();
  for (const each of diagnoses) {
    if (each.kind !== "refusal") continue;
    const before = refusals.get(each.exchange);
    if (before === undefined) refusals.set(each.exchange, [each]);
    else before.push(each);
  }
  const headersKnown = learnHeaders(exchanges);
  const around = diagnoses.filter(({ kind }) => kind !== "refusal");
  const lacksAnswers = exchanges.some(({ response }) => (response?.missing?.length ?? 0) > 0);
  const said = (each: Diagnosis): Diagnosis => (lacksAnswers ? ofKnownAnswers(each) : each);
  return [
    ...[...refusals.values()].flatMap((candidates) =>
      openHeaders(openOrder(openRefusal(candidates, known), known), headersKnown).map(said),
    ),
    ...around.flatMap((each) => {
      if (each.kind === "anomaly") return openAnomaly(each, known);
      return each.kind === "pattern" ? openPattern(each, known) : [each];
    }),
  ];
}
