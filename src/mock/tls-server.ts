import type { Server } from "node:http";
import { createServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { GcidemError } from "../core/errors.js";
import type { ServeContext } from "./exchange.js";
import type { Certificate } from "./mock.js";
import { http1Options, serveHttp1 } from "./serve-http1.js";
import { serveHttp2 } from "./serve-http2.js";

function createHttpsServer(certificate: Certificate, { limits }: ServeContext): Server {
  const { cert, key } = certificate;
  try {
    return createServer({
      ...http1Options(limits),
      cert,
      key,
      ALPNProtocols: ["h2", "http/1.1"],
      handshakeTimeout: limits.handshakeMs,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = "give a PEM certificate and the private key that belongs to it";
    throw new GcidemError("usage", `the certificate cannot be used: ${reason}`, { hint, cause: error });
  }
}

/**
 * Makes an HTTPS server that speaks HTTP/2 with clients that offer it by ALPN, HTTP/1.1 with all others. Node's own
 * `http2.createSecureServer` with `allowHTTP1` was left aside: for HTTP/1.1 it takes neither the size of header fields nor
 * an idle time nor the rule that a Host is needed (Node 20.20).
 * @throws GcidemError `usage` where the certificate cannot be used.
 */
export function createTlsServer(certificate: Certificate, context: ServeContext): Server {
  const server = createHttpsServer(certificate, context);
  const speakHttp1 = server.listeners("secureConnection");
  server.removeAllListeners("secureConnection");
  server.on("secureConnection", (socket: TLSSocket) => {
    const open = context.sockets.secured(socket);
    if (open === null) socket.destroy();
    else if (socket.alpnProtocol === "h2") serveHttp2(socket, open, context);
    else for (const speak of speakHttp1) speak.call(server, socket);
  });
  serveHttp1(server, context);
  return server;
}
