import { correlationIdOf, headerValue } from "../core/http.js";
import type {
  Exchange,
  JournalEntry,
  JournalNames,
  JournalRecord,
  RequestFailed,
  RequestSent,
  ResponseReceived,
} from "./journal.js";

function versionOf(response: ResponseReceived["response"]): string | number | null {
  if (response.bodyEncoding !== "utf8" || !response.body.includes('"version"')) return null;
  try {
    const version: unknown = (JSON.parse(response.body) as { version?: unknown } | null)?.version;
    return typeof version === "string" || typeof version === "number" ? version : null;
  } catch {
    return null;
  }
}

const NAMED_AS_KEY = /idempoten|repeatability-request-id/i;

/** The header that the scenario names; else one that is called like it. */
function idempotencyKeyOf(sent: RequestSent): string | null {
  if (sent.keyHeader !== undefined) return headerValue(sent.request.headers, sent.keyHeader);
  for (const [name, value] of sent.request.headers) if (NAMED_AS_KEY.test(name)) return value;
  return null;
}

/** Puts a request and what came of it together. `names`: what the target calls its headers. Pure. */
export function toExchange(
  sent: RequestSent,
  outcome: ResponseReceived | RequestFailed | null,
  names: JournalNames | undefined,
): Exchange {
  const response = outcome?.type === "response" ? outcome.response : null;
  const unfinished = {
    code: "UNFINISHED",
    phase: "aborted",
    message: "the journal ends before an answer",
  } as const;
  return {
    id: sent.id,
    step: sent.step,
    attempt: sent.attempt,
    writer: sent.writer,
    round: sent.round,
    resource: null,
    request: sent.request,
    response,
    error: response === null ? (outcome?.type === "failed" ? outcome.error : unfinished) : null,
    correlationId: response === null ? null : correlationIdOf(response.headers, names?.correlationId),
    idempotencyKey: idempotencyKeyOf(sent),
    ifMatch: headerValue(sent.request.headers, "if-match"),
    etag: response === null ? null : headerValue(response.headers, names?.validator ?? "etag"),
    version: response === null ? null : versionOf(response),
    timings: {
      startedAt: sent.startedAt,
      startMs: sent.startMs,
      sentMs: outcome?.sentMs ?? null,
      releasedMs: outcome?.releasedMs ?? null,
      firstByteMs: outcome?.type === "response" ? outcome.firstByteMs : null,
      endMs: outcome?.endMs ?? null,
    },
  };
}

/** A request that waits for its outcome, or for that of an earlier one. */
interface Open {
  readonly sent: RequestSent;
  readonly outcome: ResponseReceived | RequestFailed | null;
}

/** How far the records of a journal are put together. */
export interface Pairing {
  readonly names: JournalNames | undefined;
  /** By id, in the order of sending. */
  readonly open: ReadonlyMap<string, Open>;
}

/** Puts the records of a journal together, one after the other. */
export interface RecordPairs {
  /**
   * What is complete with this record: exchanges in the order in which they were sent, each as soon as it and all before
   * it have an outcome; other records as they come.
   */
  readonly take: (record: JournalRecord) => readonly JournalEntry[];
  /** What no outcome came to. */
  readonly rest: () => readonly JournalEntry[];
  readonly pairing: () => Pairing;
}

/** Begins to put records together, where others are before them after what these came to. */
export function createRecordPairs(before?: Pairing): RecordPairs {
  const open = new Map(before?.open);
  let names = before?.names;
  const entryOf = ({ sent, outcome }: Open): JournalEntry => ({
    type: "exchange",
    exchange: toExchange(sent, outcome, names),
  });
  const complete = (): readonly JournalEntry[] => {
    const entries: JournalEntry[] = [];
    for (const [id, each] of open) {
      if (each.outcome === null) break;
      open.delete(id);
      entries.push(entryOf(each));
    }
    return entries;
  };
  const answer = (outcome: ResponseReceived | RequestFailed): readonly JournalEntry[] => {
    const entry = open.get(outcome.id);
    if (entry !== undefined) open.set(outcome.id, { sent: entry.sent, outcome });
    return complete();
  };
  return {
    take: (record) => {
      if (record.type === "response" || record.type === "failed") return answer(record);
      if (record.type === "request-sent") {
        open.set(record.id, { sent: record, outcome: null });
        return [];
      }
      if (record.type === "run-started") names = record.names;
      return [record];
    },
    rest: () => [...open.values()].map(entryOf),
    pairing: () => ({ names, open: new Map(open) }),
  };
}
