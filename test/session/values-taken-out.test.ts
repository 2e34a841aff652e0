import { describe, expect, test } from "vitest";
import { parseJson } from "../../src/core/json.js";
import { hasMaskedValues } from "../../src/core/masked-value.js";
import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import { diagnose, fromHar } from "../../src/index.js";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import { settlingScenario } from "../../src/session/settling-scenario.js";
import { harText, specEntry } from "../intake/recorders.js";

const [KEY, FRESH] = ["8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f", "0d9e6b11-95c3-4f0e-a2b4-7e58f1c3d6a9"];

let second = 0;

function pay(body: unknown, status: number, key: string | null = KEY): object {
  second += 1;
  return specEntry({
    ...{ method: "POST", url: "https://pay.example.com/v1/pay", status },
    body: typeof body === "string" ? body : JSON.stringify(body),
    at: new Date(Date.UTC(2026, 10, 21, 22, 37, second)).toISOString(),
    headers: [
      ["Content-Type", "application/json"],
      ...(key === null ? [] : [["Idempotency-Key", key] as const]),
    ],
    answer: status < 400 ? `{"id":"p-${second}"}` : '{"error":"conflict"}',
  });
}

function refusals(entries: readonly object[], id: string): readonly Diagnosis[] {
  return diagnose(fromHar(harText(entries))).filter(
    ({ kind, exchange }) => kind === "refusal" && exchange === id,
  );
}

describe("a body from which somebody took a value", () => {
  test.each([
    ['{"card":"***"}', true],
    ['{"card":"4242********4242"}', true],
    ['{"a":[{"b":"[REDACTED]"}]}', true],
    ['{"a":"<secret>"}', true],
    ['{"a":"redacted"}', true],
    ["amount=5&card=%5BFILTERED%5D", true],
    ['{"a":"<secret:1>","b":"<personal:2>"}', false],
    ['{"visibility":"hidden","state":"removed","kind":"secret"}', false],
    ['{"note":"see *** below, and [hidden] above"}', false],
    ["*** Begin ***", false],
  ])("is told from one that is whole: %s", (body, isMasked) => {
    expect(hasMaskedValues(body)).toBe(isMasked);
  });

  test("is not said to equal another one that looks the same", () => {
    const masked = { amount: 5, card: "[REDACTED]" };
    const entries = [pay(masked, 201), pay(masked, 409), pay(masked, 201, FRESH), pay(masked, 409)];
    const found = refusals(entries, "e2");
    expect(found.map(({ certainty }) => certainty)).not.toContain("certain");
    expect(found.map(({ cause }) => cause)).toEqual(
      expect.arrayContaining(["conflict-not-replay", "key-reused-body-changed", "key-reused-bytes-changed"]),
    );
    expect(found[0]?.missing).toContain("all of the body of the request: somebody took values out of it");
  });

  test("differs from another one in what is left of it", () => {
    const entries = [pay({ amount: 5, card: "***" }, 201), pay({ amount: 6, card: "***" }, 409)];
    expect(refusals(entries, "e2")[0]).toMatchObject({
      cause: "key-reused-body-changed",
      evidence: [{ exchange: "e1" }],
    });
  });

  test("is missing where the mark is all that there is", () => {
    const { request } = fromHar(harText([pay("[REDACTED]", 201)]))[0] ?? {};
    expect(request).toMatchObject({ body: "", missing: ["body"] });
  });

  test("shows no version where that was taken out, so none is said to be current", () => {
    const at = (status: number, method: string, body: string): object => ({
      ...(pay("", 200, null) as { startedDateTime: string }),
      ...{
        request: (specEntry({ method, body, url: "https://x.example.com/t/1" }) as { request: object })
          .request,
      },
      response: (specEntry({ status, answer: '{"id":1,"version":"***"}' }) as { response: object }).response,
    });
    const entries = [at(200, "GET", ""), at(409, "PUT", '{"version":"***","a":2}'), at(200, "GET", "")];
    const found = refusals(entries, "e2");
    expect(found[0]?.cause).toBe("stale-version");
    expect(found.map(({ cause }) => cause)).not.toContain("spurious-conflict");
  });

  test("is noted, with what to do about it", () => {
    expect(fromHar(harText([pay({ card: "***" }, 201), pay({ card: "1" }, 201)])).recording.notes).toContain(
      "somebody took values out of the bodies of 1 of 2 exchanges: whether two were equal is unknown; leave them in, gcidem redacts secrets and callers' data itself",
    );
  });

  test("is asked for the value before it is sent again", () => {
    const json = parseJson('{"card":{"number":"***"},"amount":5}');
    const step = { id: "again", request: "POST /v1/pay", json };
    const text = settlingScenario(
      {
        ...{ what: "send e1 twice", meanings: [{ outcome: "2xx", causes: [] }], reads: 0, writes: 2 },
        steps: [{ ...step, id: "first" }, step],
      },
      { exchange: "e1" },
      { refused: "409", recording: "a.har", exchange: "e1", bodyMissing: false },
    );
    expect(text).toContain('json: {"card":{"number":"$(masked1)"},"amount":5}');
    expect(loadScenario(text, "settle-1.yaml").variables.map(({ name }) => name)).toEqual(["masked1"]);
  });
});
