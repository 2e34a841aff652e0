import { type Agent as HttpAgent, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { SecureContext } from "node:tls";
import type { HeaderList } from "../core/http.js";
import { ADDRESS_OPTIONS, endpointOf } from "./addresses.js";
import { KeepAliveHttpAgent, KeepAliveHttpsAgent } from "./keep-alive.js";
import type { Environment } from "./proxy.js";
import type { Trust } from "./trust.js";
import { type NoRoute, type Route, requestTarget, type Way, wayTo } from "./way.js";

/** The connections of one transport. Owns sockets: close it. */
export interface Connections {
  readonly routeTo: (url: URL) => Promise<Route | NoRoute>;
  readonly close: () => void;
}

/** As Node takes them: names and values in turn. `flat()` takes ten times as long. */
function inOneList(headers: HeaderList): string[] {
  const list: string[] = [];
  for (const [name, value] of headers) list.push(name, value);
  return list;
}

/**
 * Requests over an agent's connections. Plain HTTP through a proxy is done here and not by http-proxy-agent, which
 * builds the header block anew and would lose our lines.
 */
function routeOver(way: Way, agent: HttpAgent): Route {
  const asked = way.proxy === null || way.tunnelled ? way.server : way.proxy;
  const start = asked.protocol === "https:" ? httpsRequest : httpRequest;
  const { protocol } = asked;
  const { host, port, lookup } = endpointOf(asked);
  return {
    ...way,
    connection: "asked",
    // Member by member: a copy that then grows takes V8 5 µs a request (Nov 2026).
    open: (method, url, headers) =>
      start({
        protocol,
        host,
        port,
        lookup,
        agent,
        method,
        path: requestTarget(way, url),
        headers: inOneList(headers),
      }),
  };
}

/**
 * Opens the pools of connections of one transport; each pool comes into being when it is first needed. `keep` false: no
 * connection serves a second request.
 */
export function openConnections(
  env: Environment,
  trust: Trust,
  { keep }: { readonly keep: boolean } = { keep: true },
): Connections {
  const agentOptions = { keepAlive: keep, ...ADDRESS_OPTIONS };
  const plain = new KeepAliveHttpAgent(agentOptions);
  /** By what they trust and show. */
  const secure = new Map<SecureContext | undefined, KeepAliveHttpsAgent>();
  const tunnels = new Map<SecureContext | undefined, Promise<HttpAgent>>();
  const routes = new Map<string, Promise<Route | NoRoute>>();

  const agentFor = (asked: URL, secureContext: SecureContext | undefined): HttpAgent => {
    if (asked.protocol === "http:") return plain;
    const known = secure.get(secureContext);
    if (known !== undefined) return known;
    const agent = new KeepAliveHttpsAgent({
      ...agentOptions,
      // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise switch verification off.
      rejectUnauthorized: true,
      ...(secureContext === undefined ? {} : { secureContext }),
    });
    secure.set(secureContext, agent);
    return agent;
  };
  const tunnelsThrough = (proxy: URL, secureContext: SecureContext | undefined): Promise<HttpAgent> => {
    const known = tunnels.get(secureContext);
    if (known !== undefined) return known;
    const toProxy = trust.contextFor(null);
    const opened = import("./tunnel-agent.js").then(
      ({ TunnelAgent }) => new TunnelAgent(proxy, { keepAlive: keep, secureContext, toProxy }),
    );
    tunnels.set(secureContext, opened);
    return opened;
  };
  const findRoute = async (url: URL): Promise<Route | NoRoute> => {
    const way = wayTo(url, env);
    if ("problem" in way) return way;
    if (way.proxy === null) return routeOver(way, agentFor(url, trust.contextFor(url)));
    return routeOver(
      way,
      way.tunnelled
        ? await tunnelsThrough(way.proxy, trust.contextFor(url))
        : agentFor(way.proxy, trust.contextFor(null)),
    );
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
    for (const agent of secure.values()) agent.destroy();
    for (const opened of tunnels.values()) void opened.then((agent) => agent.destroy());
  };
  return { routeTo, close };
}
