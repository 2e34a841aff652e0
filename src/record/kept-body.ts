import { Readable } from "node:stream";
import { codingsToUndo } from "../transport/decode-body.js";
import { readBody } from "../transport/read-body.js";

/** The first bytes of a body that passes by. */
export interface KeptBody {
  readonly add: (chunk: Uint8Array) => void;
  /** All bytes that passed, kept or not. */
  readonly count: () => number;
  /** True where more passed than was kept. */
  readonly cut: () => boolean;
  readonly bytes: () => Uint8Array;
}

/** Begins to keep a body, up to `maxBytes`. */
export function keepBody(maxBytes: number): KeptBody {
  const chunks: Uint8Array[] = [];
  let count = 0;
  return {
    add: (chunk) => {
      const room = maxBytes - count;
      count += chunk.length;
      if (room > 0) chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    },
    count: () => count,
    cut: () => count > maxBytes,
    bytes: () => {
      const [only = new Uint8Array()] = chunks;
      return chunks.length < 2 ? only : Buffer.concat(chunks);
    },
  };
}

/** A body as the journal wants it: without its Content-Encoding. */
export interface PlainBody {
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
  /** True where nobody can tell what the body was. */
  readonly unknown: boolean;
}

/**
 * Undoes a Content-Encoding, up to `maxBytes`. What does not decode is handed on as it came; of an encoded body that was
 * cut nothing is known.
 */
export function plainBody(
  kept: KeptBody,
  { contentEncoding, maxBytes }: { readonly contentEncoding: string | null; readonly maxBytes: number },
): PlainBody | Promise<PlainBody> {
  const codings = codingsToUndo(contentEncoding ?? undefined);
  const bytes = kept.bytes();
  if (codings.length === 0 || bytes.length === 0) return { bytes, truncated: kept.cut(), unknown: false };
  if (kept.cut()) return { bytes: new Uint8Array(), truncated: true, unknown: true };
  return new Promise((resolve) => {
    readBody(Readable.from([bytes]), {
      codings,
      maxBytes,
      onBytes: () => {},
      onBody: (plain, truncated) => resolve({ bytes: plain, truncated, unknown: false }),
      onBroken: () => resolve({ bytes, truncated: false, unknown: false }),
    });
  });
}
