import type { Cause, Mover } from "../core/causes.js";
import type { Beginning, Claim } from "../idempotency/idempotency.js";
import type { RoutePolicy } from "../policy/policy.js";
import type { Answer } from "./answer.js";
import type { Caller, Login } from "./auth.js";
import type { Fault } from "./faults.js";
import type { Passed } from "./front.js";
import type { Call, Prepared, Route } from "./operation.js";
import type { Org } from "./org.js";
import type { RateState } from "./rate-limit.js";
import type { Refusal } from "./refusal.js";
import type { MockRequest, ParsedBody } from "./request.js";

/** What makes a success not what it seems, for the trace. */
export interface Note {
  readonly cause: Cause;
  readonly movedBy: Mover | null;
  readonly reason: string;
}

/** One request on its way through the rules, and what they found so far. */
export interface Passage {
  readonly request: MockRequest;
  readonly passed: Passed;
  readonly route: Route;
  /** As it was sent; one string for all requests to it, since key records and the trace keep it. */
  readonly path: string;
  readonly params: readonly string[];
  readonly policy: RoutePolicy;
  /** All that the request can see: the whole org, or what was fetched for it. */
  org: Org;
  readonly correlationId: string;
  readonly fault: Fault | null;
  login: Login;
  readonly caller: Caller;
  /** The key as it was sent where the policy looks for one, read or not. */
  readonly sentKey: string | null;
  body: ParsedBody | null;
  rate: RateState | null;
  beginning: Beginning | null;
  claim: Claim | null;
  call: Call | null;
  prepared: Prepared | null;
  note: Note | null;
}

/** How an exchange ends on the wire. All but the first are faults. */
export type WireEnd =
  | "answer"
  /** No answer: the connection is closed in order, or reset, or carries bytes that are not HTTP. */
  | "close"
  | "reset"
  | "garbage"
  /** An answer that is cut off, of another length than it says, compressed by its word alone, or endlessly slow. */
  | "truncate"
  | "wrong-length"
  | "bad-gzip"
  | "slow-drip";

/** How a request ended. */
export interface Outcome {
  /** Null: no answer goes out. */
  readonly answer: Answer | null;
  readonly end: WireEnd;
  /** The pauses of a slow drip. */
  readonly pauseMs: number;
  readonly rate: RateState | null;
  readonly correlationId: string;
  readonly key: string | null;
  readonly note: Note | null;
  readonly executed: boolean;
  /** What the same request came to when the network delivered it before; its answer reached nobody. */
  readonly earlier: Outcome | null;
}

/** A rule's word: null lets the request pass. */
export type RuleAnswer = { readonly refusal: Refusal; readonly tried: boolean } | null;
