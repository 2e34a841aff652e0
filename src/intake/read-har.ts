import { GcidemError, invalidFile, type Problem } from "../core/errors.js";
import { headerValue } from "../core/http.js";
import { type ByteRange, type ByteSource, bufferSource, placeOf } from "./byte-source.js";
import { createRedirectFinder } from "./followed-redirects.js";
import { harExchange, leftOut } from "./har-entry.js";
import { createHarNotes, type HarNotes } from "./har-notes.js";
import { isOwn } from "./har-own.js";
import type { RecordedExchange, Recording } from "./intake.js";
import { isMembers, type Members, parseMembers, textAt } from "./loose-json.js";
import { type EntryTime, orderEntries } from "./order-entries.js";
import { createRoll, originOf, type Roll } from "./origins.js";
import { createCacheJudge, isFromCache } from "./own-cache.js";
import { createRepeatFinder } from "./repeated-entries.js";
import { type HarOutline, outlineHar } from "./split-har.js";
import { type Sighting, sightingOf, workerTwins } from "./worker-twins.js";

/** One entry must fit into memory several times over. In bytes. */
const MOST_ENTRY_BYTES = 64 << 20;

function readEntry(source: ByteSource, { start, end }: ByteRange): Members | null {
  return end - start > MOST_ENTRY_BYTES ? null : parseMembers(source.read(start, end).toString("utf8"));
}

/** The server's clock as a fresh answer tells it. A cache hands out the Date of the answer that it kept. */
function serverMs({ response }: RecordedExchange, entry: Members): number | null {
  if (response === null || response.status === 304) return null;
  const cached = headerValue(response.headers, "age") !== null || isFromCache(entry);
  const date = headerValue(response.headers, "date");
  const atMs = cached || date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(atMs) ? null : atMs;
}

function timeOf(exchange: RecordedExchange, entry: Members): EntryTime {
  const { startedAtMs, firstByteMs, endMs } = exchange.times;
  const after = (durationMs: number | null): number | null =>
    startedAtMs === null || durationMs === null ? null : startedAtMs + durationMs;
  return {
    origin: originOf(exchange.request.url),
    startMs: startedAtMs,
    firstByteMs: after(firstByteMs ?? endMs),
    endMs: after(endMs),
    answered: exchange.response !== null,
    serverMs: serverMs(exchange, entry),
  };
}

interface Surveyed {
  readonly places: readonly ByteRange[];
  readonly times: readonly EntryTime[];
  readonly notes: HarNotes;
  readonly roll: Roll;
  readonly exact: boolean;
  /** The first entries that are no JSON objects. */
  readonly damaged: readonly { readonly number: number; readonly place: ByteRange }[];
}

const MOST_DAMAGED = 5;

function survey(source: ByteSource, entries: readonly ByteRange[]): Surveyed {
  const [notes, roll] = [createHarNotes(), createRoll()];
  const places: ByteRange[] = [];
  const times: EntryTime[] = [];
  const sightings: Sighting[] = [];
  const damaged: { number: number; place: ByteRange }[] = [];
  const isRepeated = createRepeatFinder();
  const isOutdated = createCacheJudge();
  const redirectBefore = createRedirectFinder();
  const redirected = new Set<number>();
  let exact = true;
  for (const [index, place] of entries.entries()) {
    const entry = readEntry(source, place);
    const reason = leftOut(entry);
    if (reason === "damaged entry" && damaged.length < MOST_DAMAGED)
      damaged.push({ number: index + 1, place });
    if (entry === null || reason !== null) {
      notes.leaveOut(reason ?? "damaged entry");
      continue;
    }
    const exchange = harExchange(entry);
    if (isOutdated(exchange, entry)) {
      notes.leaveOut("cached answer");
      continue;
    }
    if (isRepeated(exchange, source.read(place.start, place.end))) {
      notes.leaveOut("repeated entry");
      continue;
    }
    const followed = isOwn(entry) ? null : redirectBefore(exchange, places.length);
    if (followed !== null) redirected.add(followed);
    notes.add(exchange, entry);
    roll.add(exchange);
    places.push(place);
    times.push(timeOf(exchange, entry));
    sightings.push(sightingOf(exchange, entry));
    exact &&= exchange.request.body.exact;
  }
  const twins = workerTwins(sightings);
  const once = <T>(all: readonly T[]): readonly T[] =>
    all.filter((_each, index) => !twins.has(index) && !redirected.has(index));
  for (let left = twins.size; left > 0; left--) notes.leaveOut("service worker's twin");
  for (let left = redirected.size; left > 0; left--) notes.leaveOut("followed redirect");
  return { places: once(places), times: once(times), notes, roll, exact, damaged };
}

function programOf(head: Members): string | null {
  for (const part of [head.browser, head.creator]) {
    const name = isMembers(part) ? textAt(part, "name") : null;
    if (name !== null && isMembers(part)) return `${name} ${textAt(part, "version") ?? ""}`.trim();
  }
  return null;
}

function problemsOf(source: ByteSource, outline: HarOutline, { damaged }: Surveyed): readonly Problem[] {
  const problems = damaged.map(({ number, place }): Problem => {
    const size = place.end - place.start;
    const message =
      size > MOST_ENTRY_BYTES
        ? `entry ${number} has ${size} bytes, more than the ${MOST_ENTRY_BYTES} that one may have: it is left out`
        : `entry ${number} is not an entry of a HAR: it is left out`;
    return { at: placeOf(source, place.start), message };
  });
  if (outline.brokenAt === null) return problems;
  const whole = outline.entries.length;
  const where = outline.brokenAt === source.size ? "ends too early" : "stops being JSON";
  const message = `the file ${where} at byte ${outline.brokenAt}; the ${whole === 1 ? "entry" : `${whole} entries`} before it ${whole === 1 ? "was" : "were"} read`;
  return [
    ...problems,
    {
      at: placeOf(source, outline.brokenAt),
      message,
      hint: "was the export interrupted, or the file copied in part?",
    },
  ];
}

function checkOutline(source: ByteSource, outline: HarOutline): void {
  if (outline.entries.length > 0 || (outline.hasEntries && outline.brokenAt === null)) return;
  const at = placeOf(source, outline.brokenAt ?? 0);
  const cut = outline.brokenAt !== null;
  throw invalidFile(source.name, [
    {
      at,
      message: cut
        ? `the file ends or stops being JSON at byte ${outline.brokenAt}, before its first whole entry`
        : "there is no list log.entries, so this is not a HAR",
      hint: cut ? "export it again" : "expected HAR 1.1 or 1.2: { log: { entries: [...] } }",
    },
  ]);
}

/**
 * Reads a HAR 1.1 or 1.2 of any size: its entries are found and looked at one by one, and read again when they are asked
 * for. The source must stay open for as long as `exchanges` is used.
 * @throws GcidemError `invalid-file` with the position where not one whole entry can be had.
 */
export function readHar(source: ByteSource | string, name = "<har>"): Recording {
  const bytes = typeof source === "string" ? bufferSource(Buffer.from(source, "utf8"), name) : source;
  if (bytes.size === 0) throw new GcidemError("invalid-file", `${bytes.name}: the file is empty`);
  const outline = outlineHar(bytes);
  checkOutline(bytes, outline);
  const surveyed = survey(bytes, outline.entries);
  const { order, timesKnown, notes } = orderEntries(surveyed.times);
  const recordedBy = programOf(outline.head);
  const origins = surveyed.roll.origins();
  return {
    format: `HAR ${textAt(outline.head, "version") ?? ""}`.trim(),
    recordedBy,
    timesKnown,
    bodiesExact: surveyed.exact,
    ...(surveyed.damaged.length > 0 ? { requestsLost: true as const } : {}),
    notes: [
      ...surveyed.notes.sentences(recordedBy),
      ...notes,
      ...(origins.length > 1 ? [`${origins.length} hosts; each is looked at on its own`] : []),
    ],
    problems: problemsOf(bytes, outline, surveyed),
    count: order.length,
    origins,
    secretHeaders: surveyed.roll.secretHeaders(),
    exchanges: function* (wanted) {
      for (const [number, index] of order.entries()) {
        const place = wanted?.has(number) === false ? undefined : surveyed.places[index];
        const entry = place === undefined ? null : readEntry(bytes, place);
        if (entry !== null) yield harExchange(entry);
      }
    },
  };
}
