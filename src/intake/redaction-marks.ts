import type { HeaderList } from "../core/http.js";
import { isSecretHeader, type Redactor } from "../core/redact.js";
import type { MissingPart } from "../journal/journal.js";

/** What recorders and people write in the place of a value that they took out. */
const MARK =
  /^(?:(?:bearer|basic|token)\s+)?(?:[[<({*#-]*\s*(?:redacted|removed|hidden|masked|sanitised|sanitized|filtered|scrubbed|secret)\s*[\])>}*#-]*|\*{3,}|x{4,}|#{3,}|…|\.{3,})$/i;

/** True where somebody took the value out: two such values are not equal, they are unknown. Pure. */
export function isRedactionMark(value: string): boolean {
  return MARK.test(value.trim());
}

/** Placeholders of an earlier redaction by gcidem: equal ones were equal, so they are values like any other. */
const PLACEHOLDER = /^(?:(?:bearer|basic|digest)\s+)?<secret(?::\d+)?>$/i;
const COOKIE_PLACEHOLDER = /^[^=;]*=<secret(?::\d+)?>\s*(?:;|$)/;

/** True for a credential that an earlier run of gcidem took out and numbered. Pure. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value.trim()) || COOKIE_PLACEHOLDER.test(value.trim());
}

/** What stands for a value that a recorder wrote as null, or as something that no header can hold. */
export const NO_VALUE = "[removed]";

const KEY = /idempoten|repeatability-request-id/i;
const VALIDATOR = /^(?:if-match|if-none-match|etag)$/i;
const OTHERS_COMPARED = /^(?:retry-after|location)$/i;

/** Headers that a diagnosis compares: a mark in their place must not be taken for a value. */
function isCompared(name: string): boolean {
  return KEY.test(name) || VALIDATOR.test(name) || OTHERS_COMPARED.test(name);
}

/** Some take out only the middle: two values that are alike at both ends need not be equal. */
const PARTLY_MASKED = /\*{3}|•{3}|…/;

/** Headers without those whose values were taken out and would be compared, and what is unknown of them. */
export interface SortedOut {
  readonly headers: HeaderList;
  /** Names of those that were left out. */
  readonly redacted: readonly string[];
  readonly missing: readonly MissingPart[];
}

/** Leaves out compared headers whose values are marks. Pure. */
export function withoutRedacted(headers: HeaderList): SortedOut {
  const isGone = ([name, value]: readonly [string, string]): boolean =>
    isCompared(name) && (isRedactionMark(value) || PARTLY_MASKED.test(value));
  const redacted = headers.filter(isGone).map(([name]) => name);
  if (redacted.length === 0) return { headers, redacted, missing: [] };
  const missing: MissingPart[] = [];
  if (redacted.some((name) => KEY.test(name))) missing.push("key");
  if (redacted.some((name) => VALIDATOR.test(name))) missing.push("validator");
  return { headers: headers.filter((line) => !isGone(line)), redacted, missing };
}

/** Some clients sign each request anew: beyond so many credentials they are replaced, but no longer looked for elsewhere. */
const MOST_CREDENTIALS = 200;

/** Values of cookies are looked for only for as long as they are recent: browsers send dozens, and some change each time. */
function cookieHeader(value: string, redactor: Redactor): string {
  return value
    .split(";")
    .map((pair) =>
      isPlaceholder(pair)
        ? pair.trim()
        : (redactor.headers([["set-cookie", pair.trim()]])[0]?.[1] ?? "<secret>"),
    )
    .join("; ");
}

/**
 * The same redactor for traffic of any length: credentials that somebody took out already stay as they are and are no
 * secrets, and what is learnt from headers is bounded.
 */
export function forRecordings(redactor: Redactor): Redactor {
  const known = new Set<string>();
  const value = (name: string, text: string): string => {
    if (isRedactionMark(text)) return text;
    if (name !== "cookie" && isPlaceholder(text)) return text;
    if (name === "cookie") return cookieHeader(text, redactor);
    if (name !== "set-cookie") {
      if (!known.has(text) && known.size >= MOST_CREDENTIALS) return "<secret>";
      known.add(text);
    }
    return redactor.headers([[name, text]])[0]?.[1] ?? "<secret>";
  };
  const marked = (of: Redactor): Redactor => {
    const line = ([name, text]: readonly [string, string]): HeaderList =>
      isSecretHeader(name) ? [[name, value(name.toLowerCase(), text)]] : of.headers([[name, text]]);
    return { ...of, headers: (headers) => headers.flatMap(line), about: (url) => marked(of.about(url)) };
  };
  return marked(redactor);
}
