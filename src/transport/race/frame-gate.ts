import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** What is read and written of RFC 9113: the preface (3.4), frames (4.1), DATA (6.1), RST_STREAM (6.4). */
const PREFACE_BYTES = 24;
const HEAD_BYTES = 9;
const DATA = 0x0;
const RST_STREAM = 0x3;
const END_STREAM = 0x1;
const CANCEL = 8;
const STREAM_ID = 0x7fffffff;
const NOTHING = Buffer.alloc(0);

/** What is kept back of one request. */
interface Kept {
  readonly onHeld: () => void;
  /** The newest byte of the body; none where there is no body. */
  tail: Buffer;
  /** The request's last frame came by: nothing but the tail is missing. */
  ended: boolean;
}

function frame(type: number, flags: number, streamId: number, payload: Buffer): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes.writeUInt8(type, 3);
  bytes.writeUInt8(flags, 4);
  bytes.writeUInt32BE(streamId, 5);
  payload.copy(bytes, HEAD_BYTES);
  return bytes;
}

/**
 * Stands between an HTTP/2 session and its connection and keeps the final frame of chosen requests back, so that all of
 * them can be let go in one write. The session takes them for sent, so its flow control has counted them. Of a body
 * the last byte is kept, since some servers act on content-length alone; what ends a request without a body must be an
 * empty DATA frame, not a mark on its header block.
 */
export class FrameGate extends Duplex {
  readonly #socket: Socket;
  readonly #kept = new Map<number, Kept>();
  #prefaceLeft: number = PREFACE_BYTES;
  #rest: Buffer = NOTHING;

  constructor(socket: Socket) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => {
      if (!this.push(bytes)) socket.pause();
    });
    socket.once("end", () => this.push(null));
    socket.on("error", (error: Error) => this.destroy(error));
    socket.once("close", () => this.destroy());
  }

  /** Keeps the final frame of a request back; `onHeld` is called once when that is all that is missing. */
  keep(streamId: number, onHeld: () => void): void {
    this.#kept.set(streamId, { onHeld, tail: NOTHING, ended: false });
  }

  /** True where nothing but the kept-back frame is missing. */
  holds(streamId: number): boolean {
    return this.#kept.get(streamId)?.ended === true;
  }

  /** Writes all that is kept of these requests at once; what they have not written yet passes freely from now on. */
  letGo(streamIds: readonly number[], onWritten: (error?: Error | null) => void): void {
    const frames = streamIds.flatMap((id) => {
      const kept = this.#kept.get(id);
      this.#kept.delete(id);
      if (kept === undefined || (!kept.ended && kept.tail.length === 0)) return [];
      return [frame(DATA, kept.ended ? END_STREAM : 0, id, kept.tail)];
    });
    if (frames.length > 0) this.#socket.write(Buffer.concat(frames), onWritten);
  }

  /** Gives a request up that is over before its end was let go: the session believes it ended, the server does not. */
  cancel(streamId: number): void {
    if (!this.#kept.delete(streamId) || this.#socket.destroyed) return;
    this.#socket.write(frame(RST_STREAM, 0, streamId, Buffer.from([0, 0, 0, CANCEL])));
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, onWritten: (error?: Error | null) => void): void {
    const passing = this.#filter(bytes);
    if (passing.length > 0) this.#socket.write(passing, onWritten);
    else onWritten();
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer }[],
    onWritten: (error?: Error | null) => void,
  ): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "binary", onWritten);
  }

  override _final(onFinished: () => void): void {
    this.#socket.end(onFinished);
  }

  override _destroy(error: Error | null, onDestroyed: (error?: Error | null) => void): void {
    this.#kept.clear();
    this.#socket.destroy();
    onDestroyed(error);
  }

  /** What of these bytes goes on: whole frames only, so that frames of our own can be written between any two. */
  #filter(bytes: Buffer): Buffer {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = Math.min(this.#prefaceLeft, all.length);
    this.#prefaceLeft -= at;
    const passing: Buffer[] = [all.subarray(0, at)];
    while (all.length - at >= HEAD_BYTES) {
      const end = at + HEAD_BYTES + all.readUIntBE(at, 3);
      if (end > all.length) break;
      passing.push(this.#judge(all.subarray(at, end)));
      at = end;
    }
    this.#rest = Buffer.from(all.subarray(at));
    return Buffer.concat(passing);
  }

  #judge(bytes: Buffer): Buffer {
    const type = bytes.readUInt8(3);
    const flags = bytes.readUInt8(4);
    const streamId = bytes.readUInt32BE(5) & STREAM_ID;
    const kept = this.#kept.get(streamId);
    if (kept === undefined) return bytes;
    if (type === RST_STREAM) this.#kept.delete(streamId);
    if (type !== DATA) return bytes;
    if ((flags & END_STREAM) !== 0) {
      kept.ended = true;
      kept.onHeld();
    }
    return this.#holdByte(streamId, kept, bytes);
  }

  /** A DATA frame, later by one byte. gcidem's sessions never pad. */
  #holdByte(streamId: number, kept: Kept, bytes: Buffer): Buffer {
    const body = Buffer.concat([kept.tail, bytes.subarray(HEAD_BYTES)]);
    kept.tail = Buffer.from(body.subarray(-1));
    return body.length > 1 ? frame(DATA, 0, streamId, body.subarray(0, -1)) : NOTHING;
  }
}
