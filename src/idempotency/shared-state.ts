import type { AdjustableClock } from "../core/clock.js";

/** The name of a document in a state that several servers share; `id` null: all of a table. */
export interface DocumentName {
  readonly table: string;
  readonly id: string | null;
}

/** A document as it was found. */
export interface FoundDocument {
  readonly table: string;
  readonly id: string;
  /** What a later change has to name, so that nobody's write in between is lost; empty: there is none. */
  readonly stamp: string;
  /** Null: there is none. */
  readonly text: string | null;
}

/** A document as it is to be, if it still has that stamp. */
export interface DocumentChange {
  readonly table: string;
  readonly id: string;
  readonly stamp: string;
  /** Null: removed. */
  readonly text: string | null;
  /** True where it comes into being now, false where it is another form of what was there. */
  readonly isNew: boolean;
  /** The table keeps at most so many documents: the oldest goes. Null: all of them. */
  readonly keeps: number | null;
}

/** What becomes of a key's record in a step. */
export type KeyStep =
  | { readonly op: "get"; readonly id: string }
  /** Stores the record where there is none; tells what is there otherwise. */
  | { readonly op: "claim"; readonly id: string; readonly key: string; readonly record: NewRecord }
  /** Stores the record whatever is there, and tells what was. */
  | { readonly op: "put"; readonly id: string; readonly key: string; readonly record: NewRecord }
  /** Replaces (null: removes) the record if it still has that stamp; tells what is there otherwise. */
  | {
      readonly op: "replace";
      readonly id: string;
      readonly key: string;
      readonly stamp: string;
      readonly record: NewRecord | null;
    }
  | { readonly op: "find"; readonly key: string };

/** A record on its way into the store. */
export interface NewRecord {
  readonly text: string;
  /** After this long the store may drop it; null: never. It only bounds memory: nothing is decided by it. */
  readonly keepForMs: number | null;
}

/** A record as it was found, with the stamp that its next change has to name. */
export interface FoundRecord {
  readonly stamp: string;
  readonly text: string;
}

/** One atomic step on the shared state: everything in it happens, or nothing but the counting of the request. */
export interface Step {
  /** Ends a login before its time. `forMs`: until it would have ended anyway. */
  readonly revoke?: { readonly login: string; readonly forMs: number };
  /** A login that may have been revoked. */
  readonly login?: string;
  /** A request to count, and how many are allowed. `first`: also where the login was revoked. */
  readonly rate?: {
    readonly name: string;
    readonly allowed: number;
    readonly windowMs: number;
    readonly first: boolean;
  };
  /** Left alone where the login was revoked or too many requests came. */
  readonly key?: KeyStep;
  readonly changes?: readonly DocumentChange[];
  /** Told where the step did what it was for and changes nothing, and where changes came too late. */
  readonly documents?: readonly DocumentName[];
}

/** Where a login stands with its requests. */
interface RateCount {
  readonly count: number;
  readonly startMs: number;
}

/**
 * How a step ended. `stopped`: before the key, since the login was revoked or too many requests came. `held`: the key
 * has another record than the step was for, which is told. `changed`: somebody else wrote one of the documents, which
 * are told as they are now.
 */
export interface StepResult {
  readonly kind: "done" | "stopped" | "held" | "changed";
  /** On the clock of the state. */
  readonly nowMs: number;
  readonly revoked: boolean;
  readonly rate: RateCount | null;
  /** Stamp of the record that the step stored; empty where it stored none. */
  readonly stamp: string;
  /** The record that was there before, or all that `find` found. */
  readonly records: readonly FoundRecord[];
  readonly documents: readonly FoundDocument[];
}

/** What a server knew of the state when it began a request. */
export interface Known {
  /** Which state: every reset begins another, and no two are ever called the same. */
  readonly generation: string;
  /** Moves with each policy that is put. Null: whatever was put meanwhile, the request goes on. */
  readonly edition: string | null;
}

/** What all servers of one store start from. */
export interface Constitution extends Known {
  readonly edition: string;
  readonly seed: number;
  readonly world: string;
  /** Text of a policy that was put for all servers; null: each obeys its own. */
  readonly policy: string | null;
  /** Since when the policy holds, on the clock of the state. */
  readonly policySinceMs: number;
  /** Signs logins, so that any server knows those of another. */
  readonly secret: string;
  /** When the state began, on its clock. */
  readonly madeMs: number;
}

/** The state that several servers share. Every call may fail with {@link StoreUnavailable}. */
export interface SharedState {
  /** Runs with the store's own clock and with what anybody added to it. */
  readonly clock: AdjustableClock;
  /** The constitution as it was when this server opened the state. */
  readonly first: Constitution;
  /**
   * @throws ConstitutionChanged where the state is not as it was known, or (with an edition) its clock was moved on
   * meanwhile: nothing was done
   */
  readonly step: (step: Step, known: Known) => Promise<StepResult>;
  /** Reads it anew, and sets the clock by the state's. */
  readonly constitution: () => Promise<Constitution>;
  /** Forgets everything, for all servers. */
  readonly reset: (to: Pick<Constitution, "seed" | "world">) => Promise<Constitution>;
  readonly putPolicy: (text: string) => Promise<Constitution>;
  readonly close: () => Promise<void>;
}

/** The store did not do what it was asked, or did not say so: its message is a sentence for the trace. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** The request came to nothing, and that is certain: also where its cause is that the store is out of reach. */
export class NothingDone extends StoreUnavailable {}

/** Somebody reset the state, put a policy or moved the clock on: read the constitution again. */
export class ConstitutionChanged extends Error {
  override readonly name = "ConstitutionChanged";
}
