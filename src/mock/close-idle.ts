import type { Socket } from "node:net";
import type { OpenSocket } from "./open-sockets.js";

/** How often an idle connection is seen idle before it is closed. */
const LOOKS = 10;

interface Watched {
  readonly open: OpenSocket;
  readonly socket: Socket;
  /** How much it had carried at the last look, in bytes. */
  bytesRead: number;
  idleLooks: number;
}

/** Watches a connection until it closes. */
export type WatchIdling = (open: OpenSocket, socket: Socket) => void;

function isIdle({ open, socket, bytesRead }: Watched): boolean {
  return open.unanswered === 0 && socket.bytesRead === bytesRead && socket.writableLength === 0;
}

/**
 * Closes connections on which nothing happens for `idleMs`, or up to a tenth longer. Node's own time-out sets a timer
 * for each answer and clears it for each request, 2 % of what a bare server costs (Node 20, 2026-11-22).
 */
export function createIdleWatch(idleMs: number): { readonly watch: WatchIdling; readonly stop: () => void } {
  const all = new Set<Watched>();
  const look = (): void => {
    for (const watched of all) {
      watched.idleLooks = isIdle(watched) ? watched.idleLooks + 1 : 0;
      watched.bytesRead = watched.socket.bytesRead;
      if (watched.idleLooks >= LOOKS) watched.socket.destroy();
    }
  };
  const timer = setInterval(look, Math.ceil(idleMs / LOOKS)).unref();
  return {
    watch: (open, socket) => {
      const watched: Watched = { open, socket, bytesRead: -1, idleLooks: 0 };
      all.add(watched);
      socket.once("close", () => all.delete(watched));
    },
    stop: () => clearInterval(timer),
  };
}
