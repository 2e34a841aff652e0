import { headerValue } from "../../core/http.js";
import { documentedFacts } from "../../platform/documented-facts.js";
import { findOperation } from "../../platform/find-operation.js";
import type { Seen } from "../seen.js";
import { jsonOf } from "../words.js";

/** What is wrong with a request by itself, and how much that weighs. */
export interface Flaw {
  readonly weight: number;
  readonly words: string;
}

function documentedFlaw({ exchange }: Seen): Flaw | null {
  const { method, url, headers, body } = exchange.request;
  const undeclared = documentedFacts({ method, url, headers, body }).find(
    ({ cause }) => cause === "field-not-declared",
  );
  // Most servers pass over what they do not know.
  return undeclared === undefined ? null : { weight: 0, words: undeclared.fact };
}

const PLAIN_TYPES: readonly string[] = ["string", "number", "boolean"];

/** A member of a type that the vendor does not document for it. */
function mistyped({ exchange }: Seen, json: object): Flaw | null {
  const match = findOperation(exchange.request.method, exchange.request.url);
  if (match.kind !== "documented") return null;
  const types = new Map(match.operation.body?.map(({ name, type }) => [name, type]));
  for (const [name, value] of Object.entries(json)) {
    const type = types.get(name);
    if (type === undefined || value === null || !PLAIN_TYPES.includes(type) || typeof value === type)
      continue;
    return { weight: 5, words: `its ${name} is no ${type}, as the vendor documents it` };
  }
  return null;
}

function isTextMap(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((each) => typeof each === "string")
  );
}

/** The first flaw that a look at the request alone shows; null for none. Pure. */
export function flawOf(seen: Seen): Flaw | null {
  const { request } = seen.exchange;
  const type = headerValue(request.headers, "content-type");
  if (request.body === "") return /^P/.test(seen.method) ? { weight: 3, words: "it has no body" } : null;
  if (type !== null && !/json/i.test(type)) return { weight: 4, words: `its content type is ${type}` };
  const json = jsonOf(request);
  if (json === undefined) return { weight: 8, words: "its body is no JSON" };
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return { weight: 5, words: "its body is no JSON object" };
  }
  const { attributes } = json as { attributes?: unknown };
  if (attributes !== undefined && !isTextMap(attributes))
    return { weight: 5, words: "a value in attributes is no text" };
  return mistyped(seen, json) ?? documentedFlaw(seen);
}
