import type { Readable } from "node:stream";
import { type DecoderChain, openDecoders } from "./decode-body.js";

/** How to read one body, and whom to tell. Exactly one of `onBody` and `onBroken` is called, once, or none. */
export interface BodyReading {
  readonly codings: readonly string[];
  /** Cap on the decoded body, in bytes. */
  readonly maxBytes: number;
  /** Bytes that came, before decoding. */
  readonly onBytes: (count: number) => void;
  readonly onBody: (body: Uint8Array, truncated: boolean) => void;
  readonly onBroken: (error: Error) => void;
}

/**
 * Reads and decodes a body up to the cap. Decoded bytes are counted as they come and the source is paused while a
 * decoder is busy, so that a decompression bomb takes about the cap in memory, never its own size. Returns what frees
 * the decoders; afterwards nobody is told anything.
 */
export function readBody(source: Readable, reading: BodyReading): () => void {
  const chunks: Uint8Array[] = [];
  let keptBytes = 0;
  let open = true;
  let decoders: DecoderChain | null = null;

  const stop = (): void => {
    open = false;
    decoders?.destroy();
  };
  const finish = (truncated: boolean): void => {
    if (!open) return;
    stop();
    const [only = new Uint8Array()] = chunks;
    reading.onBody(chunks.length < 2 ? only : Buffer.concat(chunks, keptBytes), truncated);
  };
  const breakOff = (error: Error): void => {
    if (!open) return;
    stop();
    reading.onBroken(error);
  };
  const keep = (chunk: Uint8Array): void => {
    if (!open) return;
    const room = reading.maxBytes - keptBytes;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    chunks.push(kept);
    keptBytes += kept.length;
    if (chunk.length > room) finish(true);
  };
  const decode = (chunk: Uint8Array): void => {
    if (decoders === null) {
      decoders = openDecoders(reading.codings, chunk[0] ?? 0, breakOff);
      decoders.last.on("data", keep);
      decoders.last.once("end", () => finish(false));
    }
    if (decoders.first.write(chunk)) return;
    source.pause();
    decoders.first.once("drain", () => source.resume());
  };

  const take = reading.codings.length === 0 ? keep : decode;
  source.on("data", (chunk: Uint8Array) => {
    if (!open) return;
    reading.onBytes(chunk.length);
    take(chunk);
  });
  // No bytes at all are no body, whatever Content-Encoding says: servers send it with an empty answer too.
  source.once("end", () => (decoders === null ? finish(false) : decoders.first.end()));
  return stop;
}
