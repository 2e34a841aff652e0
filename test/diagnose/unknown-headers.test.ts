import { describe, expect, test } from "vitest";
import type { Cause } from "../../src/core/causes.js";
import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import type { Exchange, MissingPart } from "../../src/journal/journal.js";
import { diagnoseAll } from "../../src/session/diagnose-journal.js";
import { exchangeOf, type Sent } from "../report/build-report.js";

/** A PATCH of one thing, of which the recording lacks something. */
function exchange(index: number, sent: Partial<Sent>, ...missing: readonly MissingPart[]): Exchange {
  const made = exchangeOf({ step: `s${index}`, request: "PATCH /v1/orders/1", ...sent }, index);
  return missing.length === 0 ? made : { ...made, request: { ...made.request, missing } };
}

function explained(...exchanges: readonly Exchange[]): readonly Diagnosis[] {
  return diagnoseAll(exchanges, {}).diagnoses;
}

function named(diagnoses: readonly Diagnosis[], id: string): readonly Cause[] {
  return diagnoses
    .filter(({ kind, exchange: of }) => kind === "refusal" && of === id)
    .map(({ cause }) => cause);
}

/** Everything that is said of one refusal. */
function textOf(diagnoses: readonly Diagnosis[]): string {
  return JSON.stringify(diagnoses.filter(({ kind }) => kind !== "documented"));
}

const CONFLICT = { status: 409, answer: '{"code":"general.conflict","message":"Conflict"}' };
const OTHER_BODY = { status: 409, answer: '{"message":"The key was used with another request body."}' };
const KEY = [["Idempotency-Key", "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f"]] as const;

describe("a key whose value was taken out was sent, and may be any", () => {
  const all = [
    exchange(0, { body: '{"a":1}' }, "key"),
    exchange(1, { body: '{"a":2}', ...OTHER_BODY }, "key"),
    exchange(2, { body: '{"a":2}' }, "key"),
  ];

  test("causes of keys stay open, those first that the server's words name", () => {
    const found = explained(...all);
    expect(named(found, "e2")[0]).toBe("key-reused-body-changed");
    expect(named(found, "e2")).toContain("key-first-use-unseen");
    expect(named(found, "e2")).not.toContain("key-missing");
    expect(found.filter(({ kind }) => kind === "refusal").map(({ certainty }) => certainty)).not.toContain(
      "certain",
    );
  });

  test("nothing is said to carry no key, or to be the same request again", () => {
    const text = textOf(explained(...all));
    expect(text).not.toMatch(/carries no key|nothing changed|unchanged/);
    expect(text).toContain("the idempotency key: the recording has it without its value");
  });

  test("an attempt that failed before may hold it", () => {
    const found = explained(
      exchange(0, { body: '{"a":1}', status: 503, answer: "{}" }, "key"),
      exchange(1, { body: '{"a":1}', ...CONFLICT }, "key"),
    );
    expect(named(found, "e2")).toContain("key-bound-to-unacknowledged-attempt");
  });

  test("a key that is there may be that of an earlier request without one to see", () => {
    const found = explained(
      exchange(0, { body: '{"a":1}' }, "headers"),
      exchange(1, { headers: KEY, body: '{"a":2}', ...OTHER_BODY }),
    );
    expect(named(found, "e2")).toEqual(
      expect.arrayContaining(["key-first-use-unseen", "key-reused-body-changed"]),
    );
    expect(textOf(found)).not.toContain("nothing earlier here carries it");
  });

  test("where the first use is there to see, an unknown key elsewhere changes nothing", () => {
    const first = exchange(0, { headers: KEY, body: '{"a":1}' });
    const refused = exchange(2, { headers: KEY, body: '{"a":2}', ...OTHER_BODY });
    const found = explained(first, exchange(1, { body: '{"a":3}' }, "key"), refused);
    expect(named(found, "e3")[0]).toBe("key-reused-body-changed");
    expect(found.flatMap(({ missing }) => missing)).toEqual([]);
  });

  test("no habit is read from keys that nobody sees", () => {
    const found = explained(
      exchange(0, { body: '{"a":1}', status: 503, answer: "{}" }, "key"),
      exchange(1, { body: '{"a":1}' }, "key"),
    );
    expect(found.filter(({ kind }) => kind === "pattern")).toEqual([]);
  });
});

describe("an If-Match whose value was taken out was sent, and may be outdated", () => {
  const FAILED = { status: 412, answer: '{"code":"precondition.failed"}' };

  test("so stale-etag comes first, and nobody says that nothing had changed", () => {
    const found = explained(
      exchange(0, { body: '{"a":1}', ...FAILED }, "validator"),
      exchange(1, { body: '{"a":1}' }, "validator"),
    );
    expect(named(found, "e1")[0]).toBe("stale-etag");
    expect(named(found, "e1")).not.toContain("spurious-conflict");
    expect(named(found, "e1")).not.toContain("precondition-missing");
    expect(textOf(found)).not.toMatch(/carries no If-Match|carries no such token|nothing had changed/);
  });

  test("causes of keys are ruled out as ever: no key was sent", () => {
    const found = explained(exchange(0, { body: '{"a":1}', ...FAILED }, "validator"));
    expect(found[0]?.ruledOut.map(({ cause }) => cause)).toContain("key-reused-body-changed");
  });
});

test("where answers may have shown ETags that nobody sees, a token may have been another resource's", () => {
  const read = exchangeOf({ step: "read", request: "GET /v1/orders/1" }, 0);
  const blind: Exchange = {
    ...read,
    response: read.response === null ? null : { ...read.response, missing: ["validator"] },
  };
  const refused = exchange(1, {
    headers: [["If-Match", '"7"']],
    body: '{"a":1}',
    status: 412,
    answer: '{"code":"precondition.failed"}',
  });
  const found = explained(blind, refused);
  expect(named(found, "e2")).toEqual(expect.arrayContaining(["stale-etag", "etag-other-resource"]));
  expect(found.filter(({ kind }) => kind === "refusal").map(({ certainty }) => certainty)).not.toContain(
    "certain",
  );
});

test("an unknown key: the server's words bring up causes that need no earlier request", () => {
  const answer = '{"code":"idempotency.key.malformed","message":"The idempotency key is malformed."}';
  const found = explained(exchange(0, { body: "{}", status: 400, answer }, "key"));
  expect(named(found, "e1")).toContain("key-malformed");
});

test("an unknown key: equal values in other bytes may be what was refused", () => {
  const found = explained(
    exchange(0, { body: '{"a":1}' }, "key"),
    exchange(1, { body: '{"a": 1}', ...OTHER_BODY }, "key"),
  );
  expect(named(found, "e2")).toContain("key-reused-bytes-changed");
});

test("of a request without any headers neither a key nor a token is ruled out", () => {
  const found = explained(exchange(0, { body: '{"a":1}', ...CONFLICT }, "headers"));
  expect(named(found, "e1")).toEqual(expect.arrayContaining(["key-first-use-unseen", "stale-etag"]));
  expect(textOf(found)).toContain("the headers of the request: the recording does not have them");
  expect(textOf(found)).not.toMatch(/carries no (?:key|If-Match|such token)/);
});

test("a status with one meaning keeps it", () => {
  const found = explained(exchange(0, { body: "{}", status: 429, answer: "{}" }, "key"));
  expect(named(found, "e1")).toEqual(["rate-limited"]);
});

describe("what a header without its value leaves open is settled by a value of one's own", () => {
  const body = '{"a":1}';

  test("a fresh key: what passes with it was refused for the key", () => {
    const experiment = explained(exchange(0, { body, ...CONFLICT }, "key"))[0]?.toConfirm;
    expect(experiment).toMatchObject({
      what: "send e1 again with a fresh key",
      steps: [{ request: "PATCH /v1/orders/1", idempotencyKey: "$(uuid())" }],
    });
    const [passed, again] = experiment?.meanings ?? [];
    expect(passed?.causes).toContain("key-first-use-unseen");
    expect(again?.causes).toContain("state-locked");
  });

  test("the ETag that is read: a weak one stays weak", () => {
    const experiment = explained(exchange(0, { body, ...CONFLICT, status: 412 }, "validator"))[0]?.toConfirm;
    expect(experiment?.steps).toMatchObject([
      { request: "GET /v1/orders/1", capture: { etag: "header ETag" } },
      { request: "PATCH /v1/orders/1", ifMatch: "$(read.etag)" },
    ]);
    const [passed, again] = experiment?.meanings ?? [];
    expect(passed?.causes).toContain("stale-etag");
    expect(again?.causes).toContain("etag-weak");
  });

  test("but not where nobody knows which headers were sent", () => {
    expect(explained(exchange(0, { body, ...CONFLICT }, "headers"))[0]?.toConfirm).toBeNull();
  });

  test("and where only an earlier request lacks its key, the refused one is sent as ever", () => {
    const found = explained(
      exchange(0, { body }, "key"),
      exchange(1, { headers: KEY, body: '{"a":2}', ...CONFLICT }),
    );
    const experiment = found.find(({ kind, exchange: of }) => kind === "refusal" && of === "e2")?.toConfirm;
    expect(experiment?.meanings.flatMap(({ causes }) => causes)).toContain("key-reused-body-changed");
  });
});
