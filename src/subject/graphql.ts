import type { SentRequest } from "../journal/journal.js";

/** What a GraphQL request does. All of them are POSTs to one path. */
export interface GraphqlCall {
  /** A query, which changes nothing. */
  readonly reads: boolean;
  /** The id of the thing that it is about; null where it names none, or several. */
  readonly id: string | null;
  /** Its idempotency key, in its variables or in a directive; null where there is none. */
  readonly key: string | null;
  /** The variable that an argument of the name of a version takes, whatever it is called itself; null where none does. */
  readonly versionVariable: string | null;
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

const DOCUMENT = /^(?:\s|#[^\n]*\n)*(?:\{|(?:query|mutation|subscription|fragment)\b)/;

/** The kind of the operation that is carried out: of several the one that is named. */
function kindIn(document: string, operation: unknown): string {
  const named = typeof operation === "string" && /^\w+$/.test(operation) ? operation : null;
  const wanted = named === null ? null : new RegExp(`\\b(query|mutation|subscription)\\s+${named}\\b`);
  const [, kind] =
    wanted?.exec(document) ?? /(?:^|[\s}])(query|mutation|subscription)\b/.exec(document) ?? [];
  return kind ?? "query";
}

const KEY_NAME = /^(?:idempotency[-_]?key|request[-_]?id|unique[-_]?token)$/i;
/** Shopify's directive, with the key itself or the variable that holds it. */
const DIRECTIVE = /@idempotent\s*\(\s*key\s*:\s*(?:"([^"\\]+)"|\$(\w+))/;
const VERSION_ARGUMENT =
  /[(,\s](?:expected)?_?(?:version|etag|rev|revision|lockVersion|rowVersion)\s*:\s*\$(\w+)/i;
const LITERAL_ID = /\(\s*id\s*:\s*"([^"\\]+)"/g;

function textOf(value: unknown): string | null {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : null;
}

/** Variables are given one by one, or as the members of one `input`. */
function placesIn(variables: Members): readonly Members[] {
  return [variables, membersOf(variables.input)];
}

function idIn(document: string, variables: Members): string | null {
  const [given] = placesIn(variables).flatMap(({ id }) => textOf(id) ?? []);
  if (given !== undefined) return given;
  const literal = new Set([...document.matchAll(LITERAL_ID)].map(([, id = ""]) => id));
  const [only = null] = literal.size === 1 ? literal : [];
  return only;
}

function keyIn(document: string, variables: Members): string | null {
  const [, literal, name] = DIRECTIVE.exec(document) ?? [];
  if (literal !== undefined) return literal;
  if (name !== undefined) return textOf(variables[name]);
  const named = placesIn(variables).flatMap((place) =>
    Object.entries(place).flatMap(([member, value]) => (KEY_NAME.test(member) ? (textOf(value) ?? []) : [])),
  );
  return named[0] ?? null;
}

/** Reads a request as GraphQL; null where it is none, or has its document elsewhere (persisted queries). Pure. */
export function graphqlIn({
  method,
  body,
  bodyEncoding,
}: Pick<SentRequest, "method" | "body" | "bodyEncoding">): GraphqlCall | null {
  if (method !== "POST" || bodyEncoding !== "utf8" || !body.includes('"query"')) return null;
  let call: Members;
  try {
    call = membersOf(JSON.parse(body));
  } catch {
    return null;
  }
  const { query, operationName } = call;
  if (typeof query !== "string" || !DOCUMENT.test(query)) return null;
  const variables = membersOf(call.variables);
  return {
    reads: kindIn(query, operationName) !== "mutation",
    id: idIn(query, variables),
    key: keyIn(query, variables),
    versionVariable: VERSION_ARGUMENT.exec(query)?.[1] ?? null,
  };
}
