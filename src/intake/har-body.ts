import { gunzipSync } from "node:zlib";
import { type HeaderList, headerValue } from "../core/http.js";
import { isMark } from "../core/masked-value.js";
import type { RecordedBody } from "./intake.js";
import { amountAt, isMembers, type Members, membersAt, textAt } from "./loose-json.js";

/** Longer bodies are cut: no diagnosis reads more, and a recording may hold downloads. In bytes. */
const MOST_BODY_BYTES = 1 << 20;

const NONE: RecordedBody = { bytes: null, missing: false, garbled: false, exact: true, cut: false };
const MISSING: RecordedBody = { ...NONE, missing: true };
const GARBLED: RecordedBody = { ...MISSING, garbled: true };

function bodyOf(bytes: Buffer, exact = true): RecordedBody {
  const cut = bytes.length > MOST_BODY_BYTES;
  return { ...NONE, bytes: cut ? bytes.subarray(0, MOST_BODY_BYTES) : bytes, exact, cut };
}

/** A body of text that was recorded elsewhere than in a HAR. Pure. */
export function textBody(text: string, exact: boolean): RecordedBody {
  if (isMark(text)) return MISSING;
  return text === "" ? NONE : bodyOf(Buffer.from(text, "utf8"), exact);
}

/** No body; `missing` where there was one that nobody kept. Pure. */
export function noBody(missing: boolean): RecordedBody {
  return missing ? MISSING : NONE;
}

/** Node decodes what it can and drops the rest; what is left would look like another body. */
const BASE64 = /^[\w+/-]*={0,2}$/;
const BASE64_GROUP = 4;

function fromBase64(text: string): Buffer | null {
  const packed = text.replace(/\s+/g, "");
  return packed.length % BASE64_GROUP === 0 && BASE64.test(packed) ? Buffer.from(packed, "base64") : null;
}

const GZIP_START = [0x1f, 0x8b] as const;
/** Small bombs unpack to gigabytes. */
const MOST_UNZIPPED_BYTES = 16 << 20;

/** What a HAR should hold decompressed and some recorders keep as it travelled. */
function unzipped(bytes: Buffer, headers: HeaderList): Buffer | null {
  const isZipped = /\bgzip\b/i.test(headerValue(headers, "content-encoding") ?? "");
  if (!isZipped || bytes[0] !== GZIP_START[0] || bytes[1] !== GZIP_START[1]) return null;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_UNZIPPED_BYTES });
  } catch {
    return null;
  }
}

function decoded(text: string, encoding: string | null, headers: HeaderList): RecordedBody {
  if (isMark(text)) return MISSING;
  if (encoding?.toLowerCase() !== "base64") return bodyOf(Buffer.from(text, "utf8"));
  const bytes = fromBase64(text);
  if (bytes === null) return GARBLED;
  const plain = unzipped(bytes, headers);
  return plain === null ? bodyOf(bytes) : bodyOf(plain, false);
}

/** Fields of a form as a browser sends them; recorders that keep fields only keep them decoded. */
function formBody(params: readonly unknown[]): RecordedBody {
  const fields = params
    .filter(isMembers)
    .map((field): [string, string] => [textAt(field, "name") ?? "", textAt(field, "value") ?? ""]);
  return bodyOf(Buffer.from(new URLSearchParams(fields).toString(), "utf8"), false);
}

/** Firefox says in the user's language that it left the body out; others write empty comments everywhere. */
function hasComment(members: Members): boolean {
  return (textAt(members, "comment") ?? "") !== "";
}

/** What the message says about its own length: the HAR's member, else the header; null where neither does. */
function statedBytes(message: Members, headers: HeaderList): number | null {
  const header = headerValue(headers, "content-length");
  const length = header !== null && /^\d+$/.test(header) ? Number(header) : null;
  return amountAt(message, "bodySize") ?? length;
}

/** A body that no member holds: was there one? A content type without a length says yes. */
function unseen(request: Members, headers: HeaderList): RecordedBody {
  const bytes = statedBytes(request, headers);
  return noBody(bytes === null ? headerValue(headers, "content-type") !== null : bytes > 0);
}

/** The body of a HAR's request: text, base64 or the fields of a form. Pure. */
export function harRequestBody(request: Members, headers: HeaderList): RecordedBody {
  const postData = membersAt(request, "postData");
  const text = textAt(postData, "text");
  if (text !== null && text !== "")
    return decoded(text, textAt(postData, "encoding") ?? textAt(postData, "_encoding"), headers);
  const { params } = postData;
  if (Array.isArray(params) && params.length > 0) {
    const multipart = /^multipart\//i.test(textAt(postData, "mimeType") ?? "");
    return multipart ? MISSING : formBody(params);
  }
  if (hasComment(postData)) return MISSING;
  const writes = !["GET", "HEAD", "OPTIONS"].includes((textAt(request, "method") ?? "GET").toUpperCase());
  return writes ? unseen(request, headers) : NONE;
}

/** The body of a HAR's answer, decompressed as a HAR has it. Pure. */
export function harResponseBody(
  response: Members,
  { method, headers }: { readonly method: string; readonly headers: HeaderList },
): RecordedBody {
  const content = membersAt(response, "content");
  const text = textAt(content, "text");
  if (text !== null && text !== "") return decoded(text, textAt(content, "encoding"), headers);
  const status = Number(response.status);
  if (method === "HEAD" || status === 204 || status === 304) return NONE;
  if (textAt(content, "_file") !== null || hasComment(content)) return MISSING;
  return noBody((amountAt(content, "size") ?? statedBytes(response, headers) ?? 0) > 0);
}
