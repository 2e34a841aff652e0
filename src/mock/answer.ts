import type { HeaderList } from "../core/http.js";
import type { ErrorStyle } from "../policy/policy.js";
import { errorBody, statusIn } from "./error-body.js";
import type { RateState } from "./rate-limit.js";
import type { Refusal } from "./refusal.js";

/** An answer before the headers that every answer has. */
export interface Answer {
  readonly status: number;
  readonly correlationId: string;
  /** Null: no body. */
  readonly contentType: string | null;
  /** Headers of this answer alone, in their order. */
  readonly headers: HeaderList;
  readonly body: string;
}

const NO_HEADERS: HeaderList = [];

/** The answer to a refused request. Pure. */
export function refusalAnswer(refusal: Refusal, style: ErrorStyle, correlationId: string): Answer {
  const body = errorBody(refusal, style, correlationId);
  const own = refusal.headers ?? NO_HEADERS;
  const { retryAfterSeconds } = refusal;
  const headers: HeaderList =
    retryAfterSeconds === undefined ? own : [...own, ["Retry-After", String(retryAfterSeconds)]];
  return {
    status: statusIn(style, refusal),
    correlationId,
    contentType: body.contentType,
    headers,
    body: body.text,
  };
}

/** The answer to a request that was carried out; a null representation is no body. Pure. */
export function successAnswer(
  of: { readonly status: number; readonly correlationId: string; readonly headers: HeaderList },
  representation: unknown,
): Answer {
  const empty = representation === null || of.status === 204 || of.status === 304;
  return {
    ...of,
    contentType: empty ? null : "application/json",
    body: empty ? "" : JSON.stringify(representation),
  };
}

/** The same headers on every answer, as the vendor's published traces have them (2021-05-06). */
const STEADY: readonly string[] = [
  "Strict-Transport-Security",
  "max-age=600; includeSubDomains",
  "Cache-Control",
  "no-cache, no-store, must-revalidate",
  "Pragma",
  "no-cache",
  "Expires",
  "0",
];

/** All headers of an answer in the flat form of `writeHead`: name, value, name, value. Pure. */
export function wireHeaders(answer: Answer, rate: RateState | null, date: string): string[] {
  const headers = answer.contentType === null ? [] : ["Content-Type", answer.contentType];
  headers.push("Date", date, "ININ-Correlation-Id", answer.correlationId);
  if (rate !== null) {
    headers.push("inin-ratelimit-count", String(rate.count));
    headers.push("inin-ratelimit-allowed", String(rate.allowed));
    headers.push("inin-ratelimit-reset", String(rate.resetSeconds));
  }
  headers.push(...STEADY);
  for (const [name, value] of answer.headers) headers.push(name, value);
  if (answer.status !== 204 && answer.status !== 304) {
    headers.push("Content-Length", String(Buffer.byteLength(answer.body)));
  }
  return headers;
}
