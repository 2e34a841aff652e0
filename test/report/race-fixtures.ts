import type { InvariantResult } from "../../src/check/check.js";
import type { HeaderList } from "../../src/core/http.js";
import type { RunSection } from "../../src/report/report.js";
import { reproductionOf } from "../../src/report/reproduction.js";
import { raced, raceStep, type Wave } from "./build-race.js";
import { runOf, type Sent, uuidOf } from "./build-report.js";

const THING = "/api/v2/mock/things/1";
const FILE = "scenarios/races/example.yaml";

/** Times that look like those of a server: the same on each run, no two alike. */
function jitter(writer: number, spread: number): number {
  return (((writer * 7919 + 104729) % 997) / 997) * spread;
}

function tagged(version: number, name: string): Pick<Sent, "answer" | "answerHeaders"> {
  const answerHeaders: HeaderList = [
    ["ETag", `"${version}"`],
    ["ININ-Correlation-Id", uuidOf(name)],
  ];
  return { answer: JSON.stringify({ id: "1", version }), answerHeaders };
}

function conflict(name: string): Pick<Sent, "status" | "answer" | "answerHeaders"> {
  const answer = JSON.stringify({ message: "The thing has moved on", code: "general.conflict", status: 409 });
  return { status: 409, answer, answerHeaders: [["ININ-Correlation-Id", uuidOf(name)]] };
}

function invariant(
  result: Partial<InvariantResult> & Pick<InvariantResult, "name" | "holds">,
): InvariantResult {
  return {
    ...{ step: "writers", rounds: 1, violatedRounds: [], evidence: [], explanation: "" },
    at: { file: FILE, line: 24, column: 20 },
    ...result,
  };
}

const IF_7 = { headers: [["If-Match", '"7"']] as const, body: '{"tier":"gold"}' };

/** Everybody reads version 7. */
function look(releasedAt: number): Wave {
  return {
    ...{ name: "look", request: `GET ${THING}`, releasedAt },
    leg: (writer) => ({ took: 0.8 + jitter(writer, 0.9), ...tagged(7, `look ${writer} ${releasedAt}`) }),
  };
}

/** Two writers, one click too many: the second is told 409. */
export function twoWriters(): RunSection {
  const { sent, races } = raced(2, [
    {
      ...{ name: "write", request: `PUT ${THING}`, releasedAt: 0 },
      leg: (writer) =>
        writer === 1
          ? { took: 2.1, ...IF_7, ...tagged(8, "two") }
          : { took: 3.4, ...IF_7, ...conflict("two") },
    },
  ]);
  return runOf({
    ...{ name: "Double click", file: FILE, sent, races },
    steps: [raceStep(2, ["write"])],
    expectations: [
      {
        ...{ step: "writers", line: 20, what: "statuses write", exchange: null },
        ...{ expected: { "200": "1", "409": "1" }, actual: { "200": 1, "409": 1 } },
      },
    ],
    invariants: [invariant({ name: "one-winner", holds: true, explanation: "one of 2 writers won" })],
  });
}

/** Ten writers read, then write what they read: the first wins. */
export function readThenWrite(): RunSection {
  const { sent, races } = raced(10, [
    look(0),
    {
      ...{ name: "write", request: `PUT ${THING}`, releasedAt: 5.02 },
      leg: (writer) => ({
        ...{ took: writer === 3 ? 1.4 : 1.6 + jitter(writer, 2), ...IF_7 },
        ...(writer === 3 ? tagged(8, "won") : conflict(`lost ${writer}`)),
      }),
      record: { clientSpreadMs: 0.35, arrivalSpreadMs: 0.3 },
    },
  ]);
  return runOf({
    ...{ name: "Ten workers, one participant", file: FILE, sent, races },
    steps: [raceStep(10, ["look", "write"])],
    expectations: sent.map((each, index) => ({
      ...{ step: each.step, line: each.step.endsWith("look") ? 12 : 17, exchange: `e${index + 1}` },
      ...{ expected: each.step.endsWith("look") ? 200 : [200, 409], actual: each.status ?? 200 },
    })),
    invariants: [
      invariant({ name: "no-lost-update", holds: true }),
      invariant({ name: "one-winner", holds: true }),
    ],
  });
}

const TWO_REPLACED_7 =
  'e4 (conditional write by 0) and e6 (conditional write by 2) both replaced version "7" and both were acknowledged: the one that came first was overwritten by a writer that had not seen it.';

/** A server that compares and sets in two breaths: two writers are told that they replaced version 7. */
export function lostUpdate(): RunSection {
  const { sent, races } = raced(3, [
    look(0),
    {
      ...{ name: "write", request: `PUT ${THING}`, releasedAt: 5.02 },
      leg: (writer) => ({
        ...{ took: 3.2 + writer * 0.7, ...IF_7 },
        ...(writer === 1 ? conflict("lost") : tagged(8 + writer / 2, `won ${writer}`)),
      }),
    },
  ]);
  return runOf({
    ...{ name: "Two are told that they won", file: FILE, sent, races },
    steps: [raceStep(3, ["look", "write"])],
    expectations: [
      {
        ...{ step: "writers", line: 22, what: "statuses write", exchange: null, ok: false },
        ...{ expected: { "200": "1", "409": "2" }, actual: { "200": 2, "409": 1 } },
      },
    ],
    invariants: [
      invariant({
        ...{ name: "no-lost-update", holds: false, violatedRounds: [1], evidence: ["e4", "e6"] },
        explanation: TWO_REPLACED_7,
      }),
      invariant({
        name: "one-winner",
        holds: false,
        violatedRounds: [1],
        evidence: ["e4", "e6"],
        explanation: "e4 and e6 were both acknowledged; at most one can win.",
      }),
      invariant({
        ...{ name: "read-your-writes", holds: null, rounds: 1 },
        explanation: "no writer read after it had written, so there was nothing to compare",
      }),
    ],
  });
}

/** One key from twenty writers: one is carried out, some are answered from the store, the rest told to wait. */
export function sameKey(): RunSection {
  const { sent, races } = raced(20, [
    {
      ...{ name: "send", request: "POST /v1/orders", releasedAt: 0 },
      leg: (writer) => ({
        took: writer === 0 ? 2.2 : writer % 3 === 0 ? 2.4 + jitter(writer, 0.5) : 0.5 + jitter(writer, 1.2),
        headers: [["Idempotency-Key", uuidOf("order")]],
        body: '{"sku":"A1"}',
        ...(writer % 3 === 0
          ? {
              status: 201,
              answer: '{"order":"o-1"}',
              answerHeaders: [["ININ-Correlation-Id", uuidOf(`k${writer}`)]],
            }
          : conflict(`k${writer}`)),
      }),
      record: {
        earlyAnswers: 0,
        arrivalSource: "estimated",
        technique: "last-byte",
        notes: [
          "Connections of HTTP/1.1 have delays of their own: HTTP/2 would bring the requests closer together.",
        ],
      },
    },
  ]);
  const stored = Object.fromEntries([3, 6, 9, 12, 15, 18].map((writer) => [`e${writer + 1}`, "e1"]));
  return runOf({
    ...{ name: "One key, twenty writers", file: FILE, sent, races, stored },
    target: { kind: "http", baseUrl: "http://127.0.0.1:45123", policy: null, policyDescription: null },
    steps: [raceStep(20, ["send"])],
    expectations: sent.map((each, index) => ({
      ...{ step: each.step, line: 12, exchange: `e${index + 1}`, expected: 201, actual: each.status ?? 200 },
      ok: each.status === 201,
    })),
    invariants: [
      invariant({ name: "at-most-once", holds: null, explanation: "answers carry no id made by the server" }),
    ],
  });
}

/** So many that most of them have no lane; one is never answered. */
export function hundredWriters(): RunSection {
  const { sent, races } = raced(100, [
    {
      ...{ name: "write", request: `PUT ${THING}`, releasedAt: 0 },
      leg: (writer) => {
        if (writer === 42)
          return {
            took: 30_000,
            ...IF_7,
            error: { code: "ETIMEDOUT", phase: "timeout", message: "no answer within 30s" },
          };
        const won = writer === 61;
        return {
          took: won ? 3 : 3.1 + jitter(writer, 9),
          ...IF_7,
          ...(won ? tagged(8, "won") : conflict(`c${writer}`)),
        };
      },
      record: { earlyAnswers: 2, held: 96 },
    },
  ]);
  return runOf({
    ...{ name: "A hundred at once", file: FILE, sent, races },
    steps: [raceStep(100, ["write"])],
    invariants: [
      invariant({
        name: "one-winner",
        holds: null,
        explanation: "e43 was not answered: it may have won too",
      }),
    ],
  });
}

/** Requests that came one after the other: everything held, and nothing was shown. */
export function notFormed(): RunSection {
  const { sent, races } = raced(3, [
    {
      ...{ name: "write", request: `PUT ${THING}`, releasedAt: 0 },
      leg: (writer) => ({
        after: writer * 4,
        took: 1.5,
        ...IF_7,
        ...(writer === 0 ? tagged(8, "won") : conflict(`n${writer}`)),
      }),
      record: {
        ...{
          technique: "naive",
          formed: false,
          held: 0,
          clientSpreadMs: 8.2,
          arrivalSpreadMs: null,
          arrivalSource: null,
        },
        notes: ["The server closed idle connections before the release."],
      },
    },
  ]);
  return runOf({
    ...{ name: "One after the other", file: FILE, sent, races },
    steps: [raceStep(3, ["write"])],
    invariants: [invariant({ name: "one-winner", holds: true })],
  });
}

/** No barrier: each writer reads and writes as fast as it can; one tries again. */
export function asReady(): RunSection {
  const free = {
    technique: "none",
    releasedMs: null,
    clientSpreadMs: null,
    arrivalSpreadMs: null,
    arrivalSource: null,
    held: 0,
  } as const;
  const { sent, races } = raced(4, [
    { ...look(0), record: free },
    {
      ...{ name: "write", request: `PUT ${THING}`, releasedAt: 1.8 },
      leg: (writer) => ({
        ...{ after: writer * 0.3, took: 1.1, ...IF_7 },
        ...(writer === 0 ? tagged(8, "won") : conflict(`r${writer}`)),
      }),
      record: free,
    },
  ]);
  const again: Sent = {
    ...{
      step: "writers/write",
      request: `PUT ${THING}`,
      writer: 2,
      attempt: 2,
      body: IF_7.body,
      ...tagged(9, "again"),
    },
    ...{ headers: [["If-Match", '"8"']], at: { start: 104.2, sent: 104.2, released: null, end: 105.6 } },
  };
  return runOf({
    ...{ name: "As fast as they can", file: FILE, sent: [...sent, again] },
    races: races
      .slice(0, 1)
      .map((race) => ({ ...race, waves: ["writers/look", "writers/write"], requests: 9 })),
    steps: [raceStep(4, ["look", "write"], "as-ready")],
  });
}

/** Each writer leaves a little later than the one before. */
export function staggered(): RunSection {
  const { sent, races } = raced(5, [
    {
      ...{ name: "write", request: `PUT ${THING}`, releasedAt: 0 },
      leg: (writer) => ({
        after: writer * 5,
        took: 7.5,
        ...IF_7,
        ...(writer === 0 ? tagged(8, "won") : conflict(`s${writer}`)),
      }),
      record: { clientSpreadMs: 20.2, arrivalSpreadMs: 20.1 },
    },
  ]);
  return runOf({
    ...{ name: "One every 5 ms", file: FILE, sent, races },
    steps: [raceStep(5, ["write"], "staggered 5ms")],
  });
}

/** Lanes with steps of their own, one a little late: a PATCH, a GET and a change of state. */
export function offsetLanes(): RunSection {
  const wave: Wave = {
    ...{ name: "patch", request: "PATCH /api/v2/conversations/c1/participants/p1/attributes", releasedAt: 0 },
    leg: (writer) =>
      [
        { took: 3, body: "{}", ...tagged(8, "patched") },
        { after: 3, took: 1.2, request: "GET /api/v2/conversations/c1", ...tagged(7, "read") },
        {
          after: 0.4,
          took: 4.4,
          request: "PATCH /api/v2/conversations/c1",
          body: '{"state":"held"}',
          ...conflict("state"),
        },
      ][writer] ?? null,
    record: { waves: ["writers/patch", "writers/read", "writers/hold"] },
  };
  const { sent, races } = raced(3, [wave]);
  const names = ["patch", "read", "hold"];
  return runOf({
    ...{ name: "A write, a read and a change of state", file: FILE, races },
    sent: sent.map((each, index) => ({ ...each, step: `writers/${names[index]}` })),
    steps: [raceStep(3, names, "offsets [0ms, 3ms, 400us]")],
  });
}

/** Fifty rounds of four writers; in some an update is lost. */
export function fiftyRounds(): RunSection {
  const lost = (round: number): boolean => round % 7 === 3;
  const all = Array.from({ length: 50 }, (_, index) =>
    raced(
      4,
      [
        look(0),
        {
          ...{ name: "write", request: `PUT ${THING}`, releasedAt: 5.02 },
          leg: (writer) => ({
            ...{ took: 1.4 + jitter(writer + index, 2), ...IF_7 },
            ...(writer === 0 || (writer === 2 && lost(index + 1))
              ? tagged(8 + writer / 2, `w${index}`)
              : conflict(`c${index} ${writer}`)),
          }),
          record: { clientSpreadMs: 0.3 + (index % 9) / 10, arrivalSpreadMs: 0.2 + (index % 7) / 10 },
        },
      ],
      index + 1,
    ),
  );
  const rounds = Array.from({ length: 50 }, (_, index) => index + 1);
  const violatedRounds = rounds.filter(lost);
  const [e1, e2] = [2 * 8 + 5, 2 * 8 + 7].map((number) => `e${number}`);
  return runOf({
    ...{ name: "Fifty times four", file: FILE },
    sent: all.flatMap(({ sent }) => sent),
    races: all.flatMap(({ races }) => races),
    steps: [raceStep(4, ["look", "write"])],
    expectations: rounds.map((round) => ({
      ...{ step: "writers", line: 22, what: "statuses write", exchange: null, round, ok: !lost(round) },
      ...{
        expected: { "200": "1", "409": "3" },
        actual: lost(round) ? { "200": 2, "409": 2 } : { "200": 1, "409": 3 },
      },
    })),
    invariants: [
      invariant({
        ...{ name: "no-lost-update", holds: false, rounds: 50, violatedRounds },
        evidence: [e1 ?? "", e2 ?? ""],
        explanation: `${e1} and ${e2} both replaced version 7, and both were acknowledged.`,
      }),
      invariant({ name: "monotonic-reads", holds: true, rounds: 50 }),
    ],
    more: { reproduction: reproductionOf(50, rounds) },
  });
}
