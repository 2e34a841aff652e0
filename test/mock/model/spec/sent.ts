import { type Body, bodyText } from "./bodies.js";

/** Which token of which resource a client means; `never`: one that no server issued. */
export type TokenRef =
  | { readonly kind: "never" }
  | { readonly kind: "issued"; readonly thing: string; readonly version: string; readonly text: string };

/** One entity tag of an If-Match: a token and what the client did to its spelling. */
export interface Tag {
  readonly ref: TokenRef;
  readonly form: "as-issued" | "weak" | "strong" | "unquoted";
}

/** An If-Match, before it is spelled. `broken` is text that no rule can read. */
export type IfMatch =
  | { readonly kind: "star" }
  | { readonly kind: "tags"; readonly tags: readonly Tag[] }
  | { readonly kind: "broken"; readonly text: string };

/** A version or revision in the body or the query. `wrong-type`: not of the form that the server gave. */
export type MemberToken = TokenRef | { readonly kind: "wrong-type"; readonly value: string };

/** A key as the client spells it: `raw` is what travels. */
export interface SentKey {
  readonly name: string;
  readonly raw: string;
}

/** One request, with what the client meant by it. */
export interface Sent {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Without the query. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Headers that are not named elsewhere. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body | null;
  readonly principal: string | null;
  readonly auth: "valid" | "none" | "invalid";
  readonly key: SentKey | null;
  readonly ifMatch: IfMatch | null;
  /** The token in the body, by which name it travels. */
  readonly bodyToken: MemberToken | null;
  readonly queryToken: MemberToken | null;
  /** If-None-Match: *. */
  readonly createOnly: boolean;
}

const NEVER_ETAG = '"never-0000"';

function tagText({ ref, form }: Tag): string {
  const issued = ref.kind === "never" ? NEVER_ETAG : ref.text;
  const strong = issued.replace(/^W\//, "");
  switch (form) {
    case "as-issued":
      return issued;
    case "weak":
      return `W/${strong}`;
    case "strong":
      return strong;
    case "unquoted":
      return strong.slice(1, -1);
  }
}

/** The header's value. */
export function ifMatchText(ifMatch: IfMatch): string {
  if (ifMatch.kind === "star") return "*";
  if (ifMatch.kind === "broken") return ifMatch.text;
  return ifMatch.tags.map(tagText).join(", ");
}

/** Path and query as they travel. */
export function targetOf({ path, query }: Pick<Sent, "path" | "query">): string {
  if (query.length === 0) return path;
  return `${path}?${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
}

/** Headers but the credentials. */
export function headersOf(sent: Sent): Record<string, string> {
  return {
    ...sent.headers,
    ...(sent.body === null ? {} : { "Content-Type": "application/json" }),
    ...(sent.ifMatch === null ? {} : { "If-Match": ifMatchText(sent.ifMatch) }),
    ...(sent.createOnly ? { "If-None-Match": "*" } : {}),
  };
}

/** One line for a counter-example. */
export function describeSent(sent: Sent): string {
  const who = sent.principal === null ? "" : ` as ${sent.principal}`;
  const auth = sent.auth === "valid" ? "" : ` auth ${sent.auth}`;
  const headers = Object.entries(headersOf(sent))
    .filter(([name]) => name !== "Content-Type")
    .map(([name, value]) => ` ${name}: ${value}`);
  const body = sent.body === null ? "" : ` ${bodyText(sent.body)}`;
  return `${sent.method} ${targetOf(sent)}${who}${auth}${headers.join("")}${body}`;
}
