import type { SourcePosition } from "../core/errors.js";
import type { Diagnosis } from "../diagnose/diagnose.js";
import type { Invariant } from "../scenario/scenario.js";

/** For how many writers and rounds an expectation was judged, and how often it did not hold or stayed open. */
interface Among {
  readonly judged: number;
  readonly failed: number;
  readonly undecided: number;
}

/** One expectation, judged. `ok` is null where it could not be decided; `note` then says why. */
export interface CheckResult {
  readonly step: string;
  readonly round: number;
  /** The exchange that decided; null where the step sent none. */
  readonly exchange: string | null;
  /** `status`, `header NAME`, `json PATH`, `replayOf`, `attempts`, `statuses`, `error`, `executed`, `cause`, `statuses INNER`. */
  readonly what: string;
  /** JSON values, or the words of the scenario (`2xx`, `present`). */
  readonly expected: unknown;
  readonly actual: unknown;
  readonly ok: boolean | null;
  readonly note: string | null;
  /** Only where it was judged more than once: this result is the one that tells most. */
  readonly among?: Among;
  readonly at: SourcePosition;
}

/** What came of looking for a fault over all rounds of a race. */
export interface InvariantResult {
  readonly step: string;
  readonly name: Invariant;
  /** Null where it could not be decided. */
  readonly holds: boolean | null;
  /** Rounds in which it was looked for. */
  readonly rounds: number;
  /** Rounds in which it was violated. */
  readonly violatedRounds: readonly number[];
  /** The exchanges that prove it, in the order of the explanation. */
  readonly evidence: readonly string[];
  /** The story of the first violation; or how often it was looked for and not found; or why it is undecided. */
  readonly explanation: string;
  /** Of a violation: when its race began, in ms from the run's start. Times in the story count from there. */
  readonly startMs?: number;
  readonly at: SourcePosition;
}

/** What a comparison came to, before it is tied to a step. */
export interface Judgement {
  readonly expected: unknown;
  readonly actual: unknown;
  readonly ok: boolean | null;
  readonly note: string | null;
}

/** What was sent to confirm causes. */
export interface ConfirmingCounts {
  readonly exchanges: number;
  readonly writes: number;
  readonly conflicts: number;
  readonly failures: number;
}

/** Everything that one pass over a journal finds out. */
export interface CheckedRun {
  readonly results: readonly CheckResult[];
  readonly skipped: readonly { readonly step: string; readonly round: number; readonly reason: string }[];
  readonly counts: {
    readonly exchanges: number;
    readonly writes: number;
    readonly conflicts: number;
    readonly failures: number;
    /** Requests that gcidem itself would not send; not among the failures. */
    readonly refused: number;
  };
  /** Of all these: what was sent to confirm a cause. Absent: nothing. */
  readonly confirming?: ConfirmingCounts;
  readonly invariants: readonly InvariantResult[];
  /** Why exchanges came out as they did, in the order of rounds. */
  readonly diagnoses: readonly Diagnosis[];
  /** Exchanges that were too many to be diagnosed. */
  readonly undiagnosed: number;
  /** Rounds with a conflict or a violated invariant. */
  readonly hitRounds: readonly number[];
  readonly rounds: number;
  /** Exchange id to the id of the exchange whose stored answer it is, as far as the exchanges show. */
  readonly storedAnswers: Readonly<Record<string, string>>;
  /** Pairs of exchange ids to show side by side, base first. */
  readonly pairs: readonly (readonly [base: string, other: string])[];
  /** Exchanges without a response that neither `expect.error` nor a later attempt covers. */
  readonly unanswered: readonly string[];
  /** 401 and 403 on a step's last attempt that it does not expect. */
  readonly unauthorised: readonly string[];
}
