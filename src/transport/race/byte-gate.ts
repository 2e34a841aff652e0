import type { Socket } from "node:net";

type Written = (error?: Error | null) => void;

/** Keeps the newest byte of an HTTP/1.1 request back, whatever it is: of the body, or the end of the header block. */
export interface ByteGate {
  /** From here on the newest byte of all that is written stays behind. */
  readonly close: () => void;
  /** True while a byte is kept back. */
  readonly holding: () => boolean;
  /** Writes the kept byte at once and lets everything after it through. */
  readonly open: (onWritten: Written) => void;
}

const NOTHING = Buffer.alloc(0);

/**
 * Puts a gate into a connection by taking the place of its `write`. Bytes are kept without being understood, so every
 * method, framing and header works. Node ends a request with an empty write, which passes once all before it has been
 * handed to the system: its "finish" then means that nothing but the kept byte is left.
 */
export function byteGate(socket: Socket): ByteGate {
  const write = socket.write.bind(socket) as (chunk: Uint8Array, onWritten?: Written) => boolean;
  let closed = false;
  let kept = NOTHING;

  const pass = (bytes: Buffer, onWritten: Written | undefined): boolean => {
    if (!closed || bytes.length === 0) return write(bytes, onWritten);
    const passing = Buffer.concat([kept, bytes.subarray(0, -1)]);
    // A copy: the rest of a large body must not stay in memory for its last byte.
    kept = Buffer.from(bytes.subarray(-1));
    if (passing.length > 0) return write(passing, onWritten);
    if (onWritten !== undefined) process.nextTick(onWritten);
    return true;
  };
  const gated = (
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | Written,
    onWritten?: Written,
  ): boolean => {
    const done = typeof encoding === "function" ? encoding : onWritten;
    if (typeof chunk !== "string")
      return pass(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length), done);
    return pass(Buffer.from(chunk, typeof encoding === "string" ? encoding : "utf8"), done);
  };
  socket.write = gated as Socket["write"];

  return {
    close: () => {
      closed = true;
      kept = NOTHING;
    },
    holding: () => kept.length > 0,
    open: (onWritten) => {
      closed = false;
      const last = kept;
      kept = NOTHING;
      if (last.length === 0) return;
      // An answer that is read before the system says that it has the byte finds the request unfinished, and Node then
      // never gives the connection back (Node 20, over TLS on a busy machine).
      socket.pause();
      write(last, (error) => {
        socket.resume();
        onWritten(error);
      });
    },
  };
}
