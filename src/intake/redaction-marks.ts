import type { HeaderList } from "../core/http.js";
import { isSecretHeader, type Redactor } from "../core/redact.js";

/** What recorders and people write in the place of a value that they took out. */
const MARK =
  /^(?:(?:bearer|basic|token)\s+)?(?:[[<({*#-]*\s*(?:redacted|removed|hidden|masked|sanitised|sanitized|filtered|scrubbed|secret)\s*[\])>}*#-]*|\*{3,}|x{4,}|#{3,}|…|\.{3,})$/i;

/** True where somebody took the value out: two such values are not equal, they are unknown. Pure. */
export function isRedactionMark(value: string): boolean {
  return MARK.test(value.trim());
}

/** Headers that a diagnosis compares: a mark in their place must not be taken for a value. */
const COMPARED = /idempoten|repeatability-request-id|^(?:if-match|if-none-match|etag|retry-after|location)$/i;

/** Headers without those whose values were taken out and would be compared, and the names of these. */
export interface SortedOut {
  readonly headers: HeaderList;
  readonly redacted: readonly string[];
}

/** Leaves out compared headers whose values are marks. Pure. */
export function withoutRedacted(headers: HeaderList): SortedOut {
  const gone = (name: string, value: string): boolean => COMPARED.test(name) && isRedactionMark(value);
  return {
    headers: headers.filter(([name, value]) => !gone(name, value)),
    redacted: headers.flatMap(([name, value]) => (gone(name, value) ? [name] : [])),
  };
}

/** The same redactor, but for credentials that somebody took out already: their marks stay and are no secrets. Pure. */
export function keepingMarks(redactor: Redactor): Redactor {
  const line = ([name, value]: readonly [string, string]): HeaderList =>
    isSecretHeader(name) && isRedactionMark(value) ? [[name, value]] : redactor.headers([[name, value]]);
  return { ...redactor, headers: (headers) => headers.flatMap(line) };
}
