import { isUtf8 } from "node:buffer";
import { type HeaderList, headerValue, isWrite } from "../core/http.js";
import { type JsonNode, tryParseJson } from "../core/json.js";
import { isSecretHeader } from "../core/redact.js";
import { survivesYaml } from "../document/survives-yaml.js";
import { hasMark, replaceMarks } from "../intake/written.js";
import { HEADER_NAME } from "../scenario/shape-words.js";
import type { ImportNote, Sent } from "./import.js";
import { splitUrl } from "./split-url.js";

/** A body as a step will say it. */
export type DraftBody =
  | { readonly kind: "none" }
  /** The recording does not have it: it is asked for. */
  | { readonly kind: "asked" }
  /** Compact JSON in source order gives its bytes. */
  | { readonly kind: "json"; readonly text: string; readonly node: JsonNode }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** An idempotency key as it travelled. */
interface DraftKey {
  readonly header: string;
  /** Without the quotation marks of a structured field. */
  readonly value: string;
  readonly quoted: boolean;
}

/** A request on its way to a step: nothing is replaced by vars or captures yet. */
export interface Draft {
  readonly sent: Sent;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly auth: "valid" | "none" | "invalid";
  readonly key: DraftKey | null;
  readonly ifMatch: string | null;
  /** Without those that gcidem sends by itself, credentials, and a content type that the body has anyway. */
  readonly headers: HeaderList;
  readonly contentType: string | null;
  readonly body: DraftBody;
  /** How often it was sent in a row. */
  readonly times: number;
}

/** What was left out of all drafts. */
export interface Drafted {
  readonly drafts: readonly Draft[];
  readonly notes: readonly ImportNote[];
  /** Credential headers, in lower case. */
  readonly credentials: readonly string[];
}

/** Headers that every client makes for itself. */
const OF_CLIENT =
  /^(?:host|content-length|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|proxy-connection|accept-encoding|http2-settings|:.*)$/i;

/** Headers that a browser adds by itself and no server needs from another client. */
const OF_BROWSER =
  /^(?:sec-.*|accept-language|origin|referer|priority|dnt|pragma|cache-control|upgrade-insecure-requests|x-requested-with)$/i;
const OWN_AGENT = /^(?:gcidem|curl|Mozilla|PostmanRuntime)\//;
const DEFAULT_ACCEPT = "application/json, */*;q=0.5";
const KEY_HEADER = /idempoten|repeatability-request-id/i;
/** What a header of a scenario may hold. */
const NOT_IN_HEADERS = /[^\t\x20-\x7e\x80-\xff]/;
/** A larger body is no reading for people. */
const LONGEST_BODY = 32_768;
/** A document has at most 2 MiB: bodies beyond this stand in files. In bytes, of all together. */
const MOST_INLINE = 1 << 20;

function isPlainJson(text: string, node: JsonNode): boolean {
  return (node.kind === "array" || node.kind === "object") && survivesYaml(text, node);
}

/** Control characters travel in no text of a scenario that people can look at. */
const UNREADABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

function bodyOf({ body, bodyState, method, headers }: Sent, room: number): DraftBody {
  if (bodyState === "missing") return { kind: "asked" };
  if (body === null || body.length === 0) return { kind: "none" };
  const multipart = /^multipart\//i.test(headerValue(headers, "content-type") ?? "");
  if (multipart || !isUtf8(body) || body.length > Math.min(room, LONGEST_BODY))
    return { kind: "bytes", bytes: body };
  const text = Buffer.from(body).toString("utf8");
  if (UNREADABLE.test(text)) return { kind: "bytes", bytes: body };
  const node = method === "GET" ? null : tryParseJson(text);
  return node !== null && isPlainJson(text, node) ? { kind: "json", text, node } : { kind: "text", text };
}

/** What gcidem sends with a body where nothing else is said. */
function defaultType(body: DraftBody): string | null {
  switch (body.kind) {
    case "none":
      return null;
    case "json":
      return "application/json";
    case "bytes":
      return "application/octet-stream";
    case "asked":
      return "application/json";
    case "text":
      return tryParseJson(replaceMarks(body.text, String)) === null
        ? "text/plain; charset=utf-8"
        : "application/json";
  }
}

function keyOf(headers: HeaderList): DraftKey | null {
  const found = headers.find(([name]) => KEY_HEADER.test(name));
  if (found === undefined) return null;
  const [header, value] = found;
  const [, inner] = /^"((?:[^"\\]|\\["\\])*)"$/.exec(value) ?? [];
  if (inner === undefined) return { header, value, quoted: false };
  return { header, value: inner.replace(/\\(["\\])/g, "$1"), quoted: true };
}

/** Left out, by the reason why; each name once. */
type LeftOut = Map<string, Set<string>>;

function reasonOf(name: string, value: string): string | null {
  if (OF_CLIENT.test(name)) return "";
  if (/^user-agent$/i.test(name)) return OWN_AGENT.test(value) ? "" : null;
  if (/^accept$/i.test(name) && value === DEFAULT_ACCEPT) return "";
  if (!HEADER_NAME.test(name)) return "these are no names of headers";
  if (OF_BROWSER.test(name)) return "browsers add them by themselves";
  if (value === "" && !hasMark(value)) return null;
  return NOT_IN_HEADERS.test(replaceMarks(value, () => "")) ? "no header can hold their values" : null;
}

/** Stands among the names of credentials for Authorization with a user name and a password. */
const BASIC = "authorization basic";

function keptHeaders(headers: HeaderList, left: LeftOut, credentials: Set<string>): HeaderList {
  const kept = new Map<string, [string, string]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (isSecretHeader(name)) {
      credentials.add(lower === "authorization" && /^Basic\b/i.test(value) ? BASIC : lower);
      continue;
    }
    const reason = reasonOf(name, value);
    const before = kept.get(lower);
    if (reason === null && before === undefined) kept.set(lower, [name, value]);
    else if (reason === null && before !== undefined) {
      before[1] = `${before[1]}, ${value}`;
      left.set(
        "lines of one name are joined",
        (left.get("lines of one name are joined") ?? new Set()).add(name),
      );
    } else if (reason !== null && reason !== "") left.set(reason, (left.get(reason) ?? new Set()).add(lower));
  }
  return [...kept.values()];
}

/** Credentials as texts, to tell callers apart. */
function authorizationOf({ headers }: Sent): string | null {
  return headerValue(headers, "authorization");
}

function mostCommon(values: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

/** The credential that the target will stand for: the one that most requests had which were let in, else that most had. */
function usualOf(requests: readonly Sent[]): string | null {
  const given = (all: readonly Sent[]): readonly string[] =>
    all.flatMap((each) => authorizationOf(each) ?? []);
  return (
    mostCommon(given(requests.filter(({ answer }) => answer?.status !== 401))) ?? mostCommon(given(requests))
  );
}

function authOf(sent: Sent, usual: string | null): Draft["auth"] {
  const own = authorizationOf(sent);
  if (usual === null) return "valid";
  if (own === null) return "none";
  return own !== usual && sent.answer?.status === 401 ? "invalid" : "valid";
}

const GRANT = /(?:^|&)grant_type=/;

/** True for an OAuth login (RFC 6749, 4): a form that says how the client proves who it is. Pure. */
function isLogin({ method, headers, body }: Sent): boolean {
  const isForm = /^application\/x-www-form-urlencoded/i.test(headerValue(headers, "content-type") ?? "");
  return method === "POST" && isForm && body !== null && GRANT.test(Buffer.from(body).toString("latin1"));
}

/** Requests without the logins among them, which the target does by itself; logins alone are what somebody asks about. */
function withoutLogins(requests: readonly Sent[], note: Making["note"]): readonly Sent[] {
  const others = requests.filter((each) => !isLogin(each));
  if (others.length === 0) return requests;
  for (const each of requests)
    if (isLogin(each)) note(each, "the login is left out: the target brings its own credentials");
  return others;
}

interface Making {
  readonly usual: string | null;
  readonly left: LeftOut;
  readonly credentials: Set<string>;
  readonly note: (sent: Sent, text: string) => void;
  /** Bytes of bodies that the scenario itself may still hold. */
  room: number;
}

function draftOf(sent: Sent, making: Making): Draft | null {
  const { usual, left, credentials, note } = making;
  const { target, credentials: inUrl } = splitUrl(sent.url);
  if (!/^[A-Z][A-Z-]*$/.test(sent.method)) {
    note(sent, `the method ${sent.method.slice(0, 20)} cannot be said: the request is left out`);
    return null;
  }
  if (!target.startsWith("/") || target.startsWith("//") || /^\/__gcidem(?:\/|$)/.test(target)) {
    note(sent, `the path of ${sent.url.slice(0, 80)} cannot be said: the request is left out`);
    return null;
  }
  if (inUrl) {
    credentials.add(BASIC);
    note(sent, "the user name and password in the URL are left out: give them with -H");
  }
  if (sent.bodyState === "reworked")
    note(sent, "the body's bytes may not be those that were sent: the source has its values");
  const body = bodyOf(sent, making.room);
  if (body.kind === "json" || body.kind === "text") making.room -= sent.body?.length ?? 0;
  if (body.kind === "asked") note(sent, "its body is not in the source, or not whole: it is asked for");
  const all = keptHeaders(sent.headers, left, credentials);
  const key = keyOf(all);
  const type = headerValue(all, "content-type");
  if (type === null && body.kind !== "none" && body.kind !== "asked")
    note(sent, `its body had no Content-Type: ${defaultType(body) ?? "one"} is sent with it`);
  const isPlain = ([name]: readonly [string, string]): boolean =>
    name !== key?.header &&
    !/^if-match$/i.test(name) &&
    !(/^content-type$/i.test(name) && type === defaultType(body));
  return {
    sent,
    method: sent.method,
    target,
    auth: authOf(sent, usual),
    key,
    ifMatch: headerValue(all, "if-match"),
    headers: all.filter(isPlain),
    contentType: type ?? defaultType(body),
    body,
    times: 1,
  };
}

/** True for two requests of the same bytes. Pure. */
function isSame(a: Draft, b: Draft): boolean {
  const parts = ({ method, target, auth, key, ifMatch, headers, contentType }: Draft): string =>
    JSON.stringify([method, target, auth, key, ifMatch, headers, contentType]);
  return parts(a) === parts(b) && sameBody(a.body, b.body);
}

/** True for two bodies of the same bytes. Pure. */
export function sameBody(a: DraftBody, b: DraftBody): boolean {
  if (a.kind === "bytes" && b.kind === "bytes") return Buffer.compare(a.bytes, b.bytes) === 0;
  if (a.kind === "none" || b.kind === "none") return a.kind === b.kind;
  return (
    a.kind !== "bytes" && b.kind !== "bytes" && a.kind !== "asked" && b.kind !== "asked" && a.text === b.text
  );
}

/** As many reads of one kind in a row are a burst. */
const SHORTEST_BURST = 5;

/** Reads that were sent again and again are one step. */
function withBursts(drafts: readonly Draft[]): readonly Draft[] {
  const bursts: Draft[][] = [];
  for (const draft of drafts) {
    const last = bursts.at(-1)?.[0];
    const goesOn = last !== undefined && !isWrite(draft.method, []) && isSame(last, draft);
    if (goesOn) bursts.at(-1)?.push(draft);
    else bursts.push([draft]);
  }
  return bursts.flatMap((burst): readonly Draft[] => {
    const [first] = burst;
    if (first === undefined || burst.length < SHORTEST_BURST) return burst;
    return [{ ...first, times: burst.length }];
  });
}

/** Sorts the parts of requests: what a step says, what gcidem sends anyway, and what is left out. */
export function draftRequests(all: readonly Sent[], source: string): Drafted {
  const notes: ImportNote[] = [];
  const [left, credentials]: [LeftOut, Set<string>] = [new Map(), new Set()];
  const note = ({ place }: Sent, text: string): void => {
    notes.push({ place, text });
  };
  const requests = withoutLogins(all, note);
  const given = requests.flatMap((each) => authorizationOf(each) ?? []);
  const usual = usualOf(requests);
  const making: Making = { usual, left, credentials, note, room: MOST_INLINE };
  const drafts = requests.flatMap((sent) => draftOf(sent, making) ?? []);
  const callers = new Set(given).size;
  const headers = [...left].map(([reason, names]) => `headers ${[...names].join(", ")}: ${reason}`);
  const several =
    callers > 1 ? [`${callers} different credentials were sent; all requests go with the target's`] : [];
  return {
    drafts: withBursts(drafts),
    notes: [...notes, ...[...headers, ...several].map((text) => ({ place: source, text }))],
    credentials: [...credentials].sort(),
  };
}
