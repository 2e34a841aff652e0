import type { Socket } from "node:net";

/**
 * Numbers of open connections, each the lowest that is free. A client that sends one request after another keeps its
 * number although its connections break; clients that send at the same time have different ones. So the trace can tell
 * an own write from another writer's without asking anybody.
 */
export interface Connections {
  readonly numberOf: (socket: Socket) => number;
  /** Frees the number now: a client that was cut off may come back before its socket is gone. */
  readonly release: (socket: Socket) => void;
}

/** Starts with no connection. */
export function createConnections(): Connections {
  const numbers = new Map<Socket, number>();
  const taken: boolean[] = [];
  const release = (socket: Socket): void => {
    const number = numbers.get(socket);
    if (number === undefined) return;
    numbers.delete(socket);
    taken[number] = false;
  };
  return {
    release,
    numberOf: (socket) => {
      const known = numbers.get(socket);
      if (known !== undefined) return known;
      const free = taken.indexOf(false);
      const number = free === -1 ? taken.length : free;
      taken[number] = true;
      numbers.set(socket, number);
      socket.once("close", () => release(socket));
      return number;
    },
  };
}
