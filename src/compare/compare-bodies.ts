import { type JsonNode, tryParseJson } from "../core/json.js";
import type { BodyEncoding } from "../journal/journal.js";
import type { BodyChange, MessageDiff } from "./compare.js";
import { diffJson } from "./diff-json.js";
import { respellings } from "./respelling.js";

/** A body as the journal holds it. */
export interface JournalledBody {
  readonly body: string;
  readonly bodyEncoding: BodyEncoding;
  readonly bodySha256: string;
  readonly truncated?: boolean;
}

/** The part of a message's comparison that is about bodies. */
export type BodyDiff = Omit<MessageDiff, "headers">;

/** More changes than a person would read, and few enough that thousands of comparisons fit into memory. */
export const MAX_BODY_CHANGES = 200;

const SECRET_PLACEHOLDER = /<secret(?::\d+)?>/g;

function same(bodies: BodyDiff["bodies"], form: BodyDiff["form"]): BodyDiff {
  return { bodies, form, body: [], omitted: 0, respelled: [] };
}

/** A string longer than the pattern engine's stack makes it throw; such a body is compared as text. */
function parseOrNull(text: string): JsonNode | null {
  try {
    return tryParseJson(text);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** No body at all is the absence of a value, not a value. */
function wholeBody(base: JsonNode | null, other: JsonNode | null): readonly BodyChange[] {
  if (base === null) return other === null ? [] : [{ op: "add", path: "", value: other }];
  return [
    other === null
      ? { op: "remove", path: "", from: base }
      : { op: "replace", path: "", from: base, value: other },
  ];
}

function asString(text: string): JsonNode | null {
  return text === "" ? null : { kind: "string", value: text };
}

function compareTexts(base: string, other: string): BodyDiff {
  const [before, after] = [parseOrNull(base), parseOrNull(other)];
  if (before === null || after === null) {
    const json = (before !== null || base === "") && (after !== null || other === "");
    const body = json ? wholeBody(before, after) : wholeBody(asString(base), asString(other));
    return { bodies: "changed", form: json ? "json" : "text", body, omitted: 0, respelled: [] };
  }
  const { changes, omitted, sameValue } = diffJson(before, after, MAX_BODY_CHANGES);
  if (!sameValue) return { bodies: "changed", form: "json", body: changes, omitted, respelled: [] };
  const respelled = respellings({ text: base, node: before }, { text: other, node: after });
  return { bodies: "same-json", form: "json", body: changes, omitted, respelled };
}

/**
 * Callers' data is another matter: within a run equal values have equal placeholders however short they are, so that what
 * differs is seen.
 */
function hasSecret({ body, bodyEncoding, bodySha256 }: JournalledBody): boolean {
  if (!bodySha256.startsWith("hmac-")) return false;
  return bodyEncoding === "base64" || body.includes("<secret") || !body.includes("<personal:");
}

/**
 * Compares two bodies. Truncated ones are `unknown` even where what is there is the same: nobody saw the rest. Redacted
 * ones are `changed` only if they differ outside the secrets, whose placeholders are not comparable between runs. Pure.
 */
export function compareBodies(base: JournalledBody, other: JournalledBody): BodyDiff {
  const bytes = base.bodyEncoding === "base64" || other.bodyEncoding === "base64";
  const form = bytes ? "bytes" : "text";
  if (base.truncated === true || other.truncated === true) return same("unknown", form);
  if (base.bodySha256 === other.bodySha256) return same("identical", form);
  const redacted = [base, other].some(hasSecret);
  // Hashes that differ over one text: what differs is a secret.
  if (base.bodyEncoding === other.bodyEncoding && base.body === other.body) return same("unknown", form);
  if (bytes) {
    return { ...same("changed", form), body: wholeBody(asString(base.body), asString(other.body)) };
  }
  if (!redacted) return compareTexts(base.body, other.body);
  const [before, after] = [base, other].map(({ body }) => body.replace(SECRET_PLACEHOLDER, "<secret>"));
  const outside = compareTexts(before ?? "", after ?? "");
  return before !== after && outside.bodies === "changed"
    ? compareTexts(base.body, other.body)
    : same("unknown", form);
}
