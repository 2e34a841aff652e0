import fc from "fast-check";
import type { ConcurrencyPolicy } from "../../../../src/policy/concurrency-policy.js";
import type { IdempotencyPolicy } from "../../../../src/policy/idempotency-policy.js";
import { WRITE_METHODS } from "../../../../src/policy/idempotency-policy.js";
import type { OrderWord } from "../../../../src/policy/policy.js";
import type { ModelPolicy, Override } from "../spec/rules.js";
import { EXECUTE_ROUTE, THING_ROUTE } from "../spec/rules.js";

/** One of some values, the first ones more often. */
export function mostly<const T, const S = T>(often: T, ...seldom: readonly S[]): fc.Arbitrary<T | S> {
  const rest: fc.Arbitrary<T | S> = fc.constantFrom(...seldom);
  return fc.oneof({ weight: 2, arbitrary: fc.constant<T | S>(often) }, { weight: 1, arbitrary: rest });
}

const status = (...statuses: readonly number[]): fc.Arbitrary<{ readonly status: number }> =>
  fc.constantFrom(...statuses).map((each) => ({ status: each }));

const after = fc.constantFrom("replay" as const, "forget" as const, "conflict" as const);

const keyFingerprint: fc.Arbitrary<IdempotencyPolicy["fingerprint"]> = fc.record({
  body: fc.constantFrom<IdempotencyPolicy["fingerprint"]["body"]>(
    { kind: "canonical-json" },
    { kind: "bytes" },
    { kind: "serialised" },
    { kind: "none" },
    { kind: "member-names" },
    { kind: "fields", fields: ["a"] },
    { kind: "fields", fields: ["b", "/m/x"] },
  ),
  numbers: fc.constantFrom("ieee", "textual"),
  method: fc.boolean(),
  path: fc.boolean(),
  query: fc.boolean(),
  headers: fc.constantFrom<readonly string[]>([], ["x-team"]),
});

const anyKeys: fc.Arbitrary<IdempotencyPolicy> = fc.record({
  support: mostly("honoured", "required", "required", "ignored", "rejected"),
  carrier: mostly<IdempotencyPolicy["carrier"]>(
    { kind: "header", name: "Idempotency-Key" },
    { kind: "header", name: "X-Request-Key" },
    { kind: "query", name: "requestId" },
    { kind: "body", name: "requestId" },
  ),
  syntax: fc.constantFrom("bare", "quoted", "normalised"),
  maxLength: fc.constantFrom(255, 16, 64),
  missing: status(400, 422, 428),
  malformed: status(400, 422),
  methods: fc.oneof(fc.constant([...WRITE_METHODS]), fc.subarray([...WRITE_METHODS], { minLength: 1 })),
  scope: fc.subarray(["account", "principal", "method", "path", "query"] as const),
  fingerprint: keyFingerprint,
  mismatch: fc.record({
    outcome: mostly("refuse", "replay-first", "execute-again"),
    status: fc.constantFrom(409, 422, 400, 417),
    code: fc.constant("general.conflict"),
    reveals: fc.constantFrom("nothing", "first-request"),
  }),
  mismatchKeeps: mostly("original", "overwritten", "dropped"),
  inFlight: fc.record({
    outcome: fc.constantFrom("refuse", "wait", "execute"),
    status: fc.constantFrom(409, 423, 425),
    retryAfterMs: fc.constantFrom(null, 2_000),
  }),
  inFlightOrder: fc.constantFrom("fingerprint-first", "lock-first", "neither"),
  claim: mostly<IdempotencyPolicy["claim"]>({ kind: "atomic" }, { kind: "check-then-set", windowMs: 5 }),
  outcomes: fc.record({
    validation: after,
    "2xx": mostly("replay", "forget", "conflict"),
    "4xx": after,
    "429": after,
    "5xx": after,
  }),
  replay: fc.record({
    content: mostly("snapshot", "current-state"),
    status: mostly("original", 200),
    marker: fc.constantFrom(null, "Idempotent-Replayed", "X-Replay"),
    where: mostly("replays", "always"),
    correlationId: fc.constantFrom("new", "original", "both"),
  }),
  ttlMs: fc.constantFrom(86_400_000, 60_000, 5_000, null),
  ttlFrom: fc.constantFrom("first-use", "last-use"),
  afterExpiry: mostly<IdempotencyPolicy["afterExpiry"]>({ kind: "execute" }, { kind: "refuse", status: 412 }),
  onDisconnect: fc.constantFrom("completes", "releases", "sticks"),
  keyOutlivesResource: fc.boolean(),
  echo: fc.boolean(),
  lookup: mostly("/idempotency-keys/{key}", null, "/keys/{key}/state"),
});

const idempotency = anyKeys;

const absent = mostly<ConcurrencyPolicy["absent"]["PUT"]>(
  { kind: "accepted" },
  { kind: "refuse", status: 428 },
  { kind: "refuse", status: 400 },
);

const IF_MATCH = { kind: "if-match" } as const;
const inBody = (name: string) => ({ kind: "body", name }) as const;
const inQuery = { kind: "query", name: "rev" } as const;

type Validated = Pick<ConcurrencyPolicy, "validator" | "readFrom" | "meaning">;

const etags: fc.Arbitrary<Validated> = fc.record({
  validator: fc.constantFrom({ kind: "etag-strong" as const }, { kind: "etag-weak" as const }),
  readFrom: mostly<ConcurrencyPolicy["readFrom"]>([IF_MATCH], []),
  meaning: mostly("revision", "content-hash", "mtime-seconds"),
});

/** A version or revision, read where it is shown. */
const members: fc.Arbitrary<Validated> = fc
  .record({
    kind: fc.constantFrom("version" as const, "revision" as const),
    name: fc.constantFrom("version", "_rev"),
    form: fc.constantFrom("integer" as const, "opaque" as const),
    etag: fc.constantFrom("none" as const, "strong" as const, "weak" as const),
    sources: fc.subarray(["if-match", "body", "query"] as const),
  })
  .map(({ sources, ...validator }) => ({
    validator,
    readFrom: sources
      .filter((source) => source !== "if-match" || validator.etag !== "none")
      .map((source) => ({ "if-match": IF_MATCH, body: inBody(validator.name), query: inQuery })[source]),
    meaning: "revision" as const,
  }));

const concurrency: fc.Arbitrary<ConcurrencyPolicy> = fc
  .tuple(
    fc.oneof(etags, members),
    fc.record({
      stale: fc.record({
        outcome: mostly("refuse", "accepted", "200-with-error"),
        status: fc.constantFrom(409, 412, 400, 422),
        hint: fc.constantFrom("none", "current-token", "retry-after"),
      }),
      absent: fc.record({
        POST: fc.constant({ kind: "accepted" as const }),
        PUT: absent,
        PATCH: absent,
        DELETE: absent,
      }),
      precedence: fc.constantFrom("if-match", "body", "both-must-hold"),
      comparison: fc.constantFrom("strong", "weak", "textual", "sloppy"),
      readLagMs: mostly(0, 200, 3_000),
      tokenInWriteResponse: mostly<ConcurrencyPolicy["tokenInWriteResponse"]>(true, false, "other-form"),
      createOnly: fc.constantFrom<ConcurrencyPolicy["createOnly"]>(412, 409, "ignored"),
      check: mostly<ConcurrencyPolicy["check"]>({ kind: "atomic" }, { kind: "check-then-set", windowMs: 3 }),
      granularity: mostly("resource", "field"),
      noOpWrite: fc.constantFrom("bump", "keep"),
      patchMerges: fc.constantFrom("per-key", "replace"),
      malformed: status(400, 412),
    }),
  )
  .map(([validated, rest]): ConcurrencyPolicy => ({ ...rest, ...validated }));

const NO_VERSIONS: ConcurrencyPolicy = {
  validator: { kind: "none" },
  meaning: "revision",
  readFrom: [],
  stale: { outcome: "refuse", status: 409, hint: "none" },
  absent: {
    POST: { kind: "accepted" },
    PUT: { kind: "accepted" },
    PATCH: { kind: "accepted" },
    DELETE: { kind: "accepted" },
  },
  precedence: "if-match",
  comparison: "strong",
  readLagMs: 0,
  tokenInWriteResponse: true,
  createOnly: "ignored",
  check: { kind: "atomic" },
  granularity: "resource",
  noOpWrite: "bump",
  patchMerges: "per-key",
  malformed: { status: 400 },
};

const faults: fc.Arbitrary<ModelPolicy["faults"]> = fc.array(
  fc
    .record({
      on: fc.record({
        route: fc.constantFrom(
          { method: "POST", path: EXECUTE_ROUTE },
          { method: "PUT", path: THING_ROUTE },
          { method: "*", path: THING_ROUTE },
        ),
        step: fc.constant(null),
        nth: fc.constantFrom(1, 2, 3),
      }),
      kind: fc.constantFrom("5xx-before" as const, "5xx-after" as const),
      probability: fc.constant(1),
      forMs: fc.constant(1_000),
      status: fc.constantFrom(503, 500),
    })
    // What comes after the effect of a read, which has none, nobody says.
    .map((fault) => (fault.on.route.method === "*" ? { ...fault, kind: "5xx-before" as const } : fault)),
  { maxLength: 2 },
);

/** The rules in their usual order. */
export const ORDER: readonly OrderWord[] = ["auth", "rateLimit", "key", "validation", "precondition", "lock"];

/** Fields of a second policy that hold on one route. */
function overrideOf(keys: IdempotencyPolicy, versions: ConcurrencyPolicy): fc.Arbitrary<Override> {
  const pick = <Part extends object>(part: Part, names: readonly (keyof Part)[]): Partial<Part> =>
    Object.fromEntries(names.map((name) => [name, part[name]])) as Partial<Part>;
  return fc
    .record({
      method: fc.constantFrom("PUT" as const, "PATCH" as const, "DELETE" as const),
      idempotency: fc.subarray(["support", "missing", "malformed", "mismatch", "replay", "echo"] as const),
      concurrency: fc.subarray([
        "stale",
        "absent",
        "comparison",
        "precedence",
        "createOnly",
        "malformed",
      ] as const),
    })
    .map((over) => ({
      method: over.method,
      idempotency: pick(keys, over.idempotency),
      concurrency: pick(versions, over.concurrency),
    }));
}

/** Which dimensions a property varies; what it does not is as on a server that promises nothing. */
export interface Focus {
  readonly keys: boolean;
  readonly versions: boolean;
  readonly faults: boolean;
  readonly limits: boolean;
  readonly names: boolean;
}

const NAMES = { on: "things.name", status: 409, code: "general.conflict" } as const;
const PARENTS = { on: "things", status: 422 } as const;

const NO_KEYS = { support: "ignored" } as const;

/** Any policy of a focus: whole, valid, and seldom dull. */
export function policyOf(focus: Focus): fc.Arbitrary<ModelPolicy> {
  const keys = focus.keys ? idempotency : idempotency.map((each) => ({ ...each, ...NO_KEYS }));
  const versions = focus.versions ? concurrency : fc.constant(NO_VERSIONS);
  return fc.tuple(keys, versions, keys, versions).chain(([one, two, otherKeys, otherVersions]) =>
    fc.record({
      order: focus.limits
        ? fc.shuffledSubarray([...ORDER], { minLength: 6, maxLength: 6 })
        : fc.constant(ORDER),
      idempotency: fc.constant(one),
      concurrency: fc.constant(two),
      locks: fc.constant(null),
      terminal: fc.constant(null),
      permissions: fc.constant({ missingScope: 403 as const }),
      success: mostly<ModelPolicy["success"]>(
        { status: 200, body: "representation" },
        { status: 202, body: "empty" },
        { status: 200, body: "empty" },
      ),
      latency: mostly({ baseMs: 0, jitterMs: 0 }, { baseMs: 7, jitterMs: 0 }),
      rateLimit: focus.limits
        ? mostly<ModelPolicy["rateLimit"]>(
            null,
            { perMinute: 5, retryAfter: true },
            { perMinute: 3, retryAfter: false },
          )
        : fc.constant(null),
      errors: mostly("genesys", "problem+json", "stripe", "generic", "graphql", "opaque"),
      faults: focus.faults ? faults : fc.constant([]),
      unique: focus.names ? fc.constantFrom([], [NAMES]) : fc.constant([]),
      references: focus.names ? fc.constantFrom([], [PARENTS]) : fc.constant([]),
      override: fc.oneof(fc.constant(null), overrideOf(otherKeys, otherVersions)),
      wordy: fc.boolean(),
    }),
  );
}
