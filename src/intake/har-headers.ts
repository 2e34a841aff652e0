import type { HeaderList } from "../core/http.js";
import type { MissingPart } from "../journal/journal.js";
import { isMembers, type Members } from "./loose-json.js";
import { NO_VALUE, withoutRedacted } from "./redaction-marks.js";

/**
 * Header lines of a HAR message. HTTP/2 pseudo-headers are no headers, and a value with line ends is several lines that a
 * browser put into one (`Set-Cookie`). Pure.
 */
export function harHeaders(message: Members): HeaderList {
  const { headers } = message;
  if (!Array.isArray(headers)) return [];
  return headers.flatMap((each: unknown): HeaderList => {
    if (!isMembers(each) || typeof each.name !== "string" || each.value === undefined) return [];
    const { name, value } = each;
    if (name === "" || name.startsWith(":")) return [];
    return (typeof value === "object" ? NO_VALUE : String(value))
      .split(/\r\n|[\r\n]/)
      .map((line) => [name, line] as const);
  });
}

/** Headers of a HAR message of which nothing is taken for a value that is none, and what is unknown of them. Pure. */
export function harKnownHeaders(message: Members): {
  readonly headers: HeaderList;
  readonly missing: readonly MissingPart[];
} {
  const { headers, missing } = withoutRedacted(harHeaders(message));
  return { headers, missing: Array.isArray(message.headers) ? missing : ["headers"] };
}

/** `1.1`, `2.0`, `3.0` of what recorders write: `HTTP/1.1`, `h2`, `http/2.0`, `HTTP/2`; empty where they do not say. Pure. */
export function httpVersionOf(text: string | null): string {
  const [, major, minor] = /^(?:https?\/|h)(\d)(?:\.(\d))?/i.exec(text ?? "") ?? [];
  return major === undefined ? "" : `${major}.${minor ?? "0"}`;
}
