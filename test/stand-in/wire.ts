/** A request as it arrived, whole. */
export interface Arrived {
  readonly host: "login" | "api";
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; of a header that came twice both values, joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is said back. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; nothing is sent where it is left out. */
  readonly json?: unknown;
}

/** A request that was answered. */
export interface Handled extends Arrived {
  readonly status: number;
  readonly correlationId: string;
}

/** An answer with the vendor's `ErrorBody`. The sender fills in `contextId`. */
export function refusal(status: number, code: string, message: string): Answer {
  return { status, json: { message, code, status, details: [], errors: [] } };
}

export const NOT_FOUND: Answer = refusal(404, "not.found", "The requested resource was not found.");

/** 202 without a body: how writes to participants are answered. */
export const ACCEPTED: Answer = { status: 202 };

/** A body that should be a JSON object; null where it is none. */
export function objectIn(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const BAD_REQUEST: Answer = refusal(
  400,
  "bad.request",
  "The request could not be understood by the server due to malformed syntax.",
);
