import { expect, test } from "vitest";
import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import type { Exchange } from "../../src/journal/journal.js";
import { diagnoseAll } from "../../src/session/diagnose-journal.js";
import { exchangeOf } from "../report/build-report.js";

const KEY = [["Idempotency-Key", "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f"]] as const;

/** A POST under the key, as a log of answers has it: dated when the answer came. */
function answered(index: number, answer: object, status: number, atMs = index): Exchange {
  const sent = { step: `s${index}`, request: "POST /v1/orders", headers: KEY, body: '{"a":1}' };
  const made = exchangeOf({ ...sent, status, answer: JSON.stringify(answer) }, index);
  const timings = { ...made.timings, startMs: atMs, sentMs: null, firstByteMs: atMs, endMs: atMs };
  return { ...made, timings };
}

function refusalsOf(exchanges: readonly Exchange[]): readonly Diagnosis[] {
  return diagnoseAll(exchanges, { timesKnown: false }).diagnoses.filter(({ kind }) => kind === "refusal");
}

const RUNNING = {
  message: "A request with this key is still being processed.",
  code: "idempotency.key.in.use",
};
const CONFLICT = { code: "general.conflict", message: "Conflict" };
const MADE = { id: "o-1" };

test("in a log of answers, what was refused while the first still ran stands before it", () => {
  const found = refusalsOf([answered(0, RUNNING, 409), answered(1, RUNNING, 409), answered(2, MADE, 201)]);
  for (const id of ["e1", "e2"]) {
    const [first, ...others] = found.filter(({ exchange }) => exchange === id);
    expect(first).toMatchObject({ cause: "key-in-flight", certainty: "likely" });
    expect(others.map(({ certainty }) => certainty)).not.toContain("certain");
    expect(first?.ruledOut.map(({ cause }) => cause)).not.toContain("key-in-flight");
  }
});

test("where the server's words name nothing, it stays one of several", () => {
  const found = refusalsOf([answered(0, CONFLICT, 409), answered(1, MADE, 201)]);
  expect(found.map(({ cause }) => cause)).toContain("key-in-flight");
  expect(found.map(({ certainty }) => certainty)).not.toContain("certain");
});

test("what was answered minutes later was sent later", () => {
  const found = refusalsOf([answered(0, CONFLICT, 409), answered(1, MADE, 201, 300_000)]);
  expect(found.map(({ cause }) => cause)).not.toContain("key-in-flight");
});

test("a key that was taken before the refusal is no first that still ran", () => {
  const found = refusalsOf([answered(0, MADE, 201), answered(1, CONFLICT, 409), answered(2, MADE, 201)]);
  expect(found.flatMap(({ missing }) => missing)).not.toContain(
    "when requests were sent: one that comes later here may have been sent before",
  );
});
