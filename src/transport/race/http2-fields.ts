import type { OutgoingHttpHeaders } from "node:http2";
import { type HeaderList, headerValue } from "../../core/http.js";
import type { OutgoingRequest } from "../outcome.js";
import { wireHeaders } from "../wire-headers.js";

/** Lines that speak of an HTTP/1.1 connection; HTTP/2 has no place for them (RFC 9113, 8.2.2). */
const CONNECTION_LINES: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
];

/**
 * The header lines of a request as they will stand on the wire of HTTP/2: names in lower case, repeated names together.
 * The host is said by `:authority`, besides only where the caller gave it itself. Pure.
 */
export function http2Lines(request: OutgoingRequest, url: URL): HeaderList {
  const hasHost = headerValue(request.headers, "host") !== null;
  const lines = wireHeaders(request, url)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !CONNECTION_LINES.includes(name) && (hasHost || name !== "host"));
  return Object.entries(grouped(lines)).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
}

function grouped(lines: HeaderList): Record<string, string[]> {
  const groups: Record<string, string[]> = Object.create(null);
  for (const [name, value] of lines) {
    const group = groups[name];
    if (group === undefined) groups[name] = [value];
    else group.push(value);
  }
  return groups;
}

/** All fields of a request as node:http2 takes them. Pure. */
export function http2Fields(method: string, url: URL, lines: HeaderList): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {
    ":method": method,
    ":scheme": url.protocol.slice(0, -1),
    ":authority": headerValue(lines, "host") ?? url.host,
    ":path": `${url.pathname}${url.search}`,
  };
  for (const [name, values] of Object.entries(grouped(lines))) {
    fields[name] = values.length === 1 ? values[0] : values;
  }
  return fields;
}
