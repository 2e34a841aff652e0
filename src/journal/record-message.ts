import { isUtf8 } from "node:buffer";
import type { HeaderList } from "../core/http.js";
import type { Redactor } from "../core/redact.js";
import type { BodyEncoding, ReceivedResponse, SentRequest } from "./journal.js";

interface RecordedBody {
  readonly body: string;
  readonly bodyEncoding: BodyEncoding;
  readonly bodySha256: string;
}

/** Bytes that are not UTF-8 are searched as Latin-1, where each byte is a character of its own. */
function recordBody(bytes: Uint8Array, redactor: Redactor): RecordedBody {
  const utf8 = isUtf8(bytes);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const original = buffer.toString(utf8 ? "utf8" : "latin1");
  const text = redactor.text(original);
  const bodySha256 = redactor.bodyHash(bytes, text !== original);
  if (utf8) return { body: text, bodyEncoding: "utf8", bodySha256 };
  return { body: Buffer.from(text, "latin1").toString("base64"), bodyEncoding: "base64", bodySha256 };
}

/** A request as it leaves. */
export interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array | null;
}

/** An answer as it came. */
export interface RawResponse {
  readonly status: number;
  readonly httpVersion: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly truncated: boolean;
}

/** The request as the journal keeps it: secrets and callers' data replaced before anything is stored. */
export function recordRequest(raw: RawRequest, redactor: Redactor): SentRequest {
  const own = redactor.about(raw.url);
  return {
    method: raw.method,
    url: own.text(raw.url),
    headers: own.headers(raw.headers),
    ...recordBody(raw.body ?? new Uint8Array(), own),
  };
}

/** The answer as the journal keeps it. `redactor`: the one for what is about its request's URL. */
export function recordResponse(raw: RawResponse, redactor: Redactor): ReceivedResponse {
  return {
    status: raw.status,
    httpVersion: raw.httpVersion,
    headers: redactor.headers(raw.headers),
    ...recordBody(raw.body, redactor),
    truncated: raw.truncated,
  };
}
