/**
 * Headers that differ between any two answers and say nothing about what happened: time, identity of the single
 * answer, budget left, the node that served it, how the bytes were framed (RFC 9112, sections 6.1 and 9.6). Vendor's names from a published trace (CloudFront in front), the others
 * from the usual gateways. `Retry-After`, `Via`, `X-Cache` and `ETag` are evidence and stay.
 */
const VOLATILE = new Set([
  "age",
  "cf-ray",
  "content-length",
  "date",
  "expires",
  "inin-correlation-id",
  "keep-alive",
  "nel",
  "ratelimit",
  "report-to",
  "request-id",
  "server-timing",
  "set-cookie",
  "transfer-encoding",
  "x-amz-cf-id",
  "x-amz-cf-pop",
  "x-amz-id-2",
  "x-amz-request-id",
  "x-amzn-requestid",
  "x-amzn-trace-id",
  "x-correlation-id",
  "x-request-id",
  "x-response-time",
  "x-runtime",
  "x-timer",
]);

const VOLATILE_PREFIXES = ["inin-ratelimit-", "ratelimit-", "x-ratelimit-", "x-rate-limit-"];

/**
 * Headers of what stands between client and server. Within one run they are evidence; between runs on different
 * servers they say only that the ways differ.
 */
export const HEADERS_OF_THE_WAY: readonly string[] = ["alt-svc", "connection", "server", "via", "x-cache"];

/** Credentials: each login makes others, and gcidem logs in when it has to. */
const CREDENTIALS = new Set(["authorization", "proxy-authorization", "cookie"]);

/** True for a response header, in lower case, that differs between any two answers. Pure. */
export function isVolatile(name: string): boolean {
  return VOLATILE.has(name) || VOLATILE_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/**
 * True for a request header, in lower case, that gcidem or its HTTP client varies by itself. A credential that one side
 * lacks is no such thing. Pure.
 */
export function isVariedByGcidem(name: string, onBothSides: boolean): boolean {
  return name === "content-length" || (onBothSides && CREDENTIALS.has(name));
}
