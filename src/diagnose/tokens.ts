import { headerValue } from "../core/http.js";
import { isMaskedValue } from "../core/masked-value.js";
import type { Exchange } from "../journal/journal.js";
import { graphqlIn } from "../subject/graphql.js";
import { jsonOf } from "./words.js";

/** A version token that a request carries. */
export interface SentToken {
  readonly carrier: "if-match" | "body" | "query";
  /** `If-Match`, or the member's or parameter's name: `version`, `metadata/resourceVersion`, `rev`. */
  readonly name: string;
  /** As it was sent. */
  readonly raw: string;
  /** The opaque texts in it, without quotes and `W/`: several in a list, `*` for any. */
  readonly texts: readonly string[];
  /** The member of answers that shows the same count, where it is not the version: `_seq_no`. */
  readonly count?: string;
}

/** Members and parameters that servers use for versions (facts: kubernetes, CouchDB, Google, the vendor's SDK; `__v`: mongoose). `v` alone is a member like others, or an API's own version in the query. */
const VERSION_NAMES: readonly string[] = [
  "expectedVersion",
  "version",
  "_rev",
  "rev",
  "revision",
  "resourceVersion",
  "etag",
  "changeNumber",
  "_version",
  "__v",
  "lock_version",
  "lockVersion",
  "row_version",
  "rowVersion",
  "@odata.etag",
  "odata.etag",
  "_etag",
];

/**
 * Counts that servers show beside the version and compare by parameters of their own (Elasticsearch, Google Cloud Storage).
 * In texts they go by their name, since two counts of one thing may be equal by chance.
 */
const NAMED_COUNTS: readonly {
  readonly member: string;
  readonly parameter: string;
  /** What has to be sent with it. */
  readonly beside?: readonly [parameter: string, member: string];
}[] = [
  { member: "_seq_no", parameter: "if_seq_no", beside: ["if_primary_term", "_primary_term"] },
  { member: "metageneration", parameter: "ifMetagenerationMatch" },
  { member: "generation", parameter: "ifGenerationMatch" },
];

/** What proxies that compress put behind an entity tag (Apache's mod_deflate, nginx modules). */
const SUFFIX = /(?:;|--?)(?:gzip|br|deflate)$/;

/** The text of an entity tag as it was before a compressing proxy added to it; null where none did. Pure. */
export function withoutSuffix(text: string): string | null {
  return SUFFIX.test(text) ? text.replace(SUFFIX, "") : null;
}

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

/** What somebody took out is no token: two of them are equal in nothing but that. */
function asText(value: unknown): string | null {
  if (typeof value === "string" && value !== "" && !isMaskedValue(value)) return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** By one of the names of versions, in the members of one object. */
function versionIn(place: Members): readonly [name: string, text: string] | null {
  // What Google calls the version of a policy is that of its format.
  const names = "bindings" in place ? ["etag"] : VERSION_NAMES;
  for (const name of names) {
    const text = asText(place[name]);
    if (text !== null) return [name, text];
  }
  // Git's hash of the file that is there, which GitHub compares (GitLab: its last commit): elsewhere it is the hash of what is to come.
  const hashes: readonly (readonly [name: string, value: unknown])[] = [
    ["sha", "path" in place || "message" in place ? place.sha : null],
    ["last_commit_id", place.last_commit_id],
  ];
  for (const [name, value] of hashes)
    if (typeof value === "string" && GIT_HASH.test(value)) return [name, value];
  return null;
}

const GIT_HASH = /^(?:[\da-f]{40}|[\da-f]{64})$/;

/** Where a version may be below the top; `policy`: Google's access policies; `variables`: GraphQL. */
const PLACES: readonly string[] = ["meta", "metadata", "policy", "variables", "variables/input"];

/** The only member that is an object itself. */
function onlyObject(value: unknown): string | null {
  if (!isObject(value)) return null;
  const objects = Object.entries(value).filter(([, each]) => isObject(each));
  return objects.length === 1 ? (objects[0]?.[0] ?? null) : null;
}

/** What a GraphQL answer has: its only field, or the only thing that this one holds. */
function answeredPlaces(top: Members): readonly string[] {
  const field = onlyObject(top.data);
  if (field === null) return [];
  const inner = onlyObject((top.data as Members)[field]);
  return [`data/${field}`, ...(inner === null ? [] : [`data/${field}/${inner}`])];
}

/** Whole things in a wrapper: `{ "order": { "lock_version": 3 } }`. A text that is called version there is mostly data. */
function wrappedVersion(top: Members): readonly [name: string, text: string] | null {
  const wrapper = onlyObject(top);
  const found = wrapper === null ? null : versionIn(top[wrapper] as Members);
  if (wrapper === null || found === null) return null;
  const [name, text] = found;
  return name === "version" && !/^\d+$/.test(text) ? null : [`${wrapper}/${name}`, text];
}

function placeAt(top: Members, path: string): Members | null {
  let place: unknown = top;
  for (const name of path.split("/")) place = isObject(place) ? place[name] : undefined;
  return isObject(place) ? place : null;
}

/** A member by one of the names of versions, at the top or in one of the places below it. */
function versionMember(value: unknown): readonly [name: string, text: string] | null {
  if (!isObject(value)) return null;
  const own = versionIn(value);
  if (own !== null) return own;
  for (const path of [...PLACES, ...answeredPlaces(value)]) {
    const place = placeAt(value, path);
    const found = place === null ? null : versionIn(place);
    if (found !== null) return [`${path}/${found[0]}`, found[1]];
  }
  return wrappedVersion(value);
}

const MAY_HOLD_VERSION = new RegExp(`"(?:${[...VERSION_NAMES, "sha", "last_commit_id"].join("|")})"`);
const MAY_HOLD_COUNT = /"(?:_seq_no|(?:meta)?generation)"/;

type Message = Pick<Exchange["request"], "body" | "bodyEncoding">;

function bodyVersion(message: Message): readonly [string, string] | null {
  return MAY_HOLD_VERSION.test(message.body) ? versionMember(jsonOf(message)) : null;
}

const VERSION_TEXT = new RegExp(`"(?:${VERSION_NAMES.join("|")})"\\s*:\\s*"([^"]*)"`, "g");

/** True where somebody took a version out of a body: it may have been any. Pure. */
export function hidesVersion({ body }: Pick<Message, "body">): boolean {
  return [...body.matchAll(VERSION_TEXT)].some(([, text = ""]) => isMaskedValue(text));
}

/** A variable may be called anything: what it is for stands in the document. */
function argumentVersion(request: Exchange["request"]): readonly [string, string] | null {
  const name = graphqlIn(request)?.versionVariable ?? null;
  const body = name === null ? undefined : jsonOf(request);
  const text = isObject(body) ? asText(placeAt(body, "variables")?.[name ?? ""]) : null;
  return text === null ? null : [`variables/${name}`, text];
}

/** Where a rule says where the version stands, nothing else is taken for one. */
function sentVersion({ request, ruled }: Exchange): readonly [name: string, text: string] | null {
  const version = ruled?.version ?? null;
  if (version === null) return bodyVersion(request) ?? argumentVersion(request);
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
  for (const { parameter, member } of NAMED_COUNTS) {
    const text = parameters.get(parameter);
    if (text !== null)
      sent.push({
        carrier: "query",
        name: parameter,
        raw: text,
        texts: [`${member} ${text}`],
        count: member,
      });
  }
  return sent;
}

/** A query without the parameters that carry a token. Pure. */
export function withoutTokens(query: string, sent: readonly SentToken[]): string {
  const names = new Set(sent.flatMap(({ carrier, name }) => (carrier === "query" ? [name] : [])));
  if (names.size === 0) return query;
  for (const { parameter, beside } of NAMED_COUNTS)
    if (beside !== undefined && names.has(parameter)) names.add(beside[0]);
  const parts = query.slice(1).split("&");
  const kept = parts.filter((part) => !names.has(part.split("=", 1)[0] ?? ""));
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

/** A version token that an answer shows. */
export interface ShownToken {
  readonly carrier: "etag" | "body";
  readonly text: string;
  readonly weak: boolean;
}

/** The member of an answer's body that holds its version: `_rev`, `metadata/resourceVersion`; null where none does. Pure. */
export function versionNameOf(exchange: Exchange): string | null {
  const { response } = exchange;
  return response === null ? null : (shownVersion(exchange, response)?.[0] ?? null);
}

/** Servers that compare the next version instead of the current one, or none that they show. */
const OWN_VERSIONS = /[?&]version_type=external/;

/**
 * Where an answer about the thing has what a parameter of the query carries: the parameter, and the member. Empty where no
 * answer can have it. Pure.
 */
export function shownFor(
  { name }: SentToken,
  { query, read }: { readonly query: string; readonly read: Exchange | null },
): readonly (readonly [parameter: string, member: string])[] {
  const count = NAMED_COUNTS.find(({ parameter }) => parameter === name);
  if (count !== undefined)
    return [[name, count.member], ...(count.beside === undefined ? [] : [count.beside])];
  if (OWN_VERSIONS.test(query)) return [];
  const shown = read === null ? null : versionNameOf(read);
  return [[name, shown ?? (name === "rev" ? "_rev" : name)]];
}

function countsShown(response: Message): readonly ShownToken[] {
  const json = jsonOf(response);
  if (typeof json !== "object" || json === null) return [];
  return NAMED_COUNTS.flatMap(({ member }): readonly ShownToken[] => {
    const text = asText((json as Readonly<Record<string, unknown>>)[member]);
    return text === null ? [] : [{ carrier: "body", text: `${member} ${text}`, weak: false }];
  });
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
  if (MAY_HOLD_COUNT.test(response.body)) shown.push(...countsShown(response));
  return shown;
}
