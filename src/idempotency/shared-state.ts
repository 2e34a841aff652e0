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
}

/** What becomes of a key's record in a step. */
export type KeyStep =
  | { readonly op: "get"; readonly id: string }
  /** Stores the record where there is none; tells what is there otherwise. */
  | { readonly op: "claim"; readonly id: string; readonly key: string; readonly record: NewRecord }
  /** Stores the record whatever is there, and tells what was. */
  | { readonly op: "put"; readonly id: string; readonly key: string; readonly record: NewRecord }
  /** Replaces (null: removes) the record that has this token, with nobody's leave but its own. */
  | {
      readonly op: "replace";
      readonly id: string;
      readonly key: string;
      readonly token: string;
      readonly record: NewRecord | null;
    }
  | { readonly op: "find"; readonly key: string };

/** A record on its way into the store. */
export interface NewRecord {
  readonly token: string;
  readonly text: string;
  /** After this long the store may drop it; null: never. It only bounds memory: nothing is decided by it. */
  readonly keepForMs: number | null;
}

/** One atomic step on the shared state: everything in it happens, or nothing but the counting of the request. */
export interface Step {
  /** A login that must not have been revoked. */
  readonly login?: string;
  /** A request to count, and how many are allowed. */
  readonly rate?: { readonly name: string; readonly allowed: number; readonly windowMs: number };
  readonly key?: KeyStep;
  readonly changes?: readonly DocumentChange[];
  /** Told where the step did what it was for and changes nothing, and where changes came too late. */
  readonly documents?: readonly DocumentName[];
}

/** Where a login stands with its requests. */
export interface RateCount {
  readonly count: number;
  readonly startMs: number;
  readonly nowMs: number;
}

/**
 * How a step ended. `revoked`, `limited`: stopped there. `held`: the key has another record (for `replace`: with
 * another token). `changed`: somebody else wrote one of the documents, which are told as they are now.
 */
export interface StepResult {
  readonly kind: "done" | "revoked" | "limited" | "held" | "changed";
  readonly rate: RateCount | null;
  /** Texts of records: the one that `get`, `claim` or `put` found, or all that `find` did. */
  readonly records: readonly string[];
  readonly documents: readonly FoundDocument[];
}

/** What all servers of one store start from. */
export interface Constitution {
  readonly seed: number;
  readonly world: string;
  /** Text of a policy that was put for all servers; null: each obeys its own. */
  readonly policy: string | null;
  /** Signs logins, so that any server knows those of another. */
  readonly secret: string;
  /** When the state began, on its clock. */
  readonly madeMs: number;
  /** Moves with each reset and each policy that was put. */
  readonly version: string;
}

/** The state that several servers share. Every call may fail with {@link StoreUnavailable}. */
export interface SharedState {
  /** Runs with the store's own clock and with what anybody added to it. */
  readonly clock: AdjustableClock;
  /** @throws ConstitutionChanged where the version is not the current one: nothing was done. */
  readonly step: (step: Step, version: string) => Promise<StepResult>;
  readonly constitution: () => Promise<Constitution>;
  /** Forgets everything, for all servers. */
  readonly reset: (to: Pick<Constitution, "seed" | "world">) => Promise<Constitution>;
  readonly putPolicy: (text: string) => Promise<Constitution>;
  readonly revoke: (login: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The store cannot be asked: nothing is known of what it did with the last step. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** Somebody reset the state or put a policy: read the constitution again. */
export class ConstitutionChanged extends Error {
  override readonly name = "ConstitutionChanged";
}
