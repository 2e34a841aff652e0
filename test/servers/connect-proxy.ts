import { createServer, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { listen } from "./listening.js";

/** A proxy's user. */
export interface ProxyUser {
  readonly username: string;
  readonly password: string;
}

/** A proxy that opens tunnels and does nothing else. */
export interface ConnectProxy {
  readonly port: number;
  /** Of what it was asked for: `host:port`, and whether it opened the tunnel. */
  readonly asked: readonly { readonly host: string; readonly opened: boolean }[];
  /** The headers of each CONNECT, as they arrived. */
  readonly headers: readonly IncomingMessage["headers"][];
  readonly close: () => Promise<void>;
}

function allows(user: ProxyUser | null, request: IncomingMessage): boolean {
  if (user === null) return true;
  const basic = Buffer.from(`${user.username}:${user.password}`).toString("base64");
  return request.headers["proxy-authorization"] === `Basic ${basic}`;
}

function tunnel(client: Socket, port: number): void {
  const upstream = connect(port, "127.0.0.1", () => {
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    client.pipe(upstream).pipe(client);
  });
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
}

/**
 * Starts one on 127.0.0.1. `ports` says where each `host` lies, since no name is looked up; another host is a 502.
 * With `user` whoever does not say the password gets 407.
 */
export async function startConnectProxy(
  ports: Readonly<Record<string, number>>,
  user: ProxyUser | null = null,
): Promise<ConnectProxy> {
  const asked: { readonly host: string; readonly opened: boolean }[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connect", (request, client: Socket) => {
    const host = request.url ?? "";
    const port = ports[host.replace(/:\d+$/, "")];
    const allowed = allows(user, request);
    headers.push(request.headers);
    asked.push({ host, opened: allowed && port !== undefined });
    if (!allowed)
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="p"\r\n\r\n');
    else if (port === undefined) client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    else tunnel(client, port);
  });
  const { port, close } = await listen(server);
  return { port, asked, headers, close };
}
