import type { HeaderList } from "../core/http.js";
import type { StoredAnswer } from "../idempotency/idempotency.js";
import { type ErrorForm, errorBody, statusIn } from "./error-body.js";
import type { RateState } from "./rate-limit.js";
import type { Refusal } from "./refusal.js";
import { headerLines, JSON_HEADER } from "./sendable-headers.js";

/**
 * An answer before the headers that every answer has: just what a key engine stores, so that nothing has to be copied.
 * `headers` has the content type where there is a body, and what is this answer's alone.
 */
export type Answer = StoredAnswer;

type Header = HeaderList[number];

const NO_HEADERS: HeaderList = [];
const JSON_HEADERS: HeaderList = [JSON_HEADER];

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

/** The same on every answer, as the vendor's published traces have them (2021-05-06). */
const ON_EVERY_ANSWER: HeaderList = [
  ["Strict-Transport-Security", "max-age=600; includeSubDomains"],
  ["Cache-Control", "no-cache, no-store, must-revalidate"],
  ["Pragma", "no-cache"],
  ["Expires", "0"],
];

function rateHeaders(rate: RateState | null): HeaderList {
  if (rate === null) return NO_HEADERS;
  return [
    ["inin-ratelimit-count", String(rate.count)],
    ["inin-ratelimit-allowed", String(rate.allowed)],
    ["inin-ratelimit-reset", String(rate.resetSeconds)],
  ];
}

function hasLength(status: number): boolean {
  return status !== 204 && status !== 304;
}

/** All headers of an answer in the flat form of `writeHead`: name, value, name, value. Pure. */
export function wireHeaders(answer: Answer, rate: RateState | null, date: string): string[] {
  const headers = ["Date", date, "ININ-Correlation-Id", answer.correlationId];
  for (const some of [ON_EVERY_ANSWER, rateHeaders(rate), answer.headers]) {
    for (const header of some) headers.push(header[0], header[1]);
  }
  if (hasLength(answer.status)) headers.push("Content-Length", String(Buffer.byteLength(answer.body)));
  return headers;
}

const BEYOND_ASCII = /[\u0080-\uffff]/;

const LINES_ON_EVERY_ANSWER = headerLines(ON_EVERY_ANSWER) ?? "";

/**
 * All of an answer below its first line as HTTP/1.1 has it, `closing` being the headers of the connection. Null for one
 * whose body is not ASCII, or may not be sent, and for headers that HTTP cannot say as they are. Pure.
 */
export function wireText(
  { status, headers, body, correlationId }: Answer,
  rate: RateState | null,
  { date, closing }: { readonly date: string; readonly closing: string },
): string | null {
  const { length } = body;
  if (!hasLength(status) || BEYOND_ASCII.test(body)) return null;
  const own = headerLines(rate === null ? headers : [...rateHeaders(rate), ...headers]);
  if (own === null) return null;
  const first = `Date: ${date}\r\nININ-Correlation-Id: ${correlationId}\r\n${LINES_ON_EVERY_ANSWER}`;
  return `${first}${own}Content-Length: ${length}\r\n${closing}\r\n${body}`;
}
