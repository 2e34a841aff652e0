import type { AddressInfo, Server } from "node:net";
import { GcidemError } from "../core/errors.js";

function explain(error: NodeJS.ErrnoException, host: string, port: number): GcidemError {
  const taken = error.code === "EADDRINUSE";
  const message = taken
    ? `port ${port} on ${host} is taken`
    : `cannot listen on ${host} port ${port}: ${error.message}`;
  const hint = taken ? "choose another one, or 0 for any free one" : "check the host and the port";
  return new GcidemError("usage", message, { hint, cause: error });
}

/**
 * Binds a server; port 0 means any free one. Gives host and port as a URL has them.
 * @throws GcidemError `usage` where the port is taken, or nothing can listen there.
 */
export function listenOn(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(explain(error, host, port));
    server.once("error", fail);
    try {
      server.listen(port, host, () => {
        server.off("error", fail);
        const { address, family, port: bound } = server.address() as AddressInfo;
        resolve(`${family === "IPv6" ? `[${address}]` : address}:${bound}`);
      });
    } catch (error) {
      // Node says so at once where the port is no port at all.
      fail(error as Error);
    }
  });
}
