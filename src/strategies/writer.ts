import { type HeaderList, headerValue } from "../core/http.js";
import type { Random } from "../core/random.js";
import type { Pausing } from "./ways.js";

/** A request as a strategy makes it. */
export interface Sent {
  readonly method: "GET" | "PATCH" | "POST";
  readonly path: string;
  /** Without the question mark; empty where there is none. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON; undefined: no body. */
  readonly body?: unknown;
}

/** An answer as a client sees it. */
export interface Reply {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
}

/** One of the writers of a run, and all that it can do. Times are virtual. */
export interface Writer {
  /** Unlike all others' of the run, such as `w0`. */
  readonly mark: string;
  readonly random: Random;
  /** When it gives up. */
  readonly deadlineAt: number;
  readonly nowMs: () => number;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** Null: no answer came. */
  readonly send: (request: Sent) => Promise<Reply | null>;
}

/** True for a 2xx: all that these clients look at, as most do. Pure. */
export function isSuccess(reply: Reply | null): reply is Reply {
  return reply !== null && reply.status >= 200 && reply.status < 300;
}

/** The pause after the attempt `attempt`, counted from 1. */
export function pauseMs(
  { initialMs, factor, maxMs, jitter }: Pausing,
  attempt: number,
  random: Random,
): number {
  const fullMs = Math.min(maxMs, initialMs * factor ** (attempt - 1));
  return jitter === "full" ? random.fraction() * fullMs : fullMs;
}

function retryAfterMs(reply: Reply | null): number {
  const seconds = Number(reply === null ? null : headerValue(reply.headers, "Retry-After"));
  return Number.isFinite(seconds) ? seconds * 1_000 : 0;
}

/** Waits before another attempt, longer where the server asks for it. False: that would pass the deadline. */
export async function waitFor(writer: Writer, durationMs: number, reply: Reply | null): Promise<boolean> {
  const waitMs = Math.max(durationMs, retryAfterMs(reply));
  if (writer.nowMs() + waitMs >= writer.deadlineAt) return false;
  if (waitMs > 0) await writer.sleep(waitMs);
  return true;
}
