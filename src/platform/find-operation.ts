import { LISTED_AREAS, operationAt } from "./all-operations.js";
import { AREA_NAMES } from "./area-names.js";
import { nearestOperations } from "./nearest-operations.js";
import type { DocumentedMatch } from "./platform.js";
import { mayBePlatform } from "./vendor-hosts.js";

const FOREIGN: DocumentedMatch = { kind: "foreign" };
/** gcidem's own collection on the mock, which no platform has. */
const OWN_PATH = "/api/v2/mock/";
const LOGIN_PATH = "/oauth/token";
const PREFIX = "/api/v2/";

/** The path that an operation's template is compared with: a gateway may put a prefix of its own before it. */
function platformPath(url: string): string | null {
  const absolute = /^https?:\/\//i.test(url);
  if (absolute && !URL.canParse(url)) return null;
  if (absolute && !mayBePlatform(new URL(url).hostname)) return null;
  const path = absolute ? new URL(url).pathname : (url.split(/[?#]/)[0] ?? "");
  const start = path.indexOf(PREFIX);
  if (start !== -1) return path.startsWith(OWN_PATH, start) ? null : path.slice(start);
  return path.endsWith(LOGIN_PATH) ? LOGIN_PATH : null;
}

/** True where an operation that gcidem does not know is none: it lists the area, or there is no such area. */
function isListed(path: string): boolean {
  const [area = "", second] = path.slice(PREFIX.length).split("/");
  // SDK 262.0.0 has no chats any more, and the gc CLI, which still does, was not listed.
  if (area === "conversations" && second === "chats") return false;
  return LISTED_AREAS.has(area) || !AREA_NAMES.has(area);
}

/**
 * What the vendor documents at a method and URL (absolute, or a path). A URL at a host that cannot be the platform's is
 * foreign, and so is a path that is not under /api/v2/. What a segment in the place of a `{parameter}` says does not matter:
 * `<read.id>` is a value like any other. Pure.
 */
export function findOperation(method: string, url: string): DocumentedMatch {
  const path = platformPath(url);
  if (path === null) return FOREIGN;
  const verb = method.toUpperCase();
  const operation = operationAt(verb, path);
  if (operation !== null) return { kind: "documented", operation };
  // Browsers ask any path with OPTIONS before they send; no document names it.
  if (verb === "OPTIONS" || path === LOGIN_PATH) return { kind: "not-documented", nearest: [], known: false };
  const known = isListed(path);
  return { kind: "not-documented", nearest: known ? nearestOperations(verb, path) : [], known };
}
