import { describe, expect, test } from "vitest";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import { warnOfScenario } from "../../src/session/warn-of-scenario.js";
import { warnOfUndecidable } from "../../src/session/warn-of-undecidable.js";
import { foldWarnings, type Warning } from "../../src/session/warnings.js";

/** Messages about a race of two writers that do this, with `at-most-once` expected of it. */
function warned(step: string, after = ""): readonly string[] {
  const text = `steps:
  - id: w
    race:
      writers: 2
      steps: [${step}]
    expect: { invariants: [at-most-once] }
${after}`;
  return warnOfUndecidable(loadScenario(text, "t.yaml")).map(
    ({ position, message, hint }) => `${position.line}: ${message}; ${hint}`,
  );
}

const EFFECTS = "effects: { request: GET /orders, count: $.total }\n";

describe("at-most-once", () => {
  test("without effects hangs on what the answers carry", () => {
    expect(warned("{ id: order, request: POST /orders, idempotencyKey: k, json: {} }")).toEqual([
      "6: at-most-once will be inconclusive where the answers to order (POST) carry no id that the server made: nothing then tells two effects from one; let the scenario's `effects` count what happened (docs/races.md)",
    ]);
    expect(warned("{ id: set, request: PATCH /orders/1, idempotencyKey: k, json: {} }")).toEqual([
      expect.stringContaining("where the answers to set (PATCH) carry no id and no version"),
    ]);
  });

  test("is counted by effects", () => {
    expect(warned("{ id: order, request: POST /orders, idempotencyKey: k, json: {} }", EFFECTS)).toEqual([]);
  });

  test("is told by the answers about the mock's own things", () => {
    expect(warned("{ id: o, request: POST /api/v2/mock/things, idempotencyKey: k, json: {} }")).toEqual([]);
  });

  test("needs keys", () => {
    expect(warned("{ id: order, request: POST /orders, json: {} }", EFFECTS)).toEqual([
      expect.stringContaining("no writer sends an idempotency key"),
    ]);
    const repeat = "{ id: a, request: POST /orders, idempotencyKey: k, json: {} }, { id: b, repeat: a }";
    expect(warned(repeat)[0]).toContain("a (POST), b (POST)");
  });
});

test("a scenario without races has nothing to warn of", () => {
  expect(warnOfScenario(loadScenario("steps: [{ request: GET /a }]", "t.yaml"))).toEqual([]);
});

test("equal warnings are said once, at their first place", () => {
  const at = (line: number): Warning["position"] => ({ file: "t.yaml", line, column: 1 });
  const warnings = [3, 5, 9].map((line) => ({ code: "c", message: "m", position: at(line) }));
  expect(foldWarnings([...warnings, { code: "c", message: "other", position: at(4) }])).toEqual([
    { code: "c", message: "m", position: at(3), morePlaces: 2 },
    { code: "c", message: "other", position: at(4), morePlaces: 0 },
  ]);
});
