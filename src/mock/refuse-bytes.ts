import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Answers what Node's parser did not take, and time-outs. `newest` is the socket's last answer, if there is one. */
export type RefuseBytes = (
  error: NodeJS.ErrnoException,
  socket: Socket,
  newest: ServerResponse | null,
) => void;

const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** Null for an error that no answer can mend: the client is gone, or never got to speak HTTP. */
function statusLine(code: string): string | null {
  return STATUS_LINES[code] ?? (code.startsWith("HPE_") ? "400 Bad Request" : null);
}

/** True where the error lies in the body of a request whose answer is out, or whose turn has not come. */
function isTooLate(newest: ServerResponse): boolean {
  return !newest.req.complete && (newest.headersSent || newest.socket === null);
}

/** True where a request before the broken one still waits for its answer, which has to go out first. */
function isOwed(newest: ServerResponse): boolean {
  return newest.req.complete && !newest.writableFinished && !newest.destroyed;
}

/**
 * Answers without a body and without a correlation ID, like the proxies in front of the platform, before any of its
 * services sees a request; the reason is for the operator. `lingerMs` is how long a client has to read its answer.
 */
export function createRefuseBytes(lingerMs: number, warn: (warning: string) => void): RefuseBytes {
  const refused = new WeakSet<Socket>();
  const answer = (socket: Socket, line: string): void => {
    socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    // Closed at once, with bytes of the client unread, TCP would reset the connection and the answer might be lost.
    const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
    socket.once("close", () => clearTimeout(timer));
  };
  return (error, socket, newest) => {
    // Each further piece of the same garbage comes here again.
    if (refused.has(socket)) return;
    refused.add(socket);
    const line = statusLine(error.code ?? "");
    // A client that connected ahead of its first request would take a 408 for the answer to it.
    const isUnused = socket.bytesRead === 0;
    if (line === null || isUnused || !socket.writable || (newest !== null && isTooLate(newest))) {
      socket.destroy();
      return;
    }
    warn(`${line}: ${error.message}`);
    if (newest !== null && isOwed(newest)) newest.once("close", () => answer(socket, line));
    else answer(socket, line);
  };
}
