import { type JsonNode, tryParseJson } from "../core/json.js";
import type { IdempotencyPolicy } from "../policy/idempotency-policy.js";
import type { KeyRequest } from "./idempotency.js";

/** What a request carries where a key would be. */
export type KeyReading =
  | { readonly kind: "absent" }
  | { readonly kind: "key"; readonly key: string }
  /** `found` is what stood there, `expected` what the server wants; both for people. */
  | { readonly kind: "malformed"; readonly found: string; readonly expected: string };

/** RFC 9651, 3.3.3: printable ASCII in double quotes, with `\"` and `\\`. */
const STRING = String.raw`"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"`;
/** RFC 9651, 3.1.2. Parameters mean nothing on a key, and an unknown one must not break it. */
const PARAMETERS = String.raw`(?:; *[a-z*][a-z0-9_.*-]*(?:=(?:"(?:[^"\\]|\\["\\])*"|[^;",\s]+))?)*`;
const STRING_ITEM = new RegExp(`^${STRING}${PARAMETERS}$`);

/** The text of a structured-field String (RFC 9651; RFC 8941 has the same grammar); null for anything else. Pure. */
export function parseStructuredString(value: string): string | null {
  const quoted = STRING_ITEM.exec(value)?.[1];
  return quoted === undefined ? null : quoted.replace(/\\(["\\])/g, "$1");
}

function queryValue(query: string, name: string): string | null {
  return new URLSearchParams(query).get(name);
}

function bodyMember(body: Uint8Array, name: string): JsonNode | undefined {
  const node = tryParseJson(new TextDecoder().decode(body));
  return node?.kind === "object" ? node.members.findLast(([each]) => each === name)?.[1] : undefined;
}

function bodyReading(body: Uint8Array, name: string): KeyReading {
  const member = bodyMember(body, name);
  if (member === undefined || member.kind === "null") return { kind: "absent" };
  if (member.kind === "string") return { kind: "key", key: member.value };
  return { kind: "malformed", found: `${name} of kind ${member.kind}`, expected: `${name} as a string` };
}

function textReading(raw: string, syntax: IdempotencyPolicy["syntax"]): KeyReading {
  const value = raw.trim();
  if (syntax === "bare" || (syntax === "normalised" && !value.startsWith('"')))
    return { kind: "key", key: value };
  const key = parseStructuredString(value);
  const expected = 'a quoted string such as "8e03978e-40d5"';
  return key === null ? { kind: "malformed", found: value, expected } : { kind: "key", key };
}

let latestName = "";
let latestInLowerCase = "";

/** A header's name in lower case. A policy asks for the same one over and over. Pure. */
export function inLowerCase(name: string): string {
  if (name !== latestName) {
    latestName = name;
    latestInLowerCase = name.toLowerCase();
  }
  return latestInLowerCase;
}

/**
 * The text that stands where a policy's keys travel, whether or not it is a key to that policy; null where there is none.
 * Pure.
 */
export function textAtCarrier(
  { carrier }: Pick<IdempotencyPolicy, "carrier">,
  request: Pick<KeyRequest, "header" | "query" | "body">,
): string | null {
  switch (carrier.kind) {
    case "header":
      return request.header(inLowerCase(carrier.name));
    case "query":
      return queryValue(request.query, carrier.name);
    case "body": {
      const member = bodyMember(request.body, carrier.name);
      return member?.kind === "string" ? member.value : null;
    }
  }
}

function rawReading(policy: IdempotencyPolicy, request: KeyRequest): KeyReading {
  const { carrier, syntax } = policy;
  if (carrier.kind === "body") return bodyReading(request.body, carrier.name);
  const value = textAtCarrier(policy, request);
  return value === null ? { kind: "absent" } : textReading(value, syntax);
}

/**
 * Reads the key of a request where and how the policy wants it. A bare syntax takes quotes for a part of the key, as
 * most servers do; a key in a body is a JSON string, whatever the syntax. Pure.
 */
export function readKey(policy: IdempotencyPolicy, request: KeyRequest): KeyReading {
  const reading = rawReading(policy, request);
  if (reading.kind !== "key") return reading;
  const { length } = reading.key;
  if (length === 0) return { kind: "malformed", found: "an empty key", expected: "at least 1 character" };
  if (length <= policy.maxLength) return reading;
  return {
    kind: "malformed",
    found: `a key of ${length} characters`,
    expected: `at most ${policy.maxLength}`,
  };
}
