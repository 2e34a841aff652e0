import type { HeaderList } from "../core/http.js";
import type { Redactor } from "../core/redact.js";
import type { Target } from "../core/target.js";
import type { JournalWriter } from "../journal/create-journal.js";
import type { MaterialRequest, RunPlan } from "../plan/plan.js";
import type { RaceOptions } from "../transport/race.js";
import type { Transport } from "../transport/transport.js";

/** What somebody watching a run is told. */
export interface RunObserver {
  /** An answer to a step came: how many requests were sent so far, and in which round. */
  readonly onStep: (step: string, sent: number, round: number) => void;
  readonly onWarning: (message: string) => void;
}

/** Which requests may leave. What the plan shows beforehand was judged there; this holds for what only a run can know. */
interface Leave {
  /** Only GET and HEAD are sent; other steps are skipped. */
  readonly readOnly: boolean;
  /** Writes whose path on the target starts with none of these are refused; empty: no such limit. */
  readonly onlyPrefixes: readonly string[];
  readonly maxRequests: number | null;
  /** Why a request may not leave, judged once all of it is known; null where it may. */
  readonly refusal?: (request: MaterialRequest) => string | null;
}

/** Requests that are no part of the scenario, sent in a round whose own steps are done. */
export interface ExtraSteps {
  /** Goes before the id of each step: `confirm-1` gives `confirm-1/again`. */
  readonly name: string;
  /** Its requests are sent and its waits kept; whatever else a plan may have is left out. */
  readonly plan: RunPlan;
  /** The scenario's step in whose name they are sent: with its principal and credentials. Null: with the target's own. */
  readonly like: string | null;
}

/** A round whose steps are done and which is not cleaned up yet. */
export interface OpenRound {
  readonly round: number;
  /** Sends extra steps in order. Gives why not all of them were sent and answered; null where they were. */
  readonly send: (extra: ExtraSteps) => Promise<string | null>;
}

/** Everything that a run needs from outside. */
export interface RunOptions {
  readonly plan: RunPlan;
  readonly target: Target;
  readonly transport: Transport;
  /** Opens a transport with connections of its own, for one writer of a race. */
  readonly openTransport: () => Transport;
  /** How the requests of a race are made to arrive together. */
  readonly technique: RaceOptions["technique"];
  readonly journal: JournalWriter;
  readonly redactor: Redactor;
  readonly seed: number;
  /** Values from `--var` and `--vars`, by name. */
  readonly given: ReadonlyMap<string, string>;
  readonly env: (name: string) => string;
  readonly readFile: (path: string) => Uint8Array;
  readonly userAgent: string;
  /** From `-H`: set on every request, over the scenario's own. */
  readonly headers: HeaderList;
  /** Origins besides the target that the scenario may name. Absent: none. */
  readonly allowedOrigins?: readonly string[];
  readonly timeoutMs: number;
  readonly maxWaitMs: number;
  readonly leave: Leave;
  /** Aborted once when the user interrupts: no further step starts but clean-up. */
  readonly interrupt: AbortSignal;
  /** Aborted when the user interrupts again: clean-up ends too. Absent: never. */
  readonly stop?: AbortSignal;
  readonly observer: RunObserver;
  /** Exchanges that the journal has already: numbers and times go on from there. Absent: none. */
  readonly continues?: { readonly exchanges: number; readonly atMs: number };
  /** Called once the steps of a round are done, before it is cleaned up; not where something ended the round early. */
  readonly beforeCleanUp?: (round: OpenRound) => Promise<void>;
}

/** How a run ended. Everything else is in the journal. */
export interface RunOutcome {
  readonly rounds: number;
  readonly requests: number;
  readonly interrupted: boolean;
  /**
   * Something was refused at run time: a request to another host or outside `--only`, a control character in a header,
   * a race that this machine or the server cannot form.
   */
  readonly refused: boolean;
  readonly budgetSpent: boolean;
}
