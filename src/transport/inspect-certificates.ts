import { X509Certificate } from "node:crypto";
import { request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type Socket } from "node:net";
import { connect, rootCertificates, type TLSSocket } from "node:tls";
import { realClock } from "../core/clock.js";
import { ADDRESS_OPTIONS, addressOf, endpointOf, hostOf } from "./addresses.js";
import { chooseProxy, proxyCredentials } from "./proxy.js";
import type { TransportOptions } from "./transport.js";
import { createTrust, type Trust } from "./trust.js";

/** Whose certificate a server shows, and who vouches for it. Names are as they stand there: hostile until made printable. */
export interface ShownCertificate {
  readonly subject: string;
  /** Who signed the topmost certificate of the chain; the subject itself where nobody else did. */
  readonly authority: string;
  /** True where nobody but itself signed the server's own certificate. */
  readonly selfSigned: boolean;
  /** True where one of the authorities that Node comes with vouches for the chain. */
  readonly isPublic: boolean;
  /** ISO 8601, or what stands there where that is no time. */
  readonly validFrom: string;
  readonly validTo: string;
  /** Node's code for why it is not trusted, with the authorities that were added; null: it is. */
  readonly trouble: string | null;
}

type Looking = Pick<TransportOptions, "ca" | "env">;

/** A server that does not even shake hands by then has other troubles, which a request will tell of. */
const LONGEST_MS = 10_000;

/** `CN=A` of several lines: the common name, else the organisation, else all. */
function nameIn(lines: string): string {
  const part = (key: string): string | undefined => new RegExp(`^${key}=(.+)$`, "m").exec(lines)?.[1];
  return part("CN") ?? part("O") ?? lines.split("\n").join(", ");
}

function chainOf(leaf: X509Certificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let each: X509Certificate | undefined = leaf; each !== undefined; each = each.issuerCertificate) {
    // The topmost one names itself as its issuer.
    if (chain.some(({ fingerprint256 }) => fingerprint256 === each?.fingerprint256)) break;
    chain.push(each);
  }
  return chain;
}

function isVouchedFor(chain: readonly X509Certificate[]): boolean {
  const roots = rootCertificates.map((pem) => new X509Certificate(pem));
  return chain.some((each) =>
    roots.some(
      (root) =>
        root.fingerprint256 === each.fingerprint256 ||
        (root.subject === each.issuer && each.checkIssued(root) && each.verify(root.publicKey)),
    ),
  );
}

function troubleOf({ authorized, authorizationError }: TLSSocket): string | null {
  if (authorized) return null;
  const error: unknown = authorizationError;
  if (error instanceof Error) return "code" in error ? String(error.code) : error.message;
  return String(error);
}

/** A certificate can hold what is no time at all. */
function instantOf(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}

function shownBy(socket: TLSSocket): ShownCertificate | null {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return null;
  const chain = chainOf(leaf);
  const top = chain.at(-1) ?? leaf;
  return {
    subject: nameIn(leaf.subject),
    authority: nameIn(top.issuer),
    selfSigned: leaf.subject === leaf.issuer,
    isPublic: isVouchedFor(chain),
    validFrom: instantOf(leaf.validFrom),
    validTo: instantOf(leaf.validTo),
    trouble: troubleOf(socket),
  };
}

/** Null for a certificate that Node itself cannot make sense of: a server may show anything. */
function readable(socket: TLSSocket): ShownCertificate | null {
  try {
    return shownBy(socket);
  } catch {
    return null;
  }
}

/** A tunnel as requests have it; null where the proxy makes none. */
function openTunnel(proxy: URL, url: URL, trust: Trust): Promise<Socket | null> {
  const credentials = proxyCredentials(proxy);
  const secureContext = trust.contextFor(null);
  const options: RequestOptions = {
    ...endpointOf(proxy),
    ...ADDRESS_OPTIONS,
    method: "CONNECT",
    path: addressOf(url),
    timeout: LONGEST_MS,
    headers: {
      host: addressOf(url),
      ...(credentials === null
        ? {}
        : { "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}` }),
    },
  };
  const secure = { ...options, rejectUnauthorized: true, ...(secureContext ? { secureContext } : {}) };
  return new Promise((resolve) => {
    const request = proxy.protocol === "https:" ? httpsRequest(secure) : httpRequest(options);
    request.once("connect", ({ statusCode }, socket: Socket) => {
      if (statusCode !== 200) socket.destroy();
      resolve(statusCode === 200 ? socket : null);
    });
    request.once("response", () => request.destroy());
    request.once("timeout", () => request.destroy());
    request.once("close", () => resolve(null));
    request.on("error", () => resolve(null));
    request.end();
  });
}

function shakeHands(url: URL, trust: Trust, tunnel: Socket | null): Promise<ShownCertificate | null> {
  const host = hostOf(url);
  const secureContext = trust.contextFor(url);
  return new Promise((resolve) => {
    const socket = connect({
      ...(tunnel === null ? { ...endpointOf(url), ...ADDRESS_OPTIONS } : { socket: tunnel, host }),
      servername: isIP(host) === 0 ? host : "",
      // Nothing is sent and nothing is believed over this connection: it is there to see what is shown.
      rejectUnauthorized: false,
      ...(secureContext === undefined ? {} : { secureContext }),
    });
    const done = (shown: ShownCertificate | null): void => {
      resolve(shown);
      socket.destroy();
    };
    socket.setTimeout(LONGEST_MS, () => done(null));
    socket.once("secureConnect", () => done(readable(socket)));
    socket.once("close", () => resolve(null));
    socket.on("error", () => done(null));
  });
}

/**
 * Looks at the certificate of an https URL's server, on the way that requests to it would take, and hangs up: no request
 * and no credentials are sent, but those for a proxy. Null where no handshake came about.
 * @throws GcidemError `usage` where `ca` is no certificate
 */
export async function inspectCertificates(
  url: URL,
  { ca, env = {} }: Looking,
): Promise<ShownCertificate | null> {
  const trust = createTrust({ clock: realClock(), env, ...(ca === undefined ? {} : { ca }) });
  const choice = chooseProxy(url, env);
  if (choice.kind === "unusable") return null;
  if (choice.kind === "direct") return shakeHands(url, trust, null);
  const tunnel = await openTunnel(choice.proxy, url, trust);
  return tunnel === null ? null : shakeHands(url, trust, tunnel);
}
