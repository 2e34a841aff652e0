import type { Policy } from "../policy/policy.js";

/**
 * What a writer has to do: `change` a conversation that others write to as well, or `create` something that cannot be
 * undone, once.
 */
export type Work = "change" | "create";

/** A way of writing, by the name that JSON and tests use. */
export type StrategyId =
  | "blind-retry"
  | "backoff"
  | "backoff-jitter"
  | "re-read"
  | "re-read-backoff"
  | "re-read-jitter"
  | "queue"
  | "small-shared"
  | "small-own"
  | "new-key"
  | "same-key";

/** What is compared, and under which conditions. */
export interface Comparing {
  readonly policy: Policy;
  readonly seed: number;
  /** Writers that begin at about the same time in each run. */
  readonly writers: number;
  /** Runs for each way and churn rate. */
  readonly runs: number;
  /** From a writer's begin to the moment at which it gives up. */
  readonly deadlineMs: number;
  /** Writes of the platform's own to the conversation, each second; 0 is none. */
  readonly churnsPerSecond: readonly number[];
  /** How many of all answers are lost, from 0 to 1. */
  readonly lostShare: number;
}

/** What made a server refuse a token, by the mock's trace. */
export interface Movers {
  /** The platform's own write. */
  readonly churn: number;
  readonly otherWriter: number;
  /** The writer's own: it was carried out, and the answer was lost. */
  readonly ownWrite: number;
  readonly unknown: number;
}

/** What all runs of one way under one churn rate came to. Times are virtual, from a writer's begin. */
export interface Figures {
  /** Writers of all runs. */
  readonly writers: number;
  /** Writers that were told of their success before the deadline. */
  readonly told: number;
  readonly requests: number;
  /** Requests that were to change something. */
  readonly writes: number;
  /** Half of those that were told of success were told by then; null where none was. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Writers that were told of their success and whose change is not there at the end. */
  readonly lostUpdates: number;
  /** Those of them whose change was never carried out: a refusal came as a 2xx. */
  readonly toldFalsely: number;
  /** Writers whose change was carried out more than once. */
  readonly doneTwice: number;
  /** Writers whose change was carried out and who were never told so before the deadline. */
  readonly doneUntold: number;
  readonly staleBecauseOf: Movers;
  /** Requests that were answered 429. */
  readonly rateLimited: number;
}

/** One way under one churn rate. */
export interface Cell {
  readonly strategy: StrategyId;
  /** Null: the work is not done on what churns. */
  readonly churnPerSecond: number | null;
  readonly figures: Figures;
}

/** All figures: by churn rate, within one in the order of the ways; those that create come last. */
export interface Comparison {
  readonly comparing: Comparing;
  readonly cells: readonly Cell[];
}
