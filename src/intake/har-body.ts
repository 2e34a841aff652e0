import { type HeaderList, headerValue } from "../core/http.js";
import type { RecordedBody } from "./intake.js";
import { amountAt, isMembers, type Members, membersAt, textAt } from "./loose-json.js";

/** Longer bodies are cut: no diagnosis reads more, and a recording may hold downloads. In bytes. */
const MOST_BODY_BYTES = 1 << 20;

const NONE: RecordedBody = { bytes: null, missing: false, exact: true, cut: false };
const MISSING: RecordedBody = { ...NONE, missing: true };

function bodyOf(bytes: Buffer, exact = true): RecordedBody {
  const cut = bytes.length > MOST_BODY_BYTES;
  return { bytes: cut ? bytes.subarray(0, MOST_BODY_BYTES) : bytes, missing: false, exact, cut };
}

/** A body of text that was recorded elsewhere than in a HAR. Pure. */
export function textBody(text: string, exact: boolean): RecordedBody {
  return text === "" ? NONE : bodyOf(Buffer.from(text, "utf8"), exact);
}

/** No body; `missing` where there was one that nobody kept. Pure. */
export function noBody(missing: boolean): RecordedBody {
  return missing ? MISSING : NONE;
}

function decoded(text: string, encoding: string | null): Buffer {
  return Buffer.from(text, encoding?.toLowerCase() === "base64" ? "base64" : "utf8");
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
    return bodyOf(decoded(text, textAt(postData, "encoding") ?? textAt(postData, "_encoding")));
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
  if (text !== null && text !== "") return bodyOf(decoded(text, textAt(content, "encoding")));
  const status = Number(response.status);
  if (method === "HEAD" || status === 204 || status === 304) return NONE;
  if (textAt(content, "_file") !== null || hasComment(content)) return MISSING;
  return noBody((amountAt(content, "size") ?? statedBytes(response, headers) ?? 0) > 0);
}
