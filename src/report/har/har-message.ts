import { type HeaderList, headerValue } from "../../core/http.js";
import type { Exchange, ReceivedResponse, SentRequest } from "../../journal/journal.js";

/** A member of a HAR that {@link JSON.stringify} writes; undefined ones are left out. */
type HarObject = Readonly<Record<string, unknown>>;

interface NameValue {
  readonly name: string;
  readonly value: string;
}

const NOT_RECORDED = "not recorded";
const UNKNOWN_TYPE = "x-unknown";

function headersOf(headers: HeaderList): readonly NameValue[] {
  return headers.map(([name, value]) => ({ name, value }));
}

function queryOf(url: string): readonly NameValue[] {
  if (!url.includes("?") || !URL.canParse(url)) return [];
  return [...new URL(url).searchParams].map(([name, value]) => ({ name, value }));
}

function versionName(httpVersion: string | undefined): string {
  return httpVersion === undefined || httpVersion === "" ? "unknown" : `HTTP/${httpVersion}`;
}

function isMissing(message: SentRequest | ReceivedResponse): boolean {
  return message.missing?.includes("body") === true;
}

function sizeOf(message: SentRequest | ReceivedResponse): number {
  return isMissing(message) ? -1 : Buffer.byteLength(message.body, message.bodyEncoding);
}

/** HAR 1.2 has base64 for answers only; for requests `_encoding` is what recorders write. */
function postDataOf(request: SentRequest): HarObject | undefined {
  const mimeType = headerValue(request.headers, "content-type") ?? "application/octet-stream";
  if (isMissing(request)) return { mimeType, text: "", comment: NOT_RECORDED };
  if (request.body === "") return undefined;
  const encoding = request.bodyEncoding === "base64" ? { _encoding: "base64" } : {};
  return { mimeType, text: request.body, ...encoding };
}

/** The request as HAR has it. Cookies stay in their header: they are placeholders. Pure. */
export function harRequest({ request, response }: Exchange): HarObject {
  return {
    method: request.method,
    url: request.url,
    httpVersion: versionName(response?.httpVersion),
    cookies: [],
    headers: headersOf(request.headers),
    queryString: queryOf(request.url),
    postData: postDataOf(request),
    headersSize: -1,
    bodySize: sizeOf(request),
  };
}

function contentOf(response: ReceivedResponse): HarObject {
  const mimeType = headerValue(response.headers, "content-type") ?? UNKNOWN_TYPE;
  const size = Math.max(0, sizeOf(response));
  if (isMissing(response)) return { size, mimeType, comment: NOT_RECORDED };
  if (response.body === "") return { size, mimeType };
  const encoding = response.bodyEncoding === "base64" ? { encoding: "base64" } : {};
  const cut = response.truncated ? { comment: "cut at the limit" } : {};
  return { size, mimeType, text: response.body, ...encoding, ...cut };
}

/** No answer is status 0, with the reason where browsers write theirs. */
function noResponse({ error }: Exchange): HarObject {
  const { code, phase, message } = error ?? { code: "NO_RESPONSE", phase: "response", message: "no answer" };
  return {
    status: 0,
    statusText: "",
    httpVersion: "unknown",
    cookies: [],
    headers: [],
    content: { size: 0, mimeType: UNKNOWN_TYPE },
    redirectURL: "",
    headersSize: -1,
    bodySize: -1,
    _error: `${code} (${phase}): ${message}`,
  };
}

/** The answer as HAR has it, its body decompressed. Pure. */
export function harResponse(exchange: Exchange): HarObject {
  const { response } = exchange;
  if (response === null) return noResponse(exchange);
  return {
    status: response.status,
    // The journal does not keep it, and HTTP/2 has none.
    statusText: "",
    httpVersion: versionName(response.httpVersion),
    cookies: [],
    headers: headersOf(response.headers),
    content: contentOf(response),
    redirectURL: headerValue(response.headers, "location") ?? "",
    headersSize: -1,
    // On the wire it may have been compressed.
    bodySize: -1,
  };
}
