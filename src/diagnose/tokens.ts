import { headerValue } from "../core/http.js";
import type { Exchange } from "../journal/journal.js";
import { jsonOf } from "./words.js";

/** A version token that a request carries. */
export interface SentToken {
  readonly carrier: "if-match" | "body" | "query";
  /** `If-Match`, or the member's or parameter's name. */
  readonly name: string;
  /** As it was sent. */
  readonly raw: string;
  /** The opaque texts in it, without quotes and `W/`: several in a list, `*` for any. */
  readonly texts: readonly string[];
}

/** Members and parameters that servers use for versions (facts: kubernetes, CouchDB, Google, the vendor's SDK; `__v`: mongoose). `v` alone is a member like others, or an API's own version in the query. */
const VERSION_NAMES: readonly string[] = [
  "version",
  "_rev",
  "rev",
  "revision",
  "resourceVersion",
  "etag",
  "changeNumber",
  "_version",
  "__v",
];

const TAG = /(?:W\/)?"([^"]*)"/g;

/** The opaque texts of an entity-tag field. Text that is no entity tag stands for itself. Pure. */
function tagTexts(field: string): readonly string[] {
  // Most are one plain tag.
  if (field.startsWith('"') && field.indexOf('"', 1) === field.length - 1 && field.length > 1)
    return [field.slice(1, -1)];
  const tags = [...field.matchAll(TAG)].map(([, opaque = ""]) => opaque);
  if (tags.length > 0) return tags;
  const bare = field.trim().replace(/^W\//, "").replaceAll('"', "");
  return bare.includes(",") ? bare.split(",").map((each) => each.trim()) : [bare];
}

function asText(value: unknown): string | null {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** A member by one of the names of versions, at the top or under `meta` or `metadata`. */
function versionMember(value: unknown): readonly [name: string, text: string] | null {
  if (typeof value !== "object" || value === null) return null;
  const top = value as Readonly<Record<string, unknown>>;
  for (const place of [top, top.meta, top.metadata]) {
    if (typeof place !== "object" || place === null) continue;
    for (const name of VERSION_NAMES) {
      const text = asText((place as Readonly<Record<string, unknown>>)[name]);
      if (text !== null) return [name, text];
    }
  }
  return null;
}

const MAY_HOLD_VERSION = /"(?:version|_rev|rev|revision|resourceVersion|etag|changeNumber|_version|__v)"/;

type Message = Pick<Exchange["request"], "body" | "bodyEncoding">;

function bodyVersion(message: Message): readonly [string, string] | null {
  return MAY_HOLD_VERSION.test(message.body) ? versionMember(jsonOf(message)) : null;
}

/** Where a rule says where the version stands, nothing else is taken for one. */
function sentVersion({ request, ruled }: Exchange): readonly [name: string, text: string] | null {
  const version = ruled?.version ?? null;
  if (version === null) return bodyVersion(request);
  return version.sent === null ? null : [version.name, version.sent];
}

function shownVersion({ ruled, version }: Exchange, response: Message): readonly [string, string] | null {
  const rule = ruled?.version ?? null;
  if (rule === null) return bodyVersion(response);
  return version === null ? null : [rule.name, String(version)];
}

/** The version tokens of a request. Pure. */
export function tokensSent(exchange: Exchange, query: string): readonly SentToken[] {
  const { request, ifMatch } = exchange;
  const sent: SentToken[] = [];
  if (ifMatch !== null)
    sent.push({ carrier: "if-match", name: "If-Match", raw: ifMatch, texts: tagTexts(ifMatch) });
  const member = request.method === "GET" ? null : sentVersion(exchange);
  if (member !== null) {
    const [name, text] = member;
    sent.push({ carrier: "body", name, raw: text, texts: tagTexts(text) });
  }
  if (query === "") return sent;
  const parameters = new URLSearchParams(query);
  for (const name of VERSION_NAMES) {
    const text = parameters.get(name);
    if (text !== null) sent.push({ carrier: "query", name, raw: text, texts: tagTexts(text) });
  }
  return sent;
}

/** A version token that an answer shows. */
export interface ShownToken {
  readonly carrier: "etag" | "body";
  readonly text: string;
  readonly weak: boolean;
}

/** The member at the top of an answer's body that holds its version; null where none does. Pure. */
export function versionNameOf({ response }: Exchange): string | null {
  const json = response === null ? null : jsonOf(response);
  if (typeof json !== "object" || json === null) return null;
  return (
    VERSION_NAMES.find((name) => asText((json as Readonly<Record<string, unknown>>)[name]) !== null) ?? null
  );
}

/** The version tokens of an answer. A refusal's are what the server says is current. Pure. */
export function tokensShown(exchange: Exchange): readonly ShownToken[] {
  const { response, etag } = exchange;
  if (response === null) return [];
  const field = etag ?? headerValue(response.headers, "etag");
  const shown: ShownToken[] = [];
  const [text] = field === null ? [] : tagTexts(field);
  if (field !== null && text !== undefined)
    shown.push({ carrier: "etag", text, weak: /^\s*W\//.test(field) });
  const member = shownVersion(exchange, response);
  if (member !== null)
    shown.push({ carrier: "body", text: tagTexts(member[1])[0] ?? member[1], weak: false });
  return shown;
}
