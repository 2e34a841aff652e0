import type { Fault } from "./faults.js";
import type { Note, Outcome, Passage, WireEnd } from "./passage.js";
import { type Decided, headersForKey } from "./pipeline.js";

/** Faults that act on the wire, once the request is decided. */
const WIRE_ENDS: Partial<Readonly<Record<Fault["kind"], WireEnd>>> = {
  "drop-response": "close",
  "reset-after": "reset",
  garbage: "garbage",
  truncate: "truncate",
  "wrong-length": "wrong-length",
  "bad-gzip": "bad-gzip",
  "slow-drip": "slow-drip",
};

/** Ends after which a client has nothing that it could take for an answer. */
const NO_ANSWER: ReadonlySet<WireEnd> = new Set(["close", "reset", "garbage"]);

function lost({ kind }: Fault): Note {
  const reason = `${kind}: the request was carried out, and its answer did not arrive whole`;
  return { cause: "response-lost", movedBy: null, reason };
}

/** An outcome that nothing spoils; without an answer the connection is reset. Pure. */
export function plainly(
  of: Pick<Outcome, "answer" | "correlationId" | "key" | "note" | "executed">,
): Outcome {
  const { answer, correlationId, key, note, executed } = of;
  const end = answer === null ? "reset" : "answer";
  return { answer, end, pauseMs: 0, rate: null, correlationId, key, note, executed, earlier: null };
}

function noteOf(passage: Passage, { refusal }: Decided): Note | null {
  if (refusal !== null) {
    return { cause: refusal.cause, movedBy: refusal.movedBy ?? null, reason: refusal.reason };
  }
  if (passage.note !== null || !passage.passed.altered) return passage.note;
  const reason = "the middleware in front changed the request";
  return { cause: "altered-in-transit", movedBy: null, reason };
}

function spoiled(outcome: Outcome, fault: Fault, end: WireEnd): Outcome {
  const answer = NO_ANSWER.has(end) ? null : outcome.answer;
  const note = outcome.executed && end !== "slow-drip" ? lost(fault) : outcome.note;
  return { ...outcome, answer, end, note, pauseMs: fault.forMs };
}

/** What goes out for a request that was decided, as its fault leaves it. Pure. */
export function toOutcome(passage: Passage, decided: Decided): Outcome {
  const added = headersForKey(passage);
  const { answer, executed } = decided;
  const outcome: Outcome = {
    answer: added.length === 0 ? answer : { ...answer, headers: [...answer.headers, ...added] },
    end: "answer",
    pauseMs: 0,
    rate: passage.rate,
    correlationId: answer.correlationId,
    key: passage.beginning?.key ?? passage.sentKey,
    note: noteOf(passage, decided),
    executed,
    earlier: null,
  };
  const { fault } = passage;
  const end = fault === null ? undefined : WIRE_ENDS[fault.kind];
  return fault === null || end === undefined ? outcome : spoiled(outcome, fault, end);
}

/** The outcome of a request that the network had delivered before. Pure. */
export function repeated(outcome: Outcome, earlier: Outcome): Outcome {
  const reason = "the network delivered the request twice";
  const twice: Note = { cause: "duplicate-delivery", movedBy: null, reason };
  return { ...outcome, earlier, note: outcome.note ?? twice };
}
