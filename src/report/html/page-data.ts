import type { Exchange, ReceivedResponse, SentRequest } from "../../journal/journal.js";
import type { Tone } from "../terminal/table-row.js";

/** How many exchanges stand in one block: a block is parsed when one of its exchanges is looked at. */
export const EXCHANGES_IN_BLOCK = 200;

/** What the table, the filter and the timeline need of an exchange. Times in ms from the run's start. */
export interface PageRow {
  readonly number: number;
  readonly id: string;
  readonly step: string;
  /** The step with its attempt and section, as tables show it. */
  readonly label: string;
  readonly writer: number | null;
  readonly round: number;
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly ifMatch: string | null;
  /** A status, or the code of its absence. */
  readonly status: string;
  readonly tone: Tone;
  /** Number of the exchange whose stored answer came back. */
  readonly stored: number | null;
  readonly etag: string | null;
  readonly version: string | null;
  readonly ms: string | null;
  readonly correlationId: string | null;
  /** `stale-etag (certain)`, `reason not settled`. */
  readonly cause: string | null;
  readonly startMs: number;
  readonly sentMs: number | null;
  readonly releasedMs: number | null;
  readonly endMs: number | null;
}

/** How long a body was before the page cut it. Absent: it is whole. */
export interface Cut {
  readonly bodyLength?: number;
}

/** An exchange with long bodies cut, and what is said of it. */
export interface PageExchange extends Omit<Exchange, "request" | "response"> {
  readonly request: SentRequest & Cut;
  readonly response: (ReceivedResponse & Cut) | null;
  readonly says: readonly string[];
}

/** One barrier of a race. */
interface PageRelease {
  readonly step: string;
  readonly waves: readonly string[];
  readonly round: number;
  readonly releasedMs: number;
}

/** What a page knows of one run besides its exchanges. */
export interface PageRun {
  readonly exchanges: number;
  /** False where a recording does not tell what was sent or answered before what. */
  readonly timesKnown: boolean;
  /** Ids of the races, in the order of the plan, with the round that tells most. */
  readonly races: readonly { readonly id: string; readonly focus: number }[];
  readonly releases: readonly PageRelease[];
  /** Pairs that the scenario compares, by id, with words for each. */
  readonly pairs: readonly { readonly base: string; readonly other: string; readonly words: string }[];
  /** Ids of exchanges that prove a violation. */
  readonly proofs: readonly string[];
}
