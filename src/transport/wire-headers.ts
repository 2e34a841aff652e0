import { type HeaderList, headerValue } from "../core/http.js";
import type { OutgoingRequest } from "./transport.js";

/**
 * Methods that usually have no body and need not say so. Any other says `Content-Length: 0` (RFC 9110, 8.6), for one
 * that said nothing would get `Transfer-Encoding: chunked` from Node.
 */
const BODILESS_METHODS: readonly string[] = ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"];

function lengthLine(request: OutgoingRequest): HeaderList {
  if (headerValue(request.headers, "content-length") !== null) return [];
  if (headerValue(request.headers, "transfer-encoding") !== null) return [];
  if (request.body !== null) return [["Content-Length", String(request.body.byteLength)]];
  return BODILESS_METHODS.includes(request.method.toUpperCase()) ? [] : [["Content-Length", "0"]];
}

/**
 * The header lines of a request as they will stand on the wire: Host first (RFC 9110, 7.2), the caller's lines in
 * their order and case, then what frames the message. A line that the caller gave itself is never added again. Pure.
 */
export function wireHeaders(request: OutgoingRequest, url: URL): HeaderList {
  const host: HeaderList = headerValue(request.headers, "host") === null ? [["Host", url.host]] : [];
  const connection: HeaderList =
    headerValue(request.headers, "connection") === null ? [["Connection", "keep-alive"]] : [];
  return [...host, ...request.headers, ...lengthLine(request), ...connection];
}
