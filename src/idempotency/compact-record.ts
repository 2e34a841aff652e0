import type { HeaderList } from "../core/http.js";
import type { OutcomeClass } from "../policy/idempotency-policy.js";
import type { BodyPrint, FirstRequest, KeyRecord, KeyState } from "./idempotency.js";

/**
 * Records of ended requests as a few bytes and a text, for memory: as objects a million of them took 1,390 bytes each,
 * and moving and marking their parts cost the collector a third of the mock's time (Node 20, 2026-11-22). `packRecord` is
 * the form that leaves the process.
 *
 * The head has the length of each field, flags, outcome, status, the first use, and the lengths of each header's name and
 * value; the text has the fields, the headers, and last what is left: the answer's body.
 */
const FIELDS = 13;
const FLAGS_AT = 2 * FIELDS;
const OUTCOME_AT = FLAGS_AT + 1;
const STATUS_AT = OUTCOME_AT + 1;
const CREATED_AT = STATUS_AT + 2;
const HEADERS_AT = CREATED_AT + 8;
const LINE_LENGTH = 4;
const MOST_HEADERS = 40;

const LONGEST_FIELD = 0xffff;

const IS_DELIVERED = 1;
const HAS_EFFECT = 2;
const HAS_ANSWER = 4;
const HAS_RESOURCE = 8;
const HAS_DIGESTS = 16;

const OUTCOMES: readonly OutcomeClass[] = ["validation", "2xx", "4xx", "429", "5xx"];

type Ended = Extract<KeyState, { readonly kind: "ended" }>;

/** One for all: it is filled and read within one turn. */
const head = new Uint8Array(HEADERS_AT + MOST_HEADERS * LINE_LENGTH);
const view = new DataView(head.buffer);

const instant = Buffer.alloc(8);

function instantText(instantMs: number): string {
  instant.writeDoubleLE(instantMs);
  return instant.toString("latin1");
}

function instantIn(text: string): number {
  instant.write(text, "latin1");
  return instant.readDoubleLE();
}

function printText(body: BodyPrint): string {
  return body.kind === "kept" ? body.latin1 : JSON.stringify([body.bytes, body.canonical, body.compared]);
}

function printIn(text: string, flags: number): BodyPrint {
  if ((flags & HAS_DIGESTS) === 0) return { kind: "kept", latin1: text };
  const [bytes = "", canonical = "", compared = ""] = JSON.parse(text) as readonly string[];
  return { kind: "digests", bytes, canonical, compared };
}

/** True where status and resource need be said only once, as `completeClaim` has it. */
function isUsual({ status, resource, answer }: Ended): boolean {
  const fits = Number.isInteger(status) && status >= 0 && status <= LONGEST_FIELD;
  return fits && (answer === null || (answer.status === status && answer.resource === resource));
}

/** A record in two pieces. The head is overwritten by the next call of any function here. */
export interface Compact {
  readonly head: Uint8Array;
  readonly text: string;
}

/** What stands in a text only where it is not kept once for many. */
export interface Spelled {
  /** What stands before the key in the record's id; empty: kept elsewhere. */
  readonly scope: string;
  /** The path of the first request; empty: kept elsewhere. */
  readonly path: string;
}

type Others = Pick<KeyRecord, "answered" | "earlier">;

const NO_OTHERS: Others = { answered: null, earlier: null };

/** Other requests that a record knows of: mostly none. */
function othersText({ answered, earlier }: Others): string {
  return answered === null && earlier === null ? "" : JSON.stringify({ answered, earlier });
}

function othersIn(text: string): Others {
  return text === "" ? NO_OTHERS : (JSON.parse(text) as Others);
}

/** Text by text; the first ones are the fields. */
function piecesOf(record: KeyRecord, { answer, resource }: Ended, spelled: Spelled): readonly string[] {
  const { key, account, first, token, createdAtMs, lastUsedAtMs } = record;
  const pieces = [
    spelled.scope,
    key,
    token,
    account,
    first.method,
    spelled.path,
    first.query,
    first.headers.length === 0 ? "" : JSON.stringify(first.headers),
    printText(first.body),
    lastUsedAtMs === createdAtMs ? "" : instantText(lastUsedAtMs),
    answer === null ? "" : answer.correlationId,
    resource ?? "",
    othersText(record),
  ];
  if (answer === null) return pieces;
  for (const line of answer.headers) pieces.push(line[0], line[1]);
  pieces.push(answer.body);
  return pieces;
}

/** Where the head has the length of a piece. */
function lengthAt(piece: number): number {
  return piece < FIELDS ? 2 * piece : HEADERS_AT + 2 * (piece - FIELDS);
}

/** Writes the lengths into the head, all but that of the body; false where one is too long for it. */
function fillLengths(pieces: readonly string[]): boolean {
  const bodyAt = Math.max(pieces.length - 1, FIELDS);
  for (let piece = 0; piece < bodyAt; piece++) {
    const length = pieces[piece]?.length ?? 0;
    if (length > LONGEST_FIELD) return false;
    view.setUint16(lengthAt(piece), length, true);
  }
  return true;
}

function flagsOf({ first }: KeyRecord, { delivered, effect, answer, resource }: Ended): number {
  return (
    (delivered ? IS_DELIVERED : 0) |
    (effect ? HAS_EFFECT : 0) |
    (answer === null ? 0 : HAS_ANSWER) |
    (resource === null ? 0 : HAS_RESOURCE) |
    (first.body.kind === "digests" ? HAS_DIGESTS : 0)
  );
}

const heads: Uint8Array[] = [];

/** The head with room for so many headers. Kept, since making a view takes as long as filling it. */
function headFor(headers: number): Uint8Array {
  const known = heads[headers];
  if (known !== undefined) return known;
  const made = head.subarray(0, HEADERS_AT + headers * LINE_LENGTH);
  heads[headers] = made;
  return made;
}

function fillRest(record: KeyRecord, state: Ended): void {
  view.setUint8(FLAGS_AT, flagsOf(record, state));
  view.setUint8(OUTCOME_AT, OUTCOMES.indexOf(state.outcome));
  view.setUint16(STATUS_AT, state.status, true);
  view.setFloat64(CREATED_AT, record.createdAtMs, true);
}

/**
 * A record in short, all but until when it is kept and what is kept elsewhere. Null for one that has not ended or is
 * unlike those that the engine writes, for more than 40 headers, and for fields of more than 65,535 characters.
 */
export function writeCompact(record: KeyRecord, spelled: Spelled): Compact | null {
  const { state } = record;
  if (state.kind !== "ended" || !isUsual(state)) return null;
  const headers = state.answer === null ? 0 : state.answer.headers.length;
  if (headers > MOST_HEADERS) return null;
  const pieces = piecesOf(record, state, spelled);
  if (!fillLengths(pieces)) return null;
  fillRest(record, state);
  // Joining makes one flat string at once; adding up makes one of parts, which then has to be copied together.
  return { head: headFor(headers), text: pieces.join("") };
}

/** Hands out piece after piece, and in the end what is left. */
interface Reader {
  readonly next: () => string;
  readonly rest: () => string;
}

function readerOf(text: string): Reader {
  let piece = 0;
  let from = 0;
  return {
    next: () => {
      const start = from;
      from += view.getUint16(lengthAt(piece), true);
      piece += 1;
      return text.slice(start, from);
    },
    rest: () => text.slice(from),
  };
}

function headersIn({ next }: Reader, headLength: number): HeaderList {
  const length = (headLength - HEADERS_AT) / LINE_LENGTH;
  return Array.from({ length }, () => [next(), next()]);
}

function firstIn({ next }: Reader, flags: number): FirstRequest {
  const [method, path, query, headers, body] = [next(), next(), next(), next(), next()];
  return {
    method,
    path,
    query,
    headers: headers === "" ? [] : (JSON.parse(headers) as readonly (string | null)[]),
    body: printIn(body, flags),
  };
}

interface ReadEnd {
  readonly state: Ended;
  readonly others: Others;
}

function endIn(reader: Reader, flags: number, headLength: number): ReadEnd {
  const status = view.getUint16(STATUS_AT, true);
  const [correlationId, name, others] = [reader.next(), reader.next(), othersIn(reader.next())];
  const headers = headersIn(reader, headLength);
  const resource = (flags & HAS_RESOURCE) === 0 ? null : name;
  const answer = { status, headers, body: reader.rest(), correlationId, resource };
  const state: Ended = {
    kind: "ended",
    outcome: OUTCOMES[view.getUint8(OUTCOME_AT)] ?? "2xx",
    status,
    delivered: (flags & IS_DELIVERED) > 0,
    effect: (flags & HAS_EFFECT) > 0,
    resource,
    answer: (flags & HAS_ANSWER) === 0 ? null : answer,
  };
  return { state, others };
}

/** A record that was read, and the scope of its id where that was spelled out. */
export interface ReadRecord {
  readonly scope: string;
  readonly record: KeyRecord;
}

/** What {@link writeCompact} wrote; its path is empty where it is kept elsewhere. */
export function readCompact(compact: Compact, keepUntilMs: number | null): ReadRecord {
  head.set(compact.head);
  const flags = view.getUint8(FLAGS_AT);
  const createdAtMs = view.getFloat64(CREATED_AT, true);
  const reader = readerOf(compact.text);
  const { next } = reader;
  const [scope, key, token, account] = [next(), next(), next(), next()];
  const first = firstIn(reader, flags);
  const lastUse = next();
  const lastUsedAtMs = lastUse === "" ? createdAtMs : instantIn(lastUse);
  const { state, others } = endIn(reader, flags, compact.head.length);
  const { answered, earlier } = others;
  const times = { createdAtMs, lastUsedAtMs, keepUntilMs };
  return { scope, record: { key, account, first, answered, earlier, state, ...times, token } };
}

/** True for a record of this key, and of this scope where that is spelled out. */
export function isCompactOf(compact: Compact, scope: string, key: string): boolean {
  head.set(compact.head);
  const { next } = readerOf(compact.text);
  return next() === scope && next() === key;
}
