import type { HeaderList } from "../../../../src/core/http.js";
import type { ExchangeError } from "../../../../src/journal/journal.js";
import type { Outcome } from "../../../../src/mock/passage.js";
import type { Send } from "../scenario.js";

/** What a client got back. */
export interface Received {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
}

/** One request and what came of it, on both sides. */
export interface Happened {
  readonly send: Send;
  /** Path and query, headers and body as they were sent, without what the client's library adds. */
  readonly target: string;
  readonly headers: HeaderList;
  readonly body: string | null;
  /** Number of the credentials among all that were used, from 1; null: none were sent. */
  readonly credentials: number | null;
  readonly startMs: number;
  readonly startedAtEpochMs: number;
  readonly sentMs: number;
  endMs: number;
  /** Null together with an error. */
  received: Received | null;
  error: ExchangeError | null;
  /** A middleware took a header out of the request on its way. */
  readonly isStripped: boolean;
  /** What the server decided: its trace has the same. Null while it still works. */
  outcome: Outcome | null;
}
