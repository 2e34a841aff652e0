/** Header lines in the order in which they travelled, names as written on the wire. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** The first value of a header, its name compared without case; null when absent. Pure. */
export function headerValue(headers: HeaderList, name: string): string | null {
  const wanted = name.toLowerCase();
  for (const [each, value] of headers)
    if (each.length === wanted.length && each.toLowerCase() === wanted) return value;
  return null;
}

/** Headers by which a client asks a server to treat a request as another method. */
const METHOD_OVERRIDE_HEADERS: readonly string[] = [
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
];

/** True of the name of a header that asks for another method. Pure. */
export function isMethodOverride(name: string): boolean {
  return METHOD_OVERRIDE_HEADERS.includes(name.toLowerCase());
}

/** True for any method but GET, HEAD and OPTIONS, and for any request with a method-override header. Pure. */
export function isWrite(method: string, headerNames: readonly string[]): boolean {
  if (!["GET", "HEAD", "OPTIONS"].includes(method.toUpperCase())) return true;
  return headerNames.some(isMethodOverride);
}

/** True for what `--read-only` sends: GET and HEAD that no header makes another method. Pure. */
export function isPlainRead(method: string, headerNames: readonly string[]): boolean {
  return ["GET", "HEAD"].includes(method.toUpperCase()) && !isWrite(method, headerNames);
}

/** Response headers that identify one request to a server's support, most specific first. */
const CORRELATION_HEADERS = ["inin-correlation-id", "x-correlation-id", "x-request-id", "request-id"];

/**
 * The server's own id for an exchange: `ININ-Correlation-Id` on the vendor's platform; null when none came. `names`: what a
 * target calls it, in the order of preference. Pure.
 */
export function correlationIdOf(
  headers: HeaderList,
  names: readonly string[] = CORRELATION_HEADERS,
): string | null {
  for (const name of names) {
    const value = headerValue(headers, name);
    if (value !== null) return value;
  }
  return null;
}

/** Statuses that say "conflict" by themselves (contracts.md, JSON report). */
const CONFLICT_STATUSES: readonly number[] = [409, 412, 423, 425, 428];

/** True for 409, 412, 423, 425 and 428. Pure. */
export function isConflictStatus(status: number): boolean {
  return CONFLICT_STATUSES.includes(status);
}
