import { readFileSync } from "node:fs";
import {
  type ClientRequest,
  type Agent as HttpAgent,
  request as httpRequest,
  type RequestOptions,
} from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import type { HeaderList } from "../core/http.js";
import { isLoopbackHost } from "../core/loopback.js";
import { KeepAliveHttpAgent, KeepAliveHttpsAgent } from "./keep-alive.js";
import { chooseProxy, type Environment, proxyCredentials } from "./proxy.js";

/** One way to one origin. */
export interface Route {
  /** `host:port` of the server that is asked. */
  readonly target: string;
  /** Who the connection leads to, for messages: the target, or `the proxy host:port`. */
  readonly peer: string;
  readonly tunnelled: boolean;
  /** What the way itself needs said, such as credentials for a proxy. */
  readonly headers: HeaderList;
  /** Starts a request whose header lines are exactly these. Throws where Node refuses one of them. */
  readonly open: (method: string, url: URL, headers: HeaderList) => ClientRequest;
}

/** A target that cannot be reached because of how proxies are set. */
interface NoRoute {
  readonly problem: string;
}

/** The connections of one transport. Owns sockets: close it. */
export interface Connections {
  readonly routeTo: (url: URL) => Promise<Route | NoRoute>;
  readonly close: () => void;
}

const LOOPBACK_ADDRESSES = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

/** `localhost` without asking anybody: a resolver or a hosts file could send it elsewhere. */
const lookUpLoopback: LookupFunction = (_hostname, options, callback) => {
  if (options.all === true) callback(null, LOOPBACK_ADDRESSES);
  else callback(null, "127.0.0.1", 4);
};

/**
 * Node 20 gives each of several addresses 250 ms to accept before it tries the next and at last fails, which a server
 * on the other side of the world does not meet.
 */
const AGENT_OPTIONS = {
  keepAlive: true,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: 2_000,
} as const;

/** Node forgets NODE_EXTRA_CA_CERTS as soon as a program names authorities of its own. */
function extraRoots(env: Environment): readonly string[] {
  const file = env.NODE_EXTRA_CA_CERTS;
  if (file === undefined || file === "") return [];
  try {
    return [readFileSync(file, "utf8")];
  } catch {
    return [];
  }
}

function trust(ca: string | undefined, env: Environment): SecureContext | undefined {
  if (ca === undefined) return undefined;
  return createSecureContext({ ca: [...rootCertificates, ...extraRoots(env), ca] });
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === "https:" ? 443 : 80));
}

function addressOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** A server that is connected to, and what is the same for every request to it. */
function openerFor(server: URL, agent: HttpAgent): (message: RequestOptions) => ClientRequest {
  const start = server.protocol === "https:" ? httpsRequest : httpRequest;
  const lookup = isLoopbackHost(server.hostname) ? { lookup: lookUpLoopback } : {};
  const common = { protocol: server.protocol, host: hostOf(server), port: portOf(server), agent, ...lookup };
  return (message) => start({ ...common, ...message });
}

function direct(server: URL, agent: HttpAgent): Route {
  const open = openerFor(server, agent);
  return {
    target: addressOf(server),
    peer: addressOf(server),
    tunnelled: false,
    headers: [],
    open: (method, url, headers) =>
      open({ method, path: `${url.pathname}${url.search}`, headers: headers.flat() }),
  };
}

/**
 * Plain HTTP through a proxy: the same connection handling, with the whole URL as the request's target (RFC 9112,
 * 3.2.2). Done here and not by http-proxy-agent, which builds the header block anew and would lose our lines.
 */
function forwarded(server: URL, proxy: URL, agent: HttpAgent): Route {
  const open = openerFor(proxy, agent);
  const credentials = proxyCredentials(proxy);
  const basic = `Basic ${Buffer.from(credentials ?? "").toString("base64")}`;
  return {
    target: addressOf(server),
    peer: `the proxy ${addressOf(proxy)}`,
    tunnelled: false,
    headers: credentials === null ? [] : [["Proxy-Authorization", basic]],
    open: (method, url, headers) =>
      open({
        method,
        path: `http://${url.host}${url.pathname}${url.search}`,
        headers: headers.flat(),
      }),
  };
}

/** Opens the pools of connections of one transport; each pool comes into being when it is first needed. */
export function openConnections(env: Environment, ca: string | undefined): Connections {
  const plain = new KeepAliveHttpAgent(AGENT_OPTIONS);
  let context: SecureContext | undefined;
  let secure: KeepAliveHttpsAgent | null = null;
  let tunnels: Promise<HttpAgent> | null = null;
  const routes = new Map<string, Promise<Route | NoRoute>>();

  const authorities = (): { readonly secureContext?: SecureContext } => {
    context ??= trust(ca, env);
    return context === undefined ? {} : { secureContext: context };
  };
  const agentFor = (server: URL): HttpAgent => {
    if (server.protocol === "http:") return plain;
    // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise switch verification off.
    secure ??= new KeepAliveHttpsAgent({ ...AGENT_OPTIONS, rejectUnauthorized: true, ...authorities() });
    return secure;
  };
  const tunnelled = async (url: URL, proxy: URL): Promise<Route> => {
    tunnels ??= import("./tunnel-agent.js").then(
      ({ TunnelAgent }) => new TunnelAgent(proxy, authorities().secureContext),
    );
    return { ...direct(url, await tunnels), peer: `the proxy ${addressOf(proxy)}`, tunnelled: true };
  };
  const findRoute = async (url: URL): Promise<Route | NoRoute> => {
    const choice = chooseProxy(url, env);
    if (choice.kind === "unusable") return { problem: choice.problem };
    if (choice.kind === "direct") return direct(url, agentFor(url));
    if (url.protocol === "https:") return tunnelled(url, choice.proxy);
    return forwarded(url, choice.proxy, agentFor(choice.proxy));
  };
  const routeTo = (url: URL): Promise<Route | NoRoute> => {
    const known = routes.get(url.origin);
    if (known !== undefined) return known;
    const found = findRoute(url);
    routes.set(url.origin, found);
    return found;
  };
  const close = (): void => {
    plain.destroy();
    secure?.destroy();
    void tunnels?.then((agent) => agent.destroy());
  };
  return { routeTo, close };
}
