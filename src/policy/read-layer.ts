import type { ConcurrencyPolicy, TokenSource } from "./concurrency-policy.js";
import type { IdempotencyPolicy } from "./idempotency-policy.js";
import type { Dimensions, FaultRule, Front, Layer } from "./policy.js";
import type { ConcurrencyFile, FaultFile, IdempotencyFile, LayerFile } from "./policy-file.js";
import {
  durationMs,
  readAbsent,
  readAfterExpiry,
  readAtomicity,
  readBodyFingerprint,
  readNamed,
  readRouteMatch,
  readValidator,
  wordOf,
} from "./read-words.js";

/** Sets `name` only where the file says something: an absent member must not overrule what it extends. */
function given<Name extends string, From, To>(
  name: Name,
  value: From | undefined,
  read: (value: From) => To,
): { readonly [Key in Name]?: To } {
  return value === undefined ? {} : ({ [name]: read(value) } as { readonly [Key in Name]?: To });
}

function readIdempotency(file: IdempotencyFile): Layer<IdempotencyPolicy> {
  const { carrier, fingerprint, inFlight, claim, replay, ttl, afterExpiry, ...same } = file;
  return {
    ...same,
    ...given("carrier", carrier, (text) => readNamed(text) ?? { kind: "header", name: text }),
    ...given("fingerprint", fingerprint, ({ body, headers, ...rest }) => ({
      ...rest,
      ...given("body", body, readBodyFingerprint),
      ...given("headers", headers, (names) => names.map((name) => name.toLowerCase())),
    })),
    ...given("inFlight", inFlight, ({ retryAfter, ...rest }) => ({
      ...rest,
      ...given("retryAfterMs", retryAfter, (text) => (text === null ? null : durationMs(text))),
    })),
    ...given("claim", claim, readAtomicity),
    ...given("replay", replay, ({ marker, ...rest }) => ({
      ...rest,
      ...given("marker", marker, (text) => (text === null ? null : (readNamed(text)?.name ?? text))),
    })),
    ...given("ttlMs", ttl, (text) => (text === "forever" ? null : durationMs(text))),
    ...given("afterExpiry", afterExpiry, readAfterExpiry),
  };
}

function readTokenSource(text: string): TokenSource {
  const named = readNamed(text);
  return named === null || named.kind === "header"
    ? { kind: "if-match" }
    : { kind: named.kind, name: named.name };
}

function readStale(file: NonNullable<ConcurrencyFile["stale"]>): Layer<ConcurrencyPolicy["stale"]> {
  if (typeof file === "string" || "kind" in file) return { outcome: wordOf(file) };
  return file.status === undefined ? file : { ...file, outcome: "refuse" };
}

function readConcurrency(file: ConcurrencyFile): Layer<ConcurrencyPolicy> {
  const { validator, readFrom, stale, absent, readLag, check, ...same } = file;
  return {
    ...same,
    ...given("validator", validator, readValidator),
    ...given("readFrom", readFrom, (sources) => sources.map(readTokenSource)),
    ...given("stale", stale, readStale),
    ...given("absent", absent, readAbsent),
    ...given("readLagMs", readLag, durationMs),
    ...given("check", check, readAtomicity),
  };
}

/** What a middleware drops or adds where the file names nothing. */
const FRONT_NAMES = { "drop-header": "Idempotency-Key", "add-field": "forwardedBy" } as const;

function readFront(front: NonNullable<LayerFile["front"]>): Front {
  if (front.kind === "cache") return { kind: "cache", by: "key" };
  if (front.what === "reserialise") return { kind: "rewrite", what: "reserialise" };
  return { kind: "rewrite", what: front.what, name: front.name ?? FRONT_NAMES[front.what] };
}

/** A delay nobody gave a length is long enough to be seen and short enough to wait for. */
const DEFAULT_FAULT_MS = 1_000;

function readFault(fault: FaultFile): FaultRule {
  const { route, step = null, nth = null } = fault.on ?? {};
  return {
    on: { route: route === undefined ? null : readRouteMatch(route), step, nth },
    kind: fault.kind === 429 ? "429" : fault.kind,
    probability: fault.probability ?? 1,
    forMs: fault.for === undefined ? DEFAULT_FAULT_MS : durationMs(fault.for),
    status: fault.status ?? 503,
  };
}

/** `null` stays null, which switches the dimension off. */
function orNull<From, To>(read: (value: From) => To): (value: From | null) => To | null {
  return (value) => (value === null ? null : read(value));
}

function readPlatformLife(
  file: LayerFile,
): Pick<Layer<Dimensions>, "churn" | "locks" | "terminal" | "rateLimit"> {
  return {
    ...given(
      "churn",
      file.churn,
      orNull(({ every, jitter = "0ms", on = "conversations" }) => ({
        everyMs: durationMs(every),
        jitterMs: durationMs(jitter),
        on,
      })),
    ),
    ...given(
      "locks",
      file.locks,
      orNull(({ states, status = 409, code = "locked", for: length = "until-state-changes" }) => ({
        states,
        status,
        code,
        forMs: length === "until-state-changes" ? null : durationMs(length),
      })),
    ),
    ...given(
      "terminal",
      file.terminal,
      orNull(({ states, status = 409 }) => ({ states, status })),
    ),
    ...given(
      "rateLimit",
      file.rateLimit,
      orNull(({ perMinute, retryAfter = true }) => ({ perMinute, retryAfter })),
    ),
  };
}

/**
 * Turns dimensions as people write them into values with one spelling each: words into maps, durations into
 * milliseconds. What the file leaves out stays out. The file must have passed the schema. Pure.
 */
export function readLayer(file: LayerFile): Layer<Dimensions> {
  const { order, permissions, success, latency, errors } = file;
  return {
    ...given("order", order, (words) => words),
    ...given("idempotency", file.idempotency, readIdempotency),
    ...given("concurrency", file.concurrency, readConcurrency),
    ...readPlatformLife(file),
    ...given("unique", file.unique, (rules) =>
      rules.map(({ on, status = 409, code = "general.conflict" }) => ({ on, status, code })),
    ),
    ...given("references", file.references, (rules) => rules.map(({ on, status = 409 }) => ({ on, status }))),
    ...given("permissions", permissions, (value) => value),
    ...given("success", success, (value) => value),
    ...given("latency", latency, ({ base, jitter }) => ({
      ...given("baseMs", base, durationMs),
      ...given("jitterMs", jitter, durationMs),
    })),
    ...given("errors", errors, (value) => value),
    ...given("front", file.front, orNull(readFront)),
    ...given("faults", file.faults, (faults) => faults.map(readFault)),
  };
}
