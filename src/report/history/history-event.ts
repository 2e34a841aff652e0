import type { Operation, Version } from "../../history/history.js";
import type { Exchange } from "../../journal/journal.js";

/** What an operation does, in the words of checkers of registers. */
type HistoryFunction = "read" | "write" | "cas";

/** A version; of a `cas` the one that was expected and the one that it made. Null: nobody was told. */
type HistoryValue = Version | null | readonly [Version | null, Version | null];

/** One line of an exported history: an operation begins (`invoke`), or it ends. `info`: it may have happened or not. */
export interface HistoryEvent {
  /** Who: at most one operation of a process is open at a time, and none follows an `info`. */
  readonly process: number;
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly f: HistoryFunction;
  /** The resource. */
  readonly key: string;
  readonly value: HistoryValue;
  /** Whole nanoseconds from the run's start. */
  readonly time: number;
  readonly index: number;
  readonly exchange: string;
  readonly round: number;
  readonly step: string;
  /** Null: a step outside of races. */
  readonly writer: number | null;
  /** Requests with one key are one operation to the server; checkers of registers know no keys. */
  readonly idempotencyKey?: string;
  /** Of an answer. */
  readonly status?: number;
  /** The code of what went wrong where there was no answer. */
  readonly error?: string;
  /** The current version, as a refusal told it. */
  readonly saw?: Version;
}

/** An operation as its two events, before it is known where they stand among all. */
export interface Interval {
  readonly exchange: Exchange;
  readonly operation: Operation;
  readonly callNs: number;
  /** Null: the journal ends before it did. */
  readonly returnNs: number | null;
}

const NS_PER_MS = 1_000_000;

function toNs(timeMs: number): number {
  return Math.round(timeMs * NS_PER_MS);
}

/** When an operation began and ended. One that was answered before its release was under way before it. Pure. */
export function intervalOf(exchange: Exchange, operation: Operation): Interval {
  const { startMs, endMs } = exchange.timings;
  const early = endMs !== null && endMs < operation.call;
  const callMs = early ? Math.min(startMs, endMs) : operation.call;
  return { exchange, operation, callNs: toNs(callMs), returnNs: endMs === null ? null : toNs(endMs) };
}

/** How an operation ended, as far as the client knows. Pure. */
export function endingOf({ ok }: Operation): "ok" | "fail" | "info" {
  if (ok === null) return "info";
  return ok ? "ok" : "fail";
}

function registerValue({ kind, expected, version }: Operation): HistoryValue {
  return kind === "cas" ? [expected ?? null, version ?? null] : (version ?? null);
}

type Placed = Pick<HistoryEvent, "process" | "type" | "time">;

/** An event but for its index, which is known once all events stand in order. Pure. */
export function eventOf({ exchange, operation }: Interval, placed: Placed): Omit<HistoryEvent, "index"> {
  const { process, type, time } = placed;
  const { id, step, writer, round, idempotencyKey, response, error } = exchange;
  const begins = type === "invoke";
  return {
    ...{ process, type, f: operation.kind, key: operation.resource ?? "" },
    // A reader does not know what it will find; of a write other checkers want to know at once what it makes.
    value: begins && operation.kind === "read" ? null : registerValue(operation),
    ...{ time, exchange: id, round, step, writer },
    ...(idempotencyKey === null ? {} : { idempotencyKey }),
    ...(begins || response === null ? {} : { status: response.status }),
    ...(begins || error === null ? {} : { error: error.code }),
    ...(begins || operation.saw === undefined ? {} : { saw: operation.saw }),
  };
}
