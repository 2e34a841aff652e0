import type { Socket } from "node:net";

/** A client's open socket, and what this server owes it. */
export interface OpenSocket {
  readonly tcp: Socket;
  /** What requests are read from: the TCP socket, or the TLS one on top of it once its handshake is done. */
  socket: Socket;
  /** Requests whose header fields are there and whose answers are not on their way. */
  unanswered: number;
  /** Those among them that wait for this server, not for the rest of their body. */
  working: number;
  /** Order in which sockets came to wait for their clients; the smaller, the longer. */
  waitingSince: number;
  /** Whether it ever carried a request. */
  used: boolean;
  /** Asks the client to leave: nothing more is taken, and what is under way is still answered. */
  leave: () => void;
}

/** All sockets of one server. */
export interface OpenSockets {
  /** A client connected over TCP. */
  readonly add: (socket: Socket) => void;
  /** Its TLS handshake is done. Null where it has gone already. */
  readonly secured: (socket: Socket) => OpenSocket | null;
  /** Undefined where it has gone already. */
  readonly of: (socket: Socket) => OpenSocket | undefined;
  /** A request's header fields are there. */
  readonly began: (open: OpenSocket) => void;
  /** Its body is there too. */
  readonly received: (open: OpenSocket) => void;
  /** Its answer is on its way; `wasReceived` tells whether {@link received} was called for it. */
  readonly answered: (open: OpenSocket, wasReceived: boolean) => void;
  readonly leaveAll: () => void;
  readonly destroyAll: () => void;
}

/** The same for a TCP socket and the TLS socket on top of it; no two that are open share it. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/**
 * The one whose client loses least: one that never sent a request before one that did, then the one that waits longest.
 * A client's next request on a connection that closed opens another, where a refused one would just fail. Null where
 * each of them waits for this server.
 */
function dispensable(all: Iterable<OpenSocket>, newest: OpenSocket): OpenSocket | null {
  let found: OpenSocket | null = null;
  for (const open of all) {
    if (open.working > 0 || open === newest) continue;
    const better =
      found === null || (open.used === found.used ? open.waitingSince < found.waitingSince : !open.used);
    if (better) found = open;
  }
  return found;
}

/** Starts with none. At most `limit` are open; beyond it the one that is missed least is closed. */
export function createOpenSockets(limit: number): OpenSockets {
  const all = new Set<OpenSocket>();
  const bySocket = new WeakMap<Socket, OpenSocket>();
  const byPeer = new Map<string, OpenSocket>();
  let order = 0;
  const makeRoom = (newest: OpenSocket): void => {
    if (all.size > limit) (dispensable(all, newest) ?? newest).socket.destroy();
  };
  const add = (socket: Socket): void => {
    const leave = (): void => {
      if (open.unanswered === 0) open.socket.destroySoon();
    };
    const open: OpenSocket = {
      tcp: socket,
      socket,
      unanswered: 0,
      working: 0,
      waitingSince: order++,
      used: false,
      leave,
    };
    const peer = peerOf(socket);
    all.add(open);
    bySocket.set(socket, open);
    byPeer.set(peer, open);
    socket.once("close", () => {
      all.delete(open);
      if (byPeer.get(peer) === open) byPeer.delete(peer);
    });
    makeRoom(open);
  };
  return {
    add,
    secured: (socket) => {
      const open = byPeer.get(peerOf(socket));
      if (open === undefined) return null;
      open.socket = socket;
      bySocket.set(socket, open);
      return open;
    },
    of: (socket) => bySocket.get(socket),
    began: (open) => {
      open.unanswered += 1;
      open.used = true;
    },
    received: (open) => {
      open.working += 1;
    },
    answered: (open, wasReceived) => {
      open.unanswered -= 1;
      if (wasReceived) open.working -= 1;
      open.waitingSince = order++;
    },
    leaveAll: () => {
      for (const open of [...all]) open.leave();
    },
    destroyAll: () => {
      for (const open of [...all]) open.socket.destroy();
    },
  };
}
