import type { Exchange } from "../journal/journal.js";

/** What an answer of the platform says of the organisation that was asked. */
export interface Organization {
  readonly id: string | null;
  readonly name: string | null;
  /** Customer care asks for this one; the platform's own word for it is `thirdPartyOrgName`. */
  readonly shortName: string | null;
}

const ORGANIZATION = /\/api\/v2\/organizations\/me(?:[?#]|$)/;
const OWN_USER = /\/api\/v2\/users\/me(?:[?#]|$)/;

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(body: string): Members | null {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** A text that redaction left alone. */
function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" && !value.startsWith("<") ? value : null;
}

/**
 * The organisation, where this exchange is a good answer that tells it: GET organizations/me, or users/me with the
 * organisation expanded (as the JavaScript SDK 262.0.0 declares them); null otherwise. Pure.
 */
export function organizationOf({ request, response }: Exchange): Organization | null {
  if (request.method !== "GET" || response?.status !== 200 || response.bodyEncoding !== "utf8") return null;
  const own = ORGANIZATION.test(request.url);
  if (!own && !OWN_USER.test(request.url)) return null;
  const body = parsed(response.body);
  const found = own ? body : body?.organization;
  if (!isObject(found)) return null;
  const { id, name, thirdPartyOrgName } = found;
  const organization = { id: textOf(id), name: textOf(name), shortName: textOf(thirdPartyOrgName) };
  return organization.id === null && organization.shortName === null ? null : organization;
}
