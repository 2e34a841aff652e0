import { isUtf8 } from "node:buffer";
import { headerValue } from "../core/http.js";
import { createRedactor, type Redactor } from "../core/redact.js";
import { forRecordings } from "../intake/redaction-marks.js";
import type { WrittenRequest, WrittenRequests } from "../intake/written.js";
import type { Glimpse, Sent, Traffic } from "./import.js";

/** A body without its secrets; bytes that are no text are left alone. Pure but for the redactor. */
export function hiddenBody(body: Uint8Array, redactor: Redactor): Uint8Array {
  if (!isUtf8(body)) return body;
  const text = Buffer.from(body).toString("utf8");
  const hidden = redactor.text(text);
  return hidden === text ? body : Buffer.from(hidden);
}

function sentOf(request: WrittenRequest, source: string, redactor: Redactor): Sent {
  const { line, name, method, body, timeoutMs } = request;
  return {
    ...{ place: `${source}:${line}`, name, method, timeoutMs },
    url: redactor.text(request.url),
    headers: redactor.headers(request.headers),
    body: body === null ? null : hiddenBody(body, redactor),
    bodyState: "exact",
    ...{ answer: null, error: null, startMs: null, endMs: null },
  };
}

const CREDENTIAL = /\b(?:Bearer|Basic)\s+([\w.~+/=-]{8,})/gi;

/** Credentials by their scheme, wherever somebody put them by mistake. */
function learnFrom({ url, headers, body }: WrittenRequest, redactor: Redactor): void {
  redactor.headers(headers);
  const texts = [url, ...headers.map(([, value]) => value), Buffer.from(body ?? []).toString("latin1")];
  for (const text of texts) for (const [, secret] of text.matchAll(CREDENTIAL)) redactor.learn(secret ?? "");
}

function glimpseOf(
  { line, method, url, headers }: WrittenRequest,
  source: string,
  redactor: Redactor,
): Glimpse {
  const key = headerValue(headers, "idempotency-key");
  return { place: `${source}:${line}`, method, url: redactor.text(url), key, status: null };
}

/** Requests that somebody wrote down, as traffic. */
export function fromWritten(written: WrittenRequests, source: string): Traffic {
  const { requests, notes, asked, secrets, format } = written;
  const redactor = forRecordings(createRedactor());
  for (const each of secrets) redactor.learn(each);
  for (const each of requests) learnFrom(each, redactor);
  return {
    source,
    format,
    count: requests.length,
    glimpses: () => requests.map((each) => glimpseOf(each, source, redactor)),
    requests: (wanted) =>
      requests.filter((_each, index) => wanted.has(index)).map((each) => sentOf(each, source, redactor)),
    timesKnown: false,
    pausesCount: false,
    notes: notes.map(({ line, text }) => ({
      place: line === null ? source : `${source}:${line}`,
      text: redactor.text(text),
    })),
    asked,
    mock: null,
  };
}
