import { readFileSync } from "node:fs";
import { type Agent as HttpAgent, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { ADDRESS_OPTIONS, endpointOf } from "./addresses.js";
import { KeepAliveHttpAgent, KeepAliveHttpsAgent } from "./keep-alive.js";
import type { Environment } from "./proxy.js";
import { type NoRoute, type Route, requestTarget, type Way, wayTo } from "./way.js";

/** The connections of one transport. Owns sockets: close it. */
export interface Connections {
  readonly routeTo: (url: URL) => Promise<Route | NoRoute>;
  /** Whom TLS connections trust besides Node's own authorities; undefined: nobody. */
  readonly authorities: () => SecureContext | undefined;
  readonly close: () => void;
}

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

/**
 * Requests over an agent's connections. Plain HTTP through a proxy is done here and not by http-proxy-agent, which
 * builds the header block anew and would lose our lines.
 */
function routeOver(way: Way, agent: HttpAgent): Route {
  const asked = way.proxy === null || way.tunnelled ? way.server : way.proxy;
  const start = asked.protocol === "https:" ? httpsRequest : httpRequest;
  const common = { protocol: asked.protocol, ...endpointOf(asked), agent };
  return {
    ...way,
    connection: "asked",
    open: (method, url, headers) =>
      start({ ...common, method, path: requestTarget(way, url), headers: headers.flat() }),
  };
}

/**
 * Opens the pools of connections of one transport; each pool comes into being when it is first needed. `keep` false: no
 * connection serves a second request.
 */
export function openConnections(
  env: Environment,
  ca: string | undefined,
  { keep }: { readonly keep: boolean } = { keep: true },
): Connections {
  const agentOptions = { keepAlive: keep, ...ADDRESS_OPTIONS };
  const plain = new KeepAliveHttpAgent(agentOptions);
  let context: SecureContext | undefined;
  let secure: KeepAliveHttpsAgent | null = null;
  let tunnels: Promise<HttpAgent> | null = null;
  const routes = new Map<string, Promise<Route | NoRoute>>();

  const authorities = (): SecureContext | undefined => {
    context ??= trust(ca, env);
    return context;
  };
  const agentFor = (server: URL): HttpAgent => {
    if (server.protocol === "http:") return plain;
    const secureContext = authorities();
    secure ??= new KeepAliveHttpsAgent({
      ...agentOptions,
      // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise switch verification off.
      rejectUnauthorized: true,
      ...(secureContext === undefined ? {} : { secureContext }),
    });
    return secure;
  };
  const tunnelsThrough = (proxy: URL): Promise<HttpAgent> => {
    tunnels ??= import("./tunnel-agent.js").then(
      ({ TunnelAgent }) => new TunnelAgent(proxy, { keepAlive: keep, secureContext: authorities() }),
    );
    return tunnels;
  };
  const findRoute = async (url: URL): Promise<Route | NoRoute> => {
    const way = wayTo(url, env);
    if ("problem" in way) return way;
    if (way.proxy === null) return routeOver(way, agentFor(url));
    return routeOver(way, way.tunnelled ? await tunnelsThrough(way.proxy) : agentFor(way.proxy));
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
  return { routeTo, authorities, close };
}
