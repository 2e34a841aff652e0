import { headerValue } from "../core/http.js";
import { bodyMissing } from "./body-missing.js";
import { harRequestBody, harResponseBody } from "./har-body.js";
import { harFailure } from "./har-failure.js";
import { harHeaders, harKnownHeaders, httpVersionOf } from "./har-headers.js";
import { isOwn, ownTruncated } from "./har-own.js";
import { harTimes } from "./har-times.js";
import type { RecordedExchange, RecordedResponse } from "./intake.js";
import { isMembers, type Members, membersAt, numberAt, textAt } from "./loose-json.js";

/** Why an entry takes no part: it can be of no use to a diagnosis, or it is none. */
export type LeftOut =
  | "page asset"
  | "preflight"
  | "no http request"
  | "service worker's twin"
  | "repeated entry"
  | "cached answer"
  | "followed redirect"
  | "damaged entry";

const ASSET_TYPE = /^(?:image|font|audio|video)\/|^text\/css|javascript|\/wasm/i;
const ASSET_RESOURCE = /^(?:image|font|stylesheet|script|media|manifest|texttrack|ping)$/i;

/** Browsers ask for it by themselves, and hardly any API has one. */
const FAVICON = /^https?:\/\/[^/]+\/favicon\.ico(?:$|\?)/i;

/** What a page loads to be shown. Only plain successes: a refused one may be what somebody looks for. */
function isAsset(entry: Members, response: Members): boolean {
  if (FAVICON.test(textAt(membersAt(entry, "request"), "url") ?? "")) return true;
  const status = numberAt(response, "status") ?? 0;
  if (status === 0 || status >= 400) return false;
  const type = textAt(membersAt(response, "content"), "mimeType") ?? "";
  return ASSET_RESOURCE.test(textAt(entry, "_resourceType") ?? "") || ASSET_TYPE.test(type);
}

/** Why an entry is left out; null where it takes part. Pure. */
export function leftOut(entry: Members | null): LeftOut | null {
  if (entry === null || !isMembers(entry.request)) return "damaged entry";
  const { request } = entry;
  const [method, url] = [textAt(request, "method")?.toUpperCase(), textAt(request, "url")];
  if (method === undefined || url === null) return "damaged entry";
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url) || method === "CONNECT") return "no http request";
  // gcidem sends what somebody asked for, and nothing that a page needs.
  if (isOwn(entry)) return null;
  if (method === "OPTIONS" && headerValue(harHeaders(request), "access-control-request-method") !== null)
    return "preflight";
  return method === "GET" && isAsset(entry, membersAt(entry, "response")) ? "page asset" : null;
}

/** A URL as it travelled: without fragment and without credentials, which no server sees there. Pure. */
export function sentUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  url.hash = "";
  url.username = "";
  url.password = "";
  return url.href;
}

function responseOf(response: Members, method: string, truncated: boolean): RecordedResponse | null {
  const status = numberAt(response, "status") ?? 0;
  if (status < 100 || status > 999) return null;
  const { headers, missing } = harKnownHeaders(response);
  const body = harResponseBody(response, { method, headers });
  return {
    status: Math.trunc(status),
    httpVersion: httpVersionOf(textAt(response, "httpVersion")),
    headers,
    body: truncated ? { ...body, cut: true } : body,
    missing: [...missing, ...bodyMissing(body)],
  };
}

/** One entry of a HAR that is not left out. Pure. */
export function harExchange(entry: Members): RecordedExchange {
  const request = membersAt(entry, "request");
  const method = (textAt(request, "method") ?? "GET").toUpperCase();
  const { headers, missing } = harKnownHeaders(request);
  const body = harRequestBody(request, headers);
  const answered = isMembers(entry.response) ? entry.response : null;
  const response = answered === null ? null : responseOf(answered, method, ownTruncated(entry));
  return {
    request: {
      method,
      url: sentUrl(textAt(request, "url") ?? ""),
      headers,
      body,
      // Of a body that was cut only its beginning is known: two of them may differ behind it.
      missing: [...missing, ...(body.cut ? (["body"] as const) : bodyMissing(body))],
    },
    response,
    error: response === null ? harFailure(entry, answered) : null,
    times: harTimes(entry),
  };
}
