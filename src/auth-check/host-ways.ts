import { connectionOptions } from "../session/open-transport.js";
import { addressOf } from "../transport/addresses.js";
import { inspectCertificates } from "../transport/inspect-certificates.js";
import { chooseProxy, proxyCredentials } from "../transport/proxy.js";
import type { CheckOptions, HostWay } from "./auth-check.js";

function variableOf(url: URL): string {
  return url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
}

/** True where requests to a URL go through a proxy. Pure. */
export function isProxied(url: URL, options: CheckOptions): boolean {
  return chooseProxy(url, connectionOptions(options).env ?? {}).kind === "proxy";
}

/** Passwords of the proxies that may be asked, as they are and as they travel. Pure. */
export function proxySecrets(options: CheckOptions): readonly string[] {
  const { env = {} } = connectionOptions(options);
  return ["https://any.invalid", "http://any.invalid"].flatMap((url) => {
    const choice = chooseProxy(new URL(url), { ...env, NO_PROXY: "", no_proxy: "" });
    const credentials = choice.kind === "proxy" ? proxyCredentials(choice.proxy) : null;
    if (credentials === null) return [];
    const password = credentials.slice(credentials.indexOf(":") + 1);
    return [password, Buffer.from(credentials).toString("base64")].filter((each) => each !== "");
  });
}

/** Says the way without the credentials that a proxy's URL may hold. */
function wayWords(url: URL, options: CheckOptions): string {
  const choice = chooseProxy(url, connectionOptions(options).env ?? {});
  if (choice.kind === "direct") return "straight";
  if (choice.kind === "unusable") return choice.problem;
  const { target } = options;
  const own = target.kind === "profile" ? target.profile.proxy : null;
  return `through the proxy ${addressOf(choice.proxy)} (${own?.source ?? `environment ${variableOf(url)}`})`;
}

/**
 * How the hosts of these URLs are reached, each named once: past which proxy, and whose certificate they show. Shakes hands
 * and sends no request. @throws GcidemError `usage` where an authority that was given is no certificate
 */
export async function lookAtHosts(urls: readonly URL[], options: CheckOptions): Promise<readonly HostWay[]> {
  const hosts = urls.filter((url, index) => urls.findIndex(({ origin }) => origin === url.origin) === index);
  return Promise.all(
    hosts.map(async (url) => ({
      host: url.host,
      way: wayWords(url, options),
      certificate:
        url.protocol === "https:" ? await inspectCertificates(url, connectionOptions(options)) : null,
    })),
  );
}
