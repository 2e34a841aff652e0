import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderJson } from "../../src/report/json/render-json.js";
import type { RunReport, RunSection } from "../../src/report/report.js";
import { exchangeOf, reportOf, runOf } from "./build-report.js";
import * as fixtures from "./fixtures.js";
import * as races from "./race-fixtures.js";

const SCHEMA: object = JSON.parse(
  readFileSync(new URL("../../scenarios/report.schema.json", import.meta.url), "utf8"),
);
const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  allErrors: true,
  formats: { "date-time": true },
});
const validate = ajv.compile(SCHEMA);

function problems(document: unknown): readonly ErrorObject[] {
  return validate(document) ? [] : (validate.errors ?? []);
}

/** Only what the tests look at. */
interface Document {
  readonly summary: object;
  readonly runs: readonly {
    readonly exchanges: readonly { readonly id: string; readonly request: { readonly body: string } }[];
    readonly diffs: readonly {
      readonly status: readonly (number | null)[];
      readonly body: readonly object[];
      readonly request: readonly object[];
      readonly headers: readonly object[];
      readonly folded: number;
    }[];
    readonly expectations: readonly object[];
    readonly verdict: string;
    readonly reproduction?: object;
    readonly races: readonly object[];
    readonly invariants: readonly object[];
  }[];
}

function rendered(report: RunReport): Document {
  return JSON.parse([...renderJson(report, {})].join("")) as Document;
}

const RUNS: readonly (readonly [name: string, make: () => RunSection])[] = Object.entries({
  ...fixtures,
  ...races,
});

describe("every report follows the published schema", () => {
  test.each(RUNS)("%s", (_name, make) => {
    expect(problems(rendered(reportOf(make())))).toEqual([]);
  });

  test("several scenarios, and none", () => {
    expect(problems(rendered(reportOf(...RUNS.map(([, make]) => make()))))).toEqual([]);
    expect(problems(rendered(reportOf()))).toEqual([]);
  });

  test("and the schema refuses what is no report", () => {
    const report = rendered(reportOf(fixtures.keyReuse()));
    const [run] = report.runs;
    expect(problems({ ...report, schema: "gcidem-report/2" })).not.toEqual([]);
    expect(problems({ ...report, runs: [{ ...run, verdict: "maybe" }] })).not.toEqual([]);
    expect(problems({ ...report, runs: [{ ...run, extra: 1 }] })).not.toEqual([]);
  });

  test("whatever the server and the scenario say", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(
        text,
        fc.oneof(text, fc.json()),
        fc.oneof(fc.jsonValue(), fc.constant(undefined)),
        (name, body, value) => {
          const headers = [
            ["ETag", name],
            ["ININ-Correlation-Id", name],
          ] as const;
          const sent = [
            { step: name, request: "PUT /x", headers, body: name, answer: body, answerHeaders: headers },
            { step: name, request: "PUT /x", headers, body, answer: name, answerHeaders: [] },
          ];
          const expectations = [{ step: name, line: 1, expected: value, actual: value, note: name }];
          const report = reportOf(runOf({ name, file: name, sent, pairs: [["e1", "e2"]], expectations }));
          const document = rendered(report);
          expect(problems(document)).toEqual([]);
          expect(document.runs[0]?.exchanges[0]?.request.body).toBe(name);
        },
      ),
    );
  });
});

describe("the report of a reused key", () => {
  const [run] = rendered(reportOf(fixtures.keyReuse())).runs;

  test("tells what was sent and what was answered, each against the first", () => {
    expect(run?.diffs.map(({ status }) => status)).toEqual([
      [200, 200],
      [200, 409],
      [200, 200],
    ]);
    expect(run?.diffs[0]).toMatchObject({ request: [], headers: [], body: [], folded: 1 });
    expect(run?.diffs[1]?.request).toEqual([
      { part: "body", op: "replace", path: "/attributes/queue-name", from: "support-tier-2", value: "other" },
    ]);
    expect(run?.diffs[1]?.headers).toEqual([{ name: "etag", base: '"1"', other: null }]);
    expect(run?.diffs[2]?.request).toContainEqual(
      expect.objectContaining({ part: "header", name: "idempotency-key" }),
    );
  });

  test("says for each expectation where it stands", () => {
    expect(run?.expectations[2]).toEqual({
      ...{
        step: "mutated",
        round: 1,
        exchange: "e3",
        what: "status",
        expected: 409,
        actual: 409,
        ok: true,
        note: null,
      },
      at: "scenarios/basics/key-reuse.yaml:31:15",
    });
  });

  test("has no reproduction, which only rounds have", () => {
    expect(run).not.toHaveProperty("reproduction");
    const reproduction = { rounds: 50, hits: 24, hitRounds: [3, 4], low: 0.35, high: 0.61 };
    const document = rendered(reportOf(runOf({ name: "rounds", sent: [], more: { reproduction } })));
    expect(problems(document)).toEqual([]);
    expect(document.runs[0]?.reproduction).toEqual(reproduction);
  });
});

describe("a race", () => {
  const [run] = rendered(reportOf(races.lostUpdate())).runs;

  test("says of each barrier how close its requests came", () => {
    expect(run?.races).toHaveLength(2);
    expect(run?.races[1]).toEqual({
      ...{ step: "writers", wave: ["writers/write"], round: 1, technique: "h2", releasedMs: 105.02 },
      ...{ clientSpreadMs: 0.41, arrivalSpreadMs: 0.38, arrivalSource: "measured", earlyAnswers: 0 },
      ...{ requests: 3, held: 3, formed: true, notes: [] },
    });
  });

  test("names the writer and the round of each exchange, and when it was released", () => {
    expect(run?.exchanges[4]).toMatchObject({
      ...{ id: "e5", step: "writers/write", writer: 1, round: 1 },
      timings: { releasedMs: 105.02 },
    });
  });

  test("has its invariants, with the exchanges that prove a violation", () => {
    expect(run?.invariants[0]).toMatchObject({
      ...{ step: "writers", name: "no-lost-update", holds: false, rounds: 1, violatedRounds: [1] },
      ...{ evidence: ["e4", "e6"], at: "scenarios/races/example.yaml:24:20" },
    });
    expect(run?.invariants[2]).toMatchObject({ name: "read-your-writes", holds: null });
  });

  test("compares no writer with another: what differs between rivals is no finding", () => {
    expect(run?.diffs).toEqual([]);
  });
});

describe("other bytes of one JSON value", () => {
  const text = [...renderJson(reportOf(fixtures.mutatedBytes()), {})].join("");
  const [run] = (JSON.parse(text) as Document).runs;

  test("are said to be respelled", () => {
    expect(run?.diffs[0]?.request).toEqual([{ part: "spelling", respelled: ["whitespace"] }]);
    expect(run?.diffs[1]?.request).toContainEqual({ part: "spelling", respelled: ["number-format"] });
  });

  test("keep their numbers in the text, and besides as strings for readers that would lose a digit", () => {
    expect(text).toContain('"from":12345678901234567890,"fromText":"12345678901234567890"');
    expect(run?.diffs[2]?.request).toContainEqual(
      expect.objectContaining({
        path: "/amount",
        fromText: "12345678901234567890",
        valueText: "12345678901234567891",
      }),
    );
  });
});

test("the report comes exchange by exchange, so that no run is too long for it", () => {
  let made = 0;
  const exchanges = {
    *[Symbol.iterator]() {
      for (made = 0; made < 1000; made++) yield exchangeOf({ step: "s", request: "GET /x" }, made);
    },
  };
  const seen: number[] = [];
  for (const piece of renderJson(reportOf(runOf({ name: "long", sent: [], more: { exchanges } })), {})) {
    if (piece.includes('"id":"e')) seen.push(made);
  }
  expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => index));
});
