import { describe, expect, test } from "vitest";
import { GcidemError, type Problem } from "../../src/core/errors.js";
import { readDocument, requireValue } from "../../src/document/read-document.js";
import { parsePolicy, readPolicyAt } from "../../src/policy/read-policy.js";

function problemsOf(text: string): readonly Problem[] {
  try {
    parsePolicy(text, "p.yaml");
  } catch (error) {
    if (error instanceof GcidemError) return error.problems;
    throw error;
  }
  return [];
}

function told(text: string): readonly string[] {
  return problemsOf(text).map(
    ({ at, message, hint }) => `${at.line}:${at.column} ${message} | ${hint ?? ""}`,
  );
}

describe("a mistake is told with its place, what was found and what was expected", () => {
  test.each([
    [
      "an unknown field",
      "description: x\nidempotenci: {}",
      "2:1 found the unknown field `idempotenci`",
      "did you mean `idempotency`?",
    ],
    [
      "an unknown field inside",
      "concurrency:\n  stalle: accepted",
      "2:3 found the unknown field `stalle`",
      "did you mean `stale`?",
    ],
    [
      "an unknown word",
      "errors: genesis",
      "1:9 found the text `genesis`, expected genesys",
      "did you mean `genesys`?",
    ],
    [
      "an unknown preset",
      "extends: forumlore",
      "1:10 found the text `forumlore`",
      "did you mean `forum-lore`?",
    ],
    [
      "an unknown word of a word or map",
      "concurrency: { stale: acepted }",
      "1:23 found the text `acepted`, expected accepted, 200-with-error or { status: N }",
      "did you mean `accepted`?",
    ],
    [
      "an unknown word in a list",
      "idempotency: { scope: [acount] }",
      "1:24 found the text `acount`",
      "did you mean `account`?",
    ],
    [
      "an unknown kind",
      "concurrency: { validator: { kind: versio } }",
      "1:35 found the text `versio`, expected none, etag-strong, etag-weak, version or revision",
      "",
    ],
    [
      "an unknown method",
      "concurrency: { absent: { PUTT: accepted } }",
      "1:26 found the unknown field `PUTT`",
      "did you mean `PUT`?",
    ],
    [
      "a duration without a unit",
      "idempotency: { ttl: 24 }",
      "1:21 found the number 24, expected a duration such as 24h, or forever",
      "",
    ],
    [
      "a carrier without its kind",
      "idempotency: { carrier: Idempotency-Key }",
      "1:25 found the text `Idempotency-Key`, expected header NAME, query NAME or body FIELD",
      "",
    ],
    [
      "a status that is none",
      "concurrency: { stale: { status: 99 } }",
      "1:33 found the number 99, expected at least 200",
      "",
    ],
    [
      "a route without a method",
      "routes: [{ match: /api/v2/users }]",
      "1:19 found the text `/api/v2/users`, expected METHOD /path/{id}",
      "",
    ],
    ["a route without a match", "routes: [{ errors: generic }]", "`match` is missing", ""],
    ["an order with a word twice", "order: [auth, key, auth]", '1:20 found "auth" twice', ""],
    [
      "an order that lacks words",
      "order: [auth, key, validation, precondition, lock]",
      "1:8 order lacks rateLimit",
      "",
    ],
    [
      "an incomplete order of a route",
      "routes:\n  - match: GET /x\n    order: [auth]",
      "3:12 order lacks rateLimit, key",
      "",
    ],
    [
      "a state that a conversation never has",
      "locks: { states: [dialling] }",
      "1:19 found the text `dialling`, expected alerting, dialing, contacting",
      "did you mean `dialing`?",
    ],
    [
      "a state of a terminal rule",
      "terminal: { states: [connected, teminated] }",
      "1:33 found the text `teminated`, expected alerting",
      "did you mean `terminated`?",
    ],
    [
      "a member that cannot be unique",
      "unique: [{ on: user.email }]",
      "1:16 found the text `user.email`, expected users.email, groups.name or things.name",
      "did you mean `users.email`?",
    ],
    [
      "a kind of resource that knows no references",
      "references: [{ on: group }]",
      "1:20 found the text `group`, expected groups or things",
      "did you mean `groups`?",
    ],
    [
      "a source of what is no dimension",
      "sources: { idempotency.tll: x }",
      "1:12 found the unknown field `idempotency.tll`, expected a dimension such as concurrency.stale or success",
      "did you mean `idempotency.ttl`?",
    ],
    [
      "an open question about what is no dimension",
      "unknown: { concurrency.stale.sttus: x }",
      "1:12 found the unknown field `concurrency.stale.sttus`, expected a dimension",
      "did you mean `concurrency.stale`?",
    ],
    [
      "a look-up without a key",
      "idempotency: { lookup: /keys }",
      "1:24 found the text `/keys`, expected a path such as /idempotency-keys/{key}",
      "",
    ],
  ])("%s", (_what, text, message, hint) => {
    const [first = "", ...rest] = told(text);
    expect(rest).toEqual([]);
    expect(first).toContain(message);
    expect(first.endsWith(`| ${hint}`)).toBe(true);
  });

  test("all mistakes of a file at once, in its order", () => {
    const text = "errors: genesis\nconcurrency: { readFrom: [ifmatch] }\nidempotency: { support: honored }";
    expect(told(text).map((line) => line.split(" ")[0])).toEqual(["1:9", "2:27", "3:25"]);
  });

  test("text that is no YAML, and a file without content", () => {
    expect(told("a: [")).toHaveLength(1);
    expect(told("")[0]).toContain("the file is empty");
  });
});

describe("a word and its map load alike", () => {
  const idempotency = (text: string): unknown => parsePolicy(`idempotency: ${text}`).idempotency;
  const concurrency = (text: string): unknown => parsePolicy(`concurrency: ${text}`).concurrency;

  test.each([
    ["{ claim: check-then-set }", "{ claim: { kind: check-then-set, window: 1ms } }"],
    ["{ claim: atomic }", "{ claim: { kind: atomic } }"],
    ["{ fingerprint: { body: bytes } }", "{ fingerprint: { body: { kind: bytes } } }"],
    ["{ afterExpiry: execute }", "{ afterExpiry: { kind: execute } }"],
  ])("idempotency %s is %s", (word, map) => {
    expect(idempotency(word)).toEqual(idempotency(map));
  });

  test.each([
    ["{ validator: etag-weak }", "{ validator: { kind: etag-weak } }"],
    ["{ validator: version }", "{ validator: { kind: version, name: version, form: integer, etag: none } }"],
    ["{ validator: revision }", "{ validator: { kind: revision, name: _rev, form: opaque } }"],
    ["{ stale: accepted }", "{ stale: { kind: accepted } }"],
    ["{ absent: accepted }", "{ absent: { kind: accepted } }"],
    [
      "{ absent: { status: 428 } }",
      "{ absent: { POST: { status: 428 }, PUT: { status: 428 }, PATCH: { status: 428 }, DELETE: { status: 428 } } }",
    ],
  ])("concurrency %s is %s", (word, map) => {
    expect(concurrency(word)).toEqual(concurrency(map));
  });
});

describe("values have one spelling once they are read", () => {
  test("durations are milliseconds, forever is null", () => {
    const policy = parsePolicy(
      "idempotency: { ttl: forever, inFlight: { retryAfter: 2s } }\nlatency: { base: 15ms }\nchurn: { every: 40ms }",
    );
    expect(policy.idempotency.ttlMs).toBeNull();
    expect(policy.idempotency.inFlight.retryAfterMs).toBe(2_000);
    expect(policy.latency).toEqual({ baseMs: 15, jitterMs: 0 });
    expect(policy.churn).toEqual({ everyMs: 40, jitterMs: 0, on: "conversations" });
  });

  test("carriers, markers and token sources are split", () => {
    const policy = parsePolicy(
      "idempotency: { carrier: body requestId, replay: { marker: header Idempotent-Replayed } }\nconcurrency: { readFrom: [if-match, body version, query rev] }",
    );
    expect(policy.idempotency.carrier).toEqual({ kind: "body", name: "requestId" });
    expect(policy.idempotency.replay.marker).toBe("Idempotent-Replayed");
    expect(policy.concurrency.readFrom).toEqual([
      { kind: "if-match" },
      { kind: "body", name: "version" },
      { kind: "query", name: "rev" },
    ]);
  });

  test("locks, faults and a middleware get the values that people leave out", () => {
    const policy = parsePolicy(
      "locks: { states: [dialing] }\nfaults: [{ on: { route: 'PATCH /x/{id}', nth: 2 }, kind: drop-response }]\nfront: { kind: rewrite, what: drop-header }",
    );
    expect(policy.locks).toEqual({ states: ["dialing"], status: 409, code: "locked", forMs: null });
    expect(policy.faults).toEqual([
      {
        on: { route: { method: "PATCH", path: "/x/{id}" }, step: null, nth: 2 },
        kind: "drop-response",
        probability: 1,
        forMs: 1_000,
        status: 503,
      },
    ]);
    expect(policy.front).toEqual({ kind: "rewrite", what: "drop-header", name: "Idempotency-Key" });
  });

  test("a fault of 429 may stand as YAML reads it", () => {
    expect(parsePolicy("faults: [{ kind: 429 }]").faults[0]?.kind).toBe("429");
  });

  test("a policy file is named after the file, one inside a scenario is inline", () => {
    expect(parsePolicy("errors: generic", "p.yaml").name).toBe("p.yaml");
    const doc = requireValue(readDocument("name: x\npolicy: { errors: generic }", "s.yaml"), "s.yaml");
    expect(readPolicyAt(doc, ["policy"]).value?.name).toBe("inline");
  });

  test("a mistake in a policy inside a scenario has its place in that scenario", () => {
    const doc = requireValue(readDocument("name: x\npolicy:\n  errors: genesis\n", "s.yaml"), "s.yaml");
    expect(readPolicyAt(doc, ["policy"]).problems[0]?.at).toEqual({ file: "s.yaml", line: 3, column: 11 });
  });
});
