import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to a port of loopback that a test can cut. */
export interface Cuttable {
  readonly port: number;
  /** Ends every connection, and every new one at once. */
  readonly cut: () => void;
  /** The answer of this number from now (1: the next) gets lost, and the connection with it. */
  readonly loseAnswer: (number: number) => void;
  readonly mend: () => void;
  readonly close: () => Promise<void>;
}

/** Opens a way to a port. */
export async function cuttableWay(toPort: number): Promise<Cuttable> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let untilLost = Number.POSITIVE_INFINITY;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(toPort, "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    near.pipe(far);
    far.on("data", (chunk) => {
      untilLost -= 1;
      if (untilLost > 0) {
        near.write(chunk);
        return;
      }
      untilLost = Number.POSITIVE_INFINITY;
      near.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const end = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port: address.port,
    cut: () => {
      isCut = true;
      end();
    },
    loseAnswer: (number) => {
      untilLost = number;
    },
    mend: () => {
      isCut = false;
    },
    close: async () => {
      end();
      server.close();
      await once(server, "close");
    },
  };
}
