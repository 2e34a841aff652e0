import { upperLimit } from "../core/rates.js";
import type { RaceStep } from "../scenario/scenario.js";
import type { CheckResult, InvariantResult } from "./check.js";
import type { InvariantExpectation } from "./judge-race.js";
import type { RoundFinding } from "./race-round.js";

function rank({ ok }: Pick<CheckResult, "ok">): number {
  return ok === false ? 2 : ok === null ? 1 : 0;
}

function nameOf({ at, what, step }: CheckResult): string {
  return `${at.file}:${at.line}:${at.column} ${what} ${step}`;
}

/** Results of one expectation, for all writers and rounds. */
interface ResultLog {
  worst: CheckResult;
  judged: number;
  failed: number;
  undecided: number;
}

function toOne({ worst, judged, failed, undecided }: ResultLog): CheckResult {
  return judged === 1 ? worst : { ...worst, among: { judged, failed, undecided } };
}

/** One result for each expectation of all rounds: the first that failed, else the first undecided, else the first. */
export function createResults(): {
  readonly add: (results: readonly CheckResult[]) => void;
  readonly all: () => readonly CheckResult[];
} {
  const logs = new Map<string, ResultLog>();
  const add = (result: CheckResult): void => {
    const name = nameOf(result);
    const log = logs.get(name) ?? { worst: result, judged: 0, failed: 0, undecided: 0 };
    logs.set(name, log);
    log.judged += 1;
    if (result.ok === false) log.failed += 1;
    if (result.ok === null) log.undecided += 1;
    if (rank(result) > rank(log.worst)) log.worst = result;
  };
  return {
    add: (results) => results.forEach(add),
    all: () => [...logs.values()].map(toOne),
  };
}

/** What came of an invariant so far. */
interface InvariantLog {
  readonly race: RaceStep;
  readonly expectation: InvariantExpectation;
  rounds: number;
  readonly violatedRounds: number[];
  readonly undecidedRounds: number[];
  violation: RoundFinding | null;
  doubt: RoundFinding | null;
}

function heldFor({ race, rounds }: InvariantLog): string {
  const writers = `${race.writers.length} writers`;
  if (rounds === 1) return `not seen in 1 round of ${writers}; one round says little: --rounds 50 says more`;
  const percent = (upperLimit(rounds) * 100).toPrecision(2);
  return `not seen in ${rounds} rounds of ${writers}: with 95 % certainty it comes in fewer than ${percent} % of rounds`;
}

function toResult(log: InvariantLog): InvariantResult {
  const { race, expectation, rounds, violatedRounds, violation, doubt } = log;
  const common = { step: race.id, name: expectation.invariant, rounds, violatedRounds, at: expectation.at };
  if (violation !== null) {
    const { evidence, explanation, startMs } = violation;
    const story = { ...common, holds: false, evidence, explanation };
    return startMs === undefined ? story : { ...story, startMs };
  }
  if (doubt !== null) return { ...common, holds: null, evidence: [], explanation: doubt.explanation };
  return { ...common, holds: true, evidence: [], explanation: heldFor(log) };
}

/** Invariants over all rounds. */
export interface InvariantLogs {
  /** True where one of these findings is a violation. */
  readonly add: (
    race: RaceStep,
    round: number,
    findings: readonly (readonly [InvariantExpectation, RoundFinding])[],
  ) => boolean;
  readonly all: () => readonly InvariantResult[];
}

/** Starts with nothing looked for. */
export function createInvariantLogs(): InvariantLogs {
  const logs = new Map<InvariantExpectation, InvariantLog>();
  return {
    add: (race, round, findings) => {
      for (const [expectation, finding] of findings) {
        const log: InvariantLog = logs.get(expectation) ?? {
          race,
          expectation,
          rounds: 0,
          violatedRounds: [],
          undecidedRounds: [],
          violation: null,
          doubt: null,
        };
        logs.set(expectation, log);
        log.rounds += 1;
        if (finding.holds === false) {
          log.violatedRounds.push(round);
          log.violation ??= finding;
        } else if (finding.holds === null) {
          log.undecidedRounds.push(round);
          log.doubt ??= finding;
        }
      }
      return findings.some(([, { holds }]) => holds === false);
    },
    all: () => [...logs.values()].map(toResult),
  };
}
