import type { ClientRequest } from "node:http";
import type { HeaderList } from "../core/http.js";
import { addressOf } from "./addresses.js";
import { chooseProxy, type Environment, proxyCredentials } from "./proxy.js";

/** Where requests to one origin go, and past whom. */
export interface Way {
  readonly server: URL;
  /** The proxy that is connected to in the server's place; null: none. */
  readonly proxy: URL | null;
  /** True where a tunnel through the proxy has to be made first; otherwise a proxy is asked for the whole URL. */
  readonly tunnelled: boolean;
  /** `host:port` of the server that is asked. */
  readonly target: string;
  /** Who the connection leads to, for messages: the target, or `the proxy host:port`. */
  readonly peer: string;
  /** What the way itself needs said, such as credentials for a proxy. */
  readonly headers: HeaderList;
}

/** A way on which requests can be started. */
export interface Route extends Way {
  /**
   * `asked`: a connection is asked for with the request; `standing`: it stands and is this request's alone; `shared`:
   * it stands and carries other requests too (HTTP/2).
   */
  readonly connection: "asked" | "standing" | "shared";
  /** Starts a request whose header lines are exactly these. Throws where Node refuses one of them. */
  readonly open: (method: string, url: URL, headers: HeaderList) => ClientRequest;
}

/** A target that cannot be reached because of how proxies are set. */
export interface NoRoute {
  readonly problem: string;
}

function credentialLines(proxy: URL): HeaderList {
  const credentials = proxyCredentials(proxy);
  if (credentials === null) return [];
  return [["Proxy-Authorization", `Basic ${Buffer.from(credentials).toString("base64")}`]];
}

/** Finds the way to a URL's origin. Pure. */
export function wayTo(url: URL, env: Environment): Way | NoRoute {
  const choice = chooseProxy(url, env);
  if (choice.kind === "unusable") return { problem: choice.problem };
  const common = { server: url, target: addressOf(url) };
  if (choice.kind === "direct") {
    return { ...common, proxy: null, tunnelled: false, peer: addressOf(url), headers: [] };
  }
  const { proxy } = choice;
  const tunnelled = url.protocol === "https:";
  const peer = `the proxy ${addressOf(proxy)}`;
  return { ...common, proxy, tunnelled, peer, headers: tunnelled ? [] : credentialLines(proxy) };
}

/** The request target for a URL: whole where a proxy is asked for it (RFC 9112, 3.2.2). Pure. */
export function requestTarget(way: Way, url: URL): string {
  const path = `${url.pathname}${url.search}`;
  return way.proxy !== null && !way.tunnelled ? `http://${url.host}${path}` : path;
}
