import { describe, expect, test } from "vitest";
import type { CheckedRun, CheckResult, InvariantResult } from "../../src/check/check.js";
import type { RaceReleased } from "../../src/journal/journal.js";
import { verdictOf } from "../../src/session/build-section.js";

const AT = { file: "race.yaml", line: 3, column: 5 };

const CHECKED: CheckedRun = {
  ...{ results: [], skipped: [], invariants: [], hitRounds: [], rounds: 1, storedAnswers: {}, pairs: [] },
  ...{ unanswered: [], unauthorised: [], diagnoses: [], undiagnosed: 0 },
  counts: { exchanges: 2, writes: 2, conflicts: 0, failures: 0, refused: 0 },
};

function result(step: string, ok: boolean | null): CheckResult {
  const judged = { what: "status", expected: 200, actual: 200, note: null };
  return { step, round: 1, exchange: null, ...judged, ok, at: AT };
}

function invariant(holds: boolean | null): InvariantResult {
  const found = { rounds: 1, violatedRounds: [], evidence: [], explanation: "" };
  return { step: "writers", name: "one-winner", holds, ...found, at: AT };
}

function race(formed: boolean, requests = 10): RaceReleased {
  return {
    ...{ type: "race", step: "writers", waves: ["writers/write"], round: 1, technique: "h2" },
    ...{ releasedMs: 1, clientSpreadMs: 0.1, arrivalSpreadMs: null, arrivalSource: null, earlyAnswers: 0 },
    ...{ requests, held: requests, formed, notes: [] },
  };
}

const EVERYTHING = { readOnly: false };

describe("a run with a race", () => {
  const judged = (holds: boolean | null, races: readonly RaceReleased[] = [race(true)]): string =>
    verdictOf(
      { ...CHECKED, results: [result("a", true)], invariants: [invariant(holds)] },
      races,
      EVERYTHING,
    );

  test("passes where its expectations and invariants hold", () => {
    expect(judged(true)).toBe("pass");
  });

  test("fails by a violated invariant alone", () => {
    expect(judged(false)).toBe("fail");
  });

  test("is inconclusive where an invariant could not be decided", () => {
    expect(judged(null)).toBe("inconclusive");
  });

  test("is judged by its invariants where it has no other expectation", () => {
    expect(verdictOf({ ...CHECKED, invariants: [invariant(true)] }, [race(true)], EVERYTHING)).toBe("pass");
    expect(verdictOf(CHECKED, [race(true)], EVERYTHING)).toBe("not-judged");
  });
});

describe("a race that was not formed", () => {
  test("because the user interrupted it says nothing", () => {
    const ended: RaceReleased = { ...race(false), interrupted: true };
    expect(verdictOf({ ...CHECKED, invariants: [invariant(true)] }, [race(true), ended], EVERYTHING)).toBe(
      "pass",
    );
  });

  const held = { ...CHECKED, results: [result("writers", true)], invariants: [invariant(true)] };

  test("never passes, not even in one of many rounds", () => {
    expect(verdictOf(held, [race(false)], EVERYTHING)).toBe("inconclusive");
    expect(verdictOf(held, [race(true), race(false), race(true)], EVERYTHING)).toBe("inconclusive");
    expect(verdictOf(CHECKED, [race(false)], EVERYTHING)).toBe("inconclusive");
  });

  test("does not hide a violation: that is a proof", () => {
    expect(verdictOf({ ...held, invariants: [invariant(false)] }, [race(false)], EVERYTHING)).toBe("fail");
  });

  test("is not said of a last step that only one of the lanes has", () => {
    expect(verdictOf(held, [race(true), race(false, 1)], EVERYTHING)).toBe("pass");
  });
});

describe("with --read-only", () => {
  const skipped = [{ step: "writers/write", round: 1, reason: "a write, and --read-only sends none" }];
  const checked = {
    ...{ ...CHECKED, skipped, invariants: [invariant(null)] },
    results: [result("writers/look", true), result("writers", null), result("writers/write", null)],
  };

  test("what the left-out writes of a race would have shown is not missed", () => {
    expect(verdictOf(checked, [], { readOnly: true })).toBe("pass");
    expect(verdictOf(checked, [], EVERYTHING)).toBe("inconclusive");
  });

  test("what its reads show still counts", () => {
    expect(verdictOf({ ...checked, results: [result("writers/look", false)] }, [], { readOnly: true })).toBe(
      "fail",
    );
    expect(verdictOf({ ...checked, invariants: [invariant(false)] }, [], { readOnly: true })).toBe("fail");
  });
});
