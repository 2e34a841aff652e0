import { documentedFacts } from "../platform/documented-facts.js";
import type { DocumentedFact } from "../platform/platform.js";
import type { Book } from "./book.js";
import type { Diagnosis } from "./diagnose.js";
import type { Seen } from "./seen.js";

/** Requests of one kind are asked about once: what decides is the operation, the headers and the members. */
function kindOf({ operation, exchange: { request } }: Seen): string {
  const headers = request.headers
    .map(([name]) => name.toLowerCase())
    .filter((name) => /^if-|idempoten|key/.test(name));
  const members = [...request.body.matchAll(/"([^"\\]{1,64})"\s*:/g)].map(([, name]) => name);
  return `${operation} ${headers.join()} ${members.join()}`;
}

function toDiagnosis(seen: Seen, { cause, explanation, remedy, fact }: DocumentedFact): Diagnosis {
  return {
    kind: "documented",
    cause,
    certainty: "likely",
    exchange: seen.id,
    movedBy: null,
    evidence: [{ exchange: null, fact }],
    ruledOut: [],
    explanation,
    remedy,
    toConfirm: null,
    missing: [],
  };
}

/** What the vendor documents of the requests to its platform, each fact once for each operation. Sends nothing. Pure. */
export function diagnoseDocumented({ all }: Book): readonly Diagnosis[] {
  const asked = new Set<string>();
  const told = new Set<string>();
  return all.flatMap((seen): readonly Diagnosis[] => {
    if (!seen.path.startsWith("/api/v2/") && !seen.path.startsWith("/scim/")) return [];
    const kind = kindOf(seen);
    if (asked.has(kind)) return [];
    asked.add(kind);
    const { method, url, headers, body, bodyEncoding } = seen.exchange.request;
    const text = body === "" || bodyEncoding !== "utf8" ? null : body;
    return documentedFacts({ method, url, headers, body: text }).flatMap((found) => {
      const name = `${found.operation} ${found.cause} ${found.fact}`;
      if (told.has(name)) return [];
      told.add(name);
      return [toDiagnosis(seen, found)];
    });
  });
}
