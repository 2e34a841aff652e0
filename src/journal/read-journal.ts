import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { GcidemError, invalidFile } from "../core/errors.js";
import type {
  Exchange,
  JournalEntry,
  JournalRecord,
  JournalView,
  RequestFailed,
  RequestSent,
  ResponseReceived,
  RunEnded,
  RunStarted,
} from "./journal.js";
import type { FirstEntries } from "./journal-memory.js";
import { createRecordPairs, toExchange } from "./pair-records.js";
import { recordProblem } from "./record-problem.js";

const CHUNK_BYTES = 1 << 16;
const NEWLINE = 0x0a;

interface Line {
  readonly offset: number;
  readonly text: string;
  readonly number: number;
  /** False for a last line that lacks its line end: the process was killed while writing it. */
  readonly whole: boolean;
}

/** Where a reader of lines begins: at the file's start unless the lines before are known. */
const START = { offset: 0, number: 1 } as const;

/** Lines of an open file, one chunk in memory at a time. */
function* readLines(descriptor: number, from: Pick<Line, "offset" | "number"> = START): Generator<Line> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let rest: readonly Buffer[] = [];
  let lineOffset = from.offset;
  let position = from.offset;
  let { number } = from;
  for (;;) {
    const count = readSync(descriptor, chunk, 0, CHUNK_BYTES, position);
    if (count === 0) break;
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1 && end < count; end = chunk.indexOf(NEWLINE, start)) {
      const text =
        rest.length === 0
          ? chunk.toString("utf8", start, end)
          : Buffer.concat([...rest, chunk.subarray(start, end)]).toString("utf8");
      yield { offset: lineOffset, text, number, whole: true };
      rest = [];
      start = end + 1;
      lineOffset = position + start;
      number++;
      if (start >= count) break;
    }
    if (start < count) rest = [...rest, Buffer.from(chunk.subarray(start, count))];
    position += count;
  }
  if (rest.length > 0)
    yield { offset: lineOffset, text: Buffer.concat(rest).toString("utf8"), number, whole: false };
}

function damaged(line: Line, file: string, message: string): GcidemError {
  const at = { file, line: line.number, column: 1 };
  return invalidFile(file, [{ at, message, hint: "the journal was edited or damaged, or is none" }]);
}

/** Undefined for a line that was being written when its process was killed. */
function parseLine(line: Line, file: string): unknown {
  try {
    return JSON.parse(line.text);
  } catch {
    if (!line.whole) return undefined;
    throw damaged(line, file, "this line is not a JSON record");
  }
}

function parseRecord(line: Line, file: string): JournalRecord | null {
  const record = parseLine(line, file);
  if (record === undefined) return null;
  const problem = recordProblem(record);
  if (problem !== null) throw damaged(line, file, problem);
  return record as JournalRecord;
}

/** `first`: what the records before these came to. */
function* pairRecords(records: Iterable<JournalRecord>, first?: FirstEntries): Generator<JournalEntry> {
  for (const entry of first?.entries ?? []) yield entry;
  const pairs = createRecordPairs(first?.pairing);
  for (const record of records) for (const entry of pairs.take(record)) yield entry;
  yield* pairs.rest();
}

function* exchangesOf(entries: Iterable<JournalEntry>): Generator<Exchange> {
  for (const entry of entries) if (entry.type === "exchange") yield entry.exchange;
}

/** Byte offsets of an exchange's two lines. */
interface Place {
  readonly sentOffset: number;
  outcomeOffset: number | null;
}

interface JournalIndex {
  readonly started: RunStarted;
  readonly ended: RunEnded | null;
  readonly places: ReadonlyMap<string, Place>;
}

const SCHEMA = "gcidem-journal/1";

function checkSchema({ schema }: RunStarted, line: Line, file: string): void {
  const found: string = schema;
  if (found === SCHEMA) return;
  const newer = Number(/^gcidem-journal\/(\d+)$/.exec(found)?.[1] ?? 0) > 1;
  const hint = newer
    ? `a newer gcidem wrote it, and this one reads ${SCHEMA}: update gcidem`
    : `expected ${SCHEMA}; is this a gcidem journal?`;
  const at = { file, line: line.number, column: 1 };
  throw invalidFile(file, [{ at, message: `unknown journal schema ${found}`, hint }]);
}

/** What no journal has that is as it was written; null where a record stands where it may. */
function misplaced(
  record: JournalRecord,
  { started, places }: { readonly started: RunStarted | null; readonly places: ReadonlyMap<string, Place> },
): string | null {
  if (record.type === "run-started") return started === null ? null : "a second run begins here";
  if (started === null) return "there is no run-started record before this one";
  if (record.type === "request-sent") return places.has(record.id) ? `${record.id} was sent before` : null;
  if (record.type !== "response" && record.type !== "failed") return null;
  const place = places.get(record.id);
  if (place === undefined) return `the request of ${record.id} is missing`;
  return place.outcomeOffset === null ? null : `${record.id} was answered before`;
}

function indexJournal(descriptor: number, file: string): JournalIndex {
  const places = new Map<string, Place>();
  let started: RunStarted | null = null;
  let ended: RunEnded | null = null;
  for (const line of readLines(descriptor)) {
    const record = parseRecord(line, file);
    if (record === null) break;
    if (record.type === "run-started") checkSchema(record, line, file);
    const problem = misplaced(record, { started, places });
    if (problem !== null) throw damaged(line, file, problem);
    if (record.type === "run-started") started = record;
    if (record.type === "run-ended") ended = record;
    if (record.type === "request-sent")
      places.set(record.id, { sentOffset: line.offset, outcomeOffset: null });
    const place = record.type === "response" || record.type === "failed" ? places.get(record.id) : undefined;
    if (place !== undefined) place.outcomeOffset = line.offset;
  }
  if (started === null) {
    const at = { file, line: 1, column: 1 };
    throw invalidFile(file, [
      { at, message: "there is no run-started record", hint: "is this a gcidem journal?" },
    ]);
  }
  return { started, ended, places };
}

function readLineAt(descriptor: number, offset: number): string {
  const parts: Buffer[] = [];
  for (let position = offset; ; position += CHUNK_BYTES) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const count = readSync(descriptor, chunk, 0, CHUNK_BYTES, position);
    const end = chunk.subarray(0, count).indexOf(NEWLINE);
    parts.push(chunk.subarray(0, end === -1 ? count : end));
    if (end !== -1 || count === 0) return Buffer.concat(parts).toString("utf8");
  }
}

function openForReading(file: string): number {
  try {
    const descriptor = openSync(file, "r");
    if (fstatSync(descriptor).isFile()) return descriptor;
    closeSync(descriptor);
    throw new Error("not a file");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GcidemError("invalid-file", `cannot read the journal ${file}: ${reason}`, { cause: error });
  }
}

/** The ends of a journal that this process wrote from its first record to its last. */
export interface WholeRun {
  readonly started: RunStarted;
  readonly ended: RunEnded;
  readonly first: FirstEntries;
}

/**
 * Opens a journal for reading, also one whose process was killed. `whole`: it was written just now and needs no look at its
 * lines before they are asked for, and none at those that are still in memory.
 * @throws GcidemError `invalid-file` where the file cannot be read, is no journal, or has a damaged line before its last.
 */
export function openJournal(file: string, whole?: WholeRun): JournalView {
  const descriptor = openForReading(file);
  let index: JournalIndex | null = null;
  const indexed = (): JournalIndex => (index ??= indexJournal(descriptor, file));
  const { started, ended } = whole ?? indexed();
  const { first } = whole ?? {};
  const from = first === undefined ? START : { offset: first.endOffset, number: first.lines + 1 };
  /** Each was looked at when the file was opened, or written by this process. */
  function* records(): Generator<JournalRecord> {
    for (const line of readLines(descriptor, from)) {
      const record = parseLine(line, file);
      if (record !== undefined) yield record as JournalRecord;
    }
  }
  const exchange = (id: string): Exchange => {
    const place = indexed().places.get(id);
    if (place === undefined) throw new GcidemError("invalid-file", `${file} has no exchange ${id}`);
    const sent = JSON.parse(readLineAt(descriptor, place.sentOffset)) as RequestSent;
    const outcome = place.outcomeOffset === null ? null : readLineAt(descriptor, place.outcomeOffset);
    return toExchange(
      sent,
      outcome === null ? null : (JSON.parse(outcome) as ResponseReceived | RequestFailed),
      started.names,
    );
  };
  return {
    started,
    ended,
    entries: () => ({ [Symbol.iterator]: () => pairRecords(records(), first) }),
    exchanges: () => ({ [Symbol.iterator]: () => exchangesOf(pairRecords(records(), first)) }),
    exchange,
    close: () => closeSync(descriptor),
  };
}

/**
 * The records of a journal, line by line.
 * @throws GcidemError `invalid-file` where the file cannot be read or has a damaged line before its last.
 */
export function* readRecords(file: string): Generator<JournalRecord> {
  const descriptor = openForReading(file);
  try {
    for (const line of readLines(descriptor)) {
      const record = parseRecord(line, file);
      if (record !== null) yield record;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Records that are in memory, as a journal that was read back. Nothing has to be closed. */
export function viewRecords(started: RunStarted, records: readonly JournalRecord[]): JournalView {
  const exchanges = (): Iterable<Exchange> => exchangesOf(pairRecords(records));
  return {
    started,
    ended: null,
    entries: () => pairRecords(records),
    exchanges,
    exchange: (id) => {
      for (const exchange of exchanges()) if (exchange.id === id) return exchange;
      throw new GcidemError("invalid-file", `these records have no exchange ${id}`);
    },
    close: () => {},
  };
}
