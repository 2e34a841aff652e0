import { invalidFile, type Problem } from "../core/errors.js";
import { type ByteRange, type ByteSource, bufferSource } from "./byte-source.js";
import { parseInstant } from "./har-times.js";
import type { RecordedExchange, Recording } from "./intake.js";
import { createRoll } from "./origins.js";
import { isDamagedRecord, parseSdkLine, type SdkRecord, sdkExchange } from "./sdk-line.js";
import { createSdkNotes } from "./sdk-notes.js";
import { linesOf, type SourceLine } from "./source-lines.js";

/** The text format's own lines. */
const TEXT_FORMAT = /^=== (?:REQUEST|RESPONSE) ===\s*$/;

/** How to get a log that can be read. */
const SWITCH_TO_JSON =
  "set client.config.logger.log_format = client.config.logger.logFormatEnum.formats.JSON, then client.config.logger.setLogger() (in a configuration file: log_format = json), and record again";

/** A success at level trace is logged once more at level debug, without the answer's headers. */
function pairKey({ method, url, status, members }: SdkRecord): string {
  const { requestHeaders, requestBody } = members;
  return JSON.stringify([method, url, status, requestHeaders, requestBody]);
}

/** Says which records are the second one of a success that was logged twice. */
function createTwins(): (record: SdkRecord) => boolean {
  const open = new Map<string, number>();
  return (record) => {
    if (record.level !== "trace" && record.level !== "debug") return false;
    const key = pairKey(record);
    const count = open.get(key) ?? 0;
    if (record.level === "trace") open.set(key, count + 1);
    else if (count > 1) open.set(key, count - 1);
    else open.delete(key);
    return record.level === "debug" && count > 0;
  };
}

function tornLine(file: string, { number, text }: SourceLine): Problem {
  return {
    at: { file, line: number, column: text.length + 1 },
    message: "the log ends in the middle of a record; everything before it was read",
    hint: "was it copied while it was written?",
  };
}

/** True for the beginning of a record that goes on in no file. */
function isTorn({ text, whole }: SourceLine): boolean {
  return !whole && /\{"(?:correlationId|date|level|message)"/.test(text);
}

const MOST_DAMAGED = 5;

function damagedLine(file: string, { number }: SourceLine): Problem {
  return {
    at: { file, line: number, column: 1 },
    message: "this line is a part of a record of the SDK, or a damaged one: it is left out",
    hint: "was the log cut, or rotated in the middle of a line? Put its parts together, the oldest first",
  };
}

/** Where a record lies, and when its answer had come, in ms since 1970. */
interface Dated extends ByteRange {
  readonly atMs: number | null;
}

const OUT_OF_ORDER =
  "the records were not in the order of their dates, as where files were put together in another order: they were put in it";

/** By date, where each record has one and some stand before an earlier one. */
function inOrder(places: readonly Dated[]): { readonly places: readonly Dated[]; readonly moved: boolean } {
  const dates = places.flatMap(({ atMs }) => atMs ?? []);
  const moved =
    dates.length === places.length && dates.some((atMs, index) => atMs < (dates[index - 1] ?? atMs));
  if (!moved) return { places, moved };
  return { places: places.toSorted((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0)), moved };
}

interface Scan {
  readonly places: readonly Dated[];
  readonly lost: boolean;
  readonly problems: readonly Problem[];
  /** First line of the text format; null where there is none. */
  readonly textLine: number | null;
}

function scan(source: ByteSource, each: (record: SdkRecord) => void): Scan {
  const places: Dated[] = [];
  const problems: Problem[] = [];
  let damaged = 0;
  const isTwin = createTwins();
  let textLine: number | null = null;
  for (const line of linesOf(source)) {
    const record = parseSdkLine(line.text);
    if (record === null) {
      if (isTorn(line)) problems.push(tornLine(source.name, line));
      else if (isDamagedRecord(line.text) && damaged++ < MOST_DAMAGED)
        problems.push(damagedLine(source.name, line));
      if (textLine === null && TEXT_FORMAT.test(line.text)) textLine = line.number;
    } else if (!isTwin(record)) {
      places.push({ start: line.start, end: line.end, atMs: parseInstant(record.date) });
      each(record);
    }
  }
  return { places, lost: damaged > 0 || textLine !== null, problems, textLine };
}

/** A log in which somebody switched formats: what is in the other one was passed over. */
function inTextFormat({ textLine }: Scan, file: string): readonly Problem[] {
  if (textLine === null) return [];
  const message =
    "from here on there are records in the text format, which gcidem cannot read: they are left out";
  return [{ at: { file, line: textLine, column: 1 }, message, hint: SWITCH_TO_JSON }];
}

function checkFound({ places, textLine, problems }: Scan, file: string): void {
  if (places.length > 0) return;
  if (textLine !== null) {
    const at = { file, line: textLine, column: 1 };
    const message = "this is the Genesys SDK's log in its text format, which gcidem cannot read";
    throw invalidFile(file, [{ at, message, hint: SWITCH_TO_JSON }]);
  }
  if (problems.length > 0) throw invalidFile(file, problems);
  throw invalidFile(file, [
    {
      at: { file, line: 1, column: 1 },
      message: "found neither a HAR nor a record of the Genesys SDK's JSON log nor a journal",
      hint: "gcidem diagnose reads .har files, logs of the JavaScript SDK in its JSON format, and saved runs",
    },
  ]);
}

/**
 * Reads the Genesys JavaScript SDK's log in its JSON format; lines of others between, and before the record on its own
 * line, are passed over. The source must stay open for as long as `exchanges` is used.
 * @throws GcidemError `invalid-file` where there is no record; for the text format it says how to switch.
 */
export function readSdkLog(source: ByteSource | string, name = "<log>"): Recording {
  const bytes = typeof source === "string" ? bufferSource(Buffer.from(source, "utf8"), name) : source;
  const [notes, roll] = [createSdkNotes(), createRoll()];
  const scanned = scan(bytes, (record) => {
    notes.add(record);
    roll.add(sdkExchange(record, true));
  });
  checkFound(scanned, bytes.name);
  const origins = roll.origins();
  const { places, moved } = inOrder(scanned.places);
  return {
    format: "Genesys JavaScript SDK log",
    recordedBy: null,
    timesKnown: false,
    bodiesExact: false,
    ...(scanned.lost ? { requestsLost: true as const } : {}),
    notes: [
      ...notes.sentences(),
      ...(moved ? [OUT_OF_ORDER] : []),
      ...(origins.length > 1 ? [`${origins.length} hosts; each is looked at on its own`] : []),
    ],
    problems: [...scanned.problems, ...inTextFormat(scanned, bytes.name)],
    count: scanned.places.length,
    origins,
    secretHeaders: roll.secretHeaders(),
    exchanges: function* (wanted): Generator<RecordedExchange> {
      for (const [number, { start, end }] of places.entries()) {
        if (wanted?.has(number) === false) continue;
        const record = parseSdkLine(bytes.read(start, end).toString("utf8"));
        if (record !== null) yield sdkExchange(record, notes.bodies());
      }
    },
  };
}
