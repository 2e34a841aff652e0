import type { Redactor } from "../core/redact.js";
import type {
  MissingPart,
  ReceivedResponse,
  RequestFailed,
  RequestSent,
  ResponseReceived,
} from "../journal/journal.js";
import { recordRequest, recordResponse } from "../journal/record-message.js";
import type { RecordedExchange, RecordedRequest, RecordedResponse, Recording } from "./intake.js";
import { forRecordings } from "./redaction-marks.js";

/** The records of a journal that tell of exchanges. */
export type ExchangeRecord = RequestSent | ResponseReceived | RequestFailed;

function missingOf(missing: readonly MissingPart[]): { readonly missing?: readonly MissingPart[] } {
  return missing.length === 0 ? {} : { missing };
}

function requestOf(request: RecordedRequest, redactor: Redactor): RequestSent["request"] {
  const { method, url, headers, body } = request;
  return {
    ...recordRequest({ method, url, headers, body: body.bytes }, redactor),
    ...missingOf(request.missing),
  };
}

function responseOf(response: RecordedResponse, redactor: Redactor): ReceivedResponse {
  const { status, httpVersion, headers, body } = response;
  const raw = { status, httpVersion, headers, body: body.bytes ?? new Uint8Array(), truncated: body.cut };
  return { ...recordResponse(raw, redactor), ...missingOf(response.missing) };
}

/**
 * Starts of what was recorded are put on one axis; what does not say when it started keeps its place. Where times are not
 * known, one comes after the other: an overlap that a moved clock makes would be read as one.
 */
const LEAST_STEP_MS = 0.001;

interface Axis {
  readonly zeroMs: number;
  readonly timesKnown: boolean;
  lastMs: number;
}

function startOn({ times }: RecordedExchange, axis: Axis): RequestSent["startMs"] {
  const startMs = times.startedAtMs === null ? axis.lastMs : times.startedAtMs - axis.zeroMs;
  axis.lastMs = Math.max(axis.lastMs, startMs);
  return axis.lastMs;
}

function outcomeOf(
  exchange: RecordedExchange,
  {
    id,
    startMs,
    redactor,
    axis,
  }: {
    readonly id: string;
    readonly startMs: number;
    readonly redactor: Redactor;
    readonly axis: Axis;
  },
): ResponseReceived | RequestFailed {
  const { sentMs, firstByteMs, endMs } = exchange.times;
  const end = startMs + (endMs ?? firstByteMs ?? sentMs ?? 0);
  const sent = sentMs === null || !axis.timesKnown ? null : startMs + sentMs;
  if (!axis.timesKnown) axis.lastMs = end + LEAST_STEP_MS;
  if (exchange.response === null) {
    const error = exchange.error ?? { code: "NO_RESPONSE", phase: "response", message: "no answer" };
    return {
      ...{ type: "failed", id, sentMs: sent, releasedMs: null, endMs: end },
      error: { ...error, message: redactor.text(error.message) },
    };
  }
  return {
    ...{ type: "response", id, sentMs: sent, releasedMs: null },
    firstByteMs: firstByteMs === null ? end : Math.min(end, startMs + firstByteMs),
    endMs: end,
    response: responseOf(exchange.response, redactor),
  };
}

/** When the first of the exchanges was sent, in ms since 1970; 0 where none says so. */
export function startOf(recording: Recording): number {
  for (const { times } of recording.exchanges()) if (times.startedAtMs !== null) return times.startedAtMs;
  return 0;
}

/**
 * What a journal would hold had gcidem sent these requests itself, redacted: a request and its outcome, each pair in turn.
 * Ids are e1, e2, ... in the recording's order.
 */
export function* toRecords(recording: Recording, redactor: Redactor): Generator<ExchangeRecord> {
  const marked = forRecordings(redactor);
  marked.headers(recording.secretHeaders);
  const zeroMs = startOf(recording);
  const axis: Axis = { zeroMs, timesKnown: recording.timesKnown, lastMs: 0 };
  let number = 0;
  for (const exchange of recording.exchanges()) {
    number += 1;
    const id = `e${number}`;
    const startMs = startOn(exchange, axis);
    yield {
      ...{ type: "request-sent", id, step: id, attempt: 1, writer: null, round: 1 },
      startedAt: new Date(exchange.times.startedAtMs ?? zeroMs + startMs).toISOString(),
      startMs,
      request: requestOf(exchange.request, marked),
    };
    yield outcomeOf(exchange, { id, startMs, redactor: marked.about(exchange.request.url), axis });
  }
}
