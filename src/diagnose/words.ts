import { headerValue } from "../core/http.js";
import type { ReceivedResponse } from "../journal/journal.js";

/** What an error body says, whatever its form. Texts are the server's: hostile, for matching only. */
export interface ErrorWords {
  /** Members that name the rule: `code`, `type`, `scimType`, `reason`, `error`; lower case, joined by blanks. */
  readonly codes: string;
  /** Members for people: `message`, `detail`, `title`, `description`; lower case, joined by blanks. */
  readonly prose: string;
  /** True where the answer tells when to come back. */
  readonly retryAfter: boolean;
}

/** What the error texts of servers that mean one rule have in common. */
export interface Spoken {
  readonly codes?: RegExp;
  readonly prose?: RegExp;
}

/** True where an answer's own words name a rule. Pure. */
export function speaks(spoken: Spoken | null, words: ErrorWords | null): boolean {
  if (spoken === null || words === null) return false;
  return spoken.codes?.test(words.codes) === true || spoken.prose?.test(words.prose) === true;
}

const CODE_MEMBERS: ReadonlySet<string> = new Set([
  "code",
  "type",
  "scimtype",
  "reason",
  "error",
  "errorcode",
  "name",
  // DynamoDB and other services of AWS: `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException`.
  "__type",
]);
const PROSE_MEMBERS: ReadonlySet<string> = new Set([
  "message",
  "detail",
  "title",
  "description",
  "error_description",
  "errordescription",
  "reason",
  "error",
]);

/** Deeper and longer than any error body that was seen; what a hostile server adds is not read. */
const MAX_DEPTH = 4;
const MAX_TEXT = 2_000;

interface Collected {
  readonly codes: string[];
  readonly prose: string[];
}

function collect(
  value: unknown,
  into: Collected,
  at: { readonly depth: number; readonly listed: boolean },
): void {
  if (typeof value !== "object" || value === null || at.depth > MAX_DEPTH) return;
  for (const [name, member] of Object.entries(value)) {
    const lower = name.toLowerCase();
    // Sentences by field, as Ruby on Rails and others list them: `{ "errors": { "email": ["has already been taken"] } }`.
    const listed = at.listed || lower === "errors";
    if (typeof member === "string") {
      const text = member.slice(0, MAX_TEXT).toLowerCase();
      const isSentence = /\s/.test(text);
      if (CODE_MEMBERS.has(lower) && !isSentence) into.codes.push(text);
      else if (PROSE_MEMBERS.has(lower) || (listed && isSentence)) into.prose.push(text);
    } else collect(member, into, { depth: at.depth + 1, listed });
  }
}

/**
 * The texts that servers fall back on: about what was sent, about what is there, about what is not. They name no rule,
 * and yet a rule with words of its own would have used those.
 */
export type CatchAll = "syntax" | "state" | "absence";

const SYNTAX = /bad[._-]request|could not be understood|malformed syntax/;
const ABSENCE = /not[._-]found|was not found/;
const STATE = /general[._-]conflict|resource[._-]conflict|conflicts? with the current state/;

/** Which catch-all an answer is; null where its words are others. Pure. */
export function catchAllOf({ codes, prose }: ErrorWords): CatchAll | null {
  if (SYNTAX.test(prose) || (prose === "" && SYNTAX.test(codes))) return "syntax";
  if (ABSENCE.test(prose) || (prose === "" && ABSENCE.test(codes))) return "absence";
  return STATE.test(prose) || (prose === "" && STATE.test(codes)) ? "state" : null;
}

/** The JSON of a body; undefined where it is none. */
export function jsonOf({ body, bodyEncoding }: Pick<ReceivedResponse, "body" | "bodyEncoding">): unknown {
  if (bodyEncoding !== "utf8" || !/^\s*[[{"]/.test(body)) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Headers that name the rule, where bodies do not (Azure; AWS). */
const CODE_HEADERS: readonly string[] = ["www-authenticate", "x-ms-error-code", "x-amzn-errortype"];

const XML_CODE = /<Code>([^<]{1,200})<\/Code>/i;

/** What XML says between its tags: `version` in its first line is the version of XML. */
function readXml(body: string, into: Collected): void {
  const [, code] = XML_CODE.exec(body) ?? [];
  if (code !== undefined) into.codes.push(code.toLowerCase());
  const text = body.replace(XML_CODE, " ").replace(/<[^<>]*>/g, " ");
  into.prose.push(text.replace(/\s+/g, " ").trim().toLowerCase());
}

/** Reads what an answer says of itself. Pure. */
export function wordsOf(response: ReceivedResponse): ErrorWords {
  const found = { codes: [] as string[], prose: [] as string[] };
  const json = jsonOf(response);
  collect(json, found, { depth: 0, listed: false });
  if (json === undefined && response.bodyEncoding === "utf8") {
    const text = response.body.slice(0, MAX_TEXT);
    if (/^\s*<\?xml\b/i.test(text)) readXml(text, found);
    else found.prose.push(text.toLowerCase());
  }
  for (const name of CODE_HEADERS) {
    const code = headerValue(response.headers, name);
    if (code !== null) found.codes.push(code.toLowerCase());
  }
  return {
    codes: found.codes.join(" "),
    prose: found.prose.join(" "),
    retryAfter: headerValue(response.headers, "retry-after") !== null,
  };
}

const REFUSED = 400;

/** One of several writes in one request, with an outcome of its own: CouchDB's `_bulk_docs`, Elasticsearch's `_bulk`. */
function isRefusedItem(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { error, reason, status } = value as Readonly<Record<string, unknown>>;
  if (typeof error === "string") return typeof reason === "string";
  return typeof error === "object" && error !== null && typeof status === "number" && status >= REFUSED;
}

const ERROR_LIST = /^(?:\w*userErrors|errors)$/i;

/** A field of a GraphQL answer with errors of its own: `{ "data": { "orderUpdate": { "userErrors": [{ "message": ... }] } } }`. */
function isRefusedField(data: unknown): boolean {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return false;
  return Object.values(data as object).some(
    (field: unknown) =>
      typeof field === "object" &&
      field !== null &&
      Object.entries(field).some(
        ([name, list]: readonly [string, unknown]) =>
          ERROR_LIST.test(name) && Array.isArray(list) && list.some(hasMessage),
      ),
  );
}

function hasMessage(value: unknown): boolean {
  return typeof value === "object" && value !== null && "message" in value;
}

function isRefusalBody(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(isRefusedItem);
  const body = value as Readonly<Record<string, unknown>>;
  for (const list of [body.userErrors, body.errors]) if (Array.isArray(list) && list.length > 0) return true;
  if (isRefusedField(body.data)) return true;
  if (typeof body.error === "object" && body.error !== null) return true;
  if (body.errors === true && Array.isArray(body.items))
    return body.items.some((item: unknown) => Object.values(item ?? {}).some(isRefusedItem));
  const isProblem =
    typeof body.type === "string" && typeof body.title === "string" && body.status !== undefined;
  const isErrorBody = typeof body.message === "string" && body.id === undefined;
  return isProblem || (isErrorBody && Object.keys(body).every((name) => ERROR_MEMBERS.has(name)));
}

/** What the error bodies that were seen are made of. */
const ERROR_MEMBERS: ReadonlySet<string> = new Set([
  "message",
  "code",
  "status",
  "error",
  "contextId",
  "details",
  "errors",
  "type",
  "entityId",
  "entityName",
  "messageWithParams",
  "messageParams",
  "version",
]);

/** True where a 2xx tells a refusal in its body, as GraphQL servers do. Pure. */
export function refusesInBody(response: ReceivedResponse): boolean {
  if (!/"(?:\w*[uU]serErrors|errors|error|message|title)"/.test(response.body)) return false;
  return isRefusalBody(jsonOf(response));
}
