import type { CheckResult, ConfirmingCounts, InvariantResult } from "../check/check.js";
import type { ExchangeDiff } from "../compare/compare.js";
import type { RunComparison } from "../compare/runs.js";
import type { SourcePosition } from "../core/errors.js";
import type { TargetKind } from "../core/target.js";
import type { Diagnosis } from "../diagnose/diagnose.js";
import type { ConfirmedOn, Exchange, NotRemoved, RaceReleased, RecordedTraffic } from "../journal/journal.js";

/** How a run came out. `not-judged`: the scenario expects nothing. */
export type RunVerdict = "pass" | "fail" | "inconclusive" | "not-judged";

/** What the plan says of a race. */
export interface ReportRace {
  readonly writers: number;
  /** Full ids, `RACE/STEP`. */
  readonly steps: readonly string[];
  /** In the scenario's words: `together`, `staggered 5ms`, `as-ready`, `offsets [0ms, 3ms]`. */
  readonly release: string;
}

/** What the plan says of one step, for those who draw it. */
export interface ReportStep {
  readonly id: string;
  readonly kind: "request" | "repeat" | "wait" | "compare" | "race";
  /** The step that a repeat repeats. */
  readonly of: string | null;
  /** True where a repeat changes the request. */
  readonly mutated: boolean;
  readonly section: "setUp" | "steps" | "cleanUp" | "effects";
  readonly waitMs: number | null;
  /** Of a race: number of writers, the full ids of its inner steps, and how they leave a barrier. Null for other kinds. */
  readonly race: ReportRace | null;
  readonly at: SourcePosition;
}

/** A step that did not run, and why. */
interface SkippedStep {
  readonly step: string;
  readonly round: number;
  readonly reason: string;
}

/** Counts of one run, computed while the journal was judged. */
interface RunCounts {
  readonly exchanges: number;
  readonly writes: number;
  /** Responses with 409, 412, 423, 425, 428 or a body that tells of such a refusal. */
  readonly conflicts: number;
  /** Exchanges without a response. */
  readonly failures: number;
  /** Requests that gcidem itself would not send; not among the failures. */
  readonly refused: number;
}

/** How often a conflict came back over several rounds, with the 95 % interval of its rate. */
export interface Reproduction {
  readonly rounds: number;
  readonly hits: number;
  /** Numbers of the rounds that hit, the first few of them where there are many. */
  readonly hitRounds: readonly number[];
  readonly low: number;
  readonly high: number;
}

/** What a run talked to. */
export interface ReportTarget {
  readonly kind: TargetKind;
  readonly baseUrl: string;
  readonly policy: string | null;
  /** The policy's own sentence about itself; null where there is no policy or it says nothing. */
  readonly policyDescription: string | null;
}

/** A scenario file that was written to settle what the exchanges leave open. */
export interface SettlingFile {
  /** Ids of the exchanges whose cause it settles. */
  readonly exchanges: readonly string[];
  readonly file: string;
  /** The command that runs it, in one line. */
  readonly command: string;
}

/** One scenario, run once. `exchanges` reads the journal anew at each iteration. */
export interface RunSection {
  readonly id: string;
  /** Where the run was saved; null where it was not. */
  readonly folder: string | null;
  readonly scenario: {
    readonly name: string;
    readonly description: string;
    readonly file: string;
    readonly sha256: string;
  };
  readonly target: ReportTarget;
  readonly seed: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly interrupted: boolean;
  readonly verdict: RunVerdict;
  readonly counts: RunCounts;
  /** Of all these: what was sent to confirm a cause (`--confirm`). Absent: nothing. */
  readonly confirming?: ConfirmingCounts;
  /** Only where the scenario ran in rounds (`--rounds`, `--until-conflict`). */
  readonly reproduction?: Reproduction;
  readonly steps: readonly ReportStep[];
  readonly skipped: readonly SkippedStep[];
  /** Of a run that sent no writes (`--read-only`): what was read, and what the writes would do, a sentence each. */
  readonly plan?: readonly string[];
  /** What clean-up may have left on the target. Absent: nothing. */
  readonly notRemoved?: readonly NotRemoved[];
  readonly exchanges: Iterable<Exchange>;
  readonly exchange: (id: string) => Exchange;
  readonly diffs: readonly ExchangeDiff[];
  /** This run, each time as the other one, held against a further target, a baseline or a run. Absent: none. */
  readonly comparisons?: readonly RunComparison[];
  readonly expectations: readonly CheckResult[];
  readonly diagnoses: readonly Diagnosis[];
  /** Why there are no diagnoses although there may be conflicts; absent where there are. */
  readonly notDiagnosed?: string;
  /** Only of traffic that somebody else recorded. */
  readonly recording?: RecordedTraffic;
  readonly settling?: readonly SettlingFile[];
  /** Only of a run that was confirmed later: the server that stood for the recorded one. */
  readonly confirmedOn?: ConfirmedOn;
  readonly invariants: readonly InvariantResult[];
  /** One for each barrier of each race in each round. */
  readonly races: readonly RaceReleased[];
  /** Exchanges whose answer is the stored one of an earlier exchange, as far as the exchanges show: id to id. */
  readonly storedAnswers: Readonly<Record<string, string>>;
  readonly redacted: { readonly secrets: number; readonly personal: number };
}

/** What every reporter renders. */
export interface RunReport {
  readonly tool: { readonly name: "gcidem"; readonly version: string };
  readonly summary: {
    readonly scenarios: number;
    readonly passed: number;
    readonly failed: number;
    readonly inconclusive: number;
    readonly notJudged: number;
    readonly exchanges: number;
    readonly writes: number;
    readonly conflicts: number;
  };
  readonly runs: readonly RunSection[];
}

/** Renders a report piece by piece; joined, the pieces are the whole document. Pure. */
export type Render<Options> = (report: RunReport, options: Options) => Iterable<string>;
