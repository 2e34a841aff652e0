/** Words that people and recorders put in brackets in the place of a value. */
const BRACKETED =
  /^[[<({*#-]+\s*(?:redacted|removed|hidden|masked|sanitised|sanitized|filtered|scrubbed|secret)\s*[\])}>*#-]+$/i;
/** Those that no API has as a value of its own: `hidden` and `removed` are states of things. */
const BARE = /^(?:redacted|sanitised|sanitized|scrubbed)$/i;
const SIGNS = /^(?:\*{3,64}|•{3,64}|#{3,64}|X{4,64})$/;
/** Some take out only the middle. What has blanks is a text that somebody wrote. */
const PARTLY = /^\S*(?:\*{3}|•{3})\S*$/;

/** True of a text that stands in the place of another one, as a whole. Pure. */
export function isMark(value: string): boolean {
  const text = value.trim();
  return BRACKETED.test(text) || BARE.test(text) || SIGNS.test(text);
}

/**
 * True of a value in a body that somebody took out, or took a part out of: two such values are not equal, they are
 * unknown. Placeholders of gcidem's own redaction with a number (`<secret:1>`) are values: equal ones were equal. Pure.
 */
export function isMaskedValue(value: string): boolean {
  return isMark(value) || PARTLY.test(value.trim());
}

/** What every body with such a value has somewhere: most have not, and are not read for it. */
const MAY_MASK = /\*{3}|•{3}|#{3}|xxxx|redacted|removed|hidden|masked|saniti[sz]ed|filtered|scrubbed|secret/i;
const MAX_DEPTH = 12;

function holdsMask(value: unknown, depth: number): boolean {
  if (typeof value === "string") return isMaskedValue(value);
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return false;
  return Object.values(value).some((each) => holdsMask(each, depth + 1));
}

function isForm(text: string): boolean {
  return /^[^\s={}<>]+=[^\s{}<>]*$/.test(text);
}

/** True of a JSON or form body in which values were taken out. Pure. */
export function hasMaskedValues(body: string): boolean {
  if (!MAY_MASK.test(body)) return false;
  if (isForm(body)) return [...new URLSearchParams(body).values()].some(isMaskedValue);
  try {
    return holdsMask(JSON.parse(body), 0);
  } catch {
    return false;
  }
}
