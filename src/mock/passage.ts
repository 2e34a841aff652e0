import type { Cause, Mover } from "../core/causes.js";
import type { Beginning, Claim } from "../idempotency/idempotency.js";
import type { RoutePolicy } from "../policy/policy.js";
import type { Answer } from "./answer.js";
import type { Caller, Login } from "./auth.js";
import type { Fault } from "./faults.js";
import type { Passed } from "./front.js";
import type { Call, Prepared, Route } from "./operation.js";
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
  readonly correlationId: string;
  readonly fault: Fault | null;
  readonly login: Login;
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

/** How a request ended. */
export interface Outcome {
  /** Null: the connection ends without an answer. */
  readonly answer: Answer | null;
  /** With a null answer: whether the connection is closed in order or reset. */
  readonly end: "answer" | "close" | "reset";
  readonly rate: RateState | null;
  readonly correlationId: string;
  readonly key: string | null;
  readonly note: Note | null;
  readonly executed: boolean;
}

/** A rule's word: null lets the request pass. */
export type RuleAnswer = { readonly refusal: Refusal; readonly tried: boolean } | null;
