import { createHash } from "node:crypto";
import type { Clock } from "../core/clock.js";
import type { HeaderList } from "../core/http.js";
import { createRedactor, isSecretHeader, type Redactor } from "../core/redact.js";
import { VERSION } from "../core/version.js";
import { createJournal, newRunId, prepareRunsFolder } from "../journal/create-journal.js";
import type { JournalRecord, RecordedTraffic } from "../journal/journal.js";
import { recordRequest, recordResponse } from "../journal/record-message.js";
import type { FoundRun } from "../session/find-run.js";
import { recordedRules } from "../session/open-run-journal.js";
import { recordingPersonal } from "../session/personal-rules.js";
import type { Failure } from "../transport/explain-failure.js";
import type { PlainBody } from "./kept-body.js";
import type { RecordOptions } from "./record.js";

/** A request that passed, as it went on to the upstream. */
interface PassedRequest {
  readonly id: string;
  readonly startMs: number;
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  /** Null: more than is kept, or not all of it came. */
  readonly body: Uint8Array | null;
}

/** An answer that passed. */
interface PassedAnswer {
  readonly status: number;
  readonly httpVersion: string;
  readonly headers: HeaderList;
  readonly body: PlainBody;
}

/** Instants of the recorder's clock, in ms. */
export interface PassedTimes {
  readonly sentMs: number | null;
  readonly firstByteMs: number | null;
  readonly endMs: number;
}

/**
 * Writes what passes into a journal, redacted. What passed in one turn of the event loop is written together, at its end.
 */
export interface RecordingBook {
  readonly run: FoundRun;
  /** e1, e2, ... in the order in which requests came. */
  readonly nextId: () => string;
  readonly sent: (request: PassedRequest) => void;
  readonly answered: (id: string, answer: PassedAnswer, times: PassedTimes) => void;
  readonly failed: (id: string, failure: Failure, times: PassedTimes) => void;
  readonly close: () => void;
}

/** A journal has a resolution of 1 µs. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

const TRAFFIC: RecordedTraffic = {
  format: "recording",
  recordedBy: `gcidem record ${VERSION}`,
  timesKnown: true,
  bodiesExact: true,
  notes: [],
};

function startOf({ upstream, rules }: RecordOptions, run: string, startedAt: Date): JournalRecord {
  return {
    ...{ type: "run-started", schema: "gcidem-journal/1", run },
    ...{ tool: `gcidem ${VERSION}`, node: process.version },
    scenario: {
      name: `record ${upstream.host}`,
      file: "",
      sha256: createHash("sha256").digest("hex"),
      text: "",
    },
    target: { kind: "recording", baseUrl: upstream.origin, policy: null },
    seed: 0,
    startedAt: startedAt.toISOString(),
    recording: TRAFFIC,
    ...recordedRules(rules),
  };
}

/** Lines that are written together, at the end of the turn in which the first of them came. */
interface Batch {
  readonly write: (record: JournalRecord) => void;
  /** Writes what is there. False: it cannot be written any more. */
  readonly flush: () => boolean;
}

function createBatch(
  append: (...records: readonly JournalRecord[]) => void,
  onBroken: (error: unknown) => void,
): Batch {
  let pending: JournalRecord[] = [];
  let broken = false;
  const flush = (): boolean => {
    const records = pending;
    pending = [];
    if (broken || records.length === 0) return !broken;
    try {
      append(...records);
    } catch (error) {
      broken = true;
      onBroken(error);
    }
    return !broken;
  };
  const write = (record: JournalRecord): void => {
    if (pending.push(record) === 1) setImmediate(flush);
  };
  return { write, flush };
}

/**
 * Opens the journal of a recording; its times count from now. `onBroken` is called, once, where it cannot be written any
 * more; nothing is written from then on. @throws GcidemError `output`
 */
export function openRecordingBook(
  options: RecordOptions,
  clock: Clock,
  onBroken: (error: unknown) => void,
): RecordingBook {
  const { upstream, runsFolder, runsFolderIgnored, rules } = options;
  prepareRunsFolder(runsFolder, runsFolderIgnored);
  const startedAt = new Date(clock.epochMs());
  const run = newRunId(`record ${upstream.hostname}`, startedAt);
  const journal = createJournal(runsFolder, run);
  const redactor = createRedactor(rules?.redaction, recordingPersonal());
  // An answer names callers where its request's URL says so.
  const open = new Map<string, Redactor>();
  const redactorOf = (id: string): Redactor => {
    const own = open.get(id) ?? redactor;
    open.delete(id);
    return own;
  };
  const originMs = clock.nowMs();
  const since = (ms: number): number => rounded(ms - originMs);
  const orNull = (ms: number | null): number | null => (ms === null ? null : since(ms));
  // A credential may stand in the URL or the body as well, which are written with the headers.
  const learn = (headers: HeaderList): void => {
    const secret = headers.filter(([name]) => isSecretHeader(name));
    if (secret.length > 0) redactor.headers(secret);
  };
  const { write, flush } = createBatch(journal.append, onBroken);
  let count = 0;
  journal.append(startOf(options, run, startedAt));
  return {
    run: { folder: journal.folder, file: journal.file },
    nextId: () => `e${++count}`,
    sent: ({ id, startMs, method, url, headers, body }) => {
      learn(headers);
      const own = redactor.about(url);
      open.set(id, own);
      write({
        ...{ type: "request-sent", id, step: id, attempt: 1, writer: null, round: 1 },
        startedAt: new Date(startedAt.getTime() + startMs - originMs).toISOString(),
        startMs: since(startMs),
        request: {
          ...recordRequest({ method, url, headers, body }, own),
          ...(body === null ? { missing: ["body"] } : {}),
        },
      });
    },
    answered: (id, { status, httpVersion, headers, body }, { sentMs, firstByteMs, endMs }) => {
      learn(headers);
      const raw = { status, httpVersion, headers, body: body.bytes, truncated: body.truncated };
      write({
        ...{ type: "response", id, sentMs: orNull(sentMs), releasedMs: null },
        ...{ firstByteMs: since(firstByteMs ?? endMs), endMs: since(endMs) },
        response: { ...recordResponse(raw, redactorOf(id)), ...(body.unknown ? { missing: ["body"] } : {}) },
      });
    },
    failed: (id, { code, phase, message }, { sentMs, endMs }) =>
      write({
        ...{ type: "failed", id, sentMs: orNull(sentMs), releasedMs: null, endMs: since(endMs) },
        error: { code, phase, message: redactorOf(id).text(message) },
      }),
    close: () => {
      try {
        if (!flush()) return;
        journal.append({
          type: "run-ended",
          endedAt: new Date(clock.epochMs()).toISOString(),
          durationMs: since(clock.nowMs()),
          interrupted: false,
          redactedSecrets: redactor.count(),
          redactedPersonal: redactor.countPersonal(),
        });
      } finally {
        journal.close();
      }
    },
  };
}
