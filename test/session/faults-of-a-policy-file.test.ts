import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { loadScenarioFile } from "../../src/session/load-files.js";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gcidem-faults-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A scenario with one step, whose policy file has a fault for a step. */
function scenarioWith(faults: string): string {
  writeFileSync(join(folder, "mine.yaml"), `extends: rfc9110\n${faults}\n`);
  const file = join(folder, "s.yaml");
  writeFileSync(file, "policy: mine.yaml\nsteps:\n  - { id: first, request: GET /x }\n");
  return file;
}

function problemsOf(file: string): readonly object[] {
  try {
    loadScenarioFile(file, "s.yaml");
  } catch (error) {
    if (error instanceof GcidemError) return error.problems;
    throw error;
  }
  return [];
}

describe("a policy file's fault for a step", () => {
  test("is one for a step of the scenario that names the file", () => {
    expect(problemsOf(scenarioWith("faults: [{ on: { step: first }, kind: delay }]"))).toEqual([]);
  });

  test.each([
    ["at the top", "faults: [{ on: { step: frist }, kind: delay }]"],
    ["in a route", "routes: [{ match: GET /x, faults: [{ on: { step: frist }, kind: delay }] }]"],
  ])("is refused for any other step, with the file's name and the step's: %s", (_where, faults) => {
    expect(problemsOf(scenarioWith(faults))).toEqual([
      {
        at: { file: "s.yaml", line: 1, column: 9 },
        message:
          'mine.yaml: a fault is for the step "frist", expected the id of a step of this scenario that sends a request outside of races',
        hint: "did you mean `first`?",
      },
    ]);
  });
});
