import { headerValue } from "../../core/http.js";
import { documentedFacts } from "../../platform/documented-facts.js";
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
  return undeclared === undefined ? null : { weight: 3, words: undeclared.fact };
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
  return documentedFlaw(seen);
}
