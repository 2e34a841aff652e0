/**
 * One connection of a client. Two connections with requests at the same time belong to different writers; a client that
 * sends one request after another may use any connection of its pool and is still one writer.
 *
 * Requests that overlap on one HTTP/2 connection are different writers too: there each has a connection of its own, taken
 * from that connection's lanes as an HTTP/1.1 client takes one from its pool.
 */
export interface Connection {
  /** Unique among the servers that share a store. */
  readonly id: string;
  /** Ids of connections that had a request under way while this one had. */
  readonly rivals: Set<string>;
}

/** A connection as its server counts it. */
export interface ServedConnection extends Connection {
  /** How many requests it has under way. */
  underWay: number;
}

/** More are not looked at: the trace tells writers of a race apart, not thousands of clients. */
const MOST_RIVALS = 64;

/** Watches which connections have requests at the same time, so that the trace can tell an own write from another's. */
export interface Connections {
  /** A client connected. */
  readonly open: () => ServedConnection;
  /** A request began. */
  readonly began: (connection: ServedConnection) => void;
  /** It was answered, or nobody waits for its answer any more. */
  readonly ended: (connection: ServedConnection) => void;
  readonly isUnderWay: (connection: ServedConnection) => boolean;
  /** The client hung up: nobody waits for anything on it. */
  readonly closed: (connection: ServedConnection) => void;
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
  // A list, not a map: connections come and go with each request, and a map would be made anew every few of them.
  let busy: ServedConnection[] = [];
  let answered: ServedConnection[] = [];
  let opened = 0;
  const isUnderWay = (connection: ServedConnection): boolean => connection.underWay > 0;
  const settle = (): void => {
    for (const connection of answered) if (connection.underWay > 0) connection.underWay -= 1;
    answered = [];
    busy = busy.filter(isUnderWay);
  };
  return {
    open: () => {
      opened += 1;
      return { id: `${owner}/${opened}`, rivals: new Set(), underWay: 0 };
    },
    began: (connection) => {
      if (busy.length <= MOST_RIVALS) for (const other of busy) makeRivals(connection, other);
      if (connection.underWay === 0) busy.push(connection);
      connection.underWay += 1;
    },
    ended: (connection) => {
      answered.push(connection);
      if (answered.length === 1) setImmediate(settle);
    },
    isUnderWay,
    closed: (connection) => {
      connection.underWay = 0;
      busy = busy.filter(isUnderWay);
    },
  };
}

/**
 * The lanes of one HTTP/2 connection: gives the first that has no request under way, or a new one. A client that sends
 * one request after another keeps to one lane, and of a race's writers each has its own for all of its requests.
 */
export function createLanes(connections: Connections): () => ServedConnection {
  const lanes: ServedConnection[] = [];
  return () => {
    for (const lane of lanes) if (!connections.isUnderWay(lane)) return lane;
    const lane = connections.open();
    lanes.push(lane);
    return lane;
  };
}
