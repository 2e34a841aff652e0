import { once } from "node:events";
import { createServer, type Server as NetServer, type Socket } from "node:net";

/** A server of a test that accepts connections. */
export interface Listening {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Ends the server and whatever is still connected to it. */
  readonly close: () => Promise<void>;
}

/** Has a server listen on a free port of a loopback address (127.0.0.1). */
export async function listen(server: NetServer, host = "127.0.0.1"): Promise<Listening> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    port: address.port,
    connections: () => connections,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A port of 127.0.0.1 on which nobody listens, for a program that wants to be told one. */
export async function freePort(): Promise<number> {
  const held = await listen(createServer());
  await held.close();
  return held.port;
}
