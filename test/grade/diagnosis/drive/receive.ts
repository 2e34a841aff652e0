import type { HeaderList } from "../../../../src/core/http.js";
import type { ExchangeError } from "../../../../src/journal/journal.js";
import { wireHeaders } from "../../../../src/mock/answer.js";
import type { Outcome, WireEnd } from "../../../../src/mock/passage.js";
import type { Received } from "./happened.js";

const HOST = "127.0.0.1:8409";

/** Where the recordings of this grade say that the server is. */
export const ORIGIN: string = `http://${HOST}`;

const CLOSED = `${HOST} closed the connection without an answer, so the request may have been carried out or not`;

/** How a client of HTTP/1.1 sees the ends that are no answers. */
const LOST: Readonly<Partial<Record<WireEnd, ExchangeError>>> = {
  close: { code: "ECONNRESET", phase: "response", message: CLOSED },
  reset: { code: "ECONNRESET", phase: "response", message: CLOSED },
  garbage: { code: "HPE_INVALID_CONSTANT", phase: "response", message: `${HOST} did not answer in HTTP` },
  truncate: {
    code: "ERR_BODY_LENGTH",
    phase: "response",
    message: `${HOST} answered, but the connection ended within the body`,
  },
  "wrong-length": {
    code: "HPE_INVALID_CONSTANT",
    phase: "response",
    message: `${HOST} answered and sent more bytes after the end of the body`,
  },
  "bad-gzip": {
    code: "ERR_BODY_ENCODING",
    phase: "response",
    message: `${HOST} answered with content-encoding gzip, but the bytes that came do not decode`,
  },
};

/** What a client says that hung up because nothing came in time. */
export const GAVE_UP: ExchangeError = {
  code: "ETIMEDOUT",
  phase: "timeout",
  message: `${HOST} gave no whole answer in time; the request was sent and nothing had come back`,
};

function paired(flat: readonly string[]): HeaderList {
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at] ?? "", flat[at + 1] ?? ""]);
  return pairs;
}

/** What reaches the client of an outcome, as a journal would have it. Pure. */
export function receive(
  { answer, end, rate }: Outcome,
  epochMs: number,
): { readonly received: Received | null; readonly error: ExchangeError | null } {
  const lost = LOST[end];
  if (answer === null || lost !== undefined) return { received: null, error: lost ?? LOST.reset ?? GAVE_UP };
  const date = new Date(Math.floor(epochMs / 1000) * 1000).toUTCString();
  const headers: HeaderList = [
    ...paired(wireHeaders(answer, rate, date)),
    ["Connection", "keep-alive"],
    ["Keep-Alive", "timeout=65"],
  ];
  return { received: { status: answer.status, headers, body: answer.body }, error: null };
}
