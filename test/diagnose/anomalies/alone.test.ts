import { describe, expect, test } from "vitest";
import { diagnose, startMock } from "../../../src/index.js";
import { openSection } from "../../../src/session/diagnose-recording.js";
import { findRun } from "../../../src/session/find-run.js";
import { replayed } from "../../check/replayed.js";
import { json, type RecordedSketch, recorded, told } from "../recorded.js";

/** Of one write both deliveries count, and the reader comes between them. */
const HEAD = `policy:
  extends: forum-lore
  idempotency: { support: ignored }
  concurrency: { stale: accepted, check: { kind: check-then-set, window: 80ms } }
  faults: [{ on: { route: "PUT /api/v2/mock/things/{id}" }, kind: duplicate-delivery }]
world: { things: [{ id: "1", tier: none }] }`;
const STEPS = `
- { id: read, request: GET /api/v2/mock/things/1 }
- id: alone
  race:
    release: offsets [0ms, 120ms]
    lanes:
      - steps: [{ id: write, request: PUT /api/v2/mock/things/1, json: { tier: gold } }]
      - steps: [{ id: watch, request: GET /api/v2/mock/things/1, expect: { cause: phantom-version } }]
`;

describe("a version that nobody wrote", () => {
  test("is told on the embedded mock, which is a run's own, and of that run once it is saved", async () => {
    const run = await replayed(STEPS, HEAD);
    expect(run.expectations.map(({ what, ok }) => [what, ok])).toContainEqual(["cause", true]);
    expect(run.diagnoses.map(({ cause }) => cause)).toContain("phantom-version");
    const { section, close } = openSection(findRun(run.folder ?? "", ""));
    close();
    expect(section.diagnoses.map(({ cause }) => cause)).toContain("phantom-version");
  });

  test("is not told of a mock that runs elsewhere: it may have other clients", async () => {
    const mock = await startMock({});
    try {
      const run = await replayed(STEPS, HEAD, { target: `mock+${mock.url}` });
      expect(run.diagnoses.map(({ cause }) => cause)).not.toContain("phantom-version");
      const alone = diagnose(run.exchanges, { exclusive: true }).map(({ cause }) => cause);
      expect(alone).toContain("phantom-version");
    } finally {
      await mock.close();
    }
  });

  const write = (more: RecordedSketch): RecordedSketch => ({
    method: "PUT",
    body: json({ a: "x" }),
    ...more,
  });
  const phantoms = (...sketches: readonly RecordedSketch[]): readonly string[] =>
    told("anomaly", recorded(...sketches), { exclusive: true }).filter((each) => each.includes("phantom"));

  test("is not one that a write showed in its weak form", () => {
    const weak = { answerHeaders: [["ETag", 'W/"2"'] as const] };
    expect(phantoms({ method: "GET", shows: "1" }, write(weak), { method: "GET", shows: "2" })).toEqual([]);
  });

  test("is not one that a write without a token, or without an answer, may have made", () => {
    const read = (shows: string): RecordedSketch => ({ method: "GET", shows });
    expect(phantoms(read("1"), write({ status: 202 }), write({ shows: "3" }), read("2"))).toEqual([]);
  });

  test("brings no other anomaly with it that others on the server would explain", () => {
    const sketches = [
      { method: "GET", shows: "1" },
      write({ answerHeaders: [["ETag", 'W/"2"']] }),
      { method: "GET", shows: "2" },
    ];
    const exchanges = recorded(...sketches);
    expect(told("anomaly", exchanges, { exclusive: true })).toEqual(told("anomaly", exchanges));
  });
});
