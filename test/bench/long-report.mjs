// The report of a long journal. What judging found out is made up: a result for each tenth exchange, a cause for each refusal.

/** A report of one run, made from an open journal. */
export function longReport(journal) {
  let count = 0;
  for (const _exchange of journal.exchanges()) count += 1;

  const refused = Array.from({ length: Math.floor(count / 10) }, (_, index) => `e${index * 10 + 10}`);
  const at = { file: "long.yaml", line: 9, column: 15 };
  const expectations = refused.map((exchange, index) => {
    const ok = index % 100 !== 0;
    const result = {
      step: "write",
      round: 1,
      exchange,
      what: "status",
      expected: ok ? 409 : 200,
      actual: 409,
    };
    return { ...result, ok, note: null, at };
  });
  const diagnoses = refused.map((exchange) => ({
    ...{ kind: "refusal", cause: "key-reused-body-changed", certainty: "certain", exchange, movedBy: null },
    ...{ evidence: [{ exchange: "e1", fact: "the first request with this key" }], ruledOut: [] },
    explanation: `The key of ${exchange} was first used by e1 with another body.`,
    ...{ remedy: "One key per logical operation.", toConfirm: null, missing: [] },
  }));
  const { started, ended } = journal;
  const step = {
    id: "write",
    kind: "request",
    of: null,
    mutated: false,
    section: "steps",
    waitMs: null,
    race: null,
    at,
  };
  const run = {
    ...{ id: started.run, folder: ".gcidem/runs/long", scenario: { ...started.scenario, description: "" } },
    target: { ...started.target, policyDescription: null },
    ...{
      seed: 1,
      startedAt: started.startedAt,
      durationMs: ended.durationMs,
      interrupted: false,
      verdict: "fail",
    },
    counts: { exchanges: count, writes: count, conflicts: refused.length, failures: 0, refused: 0 },
    ...{
      steps: [step],
      skipped: [],
      diffs: [],
      expectations,
      diagnoses,
      invariants: [],
      races: [],
      comparisons: [],
    },
    exchanges: { [Symbol.iterator]: () => journal.exchanges()[Symbol.iterator]() },
    exchange: journal.exchange,
    ...{ storedAnswers: {}, redacted: { secrets: 1, personal: 0 } },
  };
  const summary = { scenarios: 1, passed: 0, failed: 1, inconclusive: 0, notJudged: 0 };
  return {
    tool: { name: "gcidem", version: "0.0.0" },
    summary: { ...summary, exchanges: count, writes: count, conflicts: refused.length },
    runs: [run],
  };
}
