import type { PersonalScope } from "../core/personal.js";
import { isPlatformDomain } from "./vendor-hosts.js";

/** Areas of the platform's API whose things are the organization's own: their `name` is nobody's. */
const THINGS =
  /^(?:organizations|routing|integrations|dataactions|flows|architect|authorization|oauth|telephony|locations|stations|languages|timezones|alerting|processautomation|webdeployments|responsemanagement|widgets|license|tokens)$/;

/** Areas about callers, as they are known by elsewhere too: another API may well have `/api/v2/users`. */
const CALLERS = /^(?:conversations|externalcontacts|outbound|analytics)$/;

const AREA = /\/api\/v2\/([a-z]+)/;

/**
 * What of a message to or from a URL names people. `isPlatform`: the URL's host is known to be the platform's, whatever
 * it is called. Elsewhere the path decides: the platform may stand behind a gateway. Pure.
 */
export function callersDataAt(url: string, isPlatform: boolean): PersonalScope {
  const area = AREA.exec(url)?.[1] ?? "";
  if (!isPlatform && !isPlatformDomain(url)) return CALLERS.test(area) ? "people" : "nothing";
  return THINGS.test(area) ? "things" : "people";
}

/** True where a text names paths whose messages are about callers. Pure. */
export function namesCallersPaths(text: string): boolean {
  return /\/api\/v2\/(?:conversations|externalcontacts|outbound|analytics)\b/.test(text);
}
