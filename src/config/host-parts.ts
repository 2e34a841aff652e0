import { GcidemError } from "../core/errors.js";

/** A host as gc and the Terraform provider spell it, in several settings. */
export interface HostParts {
  readonly protocol: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

function urlOf({ protocol, host, port, path }: HostParts, source: string): URL {
  const scheme = protocol.replace(/:?\/*$/, "").toLowerCase();
  const text = `${scheme}://${host}${port === "" || port === "-1" ? "" : `:${port}`}`;
  const isPlain = /^(?:\[[\da-f:.]+\]|[\w.-]+)$/i.test(host);
  if (!isPlain || !/^https?$/.test(scheme) || !URL.canParse(text))
    throw new GcidemError("usage", `${source}: found no usable address of a host; nothing was sent`, {
      hint: "expected a protocol (http or https), a host name and a port number",
    });
  const url = new URL(text);
  url.pathname = path;
  return url;
}

/** Origin and path, without a slash at the end. Pure. @throws GcidemError `usage` */
export function gatewayUrl(parts: HostParts, source: string): string {
  const { origin, pathname } = urlOf(parts, source);
  return `${origin}${pathname.replace(/\/+$/, "")}`;
}

/** URL of a proxy, with its credentials where it has any. Pure. @throws GcidemError `usage` */
export function proxyUrl(
  parts: HostParts,
  { username, password }: { readonly username: string; readonly password: string },
  source: string,
): string {
  const { protocol, host } = urlOf(parts, source);
  const user =
    username === "" && password === ""
      ? ""
      : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
  return `${protocol}//${user}${host}`;
}
