import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderHar } from "../../../src/report/har/render-har.js";
import type { RunReport } from "../../../src/report/report.js";
import { exchangesOfHar } from "../../../src/session/from-har.js";
import { exchangeOf, reportOf, runOf } from "../build-report.js";
import * as fixtures from "../fixtures.js";
import { expectGolden } from "../golden-file.js";
import { hostileReport } from "../hostile-report.js";
import * as races from "../race-fixtures.js";
import { explainedKeyReuse, recordedTraffic, THREE_RUNS } from "../three-runs.js";

const SCHEMA: object = JSON.parse(readFileSync(new URL("har-1.2.schema.json", import.meta.url), "utf8"));
const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(SCHEMA);

interface Timed {
  readonly startedDateTime: string;
  readonly time: number;
  readonly timings: Readonly<Record<string, number>>;
  readonly response: { readonly status: number; readonly _error?: string; readonly content: object };
  readonly request: { readonly postData?: object; readonly bodySize: number };
}

interface Har {
  readonly log: {
    readonly creator: { readonly name: string };
    readonly pages: readonly { readonly title: string }[];
    readonly entries: readonly Timed[];
  };
}

function text(report: RunReport): string {
  return [...renderHar(report, {})].join("");
}

function har(report: RunReport): Har {
  return JSON.parse(text(report)) as Har;
}

function problems(report: RunReport): readonly ErrorObject[] {
  return validate(JSON.parse(text(report))) ? [] : (validate.errors ?? []);
}

test.each(THREE_RUNS)("$name looks as it was agreed", ({ name, report }) => {
  expectGolden(text(report()), new URL(`golden/${name}.har`, import.meta.url));
});

describe("every HAR is valid by the description of HAR 1.2", () => {
  const runs = Object.entries({ ...fixtures, ...races });
  test.each(runs)("%s", (_name, make) => {
    expect(problems(reportOf(make()))).toEqual([]);
  });

  test("several runs, each a page, and none", () => {
    expect(problems(reportOf(...runs.map(([, make]) => make())))).toEqual([]);
    expect(har(reportOf(...runs.map(([, make]) => make()))).log.pages).toHaveLength(runs.length);
    expect(problems(reportOf())).toEqual([]);
  });

  test("whatever a server and a scenario say, without a control character in the file", () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        expect(problems(report)).toEqual([]);
        expect(text(report)).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]|\p{Surrogate}/u,
        );
      }),
    );
  });
});

test("the phases of an exchange add up to its time", () => {
  for (const make of [...Object.values(fixtures), ...Object.values(races)])
    for (const { time, timings } of har(reportOf(make())).log.entries) {
      const phases = Object.values(timings).filter((phase) => phase > 0);
      expect(phases.reduce((sum, phase) => sum + phase, 0)).toBeCloseTo(time, 6);
    }
});

test("instants tell microseconds, so that the writers of a race keep their order", () => {
  const starts = har(reportOf(races.lostUpdate())).log.entries.map(({ startedDateTime }) => startedDateTime);
  expect(starts.every((start) => /\.\d{6}Z$/.test(start))).toBe(true);
  expect([...starts].sort()).toEqual(starts);
});

test("a request without an answer has status 0 and says why, as browsers do", () => {
  const [entry] = har(reportOf(fixtures.noAnswer())).log.entries;
  expect(entry?.response).toMatchObject({
    status: 0,
    _error: "ECONNREFUSED (connect): connect ECONNREFUSED 127.0.0.1:45123",
  });
});

test("bytes that are no text travel as base64, and an unknown body is said to be unknown", () => {
  const base = exchangeOf({ step: "a", request: "PUT /x", body: "x", answer: "y" }, 0);
  const bytes = { body: "/wD+", bodyEncoding: "base64" } as const;
  const run = runOf({ name: "bytes", sent: [{ step: "a", request: "GET /" }] });
  const [first, second] = har(
    reportOf({
      ...run,
      exchanges: [
        {
          ...base,
          request: { ...base.request, ...bytes },
          response: base.response && { ...base.response, ...bytes },
        },
        { ...base, request: { ...base.request, body: "", missing: ["body"] } },
      ],
    }),
  ).log.entries;
  expect(first?.request).toMatchObject({ bodySize: 3, postData: { text: "/wD+", _encoding: "base64" } });
  expect(first?.response.content).toMatchObject({ size: 3, text: "/wD+", encoding: "base64" });
  expect(second?.request).toMatchObject({ bodySize: -1, postData: { text: "", comment: "not recorded" } });
});

test("what was made on the mock says so in its title, and to whoever reads it again", () => {
  const { log } = har(reportOf(explainedKeyReuse()));
  expect(log.pages[0]?.title).toBe("MOCK obeying forum-lore: Same key, changed body");
  expect(log.creator.name).toBe("gcidem on its MOCK");
  const read = exchangesOfHar(text(reportOf(explainedKeyReuse())));
  expect(read.recording.recordedBy).toBe("gcidem on its MOCK 0.1.0");
  const again = { ...recordedTraffic(), recording: read.recording };
  expect(har(reportOf(again)).log.pages[0]?.title).toBe("MOCK: worker.har");
});

test("secrets stay the placeholders that the journal has", () => {
  const written = text(reportOf(fixtures.allPassed()));
  expect(written).toContain("Bearer <secret:1>");
  const [first] = exchangesOfHar(written);
  expect(first?.request.headers).toContainEqual(["Authorization", "Bearer <secret:1>"]);
  expect(first?.request.body).toContain("<secret:2>");
});
