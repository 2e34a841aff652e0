import { createHash } from "node:crypto";
import { headerValue, isWrite } from "../core/http.js";
import type { RecordedExchange } from "./intake.js";

/** Those that send the very same request elsewhere (RFC 9110, 15.4.8 and 15.4.9); a 303 to a POST has been carried out. */
const SENT_ON: ReadonlySet<number> = new Set([307, 308]);

function nameOf({ request }: RecordedExchange, url: string): string {
  const body = createHash("sha1")
    .update(request.body.bytes ?? "")
    .digest("base64");
  return `${request.method} ${url} ${body}`;
}

function targetOf({ request, response }: RecordedExchange): string | null {
  const location = response === null ? null : headerValue(response.headers, "location");
  if (location === null || !SENT_ON.has(response?.status ?? 0)) return null;
  return URL.canParse(location, request.url) ? new URL(location, request.url).href : null;
}

/**
 * Finds writes that were sent on to another URL, where the recording has the same there: they are one request, and whoever
 * redirects has not looked at its key. Gives, for the one that follows, the index of the one that it follows.
 */
export function createRedirectFinder(): (exchange: RecordedExchange, index: number) => number | null {
  const open = new Map<string, number>();
  return (exchange, index) => {
    const { request } = exchange;
    if (!isWrite(request.method, [])) return null;
    const target = targetOf(exchange);
    if (target !== null) open.set(nameOf(exchange, target), index);
    if (open.size === 0) return null;
    const name = nameOf(exchange, request.url);
    const followed = open.get(name) ?? null;
    if (followed === null || followed === index) return null;
    open.delete(name);
    return followed;
  };
}
