import { isUtf8 } from "node:buffer";
import { formatPosition } from "../core/errors.js";
import { headerValue } from "../core/http.js";
import { createRedactor, type Redactor } from "../core/redact.js";
import type { RecordedBody, RecordedExchange, Recording } from "../intake/intake.js";
import { forRecordings } from "../intake/redaction-marks.js";
import { hiddenBody } from "./from-written.js";
import type { Glimpse, Sent, Traffic } from "./import.js";

function answerOf({ response }: RecordedExchange, redactor: Redactor): Sent["answer"] {
  if (response === null) return null;
  const { bytes } = response.body;
  const text = bytes !== null && isUtf8(bytes) ? Buffer.from(bytes).toString("utf8") : null;
  return {
    status: response.status,
    headers: redactor.headers(response.headers),
    body: text === null ? null : redactor.text(text),
  };
}

function bodyState({ missing, cut, exact }: RecordedBody): Sent["bodyState"] {
  return missing || cut ? "missing" : exact ? "exact" : "reworked";
}

function sentOf(exchange: RecordedExchange, place: string, redactor: Redactor): Sent {
  const { request, error, times } = exchange;
  const { bytes } = request.body;
  const { startedAtMs, endMs } = times;
  return {
    ...{ place, name: null, method: request.method, timeoutMs: null },
    url: redactor.text(request.url),
    headers: redactor.headers(request.headers),
    body: bytes === null ? null : hiddenBody(bytes, redactor),
    bodyState: bodyState(request.body),
    answer: answerOf(exchange, redactor),
    error: exchange.response === null ? (error?.message ?? "no answer") : null,
    startMs: startedAtMs,
    endMs: startedAtMs === null || endMs === null ? null : startedAtMs + endMs,
  };
}

function placeOf(source: string, index: number): string {
  return `${source}, request ${index + 1}`;
}

function* glimpsesOf(recording: Recording, source: string): Generator<Glimpse> {
  let index = 0;
  for (const { request, response } of recording.exchanges()) {
    const { method, url, headers } = request;
    const key = headerValue(headers, "idempotency-key");
    yield { place: placeOf(source, index), method, url, key, status: response?.status ?? null };
    index += 1;
  }
}

/** Traffic of a HAR or a log, one exchange in memory at a time. The recording's source must stay open. */
export function fromRecording(recording: Recording, source: string): Traffic {
  const redactor = forRecordings(createRedactor());
  redactor.headers(recording.secretHeaders);
  function* requests(wanted: ReadonlySet<number>): Generator<Sent> {
    const places = [...wanted].sort((a, b) => a - b);
    let at = 0;
    for (const exchange of recording.exchanges(wanted)) {
      yield sentOf(exchange, placeOf(source, places[at] ?? 0), redactor);
      at += 1;
    }
  }
  const problems = recording.problems.map(({ at, message }) => ({
    place: formatPosition(at),
    text: message,
  }));
  return {
    source,
    format: recording.format,
    count: recording.count,
    glimpses: () => glimpsesOf(recording, source),
    requests,
    timesKnown: recording.timesKnown,
    pausesCount: false,
    notes: [...problems, ...recording.notes.map((text) => ({ place: source, text }))],
    asked: [],
    mock: null,
  };
}
