import { type HeaderList, headerValue } from "../core/http.js";
import type { RequestHead } from "./record.js";

/** Lines that speak of one connection, whatever its Connection lines name (RFC 9110, 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Node's flat list of header lines as pairs. Pure. */
export function pairsOf(raw: readonly string[]): HeaderList {
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2)
    pairs.push([raw[index] ?? "", raw[index + 1] ?? ""]);
  return pairs;
}

/** Members of all lines of a header that is a list, in lower case. Pure. */
export function membersOf(headers: HeaderList, name: string): readonly string[] {
  const members: string[] = [];
  for (const [each, value] of headers) {
    // Hardly any line is the wanted one, and its length tells most of them apart.
    if (each.length !== name.length || each.toLowerCase() !== name) continue;
    members.push(
      ...value
        .toLowerCase()
        .split(",")
        .map((member) => member.trim()),
    );
  }
  return members.filter((member) => member !== "");
}

/** Lines without those of the connection that they came on. Pure. */
export function endToEnd(headers: HeaderList): HeaderList {
  const named = membersOf(headers, "connection");
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !HOP_BY_HOP.has(lower) && !named.includes(lower);
  });
}

/** Methods whose requests say nothing of a body that they do not have (RFC 9110, 8.6). */
const BODILESS_METHODS: readonly string[] = ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"];

/**
 * What goes on to the upstream. The Host line keeps its place and its case and names the upstream. A POST without any
 * body says `Content-Length: 0`, for Node would frame it otherwise. Pure.
 */
export function headOf(
  { method, path, headers }: { readonly method: string; readonly path: string; readonly headers: HeaderList },
  upstreamHost: string,
): RequestHead {
  const chunked = headerValue(headers, "transfer-encoding") !== null;
  const length = headerValue(headers, "content-length");
  const own = endToEnd(headers).map(
    ([name, value]) => [name, name.toLowerCase() === "host" ? upstreamHost : value] as const,
  );
  const host: HeaderList = headerValue(own, "host") === null ? [["Host", upstreamHost]] : [];
  const unsaid = length === null && !chunked && !BODILESS_METHODS.includes(method);
  return {
    method,
    path,
    headers: [...host, ...own, ...(unsaid ? ([["Content-Length", "0"]] as const) : [])],
    chunked,
    bodiless: !chunked && (length === null || length.trim() === "0"),
    takesTrailers: membersOf(headers, "te").some((member) => /^trailers\b/.test(member)),
    last: membersOf(headers, "connection").includes("close"),
  };
}

/** What of an answer's lines goes on to the client. `Trailer` is of use only where trailers can follow. Pure. */
export function answerLines(headers: HeaderList, trailersCanFollow: boolean): HeaderList {
  const own = endToEnd(headers);
  return trailersCanFollow ? own : own.filter(([name]) => name.toLowerCase() !== "trailer");
}

/** A protocol that a client wants to change to and that cannot be passed on; null where there is none. Pure. */
export function unwantedUpgrade(headers: HeaderList): string | null {
  if (!membersOf(headers, "connection").includes("upgrade")) return null;
  // Clients that could also speak HTTP/2 (Java's own) say so and are content without an answer to it.
  const wanted = membersOf(headers, "upgrade").filter(
    (protocol) => !/^(?:h2c?|http\/2\.0|tls\/)/.test(protocol),
  );
  return wanted[0] ?? null;
}
