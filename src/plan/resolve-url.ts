import type { SourcePosition } from "../core/errors.js";
import { RefusedRequest, type Scope } from "./plan.js";

const CONTROL_PATH = "/__gcidem/";

function parse(text: string, base: string | undefined, at: SourcePosition): URL {
  try {
    return new URL(text, base);
  } catch {
    throw new RefusedRequest("ERR_INVALID_URL", `"${text}" is not a URL path`, at);
  }
}

/** Where a scenario's requests may go. */
export type Reach = Pick<Scope, "baseUrl" | "allowedOrigins">;

function isAllowed({ origin, username, password }: URL, { allowedOrigins = [] }: Reach): boolean {
  return username === "" && password === "" && allowedOrigins.includes(origin);
}

/**
 * Puts a step's path on its target, by WHATWG rules and by origin: `//evil`, `/\evil` and `user@` name other hosts in
 * disguise. A path that climbs out of the target's own path prefix is refused too. A whole URL may lead to another origin
 * that the user's own config lists. Pure.
 * @throws RefusedRequest ERR_OTHER_HOST, ERR_OUTSIDE_TARGET, ERR_CONTROL_PATH or ERR_INVALID_URL.
 */
export function resolveUrl(reach: Reach, path: string, at: SourcePosition): string {
  const { baseUrl } = reach;
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/$/, "");
  const alone = parse(path, base.href, at);
  if (/^https?:/i.test(path) && alone.origin !== base.origin && isAllowed(alone, reach)) {
    alone.hash = "";
    return alone.href;
  }
  if (alone.origin !== base.origin || alone.username !== "" || alone.password !== "") {
    const message = `${path} leads to another host (${alone.host}) than the target (${base.host}); nothing was sent`;
    throw new RefusedRequest("ERR_OTHER_HOST", message, at);
  }
  const url = /^[/\\]/.test(path) ? parse(`${base.origin}${prefix}${path}`, undefined, at) : alone;
  if (url.origin !== base.origin || !`${url.pathname}/`.startsWith(`${prefix}/`)) {
    throw new RefusedRequest(
      "ERR_OUTSIDE_TARGET",
      `${path} climbs out of the target ${baseUrl}; nothing was sent`,
      at,
    );
  }
  if (`${url.pathname.slice(prefix.length)}/`.startsWith(CONTROL_PATH)) {
    throw new RefusedRequest(
      "ERR_CONTROL_PATH",
      `${path} is the mock's control; a scenario may not use it`,
      at,
    );
  }
  url.hash = "";
  return url.href;
}
