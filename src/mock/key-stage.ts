import { outcomeClass } from "../idempotency/decide.js";
import type { KeyEngine } from "../idempotency/engine.js";
import type { Beginning, Ending } from "../idempotency/idempotency.js";
import type { MaybePromise } from "../idempotency/maybe-promise.js";
import type { Answer } from "./answer.js";
import type { Fault } from "./faults.js";
import { keyRequest } from "./keys.js";
import type { Passage } from "./passage.js";
import type { Refusal } from "./refusal.js";

function hold(passage: Passage, engine: KeyEngine, beginning: Beginning): Beginning {
  passage.beginning = beginning;
  if (beginning.kind !== "execute") return beginning;
  const { claim, cause, reason } = beginning;
  passage.claim = claim;
  if (cause !== null) passage.note = { cause, movedBy: null, reason: reason ?? "" };
  const policy = passage.policy.idempotency;
  if (policy.onDisconnect !== "completes") {
    const leave = (): void => void engine.disconnected(claim, policy);
    // It may have left while the store was asked, or while this request waited for another.
    if (passage.request.gone()) leave();
    else passage.request.onGone(leave);
  }
  return beginning;
}

/** Asks a key engine, and holds on to the claim of a request that executes. At once where the engine can. */
export function beginKey(passage: Passage, engine: KeyEngine): MaybePromise<Beginning> {
  const asked = engine.begin(keyRequest(passage), passage.policy.idempotency);
  if (asked instanceof Promise) return asked.then((beginning) => hold(passage, engine, beginning));
  return hold(passage, engine, asked);
}

/** How a request under a claim ended. */
export interface Ended {
  readonly answer: Answer;
  /** Null where no rule refused. */
  readonly refusal: Refusal | null;
  /** False where a rule refused before anything was tried. */
  readonly tried: boolean;
  /** True where it had its effect. */
  readonly executed: boolean;
}

/** Faults after which the server knows that its answer reached nobody. */
const LOSING: ReadonlySet<Fault["kind"]> = new Set(["drop-response", "reset-after", "truncate"]);

/** A refusal is remembered as one, though an answer may tell it as a success. */
function statusOf({ answer, refusal }: Ended): number {
  return refusal === null ? answer.status : Math.max(refusal.status, 400);
}

/** What the key of a request is told of its end. */
export function endingOf({ fault, request }: Passage, ended: Ended): Ending {
  const { answer, tried, executed } = ended;
  const lost = (fault !== null && LOSING.has(fault.kind)) || request.gone();
  return { outcome: outcomeClass(statusOf(ended), tried), answer, delivered: !lost, effect: executed };
}

/** Ends the claim, if there is one, so that the next request with this key meets the outcome. */
export function settleKey(passage: Passage, engine: KeyEngine, ended: Ended): MaybePromise<void> {
  if (passage.claim === null) return undefined;
  return engine.complete(passage.claim, endingOf(passage, ended), passage.policy.idempotency);
}
