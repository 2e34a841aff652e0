import type { TLSSocket } from "node:tls";
import { type Dialling, dial, secure } from "../transport/race/dial.js";
import { openHttp1 } from "./http1-connection.js";
import type { UpstreamConnection } from "./upstream-connection.js";

/**
 * The upstream's side of one connection of a client: a connection of its own, which begins with the first request and
 * ends with the client's. So the upstream sees as many connections, used as often, as it would without a recorder.
 */
export interface Lane {
  /** The connection that the lane has now; null where one has to be made. */
  readonly standing: () => UpstreamConnection | null;
  /** The connection that requests go over, made where there is none. Rejects with why there is none. */
  readonly connection: () => Promise<UpstreamConnection>;
  /** True where a request has gone over the standing connection before. */
  readonly isReused: () => boolean;
  readonly isBusy: () => boolean;
  /** One more, or one less, request is under way. */
  readonly busy: (change: 1 | -1) => void;
  readonly close: () => void;
}

async function open(dialling: Dialling): Promise<UpstreamConnection> {
  const { way } = dialling;
  const { socket } = await dial(dialling);
  if (way.server.protocol === "http:") return openHttp1(socket, way);
  const secured: TLSSocket = await secure(socket, dialling, ["h2", "http/1.1"]);
  if (secured.alpnProtocol !== "h2") return openHttp1(secured, way);
  const { openHttp2 } = await import("./http2-connection.js");
  return openHttp2(secured, way);
}

/** Makes a lane. `onIdleEnd`: the upstream ended the connection, and no request is under way. */
export function createLane(dialling: Dialling, onIdleEnd: () => void): Lane {
  let current: Promise<UpstreamConnection> | null = null;
  let standing: UpstreamConnection | null = null;
  let [closed, ended, requests, started] = [false, false, 0, 0];
  const endIfIdle = (): void => {
    if (ended && requests === 0) onIdleEnd();
  };
  const forget = (which: Promise<UpstreamConnection>): void => {
    if (current !== which) return;
    [current, standing, started, ended] = [null, null, 0, true];
    endIfIdle();
  };
  const make = (): Promise<UpstreamConnection> => {
    const opening = open(dialling);
    ended = false;
    opening.then(
      (connection) => {
        if (closed) connection.destroy();
        standing = connection;
        connection.onClose(() => forget(opening));
      },
      () => {
        if (current === opening) current = null;
      },
    );
    return opening;
  };
  const stillOpen = (): UpstreamConnection | null => {
    if (standing !== null && !standing.isOpen()) [current, standing, started] = [null, null, 0];
    return standing;
  };
  return {
    standing: stillOpen,
    connection: () => {
      stillOpen();
      current ??= make();
      started += 1;
      return current;
    },
    isReused: () => started > 1,
    isBusy: () => requests > 0,
    busy: (change) => {
      requests += change;
      endIfIdle();
    },
    close: () => {
      closed = true;
      standing?.destroy();
    },
  };
}
