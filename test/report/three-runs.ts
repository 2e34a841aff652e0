import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import type { RunReport, RunSection } from "../../src/report/report.js";
import { reportOf, runOf, uuidOf } from "./build-report.js";
import { keyReuse } from "./fixtures.js";
import { lostUpdate } from "./race-fixtures.js";

/** A diagnosis with as much as a test does not care about. */
export function diagnosis(more: Partial<Diagnosis>): Diagnosis {
  return {
    ...{ kind: "refusal", cause: "stale-version", certainty: "possible", exchange: "e1", movedBy: null },
    ...{ evidence: [], ruledOut: [], explanation: "e1 names an older version.", remedy: "Read again." },
    ...{ toConfirm: null, missing: [], ...more },
  };
}

/** Why the third request of `keyReuse` was refused. */
const REUSED: Diagnosis = diagnosis({
  ...{ cause: "key-reused-body-changed", certainty: "certain", exchange: "e3" },
  explanation:
    "The key of e3 was first used by e1 with another body. The server keeps the first body with the key.",
  remedy: "One key per logical operation. For a new value make a new key.",
  evidence: [
    { exchange: "e1", fact: "the first request with this key" },
    { exchange: "e4", fact: "passed with a fresh key" },
  ],
});

/** One key with two bodies, explained. */
export function explainedKeyReuse(): RunSection {
  return { ...keyReuse(), diagnoses: [REUSED] };
}

const OPEN: readonly Diagnosis[] = [
  diagnosis({
    exchange: "e2",
    explanation: "e2 may name a version that was not the newest any more.",
    ruledOut: [{ cause: "key-in-flight", because: "no other request here carries the key of e2" }],
    missing: ["the body sent"],
    toConfirm: {
      ...{ what: "read, then send e2 again unchanged", steps: [], reads: 1, writes: 1 },
      meanings: [
        { outcome: "2xx", causes: ["state-locked"] },
        { outcome: "409 again", causes: ["stale-version"] },
      ],
    },
  }),
  diagnosis({ exchange: "e2", cause: "state-locked", explanation: "The conversation may be locked." }),
];

/** Traffic that a browser recorded: one refusal that is settled, one that is open, and a read that was refused. */
export function recordedTraffic(): RunSection {
  const url = "https://api.example.com/api/v2/conversations/calls/c-1/participants/p-1/attributes";
  const key = uuidOf("recorded key");
  const answer = (name: string): readonly (readonly [string, string])[] => [
    ["Content-Type", "application/json"],
    ["ININ-Correlation-Id", uuidOf(name)],
  ];
  const headers = [["Idempotency-Key", key] as const];
  const refused = (name: string): object => ({
    status: 409,
    answerHeaders: answer(name),
    answer: '{"code":"general.conflict","message":"The key was used with another request body"}',
  });
  const run = runOf({
    name: "worker.har",
    file: "worker.har",
    target: { kind: "recording", baseUrl: "https://api.example.com", policy: null, policyDescription: null },
    sent: [
      { step: "e1", request: `PATCH ${url}`, headers, body: '{"a":1}', answerHeaders: answer("r1") },
      { step: "e2", request: `PATCH ${url}`, headers: [["Idempotency-Key", uuidOf("k2")]], ...refused("r2") },
      { step: "e3", request: `PATCH ${url}`, headers, body: '{"a":2}', ...refused("r3") },
      { step: "e4", request: `GET ${url}`, status: 404, answerHeaders: answer("r4"), answer: "{}" },
    ],
    more: {
      folder: ".gcidem/runs/20261121T223705Z-diagnose-worker-har-1a2b3c",
      diagnoses: [
        ...OPEN,
        { ...REUSED, evidence: [{ exchange: "e1", fact: "the first request with this key" }] },
        diagnosis({ exchange: "e4", cause: "unexplained", certainty: "possible", explanation: "Not found." }),
      ],
      recording: {
        ...{ format: "HAR 1.2", recordedBy: "WebInspector 537.36", timesKnown: true, bodiesExact: true },
        notes: ["the body of 1 of 3 writes is missing: export the HAR with its content"],
      },
      settling: [
        {
          exchanges: ["e2"],
          file: "settle-1.yaml",
          command: "gcidem replay settle-1.yaml --target https://api.example.com --allow-writes",
        },
      ],
    },
  });
  return run;
}

/** What the golden files of each format show: a conflict that was expected, a race that went wrong, a recording. */
export const THREE_RUNS: readonly {
  readonly name: string;
  readonly report: () => RunReport;
  readonly cases: boolean;
}[] = [
  { name: "key-reuse", report: () => reportOf(explainedKeyReuse()), cases: false },
  { name: "race", report: () => reportOf(lostUpdate()), cases: false },
  { name: "recording", report: () => reportOf(recordedTraffic()), cases: true },
];
