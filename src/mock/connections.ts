import type { Socket } from "node:net";

/**
 * One connection of a client. Two connections with requests at the same time belong to different writers; a client that
 * sends one request after another may use any connection of its pool and is still one writer.
 */
export interface Connection {
  /** Unique among the servers that share a store. */
  readonly id: string;
  /** Ids of connections that had a request under way while this one had. */
  readonly rivals: Set<string>;
}

/** More are not looked at: the trace tells writers of a race apart, not thousands of clients. */
const MOST_RIVALS = 64;

/** Watches which connections have requests at the same time, so that the trace can tell an own write from another's. */
export interface Connections {
  /** A request began on a socket. */
  readonly began: (socket: Socket) => Connection;
  /** It was answered. */
  readonly ended: (connection: Connection) => void;
}

function makeRivals(a: Connection, b: Connection): void {
  if (a === b || a.rivals.has(b.id) || a.rivals.size >= MOST_RIVALS || b.rivals.size >= MOST_RIVALS) return;
  a.rivals.add(b.id);
  b.rivals.add(a.id);
}

/**
 * Starts with no connection. A request counts as under way until the event loop comes round: no client can have read
 * its answer before that, so whatever else arrives in the same turn was sent by another. `owner` names this server.
 */
export function createConnections(owner = ""): Connections {
  const known = new WeakMap<Socket, Connection>();
  const underWay = new Map<Connection, number>();
  let answered: Connection[] = [];
  let met = 0;
  const settle = (): void => {
    for (const connection of answered) {
      const left = (underWay.get(connection) ?? 1) - 1;
      if (left > 0) underWay.set(connection, left);
      else underWay.delete(connection);
    }
    answered = [];
  };
  const meet = (socket: Socket): Connection => {
    met += 1;
    const connection: Connection = { id: `${owner}/${met}`, rivals: new Set() };
    known.set(socket, connection);
    socket.once("close", () => underWay.delete(connection));
    return connection;
  };
  return {
    began: (socket) => {
      const connection = known.get(socket) ?? meet(socket);
      if (underWay.size <= MOST_RIVALS) for (const other of underWay.keys()) makeRivals(connection, other);
      underWay.set(connection, (underWay.get(connection) ?? 0) + 1);
      return connection;
    },
    ended: (connection) => {
      answered.push(connection);
      if (answered.length === 1) setImmediate(settle);
    },
  };
}
