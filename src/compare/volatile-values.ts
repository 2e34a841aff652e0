import type { VolatileKind } from "./runs.js";

const UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}";
/** Object ids, digests and trace ids: nobody writes so many hexadecimal digits by hand. */
const LONG_HEX = "(?<![0-9a-z])(?=[0-9a-f]*[0-9])[0-9a-f]{16,}(?![0-9a-z])";
/** https://github.com/ulid/spec: 26 characters of Crockford's base 32, the first of which is at most 7. */
const ULID = "(?<![0-9A-Za-z])[0-7][0-9A-HJKMNP-TV-Z]{25}(?![0-9A-Za-z])";
/** RFC 3339, and what is near it. */
const ISO_DATE = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:Z|[+-]\\d\\d:?\\d\\d)?";
/** RFC 9110, section 5.6.7. */
const HTTP_DATE = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT";

/** Redaction numbers callers as they come: the number says nothing from run to run. */
const CALLER = "<personal:\\d+>";

const VOLATILE = new RegExp(`(${ISO_DATE}|${HTTP_DATE})|(${UUID}|${LONG_HEX}|${ULID}|${CALLER})`, "gi");

/** A text in pieces: what is written down as it is, and in between what differs from run to run. */
export interface VolatileText {
  readonly fixed: readonly string[];
  readonly values: readonly { readonly kind: "ids" | "dates"; readonly text: string }[];
}

/** Longer texts are compared as they are: looking through them costs more than it tells. */
const LONGEST_TEXT = 1_000_000;

/** Takes a text apart at the ids and dates in it. Pure. */
export function volatileText(text: string): VolatileText {
  if (text.length > LONGEST_TEXT) return { fixed: [text], values: [] };
  const fixed: string[] = [];
  const values: VolatileText["values"][number][] = [];
  let from = 0;
  for (const found of text.matchAll(VOLATILE)) {
    fixed.push(text.slice(from, found.index));
    values.push({ kind: found[1] === undefined ? "ids" : "dates", text: found[0] });
    from = found.index + found[0].length;
  }
  fixed.push(text.slice(from));
  return { fixed, values };
}

const TOKEN_MEMBER = /^_?(?:e_?tag|version|revision|rev|change_?number)$/i;
const ID_MEMBER = /^_?id$|(?:[a-z]I|_i|-i)d$/;
const DATE_MEMBER = /(?:At|On|Date|Time|Timestamp|_at|_date|_time)$|^(?:timestamp|date|expires|iat|exp|nbf)$/;

/** What a member of a JSON object holds by its name; null where the name says nothing. Pure. */
export function kindOfMember(name: string): VolatileKind | null {
  if (TOKEN_MEMBER.test(name)) return "tokens";
  if (ID_MEMBER.test(name)) return "ids";
  return DATE_MEMBER.test(name) ? "dates" : null;
}

const TOKEN_HEADERS = new Set(["etag", "if-match", "if-none-match"]);
const ID_HEADERS = new Set(["idempotency-key", "x-idempotency-key"]);

/** What a header holds by its name, in lower case; null where the name says nothing. Pure. */
export function kindOfHeader(name: string): VolatileKind | null {
  if (TOKEN_HEADERS.has(name)) return "tokens";
  return ID_HEADERS.has(name) ? "ids" : null;
}

/** Seconds or milliseconds since 1970, from 2001 to 2286: no other number of a server looks so. */
const EPOCH = /^[1-9]\d{9}(?:\d{3})?(?:\.\d+)?$/;

/** True for a number that is an instant. Pure. */
export function isEpoch(text: string): boolean {
  return EPOCH.test(text);
}
