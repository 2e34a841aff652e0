import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { GcidemError } from "../core/errors.js";

/** Bytes that can be read in any order and again: recordings may be larger than memory. */
export interface ByteSource {
  /** What it is called in messages. */
  readonly name: string;
  readonly size: number;
  /** True where `name` is no file that can be opened again: standard input, a pipe. Absent: it is one. */
  readonly inMemory?: true;
  /** Bytes from `start` up to `end`, fewer at the end of the source. */
  readonly read: (start: number, end: number) => Buffer;
  readonly close: () => void;
}

/** A half-open range of bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Bytes in memory as a source. Nothing has to be closed. Pure. */
export function bufferSource(bytes: Buffer, name: string): ByteSource {
  return {
    name,
    size: bytes.length,
    inMemory: true,
    read: (start, end) => bytes.subarray(start, end),
    close: () => {},
  };
}

function readRange(descriptor: number, start: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, end - start));
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(descriptor, bytes, filled, bytes.length - filled, start + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/**
 * Opens a file as a source; a pipe or a device is read to its end first. Close it.
 * @throws GcidemError `invalid-file` where it cannot be read.
 */
export function fileSource(file: string): ByteSource {
  try {
    const descriptor = openSync(file, "r");
    const stat = fstatSync(descriptor);
    if (stat.isFile()) {
      const read = (start: number, end: number): Buffer =>
        readRange(descriptor, start, Math.min(end, stat.size));
      return { name: file, size: stat.size, read, close: () => closeSync(descriptor) };
    }
    try {
      return bufferSource(readFileSync(descriptor), file);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GcidemError("invalid-file", `cannot read ${file}: ${reason}`, { cause: error });
  }
}

const CHUNK_BYTES = 1 << 20;

/** A source from its start, chunk by chunk, each with its offset. */
export function* chunksOf(
  source: ByteSource,
): Generator<{ readonly offset: number; readonly bytes: Buffer }> {
  for (let offset = 0; offset < source.size; ) {
    const bytes = source.read(offset, offset + CHUNK_BYTES);
    if (bytes.length === 0) return;
    yield { offset, bytes };
    offset += bytes.length;
  }
}

const NEWLINE = 0x0a;

/** Line and column of a byte, both from 1; in a line of text beyond ASCII the column counts bytes. */
export function placeOf(
  source: ByteSource,
  offset: number,
): { readonly file: string; readonly line: number; readonly column: number } {
  let [line, lineStart] = [1, 0];
  for (const chunk of chunksOf(source)) {
    for (let at = chunk.bytes.indexOf(NEWLINE); at !== -1; at = chunk.bytes.indexOf(NEWLINE, at + 1)) {
      if (chunk.offset + at >= offset) return { file: source.name, line, column: offset - lineStart + 1 };
      line += 1;
      lineStart = chunk.offset + at + 1;
    }
  }
  return { file: source.name, line, column: offset - lineStart + 1 };
}
