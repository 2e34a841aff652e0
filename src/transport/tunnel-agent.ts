import { setMaxListeners } from "node:events";
import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { HttpsProxyAgent } from "https-proxy-agent";
import { parkSocket, wakeSocket } from "./keep-alive.js";

/** How tunnels are made. */
interface TunnelOptions {
  readonly keepAlive: boolean;
  /** For the server at the tunnel's end. */
  readonly secureContext: SecureContext | undefined;
  /** For a proxy that is itself reached over TLS. */
  readonly toProxy: SecureContext | undefined;
}

interface TunnelTls {
  readonly rejectUnauthorized: true;
  readonly secureContext?: SecureContext;
}

type ConnectOptions = Parameters<HttpsProxyAgent<string>["connect"]>[1];

/** Keeps TLS connections that lead through a proxy's CONNECT tunnel. Loaded only where a proxy applies. */
export class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #tls: TunnelTls;
  readonly #closing: AbortController;

  constructor(proxy: URL, { keepAlive, secureContext, toProxy }: TunnelOptions) {
    const trusting = (context: SecureContext | undefined): TunnelTls => ({
      rejectUnauthorized: true,
      ...(context === undefined ? {} : { secureContext: context }),
    });
    const closing = new AbortController();
    // Two for each tunnel: more than Node takes for a leak.
    setMaxListeners(0, closing.signal);
    // A tunnel that a proxy never answers belongs to no request yet: only this signal reaches its socket.
    super(proxy, { keepAlive, ...trusting(toProxy), signal: closing.signal });
    this.#tls = trusting(secureContext);
    this.#closing = closing;
  }

  override connect(request: ClientRequest, options: ConnectOptions): Promise<Socket> {
    return super.connect(request, { ...options, ...this.#tls });
  }

  override keepSocketAlive(socket: Duplex): boolean {
    super.keepSocketAlive(socket);
    return parkSocket(socket);
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    wakeSocket(socket);
  }

  override destroy(): void {
    this.#closing.abort();
    super.destroy();
  }
}
