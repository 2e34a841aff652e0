import type { StrategyId, Work } from "./strategies.js";

/** What a pause before another attempt is drawn from. */
export interface Pausing {
  readonly initialMs: number;
  /** Each pause is so many times as long as the one before. */
  readonly factor: number;
  readonly maxMs: number;
  /** `full`: any length from none to that one. */
  readonly jitter: "none" | "full";
}

/** How a change is written. */
export interface ChangeManner {
  /**
   * `conversation` writes through the conversation, with the token of what was read. `shared` and `own` write through the
   * participant's attributes without a token: the attribute that all writers share, or one of the writer's own.
   */
  readonly through: "conversation" | "shared" | "own";
  /** Reads again before each further attempt; otherwise the same bytes go out again. */
  readonly rereads: boolean;
  /** Waits until no other writer of this process has its turn. */
  readonly takesTurns: boolean;
  readonly pausing: Pausing;
}

/** How something is created. */
export interface CreateManner {
  readonly newKeyForEachAttempt: boolean;
  readonly pausing: Pausing;
}

/** A way of writing. */
interface Way {
  readonly id: StrategyId;
  /** As tables call it: at most 26 characters. */
  readonly title: string;
  /** One sentence for people. */
  readonly description: string;
}

/** A way of changing what others change as well. */
export interface ChangeWay extends Way {
  readonly work: Extract<Work, "change">;
  readonly manner: ChangeManner;
}

/** A way of creating something once. */
export interface CreateWay extends Way {
  readonly work: Extract<Work, "create">;
  readonly manner: CreateManner;
}

const AT_ONCE: Pausing = { initialMs: 0, factor: 1, maxMs: 0, jitter: "none" };
const SHORT: Pausing = { initialMs: 100, factor: 1, maxMs: 100, jitter: "none" };
const STEADY: Pausing = { initialMs: 250, factor: 1, maxMs: 250, jitter: "none" };
const GROWING: Pausing = { initialMs: 100, factor: 2, maxMs: 2_000, jitter: "none" };
const JITTERED: Pausing = { ...GROWING, jitter: "full" };

function change(
  way: Way,
  manner: Partial<ChangeManner> & Pick<ChangeManner, "rereads" | "pausing">,
): ChangeWay {
  return { ...way, work: "change", manner: { through: "conversation", takesTurns: false, ...manner } };
}

/** Ways of changing a conversation, as tables list them. */
export const CHANGE_WAYS: readonly ChangeWay[] = [
  change(
    {
      id: "blind-retry",
      title: "same bytes, 250 ms pauses",
      description:
        "Reads once; after a refusal sends the same request with the same token, with pauses of 250 ms.",
    },
    { rereads: false, pausing: STEADY },
  ),
  change(
    {
      id: "backoff",
      title: "same bytes, backoff",
      description: "The same with pauses that double from 100 ms to 2 s.",
    },
    { rereads: false, pausing: GROWING },
  ),
  change(
    {
      id: "backoff-jitter",
      title: "same bytes, full jitter",
      description: "The same, each pause drawn from nothing up to that length.",
    },
    { rereads: false, pausing: JITTERED },
  ),
  change(
    {
      id: "re-read",
      title: "re-read, at once",
      description:
        "After a refusal reads again, applies the change to what it read, and writes, without a pause.",
    },
    { rereads: true, pausing: AT_ONCE },
  ),
  change(
    {
      id: "re-read-backoff",
      title: "re-read, backoff",
      description: "The same after pauses that double from 100 ms to 2 s.",
    },
    { rereads: true, pausing: GROWING },
  ),
  change(
    {
      id: "re-read-jitter",
      title: "re-read, full jitter",
      description: "The same, each pause drawn from nothing up to that length.",
    },
    { rereads: true, pausing: JITTERED },
  ),
  change(
    {
      id: "queue",
      title: "queue, re-read at once",
      description:
        "Writers of one resource take turns; whoever has the turn reads again and writes until it is done.",
    },
    { rereads: true, pausing: AT_ONCE, takesTurns: true },
  ),
  change(
    {
      id: "small-shared",
      title: "attributes, shared one",
      description:
        "Reads, then sets the attribute that all writers share through the participant's attributes, without a token.",
    },
    { through: "shared", rereads: true, pausing: SHORT },
  ),
  change(
    {
      id: "small-own",
      title: "attributes, own one",
      description:
        "Sets an attribute that no other writer sets, through the participant's attributes, without a token.",
    },
    { through: "own", rereads: false, pausing: SHORT },
  ),
];

/** Ways of creating something once, as tables list them. */
export const CREATE_WAYS: readonly CreateWay[] = [
  {
    id: "new-key",
    title: "new key for each attempt",
    description: "After a lost answer sends the request again with a new key.",
    work: "create",
    manner: { newKeyForEachAttempt: true, pausing: JITTERED },
  },
  {
    id: "same-key",
    title: "same key again",
    description: "After a lost answer sends the same request again with the same key.",
    work: "create",
    manner: { newKeyForEachAttempt: false, pausing: JITTERED },
  },
];
