import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import type { RunSection } from "../../src/report/report.js";
import { renderDiagnoses } from "../../src/report/terminal/cases/render-diagnoses.js";
import { displayWidth } from "../../src/report/terminal/display-width.js";
import { reportOf, runOf, type Sent } from "./build-report.js";

const ATTRIBUTES =
  "PATCH /api/v2/conversations/c1/participants/00b1a2c3-4d5e-4f7a-8b9c-0d1e2f3a4b5c/attributes";
const KEY = "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e9f";
const ID = "5f0c2f1e-0d0b-4a55-9a3e-6f1b7c20d1a1";

function sent(step: string, status: number, more: Partial<Sent> = {}): Sent {
  const headers = [["Idempotency-Key", KEY]] as const;
  return {
    step,
    request: ATTRIBUTES,
    headers,
    status,
    answerHeaders: [["ININ-Correlation-Id", ID]],
    ...more,
  };
}

function diagnosis(more: Partial<Diagnosis>): Diagnosis {
  return {
    ...{ kind: "refusal", cause: "stale-version", certainty: "possible", exchange: "e1", movedBy: null },
    ...{ evidence: [], ruledOut: [], explanation: "e1 names an older version.", remedy: "Read again." },
    ...{ toConfirm: null, missing: [], ...more },
  };
}

const SETTLED = diagnosis({
  ...{ cause: "key-reused-body-changed", certainty: "certain", exchange: "e2" },
  explanation: "The key of e2 was first used by e1 with another body.",
  remedy: "One key per logical operation.",
  evidence: [
    { exchange: "e1", fact: "the first request with this key" },
    { exchange: "e3", fact: "passed with a fresh key" },
  ],
});

const OPEN: readonly Diagnosis[] = [
  diagnosis({
    ruledOut: [
      ...(["key-reused-body-changed", "key-reused-bytes-changed", "key-reused-other-resource"] as const).map(
        (cause) => ({ cause, because: "no other request here carries the key of e1" }),
      ),
      { cause: "key-in-flight", because: "no other request here carries the key of e1" },
    ],
    missing: ["the read before it"],
    toConfirm: {
      ...{ what: "read, then send e1 again unchanged", steps: [], reads: 1, writes: 1 },
      meanings: [
        { outcome: "2xx", causes: ["state-locked"] },
        { outcome: "409 again", causes: ["stale-version"] },
      ],
    },
  }),
  diagnosis({ cause: "state-locked" }),
  diagnosis({
    ...{ kind: "documented", cause: "header-not-declared", certainty: "likely" },
    explanation:
      "It takes no Idempotency-Key. Documented, not tested: JavaScript SDK 262.0.0, read 2026-11-21.",
  }),
];

function recorded(
  diagnoses: readonly Diagnosis[],
  sentOnes: readonly Sent[],
  more: Partial<RunSection> = {},
): RunSection {
  return runOf({
    name: "worker.log",
    file: "worker.log",
    target: { kind: "recording", policy: null, policyDescription: null },
    sent: sentOnes,
    more: {
      diagnoses,
      recording: {
        ...{ format: "Genesys JavaScript SDK log", recordedBy: null, timesKnown: false, bodiesExact: false },
        notes: ["the bodies that were sent are not logged: set log_request_body = true"],
      },
      ...more,
    },
  });
}

function drawn(run: RunSection, columns = 80): readonly string[] {
  const options = { columns, color: false, unicode: true, verbose: false };
  return [...renderDiagnoses(reportOf(run), options)].join("").split("\n");
}

describe("what is said of recorded traffic", () => {
  test("a settled cause: why, on what evidence, what to do", () => {
    const run = recorded([SETTLED], [sent("a", 200), sent("b", 409, { body: "x" }), sent("c", 200)]);
    expect(drawn(run).slice(2)).toMatchInlineSnapshot(`
      [
        "CONFLICT 1 of 3 writes   worker.log",
        "      Genesys JavaScript SDK log, 3 exchanges from 2026-11-21 22:37:05 UTC",
        "",
        "  to know       the bodies that were sent are not logged: set log_request_body =",
        "                true",
        "",
        "http://127.0.0.1:45123/api/v2/conversations/c1/participants/00b1a2c3-4d5e-4f7a",
        "  -8b9c-0d1e2f3a4b5c/attributes   key 8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e9f",
        "",
        "  #  request                                     key      status   ms",
        "  1  PATCH …/c1/participants/00b1…5c/attributes  8e03…9f  200     0.9",
        "  2  PATCH …/c1/participants/00b1…5c/attributes  8e03…9f  409     0.9",
        "  3  = #1                                        8e03…9f  200     0.9",
        "",
        "409 on #2: key-reused-body-changed (certain)",
        "  why   The key of #2 was first used by #1 with another body.",
        "        evidence  #1: the first request with this key; #3: passed with a fresh",
        "                  key",
        "  do    One key per logical operation.",
        "",
        "1 refusal: 1 settled, 0 open",
        "saved in .gcidem/runs/20261121T223705Z-example-1a2b3c",
        "next:  gcidem diagnose .gcidem/runs/20261121T223705Z-example-1a2b3c --reporter json",
        "",
      ]
    `);
  });

  test("an open one: what it could be, what is ruled out, what was not seen, what settles it", () => {
    const command = "gcidem replay settle-1.yaml --target https://api.mypurecloud.ie --allow-writes";
    const settling = [{ exchanges: ["e1"], file: "settle-1.yaml", command }];
    expect(drawn(recorded(OPEN, [sent("a", 409)], { settling })).slice(5)).toMatchInlineSnapshot(`
      [
        "  to know       the bodies that were sent are not logged: set log_request_body =",
        "                true",
        "",
        "http://127.0.0.1:45123/api/v2/conversations/c1/participants/00b1a2c3-4d5e-4f7a",
        "  -8b9c-0d1e2f3a4b5c/attributes   key 8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e9f",
        "",
        "  #  request                                     key      status   ms",
        "  1  PATCH …/c1/participants/00b1…5c/attributes  8e03…9f  409     0.9",
        "",
        "409 on #1: reason not settled",
        "  could be    stale-version, state-locked  (all possible)",
        "  the first   #1 names an older version.",
        "  ruled out   key-reused-*, key-in-flight: no other request here carries the key",
        "              of #1",
        "  not seen    the read before it",
        "  documented  It takes no Idempotency-Key. Documented, not tested: JavaScript",
        "              SDK 262.0.0, read 2026-11-21.",
        "  settles it  read, then send #1 again unchanged (1 read, 1 write):",
        "              2xx -> state-locked   409 again -> stale-version",
        "  run it",
        "    gcidem replay settle-1.yaml --target https://api.mypurecloud.ie --allow-writes",
        "  next time   keep the correlation ID 5f0c2f1e-0d0b-4a55-9a3e-6f1b7c20d1a1",
        "",
        "1 refusal: 0 settled, 1 open",
        "saved in .gcidem/runs/20261121T223705Z-example-1a2b3c",
        "next:  gcidem replay settle-1.yaml --target https://api.mypurecloud.ie --allow-writes",
        "",
      ]
    `);
  });

  test("the same answer for many exchanges is said once", () => {
    const many = [1, 2, 3, 4].map((number) => ({ ...SETTLED, exchange: `e${number}`, evidence: [] }));
    const lines = drawn(
      recorded(
        many,
        [1, 2, 3, 4].map((number) => sent(`s${number}`, 409)),
      ),
    );
    expect(lines.filter((line) => line.includes("(certain)"))).toHaveLength(1);
    expect(lines).toContain("  The same holds for #2, #3 and #4.");
  });

  test("an answer without a settling step does not stand for one that has one", () => {
    const toConfirm = OPEN[0]?.toConfirm ?? null;
    const open = { ...diagnosis({}), evidence: [] };
    const lines = drawn(
      recorded([open, { ...open, exchange: "e2", toConfirm }], [sent("a", 409), sent("b", 409)]),
    );
    expect(lines.filter((line) => line.includes("same holds"))).toEqual([]);
    expect(lines.filter((line) => line.includes("settles it"))).toHaveLength(1);
  });

  test("what is documented of requests that were not refused is said once, at the end", () => {
    const fact = {
      ...diagnosis({ kind: "documented", cause: "header-not-declared" }),
      explanation: "It takes no key.",
    };
    const lines = drawn(recorded([fact, { ...fact, exchange: "e2" }], [sent("a", 202), sent("b", 202)]));
    expect(lines.filter((line) => line.includes("takes no key"))).toEqual(["  #1 and #2: It takes no key."]);
    expect(lines).toContain("nothing to explain");
  });

  test("a key that was sent empty is shown as that, and is not the same as none", () => {
    const empty = { headers: [["Idempotency-Key", ""]] as const };
    const open = { ...diagnosis({}), evidence: [] };
    const lines = drawn(
      recorded([open, { ...open, exchange: "e2" }], [sent("a", 409, empty), sent("b", 409, { headers: [] })]),
      200,
    );
    const headings = lines.filter(
      (line) => line.includes("/api/v2/conversations/c1") && !/#|^ {2}\d/.test(line),
    );
    expect(headings.map((line) => line.includes('key ""'))).toEqual([true, false]);
  });

  test("no conflict, and no next command", () => {
    const lines = drawn(recorded([], [sent("a", 200)]));
    expect(lines[2]).toBe("NO CONFLICT in 1 write   worker.log");
    expect(lines.filter((line) => line.startsWith("next:"))).toEqual([]);
  });

  test("a recording that is too long says why nothing is explained", () => {
    const lines = drawn(recorded([], [sent("a", 200)], { notDiagnosed: "there are too many exchanges" }));
    expect(lines[2]).toBe("NOT DIAGNOSED   worker.log");
    expect(lines).toContain("      there are too many exchanges");
  });

  test("whatever is said, nothing drives the terminal, and only what is to be copied is wider than it", () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom("\u001b", "\n", "\u202e", " ", "e1"),
        fc.string({ unit: "binary", maxLength: 1 }),
      ),
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.integer({ min: 60, max: 120 }),
        (explanation, fact, missing, columns) => {
          const [first = SETTLED, ...others] = OPEN;
          const open = {
            ...first,
            explanation,
            remedy: fact,
            missing: [missing],
            evidence: [{ exchange: "e1", fact }],
          };
          const settled = { ...SETTLED, explanation, remedy: missing, evidence: [{ exchange: "e1", fact }] };
          for (const diagnoses of [[open, ...others], [settled]]) {
            const run = recorded(diagnoses, [sent("a", 409), sent("b", 409)]);
            const lines = drawn(run, columns);
            expect(lines.filter((line) => /[\p{Cc}\p{Bidi_C}]/u.test(line))).toEqual([]);
            const wide = lines.filter((line) => displayWidth(line) > columns);
            expect(wide.filter((line) => !/^saved in|^next:/.test(line))).toEqual([]);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
