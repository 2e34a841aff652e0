import fc from "fast-check";
import type { HeaderList } from "../../src/core/http.js";
import type { FirstRequest, KeyRecord, KeyState, StoredAnswer } from "../../src/idempotency/idempotency.js";

/** Any text: empty, beyond Latin-1, halves of surrogate pairs, control characters, what JSON has to escape. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "\0", "\n", '"', "[1]", "é", "ÿ", "Ā", "日本", "\ud800", "x\udc00"),
);

/** Bytes as text, one character each. */
const binary = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString("latin1"));

/** Milliseconds as clocks give them: whole or not, never below zero. */
const instantMs = fc.oneof(
  fc.nat(),
  fc.double({ min: 0, max: 1e15, noNaN: true }).map((value) => value + 0),
  fc.constantFrom(0, 0.1, 1_700_000_000_000.123, Number.MAX_SAFE_INTEGER),
);

const headers: fc.Arbitrary<HeaderList> = fc.array(fc.tuple(text, text), { maxLength: 4 });

const body = fc.oneof(
  fc.record({ kind: fc.constant("kept" as const), latin1: binary }),
  fc.record({ kind: fc.constant("digests" as const), bytes: text, canonical: text, compared: text }),
);

const status = fc.oneof(fc.constantFrom(200, 201, 409, 503), fc.nat(999));
const outcome = fc.constantFrom("validation" as const, "2xx", "4xx", "429", "5xx");
const resource = fc.option(text);

const answer: fc.Arbitrary<StoredAnswer> = fc.record({
  status,
  headers,
  body: fc.oneof(text, fc.string({ unit: "grapheme", maxLength: 400 })),
  correlationId: text,
  resource,
});

const ended = fc.record({
  kind: fc.constant("ended" as const),
  outcome,
  status,
  delivered: fc.boolean(),
  effect: fc.boolean(),
  resource,
  answer: fc.option(answer),
});

/** An end as the engine writes it: status and resource are those of the answer. */
const usualEnd = ended.map((end) =>
  end.answer === null ? end : { ...end, status: end.answer.status, resource: end.answer.resource },
);

const unended: fc.Arbitrary<KeyState> = fc.oneof(
  fc.record({
    kind: fc.constant("in-flight" as const),
    leaseUntilMs: fc.option(instantMs),
    stuck: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("released" as const), effect: fc.boolean() }),
);

/** Every state that a key can be in. */
export const anyState: fc.Arbitrary<KeyState> = fc.oneof(usualEnd, ended, unended);

const request: fc.Arbitrary<FirstRequest> = fc.record({
  method: fc.oneof(fc.constantFrom("PATCH", "POST"), text),
  path: text,
  query: text,
  headers: fc.array(fc.option(text), { maxLength: 3 }),
  body,
});

/** Records of every state, shape and alphabet. */
export const anyRecord: fc.Arbitrary<KeyRecord> = fc.record({
  key: text,
  account: text,
  first: request,
  answered: fc.oneof(fc.constant(null), request),
  earlier: fc.oneof(fc.constant(null), body),
  state: anyState,
  createdAtMs: instantMs,
  lastUsedAtMs: instantMs,
  keepUntilMs: fc.option(instantMs),
  token: text,
});
