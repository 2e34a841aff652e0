import { describe, expect, test } from "vitest";
import type { Cause } from "../../src/core/causes.js";
import type { HeaderList } from "../../src/core/http.js";
import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import { allowForMissing } from "../../src/diagnose/incomplete.js";
import type { Exchange, MissingPart } from "../../src/journal/journal.js";
import { diagnoseAll } from "../../src/session/diagnose-journal.js";
import { exchangeOf, type Sent } from "../report/build-report.js";

const KEY = [["Idempotency-Key", "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f"]] as const;

function exchange(
  index: number,
  sent: Partial<Sent>,
  lacks: { request?: MissingPart; response?: MissingPart } = {},
): Exchange {
  const made = exchangeOf({ step: `s${index}`, request: "POST /v1/orders", ...sent }, index);
  const missing = (part: MissingPart | undefined): object => (part === undefined ? {} : { missing: [part] });
  return {
    ...made,
    request: { ...made.request, ...missing(lacks.request) },
    response: made.response === null ? null : { ...made.response, ...missing(lacks.response) },
  };
}

function causesOf(diagnoses: readonly Diagnosis[], id: string): readonly Cause[] {
  return diagnoses
    .filter((each) => each.kind === "refusal" && each.exchange === id)
    .map(({ cause }) => cause);
}

const CONFLICT = { status: 409, answer: '{"code":"general.conflict"}' };

describe("a body that is missing is not an empty one", () => {
  test("of complete exchanges everything stays as it is", () => {
    const all = [
      exchange(0, { headers: KEY, body: '{"a":1}' }),
      exchange(1, { headers: KEY, body: '{"a":2}', ...CONFLICT }),
    ];
    const { diagnoses } = diagnoseAll(all, {});
    expect(allowForMissing(diagnoses, all, { bodiesExact: true })).toBe(diagnoses);
  });

  test.each([413, 415])("but %i says by itself what was wrong", (status) => {
    const all = [exchange(0, { headers: KEY, ...CONFLICT, status }, { request: "body" })];
    expect(causesOf(diagnoseAll(all, { bodiesExact: false }).diagnoses, "e1")).toEqual(["invalid-request"]);
  });

  test("two requests with one key, whose bodies nobody has, may have differed or not", () => {
    const all = [
      exchange(0, { headers: KEY }, { request: "body", response: "body" }),
      exchange(1, { headers: KEY, ...CONFLICT }, { request: "body" }),
    ];
    const { diagnoses } = diagnoseAll(all, { bodiesExact: false, timesKnown: false });
    expect(causesOf(diagnoses, "e2")).toEqual(
      expect.arrayContaining(["key-reused-body-changed", "key-reused-bytes-changed"]),
    );
    const refusals = diagnoses.filter(({ kind }) => kind === "refusal");
    expect(refusals.map(({ certainty }) => certainty)).not.toContain("certain");
    for (const { missing, ruledOut } of refusals) {
      expect(missing).toContain("the body of the request: the recording does not have it");
      expect(ruledOut.map(({ cause }) => cause)).not.toContain("key-reused-body-changed");
    }
  });

  test("a version may have been in it", () => {
    const all = [exchange(0, { request: "PATCH /v1/orders/7", ...CONFLICT }, { request: "body" })];
    const causes = causesOf(diagnoseAll(all, {}).diagnoses, "e1");
    expect(causes).toContain("stale-version");
    if (causes.includes("precondition-missing"))
      expect(causes.indexOf("stale-version")).toBeLessThan(causes.indexOf("precondition-missing"));
  });

  test("where the status says it all, no body would say more", () => {
    const all = [exchange(0, { status: 429 }, { request: "body" })];
    expect(causesOf(diagnoseAll(all, {}).diagnoses, "e1")).toEqual(["rate-limited"]);
  });

  test("equal values of bodies that were written anew may have been other bytes", () => {
    const all = [
      exchange(0, { headers: KEY, body: '{"a":1}' }),
      exchange(1, { headers: KEY, body: '{"a":1}', ...CONFLICT }),
    ];
    expect(causesOf(diagnoseAll(all, { bodiesExact: false }).diagnoses, "e2")).toContain(
      "key-reused-bytes-changed",
    );
    expect(causesOf(diagnoseAll(all, { bodiesExact: true }).diagnoses, "e2")).not.toContain(
      "key-reused-bytes-changed",
    );
  });

  test("a name that exists may have been in it, and nothing is called a conflict without a reason", () => {
    const all = [exchange(0, CONFLICT, { request: "body" })];
    const causes = causesOf(diagnoseAll(all, {}).diagnoses, "e1");
    expect(causes).toContain("duplicate-entity");
    expect(causes).not.toContain("spurious-conflict");
  });

  test("words about the body leave open whether its value or its bytes had changed", () => {
    const said = { status: 409, answer: '{"message":"The key was used with another request body."}' };
    const all = [
      exchange(0, { headers: KEY }, { request: "body" }),
      exchange(1, { headers: KEY, ...said }, { request: "body" }),
    ];
    const spelling = diagnoseAll(all, {}).diagnoses.filter(({ cause }) => cause.startsWith("key-reused-b"));
    expect(JSON.stringify(spelling)).not.toContain("first used by e1 with another body");
    expect(spelling.map(({ cause, certainty }) => `${cause} ${certainty}`).sort()).toEqual([
      "key-reused-body-changed possible",
      "key-reused-bytes-changed possible",
    ]);
  });

  test("two bodies that nobody has are not other work under one key", () => {
    const by = (token: string): HeaderList => [...KEY, ["Authorization", token]];
    const all = [
      exchange(0, { headers: by("Bearer a") }, { request: "body" }),
      exchange(1, { headers: by("Bearer b") }, { request: "body" }),
    ];
    const { diagnoses } = diagnoseAll(all, {});
    expect(diagnoses.map(({ cause }) => cause)).not.toContain("shared-key");
  });

  test("equal values that the server calls others were other bytes", () => {
    const said = { status: 409, answer: '{"message":"The key was used with another request body."}' };
    const all = [
      exchange(0, { headers: KEY, body: '{"a":1}' }),
      exchange(1, { headers: KEY, body: '{"a":1}', ...said }),
    ];
    const { diagnoses } = diagnoseAll(all, { bodiesExact: false });
    const [first] = diagnoses.filter(({ kind }) => kind === "refusal");
    expect(first).toMatchObject({ cause: "key-reused-bytes-changed", certainty: "likely" });
    expect(JSON.stringify(diagnoses)).not.toContain("first used by e1 with another body");
  });

  test("where only values were recorded, nobody says that two bodies had the same bytes", () => {
    const all = [
      exchange(0, { headers: KEY, body: '{"a":1}' }),
      exchange(1, { headers: KEY, body: '{"a":1}', ...CONFLICT }),
    ];
    expect(JSON.stringify(diagnoseAll(all, { bodiesExact: false }).diagnoses)).not.toContain(
      "the same bytes",
    );
    expect(JSON.stringify(diagnoseAll(all, { bodiesExact: true }).diagnoses)).toContain("the same bytes");
  });

  test("of two bodies that nobody has, none is said to equal the other", () => {
    const all = [
      exchange(0, { headers: KEY }, { request: "body" }),
      exchange(1, { headers: KEY, ...CONFLICT }, { request: "body" }),
    ];
    expect(JSON.stringify(diagnoseAll(all, {}).diagnoses)).not.toContain("the same bytes");
  });

  test("two answers that nobody has are not the same answer", () => {
    const answers = ["stored-answer-returned", "replay-of-other-body"] as const;
    const found = answers.map(
      (cause): Diagnosis => ({
        ...{ kind: "anomaly", cause, certainty: "certain", exchange: "e2", movedBy: null },
        ...{ evidence: [{ exchange: "e1", fact: "equal" }], ruledOut: [], explanation: "", remedy: "" },
        ...{ toConfirm: null, missing: [] },
      }),
    );
    const lost = { ...found[0], cause: "lost-update" } as Diagnosis;
    const all = [exchange(0, {}, { response: "body" }), exchange(1, {}, { response: "body" })];
    expect(allowForMissing([...found, lost], all, { bodiesExact: true })).toMatchObject([
      { cause: "lost-update", certainty: "possible" },
    ]);
  });
});

test("what no answer shows is said of the answers that are there", () => {
  const all = [
    exchange(0, { request: "GET /v1/orders/1", answer: "" }, { response: "body" }),
    exchange(1, { request: "PUT /v1/orders/1", body: '{"version":7}', ...CONFLICT }),
  ];
  const { diagnoses } = diagnoseAll(all, {});
  expect(JSON.stringify(diagnoses)).toContain("no answer that was recorded in whole shows the token 7");
});
