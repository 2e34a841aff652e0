import type { HeaderList } from "../core/http.js";
import type { StoredAnswer } from "../idempotency/idempotency.js";
import { type ErrorForm, errorBody, statusIn } from "./error-body.js";
import type { RateState } from "./rate-limit.js";
import type { Refusal } from "./refusal.js";

/**
 * An answer before the headers that every answer has: just what a key engine stores, so that nothing has to be copied.
 * `headers` has the content type where there is a body, and what is this answer's alone.
 */
export type Answer = StoredAnswer;

type Header = HeaderList[number];

const NO_HEADERS: HeaderList = [];
const JSON_HEADERS: HeaderList = [["Content-Type", "application/json"]];

/** The answer to a refused request. Pure. */
export function refusalAnswer(refusal: Refusal, form: ErrorForm, correlationId: string): Answer {
  const body = errorBody(refusal, form, correlationId);
  const headers: Header[] = [["Content-Type", body.contentType], ...(refusal.headers ?? NO_HEADERS)];
  const { retryAfterSeconds } = refusal;
  if (retryAfterSeconds !== undefined) headers.push(["Retry-After", String(retryAfterSeconds)]);
  return { status: statusIn(form, refusal), headers, body: body.text, correlationId, resource: null };
}

/** An answer that has no representation to show. Pure. */
export function emptyAnswer(status: number, correlationId: string, headers: HeaderList = NO_HEADERS): Answer {
  return { status, headers, body: "", correlationId, resource: null };
}

/** An answer that is one JSON value and nothing besides. Pure. */
export function jsonAnswer(status: number, correlationId: string, value: unknown): Answer {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(value), correlationId, resource: null };
}

/** All headers of an answer in the flat form of `writeHead`: name, value, name, value. Pure. */
export function wireHeaders(answer: Answer, rate: RateState | null, date: string): string[] {
  const headers = [
    "Date",
    date,
    "ININ-Correlation-Id",
    answer.correlationId,
    // The same on every answer, as the vendor's published traces have them (2021-05-06).
    "Strict-Transport-Security",
    "max-age=600; includeSubDomains",
    "Cache-Control",
    "no-cache, no-store, must-revalidate",
    "Pragma",
    "no-cache",
    "Expires",
    "0",
  ];
  if (rate !== null) {
    headers.push("inin-ratelimit-count", String(rate.count));
    headers.push("inin-ratelimit-allowed", String(rate.allowed));
    headers.push("inin-ratelimit-reset", String(rate.resetSeconds));
  }
  for (const header of answer.headers) headers.push(header[0], header[1]);
  if (answer.status !== 204 && answer.status !== 304) {
    headers.push("Content-Length", String(Buffer.byteLength(answer.body)));
  }
  return headers;
}
