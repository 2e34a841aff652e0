import { type ByteRange, type ByteSource, chunksOf } from "./byte-source.js";

/** One line of a source, without its end. */
export interface SourceLine extends ByteRange {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** False for a last line without a line end. */
  readonly whole: boolean;
}

/** No line of a log is longer; a file without line ends is no log. In bytes. */
const MOST_LINE_BYTES = 16 << 20;

const NEWLINE = 0x0a;

/** Lines of a source, one chunk in memory at a time. A line that is too long comes out empty. */
export function* linesOf(source: ByteSource): Generator<SourceLine> {
  let [number, start] = [1, 0];
  let parts: Buffer[] = [];
  let size = 0;
  const take = (bytes: Buffer): void => {
    size += bytes.length;
    if (size <= MOST_LINE_BYTES) parts.push(bytes);
    else parts = [];
  };
  const finish = (end: number, whole: boolean): SourceLine => {
    const line = { number, start, end, text: Buffer.concat(parts).toString("utf8"), whole };
    [number, start, parts, size] = [number + 1, end + 1, [], 0];
    return line;
  };
  for (const { offset, bytes } of chunksOf(source)) {
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
      take(bytes.subarray(from, at));
      yield finish(offset + at, true);
      from = at + 1;
    }
    take(bytes.subarray(from));
  }
  if (size > 0) yield finish(source.size, false);
}
