import { printable } from "../core/printable.js";
import { createRedactor } from "../core/redact.js";
import type { Decision } from "../mock/mock.js";

/** Longer ones are cut: a log is read, and a hostile client writes into it. */
const LONGEST_TARGET = 300;

function cut(text: string): string {
  return text.length <= LONGEST_TARGET ? text : `${text.slice(0, LONGEST_TARGET)}...`;
}

/** A redactor for each line: one that lives as long as the server would remember every secret that ever came. */
function targetOf({ entry, query }: Decision): string {
  const target = query === "" ? entry.path : `${entry.path}?${query}`;
  return cut(createRedactor().text(target));
}

/** `PATCH /api/v2/users/1` as it may be shown: without secrets, on one line. Pure. */
function requestLine(decision: Decision): string {
  return `${cut(decision.entry.method)} ${targetOf(decision)}`;
}

/**
 * One line of the access log: when, what, the status (`-` where no answer went out), how long, the cause where the answer
 * is not a plain success, the correlation ID. Holds no secret and no control character. Pure.
 */
export function accessLine(decision: Decision): string {
  const { entry, nearest } = decision;
  const parts = [
    new Date(decision.epochMs).toISOString(),
    requestLine(decision),
    String(entry.status ?? "-"),
    `${decision.durationMs.toFixed(1)}ms`,
    entry.cause ?? "-",
    entry.correlationId,
  ];
  return printable(nearest === null ? parts.join(" ") : `${parts.join(" ")} nearest: ${nearest}`);
}

/** What somebody should know who asked for an operation that there is not; null where none is near. Pure. */
export function missedRouteLine(decision: Decision): string | null {
  const { nearest } = decision;
  return nearest === null
    ? null
    : printable(`${requestLine(decision)} is no operation of the mock: did you mean ${nearest}?`);
}
