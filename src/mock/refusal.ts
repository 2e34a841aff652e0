import type { Cause, Mover } from "../core/causes.js";

/** A member of the request that the server could not use, as the vendor's `Detail` names it. */
export interface InvalidField {
  readonly fieldName: string;
  readonly errorCode: string;
}

/** A rule's no: what the client is told, and (for the trace only) the truth. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details?: readonly InvalidField[];
  /** Members that the error body carries besides: the current version, or the first request of a key. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly retryAfterSeconds?: number;
  readonly cause: Cause;
  readonly movedBy?: Mover;
  /** For the trace. */
  readonly reason: string;
}

/** The vendor's message for each code that its documents give one (facts of SWT and SW17, read 2026-11-21). */
const DOCUMENTED: Readonly<Record<string, string>> = {
  "bad.request": "The request could not be understood by the server due to malformed syntax.",
  "authentication.required": "No authentication bearer token specified in authorization header.",
  "bad.credentials": "Invalid login credentials.",
  "not.found": "The requested resource was not found.",
  "general.conflict": "The request conflicts with the current state of the target resource.",
};

/** The vendor's own message for a code, or the other one where it documents none. Pure. */
export function messageOf(code: string, other: string): string {
  return DOCUMENTED[code] ?? other;
}

/** A body or parameter that does not have the documented shape: the platform's 400. Pure. */
export function invalidRequest(reason: string, details: readonly InvalidField[] = []): Refusal {
  return {
    status: 400,
    code: "bad.request",
    message: messageOf("bad.request", ""),
    details,
    cause: "invalid-request",
    reason,
  };
}

/** Nothing is there under this path. Pure. */
export function notFound(cause: Cause, reason: string): Refusal {
  return { status: 404, code: "not.found", message: messageOf("not.found", ""), cause, reason };
}
