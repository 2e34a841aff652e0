import type { IncomingHttpHeaders } from "node:http";
import type { OutgoingHttpHeaders } from "node:http2";
import type { WireAnswer } from "./exchange.js";
import { sendableHeaders } from "./sendable-headers.js";

/** RFC 9113, 8.2.2: fields that say something about one connection have no place in HTTP/2. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Fields of which Node's HTTP/1.1 takes the first line and leaves the others. All further ones become a list. */
const FIRST_LINE_COUNTS: ReadonlySet<string> = new Set([
  "age",
  "authorization",
  "content-length",
  "content-type",
  "etag",
  "expires",
  "from",
  "host",
  "if-modified-since",
  "if-unmodified-since",
  "last-modified",
  "location",
  "max-forwards",
  "proxy-authorization",
  "referer",
  "retry-after",
  "server",
  "user-agent",
]);

function* pairs(flat: readonly string[]): Iterable<readonly [name: string, value: string]> {
  for (let index = 0; index + 1 < flat.length; index += 2) yield [flat[index] ?? "", flat[index + 1] ?? ""];
}

/**
 * The header fields of an answer as HTTP/2 wants them: lower case, none of those that it forbids. Lines of one name become
 * a list, since Node refuses some of them twice. Pure.
 */
export function answerHeaders({ status, headers }: WireAnswer): OutgoingHttpHeaders {
  const fields = new Map<string, string>();
  for (const [name, value] of pairs(sendableHeaders(headers))) {
    const field = name.toLowerCase();
    const before = fields.get(field);
    if (!FORBIDDEN.has(field)) fields.set(field, before === undefined ? value : `${before}, ${value}`);
  }
  return { ...Object.fromEntries(fields), ":status": status };
}

/**
 * The header fields of a request as an HTTP/1.1 request with the same lines has them, name, value, name, value: so that
 * no rule asks what they came over. Node's own object leaves lines out, the second `if-match` among them. Pure.
 */
export function requestHeaders(flat: readonly string[]): IncomingHttpHeaders {
  const fields = new Map<string, string>();
  let authority: string | undefined;
  for (const [name, value] of pairs(flat)) {
    if (name === ":authority") authority = value;
    if (name.startsWith(":")) continue;
    const before = fields.get(name);
    if (before === undefined) fields.set(name, value);
    else if (!FIRST_LINE_COUNTS.has(name))
      fields.set(name, `${before}${name === "cookie" ? "; " : ", "}${value}`);
  }
  if (authority !== undefined) fields.set("host", authority);
  const { "set-cookie": setCookie, ...headers } = Object.fromEntries(fields);
  return setCookie === undefined ? headers : { ...headers, "set-cookie": [setCookie] };
}

/** What the header fields of a request come to, as Node counts them for HTTP/1.1. Pure. */
export function headerBytes(flat: readonly string[]): number {
  return flat.reduce((sum, text) => sum + text.length, 0);
}
