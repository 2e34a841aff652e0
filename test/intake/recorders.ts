import { bufferSource } from "../../src/intake/byte-source.js";
import type { RecordedExchange, Recording } from "../../src/intake/intake.js";
import { readHar } from "../../src/intake/read-har.js";

/** A header of a HAR. */
export type HarHeader = readonly [name: string, value: string];

/** What a test says of an entry; everything else is as the recorder writes it for an ordinary PATCH. */
export interface Entry {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: readonly HarHeader[];
  /** Laid over the request. */
  readonly request?: object;
  readonly body?: string;
  /** Null: no body; laid over the answer otherwise. */
  readonly response?: object | null;
  readonly status?: number;
  readonly answerHeaders?: readonly HarHeader[];
  readonly answer?: string;
  readonly at?: string;
  readonly time?: number;
  readonly timings?: object;
  /** Laid over the entry. */
  readonly more?: object;
}

const URL_OF_A_USER = "https://api.mypurecloud.ie/api/v2/users/7";

function named(headers: readonly HarHeader[]): readonly object[] {
  return headers.map(([name, value]) => ({ name, value }));
}

/** An entry by the specification of HAR 1.2, section by section, without any recorder's own members. */
export function specEntry(entry: Entry = {}): object {
  const body = entry.body ?? '{"name":"Ada"}';
  const method = entry.method ?? "PATCH";
  const answer = entry.answer ?? '{"id":"7"}';
  return {
    startedDateTime: entry.at ?? "2026-11-21T22:37:05.118Z",
    time: entry.time ?? 12.5,
    request: {
      method,
      url: entry.url ?? URL_OF_A_USER,
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: named(entry.headers ?? [["Content-Type", "application/json"]]),
      queryString: [],
      ...(method === "GET" ? {} : { postData: { mimeType: "application/json", params: [], text: body } }),
      headersSize: -1,
      bodySize: method === "GET" ? 0 : body.length,
      ...entry.request,
    },
    ...(entry.response === null
      ? {}
      : {
          response: {
            status: entry.status ?? 200,
            statusText: "",
            httpVersion: "HTTP/1.1",
            cookies: [],
            headers: named(entry.answerHeaders ?? [["Content-Type", "application/json"]]),
            content: { size: answer.length, mimeType: "application/json", text: answer },
            redirectURL: "",
            headersSize: -1,
            bodySize: answer.length,
            ...entry.response,
          },
        }),
    cache: {},
    timings: entry.timings ?? { blocked: 1, dns: -1, connect: -1, send: 0.5, wait: 10, receive: 1 },
    ...entry.more,
  };
}

/** A file of these entries. */
export function harText(entries: readonly object[], log: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    log: { version: "1.2", creator: { name: "recorder", version: "1" }, pages: [], entries, ...log },
  });
}

/** Reads entries back. */
export function read(entries: readonly object[], log: Readonly<Record<string, unknown>> = {}): Recording {
  return readHar(bufferSource(Buffer.from(harText(entries, log)), "export.har"));
}

/** The exchanges of a recording. */
export function exchangesIn(recording: Recording): readonly RecordedExchange[] {
  return [...recording.exchanges()];
}

/** The only exchange of one entry. */
export function readOne(entry: Entry): RecordedExchange {
  const [only, ...more] = exchangesIn(read([specEntry(entry)]));
  if (only === undefined || more.length > 0) throw new Error("expected one exchange");
  return only;
}

/** A body as text; null where there is none. */
export function textOf(body: RecordedExchange["request"]["body"]): string | null {
  return body.bytes === null ? null : Buffer.from(body.bytes).toString("utf8");
}

/** What Chrome adds to the specification, for HTTP/2. */
export function chromeEntry(entry: Entry = {}): object {
  const made = specEntry(entry) as { request: { headers: object[] } };
  const pseudo = named([
    [":authority", "api.mypurecloud.ie"],
    [":method", entry.method ?? "PATCH"],
    [":path", "/api/v2/users/7"],
    [":scheme", "https"],
  ]);
  return {
    _initiator: { type: "script" },
    _priority: "High",
    _resourceType: "fetch",
    connection: "4711",
    ...made,
    request: { ...made.request, httpVersion: "h2", headers: [...pseudo, ...made.request.headers] },
    timings: {
      ...{ blocked: 4.5, dns: -1, ssl: -1, connect: -1, send: 0.25, wait: 30, receive: 2 },
      ...{ _blocked_queueing: 4, _workerStart: -1, _workerReady: -1 },
    },
    time: 36.75,
  };
}

/** What a request looks like that Chrome got no answer to. */
export const CHROME_FAILED = {
  status: 0,
  statusText: "",
  httpVersion: "",
  headers: [],
  content: { size: 0, mimeType: "x-unknown" },
  bodySize: -1,
  _transferSize: 0,
  _error: "net::ERR_CONNECTION_RESET",
};
