import type { Clock } from "../core/clock.js";
import { createTransport } from "../transport/create-transport.js";
import type { Transport, TransportOptions } from "../transport/transport.js";
import type { SessionOptions } from "./session.js";

type Connecting = Pick<SessionOptions, "target" | "env" | "ca">;

/** The profile's proxy stands for those of the environment; NODE_EXTRA_CA_CERTS is no proxy and stays. */
function envOf({ target, env }: Connecting): TransportOptions["env"] {
  const proxy = target.kind === "profile" ? target.profile.proxy : null;
  if (proxy === null) return env;
  const { NODE_EXTRA_CA_CERTS } = env;
  return { NODE_EXTRA_CA_CERTS, HTTPS_PROXY: proxy.value, HTTP_PROXY: proxy.value };
}

function authoritiesOf({ target, ca }: Connecting): Pick<TransportOptions, "ca"> {
  const own = target.kind === "profile" ? target.profile.ca : null;
  const all = [ca, own].filter((each) => each !== null);
  return all.length === 0 ? {} : { ca: all.join("\n") };
}

function certificateOf({ target }: Connecting): Pick<TransportOptions, "clientCertificate"> {
  if (target.kind !== "profile" || target.profile.clientCertificate === null) return {};
  const { baseUrl, clientCertificate, credentials } = target.profile;
  const login = credentials?.value.kind === "client-credentials" ? [credentials.value.tokenUrl] : [];
  const origins = [baseUrl.value, ...login].map((url) => new URL(url).origin);
  return { clientCertificate: { ...clientCertificate, origins } };
}

/** The proxies and authorities of a session's target. Pure. */
export function connectionOptions(connecting: Connecting): Pick<TransportOptions, "env" | "ca"> {
  return { env: envOf(connecting) ?? {}, ...authoritiesOf(connecting) };
}

/**
 * Opens a transport with the authorities, the proxy and the client certificate that a session has for its target.
 * @throws GcidemError `usage` where a certificate is not usable
 */
export function openTransport(connecting: Connecting, clock: Clock): Transport {
  return createTransport({
    clock,
    ...connectionOptions(connecting),
    ...certificateOf(connecting),
  });
}
