import { isIP } from "node:net";
import { isLoopbackHost } from "../core/loopback.js";

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How a request leaves: straight, through a proxy, or not at all because the proxy setting makes no sense. */
export type ProxyChoice =
  | { readonly kind: "direct" }
  | { readonly kind: "proxy"; readonly proxy: URL }
  | { readonly kind: "unusable"; readonly problem: string };

const DIRECT: ProxyChoice = { kind: "direct" };

/** Lower case outranks upper case, and an empty value counts as unset, as in curl. */
function variable(env: Environment, name: string): string | undefined {
  return env[name.toLowerCase()] || env[name.toUpperCase()] || undefined;
}

function portOf(url: URL): string {
  return url.port || (url.protocol === "https:" ? "443" : "80");
}

/** `host`, `host:port`, `[v6]:port` or a bare IPv6 address, which is all colons and no port. */
function splitPort(entry: string): readonly [host: string, port: string | null] {
  if (isIP(entry) === 6) return [entry, null];
  const [, host = "", port = null] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return [host.replace(/^\[|\]$/g, ""), port];
}

function isExempt(target: URL, entry: string): boolean {
  if (entry === "*") return true;
  const [host, port] = splitPort(entry);
  if (port !== null && port !== portOf(target)) return false;
  const domain = host.replace(/^\*?\./, "");
  const name = target.hostname.replace(/^\[|\]$/g, "");
  if (domain === "") return false;
  return name === domain || (isIP(name) === 0 && name.endsWith(`.${domain}`));
}

function parseProxy(text: string): URL | null {
  const spelled = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(spelled) ? new URL(spelled) : null;
}

/** `user:password` of a proxy's URL, percent-decoded; null where it names none. Pure. @throws URIError on a bad escape. */
export function proxyCredentials(proxy: URL): string | null {
  if (proxy.username === "" && proxy.password === "") return null;
  return `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
}

/** What makes a proxy setting useless; null where nothing does. Never repeats the setting: it may hold a password. */
function problemOf(name: string, proxy: URL | null): string | null {
  if (proxy === null) return `${name} is not a URL; expected something like http://proxy.example:3128`;
  if (proxy.protocol !== "http:" && proxy.protocol !== "https:") {
    return `${name} names a ${proxy.protocol}// proxy; gcidem can use http:// and https:// proxies`;
  }
  try {
    proxyCredentials(proxy);
    return null;
  } catch {
    return `${name} has a user or password with a stray % in it; write % as %25`;
  }
}

/**
 * Chooses the proxy for a target: HTTPS_PROXY or HTTP_PROXY by the target's scheme, unless NO_PROXY (names with their
 * subdomains, `host:port`, `*`) exempts it. Loopback never goes through a proxy, whatever the variables say. Pure.
 */
export function chooseProxy(target: URL, env: Environment): ProxyChoice {
  if (isLoopbackHost(target.hostname)) return DIRECT;
  const name = target.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const text = variable(env, name);
  if (text === undefined) return DIRECT;
  const exempt = (variable(env, "NO_PROXY") ?? "").toLowerCase().split(/[\s,]+/);
  if (exempt.some((entry) => isExempt(target, entry))) return DIRECT;
  const proxy = parseProxy(text);
  const problem = problemOf(name, proxy);
  if (proxy === null || problem !== null) return { kind: "unusable", problem: problem ?? "" };
  return { kind: "proxy", proxy };
}
