import { headerValue, isMethodOverride, isWrite } from "../core/http.js";
import type { Exchange } from "../journal/journal.js";
import { graphqlIn } from "../subject/graphql.js";
import { isReadByPost } from "../subject/reads-by-post.js";
import { partsOf, resourceOf } from "../subject/subject-of.js";
import { type SentToken, type ShownToken, tokensSent, tokensShown } from "./tokens.js";
import { type ErrorWords, jsonOf, refusesInBody, wordsOf } from "./words.js";

/**
 * How an exchange ended, as a client can tell: `accepted` 2xx, and 3xx to a read; `refused` 4xx, or told in the body of a 2xx;
 * `failed` 5xx, 408, and a redirect of a write: it may have happened or not; `unanswered` no response came; `unsent` it never left.
 */
type Ending = "accepted" | "refused" | "failed" | "unanswered" | "unsent";

/** One exchange, read once: what causes ask of it. */
export interface Seen {
  readonly exchange: Exchange;
  readonly id: string;
  /** Place in the order of sending. */
  readonly index: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Equal URLs, paths, resources and bodies of requests have equal numbers. */
  readonly urlNumber: number;
  readonly pathNumber: number;
  readonly resourceNumber: number;
  readonly bodyNumber: number;
  /** Method and path with ids taken out: requests of one operation. */
  readonly operation: string;
  readonly resource: string;
  /** The thing that the answer speaks of: what a POST made has a name of its own. */
  readonly made: string;
  /** What a token of this exchange is for: a participant has one of its own beside its conversation's. */
  readonly thing: string;
  /** The `id` in the answer to a POST that names no location. */
  readonly answeredId: string | null;
  readonly writes: boolean;
  readonly ending: Ending;
  /** Null without a response. */
  readonly status: number | null;
  /** Of a refusal or failure; null for any other ending. */
  readonly words: ErrorWords | null;
  readonly key: string | null;
  /** The recording does not have which key, or which tokens, were sent: they may equal any, or none. */
  readonly isKeyUnknown: boolean;
  readonly isSentUnknown: boolean;
  /** Who sent it, as far as credentials tell (they are redacted, but equal ones stay equal). */
  readonly principal: string;
  readonly sent: readonly SentToken[];
  /** All of them in one text: equal texts, equal tokens. */
  readonly sentText: string;
  readonly shown: readonly ShownToken[];
  /** What causes worked out of it and will ask again. Slots, since the collector pays dearly for many weak references. */
  readonly kept: Kept;
  readonly startMs: number;
  /** When the answer was there or the client gave up. */
  readonly endMs: number;
}

/** Where an exchange stands among those that belong with it, which are in the order of sending. */
export interface Place {
  readonly group: readonly Seen[];
  readonly at: number;
}

/** Undefined: not asked yet. */
interface Kept {
  ofResource: Place | undefined;
  ofOperation: Place | undefined;
  /** Among what showed a token of its path: its own place, or that of the first which was sent later. */
  ofLine: Place | undefined;
  readsBefore: readonly Seen[] | undefined;
  readsAfter: readonly Seen[] | undefined;
  traced: boolean | undefined;
  wish: string | undefined;
  isWishBytes: boolean | undefined;
  value: string | null | undefined;
  asked: Readonly<Record<string, unknown>> | null | undefined;
  states: readonly string[] | undefined;
  identity: readonly string[] | undefined;
  serversId: string | null | undefined;
}

/** In the order in which they count. */
const KEY_HEADERS: readonly string[] = [
  "idempotency-key",
  "x-idempotency-key",
  "paypal-request-id",
  "x-request-key",
  "idempotence-key",
  "request-idempotency-key",
  "x-qonto-idempotency-key",
  "x-gcs-idempotence-key",
  "repeatability-request-id",
];
const KEY_NAME =
  /^(?:idempotency[-_]?key|request[-_]?id|client[-_]?token|client[-_]?request[-_]?token|unique[-_]?token)$/i;

function keyInBody(exchange: Exchange): string | null {
  const { request } = exchange;
  if (!/idempoten|request_?id|token/i.test(request.body)) return null;
  const body = jsonOf(request);
  if (typeof body !== "object" || body === null) return null;
  for (const [name, value] of Object.entries(body))
    if (KEY_NAME.test(name) && typeof value === "string") return value;
  return graphqlIn(request)?.key ?? null;
}

const MAY_NAME_KEY = /-(?:key|id)$/i;

function keyInHeaders(headers: Exchange["request"]["headers"]): string | null {
  if (!headers.some(([name]) => MAY_NAME_KEY.test(name))) return null;
  for (const name of KEY_HEADERS) {
    const value = headerValue(headers, name);
    if (value !== null) return value;
  }
  return null;
}

/** The idempotency key of a request: in a header, else in the query, else in the body. */
function keyOf(exchange: Exchange, query: string): string | null {
  if (exchange.idempotencyKey !== null) return exchange.idempotencyKey;
  const inHeaders = keyInHeaders(exchange.request.headers);
  if (inHeaders !== null) return inHeaders;
  if (query !== "")
    for (const [name, value] of new URLSearchParams(query)) if (KEY_NAME.test(name)) return value;
  return keyInBody(exchange);
}

const ID_SEGMENT = /^(?=.*\d)[\w.~%-]+$|^[0-9a-f-]{16,}$/i;
const API_VERSION = /^v\d+(?:\.\d+)?$/i;

/** A path with everything that looks like an id taken out. Pure. */
function templateOf(path: string): string {
  return path
    .split("/")
    .map((segment) => (ID_SEGMENT.test(segment) && !API_VERSION.test(segment) ? "{}" : segment))
    .join("/");
}

/** A part of a thing that has tokens of its own. */
const PART = /\/participants\/[^/]+/;

const FIRST_FAILURE = 500;
const REQUEST_TIMEOUT = 408;
/** Where the result of a write is to be read: it was carried out (RFC 9110, 15.4.4). */
const SEE_OTHER = 303;

/** Services of AWS have all their operations at one path, and name them in a header. */
function calledIn({ method, headers }: Exchange["request"], path: string): string {
  const target = method === "POST" && path === "/" ? headerValue(headers, "x-amz-target") : null;
  return target === null ? "" : ` ${target}`;
}

function endingOf({ response, error }: Exchange, writes: boolean): Ending {
  if (response === null)
    return error?.phase === "connect" || error?.phase === "refused" ? "unsent" : "unanswered";
  const { status } = response;
  if (status >= FIRST_FAILURE || status === REQUEST_TIMEOUT) return "failed";
  if (status >= 400) return "refused";
  // To a log-in page, or another address: nobody says that it was carried out.
  if (writes && status >= 300 && status !== SEE_OTHER) return "failed";
  return writes && refusesInBody(response) ? "refused" : "accepted";
}

function answeredIdOf({ request, response }: Exchange): string | null {
  if (request.method !== "POST" || response === null) return null;
  if (headerValue(response.headers, "location") !== null) return null;
  const body = jsonOf(response);
  const id = typeof body === "object" && body !== null ? (body as { id?: unknown }).id : undefined;
  return typeof id === "string" || typeof id === "number" ? String(id) : null;
}

function madeBy(
  { request, response, ruled }: Exchange,
  path: string,
  { resource, answeredId }: Pick<Seen, "resource" | "answeredId">,
): string {
  if (ruled !== undefined) return ruled.made ?? resource;
  if (request.method !== "POST" || response === null || response.status >= 400) return resource;
  const location = headerValue(response.headers, "location");
  if (location !== null) return resourceOf(location);
  if (answeredId === null || request.url.includes(answeredId)) return resource;
  return resourceOf(`${path}/${answeredId}`);
}

/** What a URL alone tells. */
interface UrlParts {
  readonly path: string;
  readonly query: string;
  readonly resource: string;
  readonly urlNumber: number;
  readonly pathNumber: number;
  readonly resourceNumber: number;
  /** Method and path with ids taken out. Requests of one operation share the very text: to look it up costs little. */
  readonly operation: (method: string) => string;
}

/** Reads what exchanges have in common once. Texts lie all over the memory, and numbers in their place are compared at once. */
export interface Reader {
  readonly url: (url: string) => UrlParts;
  /** Equal texts have equal numbers. */
  readonly number: (text: string) => number;
  /** One of the equal texts for all of them: few, and often compared. */
  readonly shared: (text: string) => string;
}

function operationReader(path: string, shared: Reader["shared"]): UrlParts["operation"] {
  const template = templateOf(path);
  const known = new Map<string, string>();
  return (method) => {
    const operation = known.get(method) ?? shared(`${method} ${template}`);
    known.set(method, operation);
    return operation;
  };
}

/** SHA-256 of nothing: the body of most requests. To compare it costs less than to look it up. */
const SHA256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const NUMBER_OF_NOTHING = -1;

/** A reader for the exchanges of one book. */
export function openReader(): Reader {
  const numbers = new Map<string, number>();
  const urls = new Map<string, UrlParts>();
  const texts = new Map<string, string>();
  const shared = (text: string): string => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, text);
    return text;
  };
  const number = (text: string): number => {
    if (text === SHA256_OF_NOTHING) return NUMBER_OF_NOTHING;
    const known = numbers.get(text) ?? numbers.size;
    if (known === numbers.size) numbers.set(text, known);
    return known;
  };
  const read = (url: string): UrlParts => {
    const { path, query } = partsOf(url);
    const resource = resourceOf(url);
    return {
      path,
      query,
      resource,
      urlNumber: urls.size,
      pathNumber: number(path),
      resourceNumber: number(resource),
      operation: operationReader(path, shared),
    };
  };
  return {
    number,
    shared,
    url: (url) => {
      const known = urls.get(url);
      if (known !== undefined) return known;
      const parts = read(url);
      urls.set(url, parts);
      return parts;
    },
  };
}

const NO_TOKENS: readonly SentToken[] = [];

/** A date in the place of a token is none that anything else shows, and yet another one makes another request. */
function sentTextOf(sent: readonly SentToken[], { headers }: Exchange["request"]): string {
  const since = headerValue(headers, "if-unmodified-since");
  if (sent.length === 0 && since === null) return "";
  const texts = sent.map(({ carrier, raw }) => `${carrier} ${raw}`);
  return [...texts, ...(since === null ? [] : [`since ${since}`])].join("\n");
}

/** True where a recording does not have what this header of a request said: its value decides. Pure. */
export function lacksHeader({ missing }: Exchange["request"], part: "key" | "validator"): boolean {
  return missing !== undefined && (missing.includes(part) || missing.includes("headers"));
}

/** Reads an exchange. Only those that one reader read have numbers to be compared. Pure. */
export function see(exchange: Exchange, index: number, reader: Reader): Seen {
  const { request, response, timings } = exchange;
  const url = reader.url(request.url);
  const { path, query, operation, urlNumber, pathNumber } = url;
  const writes =
    (isWrite(request.method, []) || request.headers.some(([name]) => isMethodOverride(name))) &&
    !isReadByPost(request, path);
  const ending = endingOf(exchange, writes);
  const sent = writes ? tokensSent(exchange, query) : NO_TOKENS;
  const resource = exchange.resource ?? url.resource;
  const answeredId = answeredIdOf(exchange);
  return {
    exchange,
    id: exchange.id,
    index,
    method: request.method,
    path,
    query,
    urlNumber,
    pathNumber,
    resourceNumber: exchange.resource === null ? url.resourceNumber : reader.number(exchange.resource),
    bodyNumber: reader.number(request.bodySha256),
    operation: operation(request.method) + calledIn(request, path),
    resource,
    made: madeBy(exchange, path, { resource, answeredId }),
    answeredId,
    thing: path.includes("/participants/") ? `${resource}${PART.exec(path)?.[0] ?? ""}` : resource,
    writes,
    ending,
    status: response?.status ?? null,
    words: response !== null && (ending === "refused" || ending === "failed") ? wordsOf(response) : null,
    key: writes ? keyOf(exchange, query) : null,
    isKeyUnknown: lacksHeader(request, "key"),
    isSentUnknown: lacksHeader(request, "validator"),
    principal: headerValue(request.headers, "authorization") ?? headerValue(request.headers, "cookie") ?? "",
    sent,
    sentText: writes ? reader.shared(sentTextOf(sent, request)) : "",
    shown: tokensShown(exchange),
    kept: {
      ofResource: undefined,
      ofOperation: undefined,
      ofLine: undefined,
      readsBefore: undefined,
      readsAfter: undefined,
      traced: undefined,
      wish: undefined,
      isWishBytes: undefined,
      value: undefined,
      asked: undefined,
      states: undefined,
      identity: undefined,
      serversId: undefined,
    },
    startMs: timings.releasedMs ?? timings.startMs,
    endMs: timings.endMs ?? Number.POSITIVE_INFINITY,
  };
}
