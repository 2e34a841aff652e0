import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ReplayOptions, type RunReport, replay } from "../../src/index.js";
import { loadScenarioText } from "../../src/session/load-files.js";
import { replayScenarios } from "../../src/session/replay.js";
import { readyScenario } from "../../src/session/run-scenario.js";
import { optionsFor } from "./leave-options.js";

let out: string;

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), "gcidem-rounds-"));
});

afterAll(() => {
  rmSync(out, { recursive: true, force: true });
});

const NO_CONFLICT = `policy: rfc9110
steps:
  - { id: one, request: GET /api/v2/users/me }
`;

const CONFLICT = `policy: rfc9110
world: { things: [{ id: "1", tier: none }] }
steps:
  - { id: stale, request: PUT /api/v2/mock/things/1, ifMatch: '"0"', json: {} }
`;

function run(text: string, options: ReplayOptions): Promise<RunReport> {
  return replay(text, { ...options, out });
}

describe("rounds", () => {
  test("are one run, with all that was sent in them", async () => {
    const [section] = (await run(NO_CONFLICT, { rounds: 4 })).runs;
    expect([...(section?.exchanges ?? [])].map(({ round, step }) => `${round} ${step}`)).toEqual([
      "1 one",
      "2 one",
      "3 one",
      "4 one",
    ]);
    expect(section?.reproduction).toMatchObject({ rounds: 4, hits: 0, hitRounds: [] });
  });

  test("tell how often a conflict came", async () => {
    const [section] = (await run(CONFLICT, { rounds: 5 })).runs;
    expect(section?.reproduction).toMatchObject({ rounds: 5, hits: 5, hitRounds: [1, 2, 3, 4, 5] });
  });

  test("end with the first conflict where that is what is waited for", async () => {
    const [section] = (await run(CONFLICT, { untilConflict: 5 })).runs;
    expect(section?.reproduction).toMatchObject({ rounds: 1, hits: 1, hitRounds: [1] });
    const [without] = (await run(NO_CONFLICT, { untilConflict: 4 })).runs;
    expect(without?.reproduction).toMatchObject({ rounds: 4, hits: 0 });
  });

  test("that --max-requests cuts short are no rounds without a conflict", async () => {
    const two = NO_CONFLICT.concat(
      "  - { id: two, request: GET /api/v2/users/me, expect: { status: 200 } }\n",
    );
    const ready = readyScenario(loadScenarioText(two, "it.yaml", null));
    const rounds = { most: 9, untilConflict: false };
    const options = optionsFor({ kind: "mock" }, {}, { runsFolder: out, rounds, maxRequests: 5 });
    const { report, close } = await replayScenarios([ready], options);
    expect(report.runs[0]?.reproduction).toMatchObject({ rounds: 2, hits: 0 });
    expect(report.runs[0]?.skipped).toMatchObject([{ step: "two", round: 3 }]);
    close();
  });

  test("are not spoken of where nobody asked for them", async () => {
    const [section] = (await run(CONFLICT, {})).runs;
    expect(section?.reproduction).toBeUndefined();
  });

  test.each([
    [{ rounds: 0 }, "found 0 rounds, expected a whole number from 1 on"],
    [{ untilConflict: 1.5 }, "found 1.5 rounds, expected a whole number from 1 on"],
    [{ rounds: 2, untilConflict: 2 }, "given together, expected one of them"],
  ])("%j are refused", async (options, message) => {
    await expect(run(CONFLICT, options)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(message),
    });
  });
});
