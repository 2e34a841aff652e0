import { isLoopbackHost } from "../../core/loopback.js";
import type { MockRequest } from "../request.js";
import { type ControlAnswer, refusing } from "./control-answer.js";

/** Every name by which a request calls this server: HTTP/2 has one in `:authority`, and may have another. */
function namesOf({ headers }: MockRequest): readonly string[] {
  return [headers.host, headers[":authority"]].filter((name) => typeof name === "string");
}

/** `localhost:8080` or `[::1]` without the port; null for what is no host. */
function withoutPort(host: string): string | null {
  return /^(\[[^\]]*\]|[^:[\]]+)(?::\d{0,5})?$/.exec(host)?.[1] ?? null;
}

/** Site relations of a request that a person or a program sent, not another site's page. */
const OWN_SITES: ReadonlySet<string> = new Set(["none", "same-origin"]);

/**
 * Refuses what a web page in the operator's browser may have sent: pages of other sites can reach a loopback port, say
 * so by `Origin` or `Sec-Fetch-Site`, and come by a name of their own where they rebound it to 127.0.0.1. Null: it may
 * pass. Pure.
 */
export function guardControl(request: MockRequest): ControlAnswer | null {
  const { origin } = request.headers;
  const site = request.headers["sec-fetch-site"];
  if (origin !== undefined) {
    return refusing(403, "found an Origin header, expected none: web pages may not control the mock");
  }
  if (site !== undefined && !OWN_SITES.has(String(site))) {
    return refusing(403, "found a Sec-Fetch-Site of another site: web pages may not control the mock");
  }
  const names = namesOf(request);
  const other = names.find((name) => !isLoopbackHost(withoutPort(name) ?? ""));
  if (names.length > 0 && other === undefined) return null;
  const expected = "expected localhost, 127.0.0.1 or [::1] as the Host";
  return refusing(403, `found ${other ?? "no Host"}, ${expected}`);
}
