/** An entry as it is appended. */
export interface LogEntry {
  /** These three are the owner's own: whole numbers from 0 to 2^31 - 1. */
  readonly hash: number;
  readonly tag: number;
  readonly serial: number;
  /** From then on a sweep hands it out; positive infinity: never. */
  readonly dueMs: number;
  /** A few bytes in front of the text. */
  readonly head: Uint8Array;
  readonly text: string;
}

/** Told of what a sweep does. */
export interface Sweeping {
  /** The entry is dropped right after this. */
  readonly onDue: (position: number) => void;
  readonly onMoved: (hash: number, from: number, to: number) => void;
}

/**
 * Texts as bytes, outside of what the collector looks at. A million strings are a gigabyte of memory accesses each time
 * they are moved or marked; these cost nothing until they are read.
 */
export interface TextLog {
  /** The position of the new entry, from 1 to 2^30 - 1; 0 where the text has half of a surrogate pair, which bytes lose. */
  readonly append: (entry: LogEntry) => number;
  readonly read: (position: number) => LogEntry;
  readonly tagOf: (position: number) => number;
  readonly hashOf: (position: number) => number;
  readonly serialOf: (position: number) => number;
  readonly drop: (position: number) => void;
  /** Looks at a few entries; the next call goes on from there, round and round. */
  readonly sweep: (nowMs: number) => void;
  readonly clear: () => void;
}

/** Positions count words of eight bytes: 17 bits within a chunk, the rest is the chunk's number. */
const WORD_BYTES = 8;
const CHUNK_BITS = 17;
const CHUNK_BYTES = WORD_BYTES << CHUNK_BITS;

/** What an entry begins with; its own head and text follow. */
const DUE_AT = 0;
const LENGTH_AT = 8;
const HASH_AT = 12;
const TAG_AT = 16;
const SERIAL_AT = 20;
const FLAGS_AT = 24;
const HEAD_LENGTH_AT = 25;
const HEAD_AT = 26;

const IS_DEAD = 1;
const IN_UTF8 = 2;

/** Word 0 is never used, so that no position is 0. */
const FIRST_AT = WORD_BYTES;

/**
 * Entries that are looked at in one sweep. More than one, so that removal outruns arrival; few, so that a million that
 * fall due at once never hold up a single request.
 */
const SWEPT_AT_ONCE = 4;

interface Chunk {
  readonly number: number;
  readonly bytes: Buffer;
  readonly view: DataView;
  /** The offset behind the last entry. */
  end: number;
  /** Bytes of entries that were not dropped. */
  live: number;
  /** Nothing in it is due before this; while a sweep goes over it, nothing that lies behind the sweep. */
  dueMs: number;
}

const BEYOND_LATIN1 = /[^\u0000-\u00ff]/;
const HALF_OF_A_PAIR = /\p{Surrogate}/u;

/** `length`: bytes of head and text. */
function sizeFor(length: number): number {
  return Math.ceil((HEAD_AT + length) / WORD_BYTES) * WORD_BYTES;
}

function newChunk(number: number, size: number): Chunk {
  const bytes = Buffer.allocUnsafeSlow(size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  return { number, bytes, view, end: FIRST_AT, live: 0, dueMs: Number.POSITIVE_INFINITY };
}

function sizeAt({ view }: Chunk, at: number): number {
  return sizeFor(view.getUint32(at + LENGTH_AT, true));
}

interface Chunks {
  readonly byNumber: Map<number, Chunk>;
  /** Numbers of chunks that were given back. */
  readonly unused: number[];
  /** The chunk that is written to. */
  tail: Chunk | null;
}

/** A chunk whose entries were all dropped is given back, unless it is being written to. */
function freeIfDead({ byNumber, unused, tail }: Chunks, chunk: Chunk): void {
  if (chunk.live > 0 || chunk === tail || !byNumber.delete(chunk.number)) return;
  unused.push(chunk.number);
}

function withRoom(chunks: Chunks, size: number): Chunk {
  const { tail, byNumber, unused } = chunks;
  if (tail !== null && tail.end + size <= tail.bytes.length) return tail;
  const number = unused.pop() ?? byNumber.size;
  const chunk = newChunk(number, Math.max(CHUNK_BYTES, FIRST_AT + size));
  byNumber.set(number, chunk);
  chunks.tail = chunk;
  if (tail !== null) freeIfDead(chunks, tail);
  return chunk;
}

function appendEntry(chunks: Chunks, entry: LogEntry): number {
  const { dueMs, head, text } = entry;
  const inUtf8 = BEYOND_LATIN1.test(text);
  if (inUtf8 && HALF_OF_A_PAIR.test(text)) return 0;
  const length = head.length + (inUtf8 ? Buffer.byteLength(text) : text.length);
  const size = sizeFor(length);
  const chunk = withRoom(chunks, size);
  const { view, bytes, end: at } = chunk;
  view.setFloat64(at + DUE_AT, dueMs, true);
  view.setUint32(at + LENGTH_AT, length, true);
  view.setUint32(at + HASH_AT, entry.hash, true);
  view.setUint32(at + TAG_AT, entry.tag, true);
  view.setUint32(at + SERIAL_AT, entry.serial, true);
  view.setUint8(at + FLAGS_AT, inUtf8 ? IN_UTF8 : 0);
  view.setUint8(at + HEAD_LENGTH_AT, head.length);
  bytes.set(head, at + HEAD_AT);
  bytes.write(text, at + HEAD_AT + head.length, inUtf8 ? "utf8" : "latin1");
  return settleEntry(chunk, size, dueMs);
}

/** Counts the entry that was written at the end of a chunk. */
function settleEntry(chunk: Chunk, size: number, dueMs: number): number {
  const position = (chunk.number << CHUNK_BITS) | (chunk.end / WORD_BYTES);
  chunk.end += size;
  chunk.live += size;
  if (dueMs < chunk.dueMs) chunk.dueMs = dueMs;
  return position;
}

/** Writes an entry of another chunk once more at the end. */
function moveEntry(chunks: Chunks, from: Chunk, at: number): number {
  const size = sizeAt(from, at);
  const chunk = withRoom(chunks, size);
  from.bytes.copy(chunk.bytes, chunk.end, at, at + size);
  return settleEntry(chunk, size, from.view.getFloat64(at + DUE_AT, true));
}

function readEntry({ bytes, view }: Chunk, at: number): LogEntry {
  const inUtf8 = (view.getUint8(at + FLAGS_AT) & IN_UTF8) > 0;
  const end = at + HEAD_AT + view.getUint32(at + LENGTH_AT, true);
  const textAt = at + HEAD_AT + view.getUint8(at + HEAD_LENGTH_AT);
  return {
    hash: view.getUint32(at + HASH_AT, true),
    tag: view.getUint32(at + TAG_AT, true),
    serial: view.getUint32(at + SERIAL_AT, true),
    dueMs: view.getFloat64(at + DUE_AT, true),
    head: bytes.subarray(at + HEAD_AT, textAt),
    text: bytes.toString(inUtf8 ? "utf8" : "latin1", textAt, end),
  };
}

function dropEntry(chunks: Chunks, chunk: Chunk, at: number): void {
  const flags = chunk.view.getUint8(at + FLAGS_AT);
  if ((flags & IS_DEAD) > 0) return;
  chunk.view.setUint8(at + FLAGS_AT, flags | IS_DEAD);
  chunk.live -= sizeAt(chunk, at);
  freeIfDead(chunks, chunk);
}

/** A chunk with little left in it is emptied, so that a few long-lived entries do not hold the room of many. */
function isSparse({ tail }: Chunks, chunk: Chunk): boolean {
  return chunk !== tail && 2 * chunk.live < chunk.end;
}

/** Sweeps, and where the next one goes on: an iterator of a Map goes on where it stood, whatever is added or removed meanwhile. */
interface Round extends Sweeping {
  chunks: Iterator<Chunk>;
  /** Null: between two chunks. */
  chunk: Chunk | null;
  at: number;
}

/** On to the next chunk. Null where nothing in it can be due, or where all have been gone through. */
function step(chunks: Chunks, round: Round, nowMs: number): Chunk | null {
  const next = round.chunks.next();
  if (next.done === true) {
    round.chunks = chunks.byNumber.values();
    return null;
  }
  const chunk = next.value;
  if (chunk.dueMs > nowMs && !isSparse(chunks, chunk)) return null;
  chunk.dueMs = Number.POSITIVE_INFINITY;
  round.at = FIRST_AT;
  return chunk;
}

interface Look {
  readonly chunk: Chunk;
  readonly at: number;
  readonly nowMs: number;
}

function look(chunks: Chunks, round: Round, { chunk, at, nowMs }: Look): void {
  const { view } = chunk;
  if ((view.getUint8(at + FLAGS_AT) & IS_DEAD) > 0) return;
  const position = (chunk.number << CHUNK_BITS) | (at / WORD_BYTES);
  const dueMs = view.getFloat64(at + DUE_AT, true);
  if (dueMs <= nowMs) round.onDue(position);
  else if (isSparse(chunks, chunk))
    round.onMoved(view.getUint32(at + HASH_AT, true), position, moveEntry(chunks, chunk, at));
  else {
    if (dueMs < chunk.dueMs) chunk.dueMs = dueMs;
    return;
  }
  dropEntry(chunks, chunk, at);
}

/** Looks at the next entries of one chunk, or passes one by in which nothing can be due. */
function sweepOn(chunks: Chunks, round: Round, nowMs: number): void {
  round.chunk ??= step(chunks, round, nowMs);
  const { chunk } = round;
  for (let looked = 0; looked < SWEPT_AT_ONCE && chunk !== null; looked++) {
    const { at } = round;
    if (at >= chunk.end) {
      round.chunk = null;
      return;
    }
    round.at += sizeAt(chunk, at);
    look(chunks, round, { chunk, at, nowMs });
  }
}

/** Starts empty. Its order of work depends on calls alone. */
export function createTextLog(sweeping: Sweeping): TextLog {
  const chunks: Chunks = { byNumber: new Map(), unused: [], tail: null };
  const round: Round = { ...sweeping, chunks: chunks.byNumber.values(), chunk: null, at: 0 };
  const at = (position: number): [chunk: Chunk, at: number] => {
    const chunk = chunks.byNumber.get(position >>> CHUNK_BITS);
    if (chunk === undefined) throw new RangeError(`nothing is at position ${position}`);
    return [chunk, (position & ((1 << CHUNK_BITS) - 1)) * WORD_BYTES];
  };
  const wordAt = (position: number, offset: number): number => {
    const [{ view }, start] = at(position);
    return view.getUint32(start + offset, true);
  };
  return {
    append: (entry) => appendEntry(chunks, entry),
    read: (position) => readEntry(...at(position)),
    tagOf: (position) => wordAt(position, TAG_AT),
    hashOf: (position) => wordAt(position, HASH_AT),
    serialOf: (position) => wordAt(position, SERIAL_AT),
    drop: (position) => {
      const [chunk, start] = at(position);
      dropEntry(chunks, chunk, start);
    },
    sweep: (nowMs) => sweepOn(chunks, round, nowMs),
    clear: () => {
      chunks.byNumber.clear();
      chunks.unused.length = 0;
      chunks.tail = null;
      Object.assign(round, { chunks: chunks.byNumber.values(), chunk: null, at: 0 });
    },
  };
}
