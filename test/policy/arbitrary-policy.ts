import fc from "fast-check";
import { CONVERSATION_STATES } from "../../src/core/conversation-states.js";
import { seededRandom } from "../../src/core/random.js";
import type { AbsentPolicy, ConcurrencyPolicy } from "../../src/policy/concurrency-policy.js";
import { findContradictions } from "../../src/policy/contradictions.js";
import { DIMENSION_NAMES } from "../../src/policy/dimension-names.js";
import {
  type AfterOutcome,
  type Atomicity,
  type IdempotencyPolicy,
  WRITE_METHODS,
} from "../../src/policy/idempotency-policy.js";
import { NOTHING_PROMISED } from "../../src/policy/nothing-promised.js";
import {
  type Dimensions,
  type FaultRule,
  type Layer,
  type Policy,
  REFERENCED_KINDS,
  type RouteRule,
  type Sources,
  UNIQUE_FIELDS,
} from "../../src/policy/policy.js";
import { FAULT_KINDS, ORDER_WORDS } from "../../src/policy/policy-schema.js";
import { writePolicy } from "./write-policy.js";

function words<const Words extends readonly unknown[]>(...each: Words): fc.Arbitrary<Words[number]> {
  return fc.constantFrom(...each);
}

const status = fc.oneof(words(400, 409, 412, 422, 428), fc.integer({ min: 200, max: 599 }));
/** Tenths of a millisecond, so that no duration needs an exponent. */
const durationMs = fc.oneof(
  words(0, 1, 1_000, 86_400_000),
  fc.integer({ min: 0, max: 50_000_000 }).map((tenths) => tenths / 10),
);
const text = fc.string({ minLength: 1, maxLength: 12 });
const headerName = words("Idempotency-Key", "X-Request-Id", "x-key", "If-Match");
const member = words("version", "_rev", "rev", "requestId", "größe");
const methods = fc.uniqueArray(fc.constantFrom(...WRITE_METHODS));

const atomicity: fc.Arbitrary<Atomicity> = fc.oneof(
  fc.constant({ kind: "atomic" } as const),
  durationMs.map((windowMs) => ({ kind: "check-then-set", windowMs }) as const),
);

const after: fc.Arbitrary<AfterOutcome> = words("replay", "forget", "conflict");

const idempotency: fc.Arbitrary<IdempotencyPolicy> = fc.record({
  support: words("honoured", "honoured", "required", "ignored", "rejected"),
  carrier: fc.oneof(
    headerName.map((name) => ({ kind: "header", name }) as const),
    member.map((name) => ({ kind: "query", name }) as const),
    member.map((name) => ({ kind: "body", name }) as const),
  ),
  syntax: words("bare", "quoted", "normalised"),
  maxLength: fc.integer({ min: 1, max: 65_536 }),
  missing: fc.record({ status }),
  malformed: fc.record({ status }),
  methods: fc.oneof({ weight: 4, arbitrary: fc.constant(WRITE_METHODS) }, methods),
  scope: fc.uniqueArray(words("account", "principal", "method", "path", "query")),
  fingerprint: fc.record({
    body: fc.oneof(
      words("none", "bytes", "serialised", "canonical-json", "member-names").map((kind) => ({ kind })),
      fc
        .uniqueArray(text, { minLength: 1, maxLength: 3 })
        .map((fields) => ({ kind: "fields", fields }) as const),
    ),
    numbers: words("ieee", "textual"),
    method: fc.boolean(),
    path: fc.boolean(),
    query: fc.boolean(),
    headers: fc.array(words("content-type", "accept"), { maxLength: 3 }),
  }),
  mismatch: fc.record({
    outcome: words("refuse", "replay-first", "execute-again"),
    status,
    code: words("general.conflict", "key-reused"),
    reveals: words("nothing", "first-request"),
  }),
  mismatchKeeps: words("original", "overwritten", "dropped"),
  inFlight: fc.record({
    outcome: words("refuse", "wait", "execute"),
    status,
    retryAfterMs: fc.option(durationMs),
  }),
  inFlightOrder: words("fingerprint-first", "lock-first", "neither"),
  claim: atomicity,
  outcomes: fc.record({ validation: after, "2xx": after, "4xx": after, "429": after, "5xx": after }),
  replay: fc.record({
    content: words("snapshot", "current-state"),
    status: words("original", 200),
    marker: fc.option(headerName),
    where: words("replays", "always"),
    correlationId: words("new", "original", "both"),
  }),
  ttlMs: fc.option(durationMs),
  ttlFrom: words("first-use", "last-use"),
  afterExpiry: fc.oneof(
    fc.constant({ kind: "execute" } as const),
    status.map((each) => ({ kind: "refuse", status: each }) as const),
  ),
  onDisconnect: words("completes", "releases", "sticks"),
  keyOutlivesResource: fc.boolean(),
  echo: fc.boolean(),
  lookup: words(null, "/idempotency-keys/{key}", "/keys/{key}"),
});

const absent: fc.Arbitrary<AbsentPolicy> = fc.oneof(
  fc.constant({ kind: "accepted" } as const),
  status.map((each) => ({ kind: "refuse", status: each }) as const),
);

/** A file gives an accepted token no status and no hint. */
const stale: fc.Arbitrary<ConcurrencyPolicy["stale"]> = fc.oneof(
  fc.record({
    outcome: fc.constant("refuse" as const),
    status,
    hint: words("none", "current-token", "retry-after"),
  }),
  words("accepted", "200-with-error").map((outcome) => ({ ...NOTHING_PROMISED.concurrency.stale, outcome })),
);

const concurrency: fc.Arbitrary<ConcurrencyPolicy> = fc.record({
  validator: fc.oneof(
    words("none", "etag-strong", "etag-weak").map((kind) => ({ kind })),
    fc.record({
      kind: words("version", "revision"),
      name: member,
      form: words("integer", "opaque"),
      etag: words("none", "strong", "weak"),
    }),
  ),
  meaning: words("revision", "content-hash", "mtime-seconds"),
  readFrom: fc.array(
    fc.oneof(
      fc.constant({ kind: "if-match" } as const),
      fc.record({ kind: words("body", "query"), name: member }),
    ),
    { maxLength: 3 },
  ),
  stale,
  absent: fc.record({ POST: absent, PUT: absent, PATCH: absent, DELETE: absent }),
  precedence: words("if-match", "body", "both-must-hold"),
  comparison: words("strong", "weak", "textual", "sloppy"),
  readLagMs: durationMs,
  tokenInWriteResponse: words(true, false, "other-form"),
  createOnly: words(412, 409, "ignored"),
  check: atomicity,
  granularity: words("resource", "field", "parent"),
  noOpWrite: words("bump", "keep"),
  patchMerges: words("per-key", "replace"),
  malformed: fc.record({ status }),
});

const states = fc.uniqueArray(fc.constantFrom(...CONVERSATION_STATES), { minLength: 1, maxLength: 3 });

const fault: fc.Arbitrary<FaultRule> = fc.record({
  on: fc.record({
    route: words(null, { method: "PATCH", path: "/a/{id}" }, { method: "*", path: "/b" }),
    step: words(null, "first", "second"),
    nth: fc.option(fc.integer({ min: 1, max: 130 })),
  }),
  kind: fc.constantFrom(...FAULT_KINDS),
  probability: words(1, 0.5, 0),
  forMs: durationMs,
  status: fc.integer({ min: 500, max: 599 }),
});

/** Everything that a policy can say, over all the closed sets; some of it may come to nothing. */
export const arbitraryDimensions: fc.Arbitrary<Dimensions> = fc.record({
  order: fc.shuffledSubarray([...ORDER_WORDS], { minLength: ORDER_WORDS.length }),
  idempotency,
  concurrency,
  churn: fc.option(
    fc.record({ everyMs: durationMs, jitterMs: durationMs, on: fc.constant("conversations" as const) }),
  ),
  locks: fc.option(
    fc.record({ states, status, code: words("locked", "state.locked"), forMs: fc.option(durationMs) }),
  ),
  terminal: fc.option(fc.record({ states, status })),
  unique: fc.array(
    fc.record({ on: fc.constantFrom(...UNIQUE_FIELDS), status, code: words("general.conflict", "taken") }),
    { maxLength: 3 },
  ),
  references: fc.array(fc.record({ on: fc.constantFrom(...REFERENCED_KINDS), status }), { maxLength: 2 }),
  permissions: fc.record({ missingScope: words(403, 409) }),
  success: fc.record({ status: words(200, 201, 202, 204), body: words("representation", "empty") }),
  latency: fc.record({ baseMs: durationMs, jitterMs: durationMs }),
  rateLimit: fc.option(fc.record({ perMinute: fc.integer({ min: 1, max: 500 }), retryAfter: fc.boolean() })),
  errors: words("genesys", "problem+json", "stripe", "generic", "graphql", "opaque"),
  front: fc.oneof(
    fc.constant(null),
    fc.constant({ kind: "cache", by: "key" } as const),
    fc.constant({ kind: "rewrite", what: "reserialise" } as const),
    fc.record({
      kind: fc.constant("rewrite" as const),
      what: words("drop-header", "add-field"),
      name: headerName,
    }),
  ),
  faults: fc.array(fault, { maxLength: 2 }),
});

/** The dimensions without what comes to nothing and is therefore refused in a file. */
function coherent(dimensions: Dimensions): Dimensions {
  const { concurrency: said, faults } = dimensions;
  const isBlind = said.validator.kind === "none";
  const readFrom = isBlind ? [] : said.readFrom;
  const nothing = NOTHING_PROMISED.concurrency;
  const borrows = faults.some(({ kind }) => kind === "spurious-conflict");
  return {
    ...dimensions,
    concurrency: {
      ...said,
      readFrom,
      absent: readFrom.length === 0 ? nothing.absent : said.absent,
      stale: readFrom.length === 0 && !borrows ? nothing.stale : said.stale,
      createOnly: isBlind ? nothing.createOnly : said.createOnly,
    },
  };
}

type PlainMap = Readonly<Record<string, unknown>>;

function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("kind" in value);
}

/** Some members of a map and of the maps in it; a part that is only whole in a file stays whole. */
function someOf(map: PlainMap, chosen: () => boolean, whole: ReadonlySet<string>): PlainMap {
  return Object.fromEntries(
    Object.entries(map)
      .filter(chosen)
      .map(([name, value]) => [
        name,
        isPlainMap(value) && !whole.has(name) ? someOf(value, chosen, whole) : value,
      ]),
  );
}

const WHOLE = new Set([
  "stale",
  "missing",
  "malformed",
  "churn",
  "locks",
  "terminal",
  "rateLimit",
  "permissions",
]);
/** Of the whole server. */
const BASE_ONLY = new Set(["churn", "front", "lookup"]);

function withoutBaseOnly(map: PlainMap): PlainMap {
  return Object.fromEntries(
    Object.entries(map)
      .filter(([name]) => !BASE_ONLY.has(name))
      .map(([name, value]) => [name, name === "idempotency" ? withoutBaseOnly(value as PlainMap) : value]),
  );
}

/** In a file a word stands for the outcome alone: status and hint stay what they were. */
function wordsAlone(layer: Layer<Dimensions>): Layer<Dimensions> {
  const { stale: said, ...rest } = layer.concurrency ?? {};
  if (said === undefined || said.outcome === "refuse") return layer;
  return { ...layer, concurrency: { ...rest, stale: { outcome: said.outcome } } as typeof rest };
}

const overrides: fc.Arbitrary<Layer<Dimensions>> = fc
  .tuple(arbitraryDimensions, fc.nat(0xffff_ffff))
  .map(([dimensions, seed]) => {
    const random = seededRandom(seed, "overrides");
    const chosen = (): boolean => random.fraction() < 0.5;
    const layer = someOf(dimensions as unknown as PlainMap, chosen, WHOLE);
    return wordsAlone(withoutBaseOnly(layer) as Layer<Dimensions>);
  });

const allSources: fc.Arbitrary<Sources> = text.map(
  (source) => Object.fromEntries(DIMENSION_NAMES.map((name) => [name, source])) as Sources,
);

const unknown = fc.uniqueArray(
  fc.record({ dimension: words("idempotency.ttl", "success.body", "locks", "request.members"), note: text }),
  { selector: ({ dimension }) => dimension, maxLength: 2 },
);

const MATCHES = [
  { method: "PATCH", path: "/a/{id}" },
  { method: "*", path: "/b" },
  { method: "GET", path: "/c/{x}/y" },
] as const;

function routeAt(index: number): fc.Arbitrary<RouteRule> {
  return fc.record({
    match: fc.constant(MATCHES[index] ?? MATCHES[0]),
    description: fc.option(text),
    source: fc.option(text),
    sources: allSources,
    overrides,
    unknown,
  });
}

/** A route that says something to no effect says nothing of versions instead. */
function withoutContradictions(policy: Policy): Policy {
  const routes = policy.routes.map((rule): RouteRule => {
    const alone = { ...policy, routes: [rule] };
    if (findContradictions(writePolicy(alone), alone).length === 0) return rule;
    const { concurrency: _dropped, faults: _faults, ...rest } = rule.overrides;
    return { ...rule, overrides: rest };
  });
  return { ...policy, routes };
}

/** Any policy that a file can say. */
export const arbitraryPolicy: fc.Arbitrary<Policy> = fc
  .record({
    dimensions: arbitraryDimensions.map(coherent),
    description: text,
    source: fc.option(text),
    sources: allSources,
    paths: words("documented", "forum-lore"),
    unknown,
    routes: fc.tuple(routeAt(0), routeAt(1), routeAt(2)).chain((all) => fc.subarray(all)),
  })
  .map(({ dimensions, ...rest }) => withoutContradictions({ ...dimensions, ...rest, name: "p.yaml" }));
