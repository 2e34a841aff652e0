import type { Body, Content, Scalar, Spelling } from "../spec/bodies.js";
import type { Model } from "../spec/model.js";
import { type Rules, rulesFor, THINGS } from "../spec/rules.js";
import type { IfMatch, MemberToken, Sent, SentKey, Tag, TokenRef } from "../spec/sent.js";
import { contentOf, currentOf, offered, seenVersions, tokenOf } from "../spec/tokens.js";

/** Which token is meant; `old` counts back from the newest but one that was seen. */
export type Which =
  | { readonly kind: "current" }
  | { readonly kind: "old"; readonly back: number }
  | { readonly kind: "other" }
  | { readonly kind: "never" };

/** An If-Match before the model says what its tokens are. */
export type IfMatchDraft =
  | { readonly kind: "star" }
  | { readonly kind: "broken"; readonly text: string }
  | {
      readonly kind: "tags";
      readonly tags: readonly { readonly which: Which; readonly form: Tag["form"] }[];
    };

/** The same of a version in the body or the query. */
export type MemberDraft = Which | { readonly kind: "wrong-type" };

/** A request before the model says what its tokens are. */
export interface Draft {
  readonly method: Sent["method"];
  readonly target: "thing" | "things" | "action";
  readonly id: string;
  readonly principal: string | null;
  readonly auth: Sent["auth"];
  readonly key: {
    readonly name: string;
    readonly form: "wanted" | "flipped" | "longest" | "too-long";
  } | null;
  readonly query: string | null;
  readonly team: string | null;
  readonly content: Content;
  readonly spelling: Spelling;
  readonly broken: boolean;
  readonly chooseId: boolean;
  readonly ifMatch: IfMatchDraft | null;
  readonly bodyToken: MemberDraft | null;
  readonly queryToken: MemberDraft | null;
  readonly createOnly: boolean;
}

function pathOf({ target, id }: Pick<Draft, "target" | "id">): string {
  if (target === "things") return THINGS;
  return target === "thing" ? `${THINGS}/${id}` : `/api/v2/integrations/actions/a${id}/execute`;
}

function issued(
  model: Model,
  thing: string,
  version: string | undefined,
  shown: "etag" | "member",
): TokenRef | null {
  const text = version === undefined ? null : tokenOf(model, thing, version)?.[shown];
  return version === undefined || text == null ? null : { kind: "issued", thing, version, text: `${text}` };
}

/** The token that is meant, or the next best that somebody has seen; null where none was. */
function refOf(model: Model, thing: string, which: Which, shown: "etag" | "member"): TokenRef | null {
  if (which.kind === "never") return { kind: "never" };
  const version = contentOf(model, thing) === null ? undefined : currentOf(model, thing)?.version;
  const current = issued(model, thing, version, shown);
  if (which.kind === "current") return current;
  if (which.kind === "other") {
    const other = [...model.things.keys()].find((each) => each !== thing);
    const found = other === undefined ? null : issued(model, other, currentOf(model, other)?.version, shown);
    return found ?? { kind: "never" };
  }
  const older = seenVersions(model, thing).filter((each) => each !== version);
  return issued(model, thing, older.at(-1 - (which.back % Math.max(1, older.length))), shown) ?? current;
}

function ifMatchOf(model: Model, thing: string, draft: IfMatchDraft): IfMatch | null {
  if (draft.kind !== "tags") return draft;
  const tags = draft.tags.map(({ which, form }) => ({ ref: refOf(model, thing, which, "etag"), form }));
  const found = tags.flatMap(({ ref, form }) => (ref === null ? [] : [{ ref, form }]));
  return found.length === 0 ? null : { kind: "tags", tags: found };
}

function isInteger({ concurrency: { validator } }: Rules): boolean {
  return "form" in validator && validator.form === "integer";
}

/** An opaque token is any text, and whether a number stands for a text nobody says: only a count can be of the wrong type. */
function memberOf(model: Model, thing: string, draft: MemberDraft, rules: Rules): MemberToken | null {
  if (draft.kind !== "wrong-type") return refOf(model, thing, draft, "member");
  return isInteger(rules) ? { kind: "wrong-type", value: "one" } : { kind: "never" };
}

/** How a token stands in a body. */
function memberValue(token: MemberToken, rules: Rules): Scalar {
  if (token.kind === "wrong-type") return token.value;
  if (token.kind === "never") return isInteger(rules) ? 99_999 : "never-0000";
  return isInteger(rules) ? Number(token.text) : token.text;
}

function keyOf(
  { key }: Draft,
  { idempotency: { syntax, maxLength, carrier } }: Rules,
): SentKey | "skip" | null {
  if (key === null) return null;
  const length = { wanted: 0, flipped: 0, longest: maxLength, "too-long": maxLength + 1 }[key.form];
  const name = key.name.padEnd(length, "-");
  const quoted = (syntax === "quoted") !== (key.form === "flipped");
  // The same key in other bytes, in a place that counts by itself: nobody says what that is.
  if (key.form === "flipped" && syntax === "normalised" && carrier.kind !== "header") return "skip";
  return { name, raw: quoted ? `"${name}"` : name };
}

const HAS_BODY: readonly Sent["method"][] = ["POST", "PUT", "PATCH"];

interface Parts {
  readonly key: SentKey | null;
  readonly bodyToken: MemberToken | null;
  readonly queryToken: MemberToken | null;
  readonly rules: Rules;
}

function fixedOf(draft: Draft, { key, bodyToken, rules }: Parts): Body["fixed"] {
  const { carrier } = rules.idempotency;
  const { member } = offered(rules);
  return {
    ...(draft.target === "things" && draft.chooseId ? { id: draft.id } : {}),
    ...(bodyToken === null || member === null ? {} : { [member]: memberValue(bodyToken, rules) }),
    ...(key === null || carrier.kind !== "body" ? {} : { [carrier.name]: key.raw }),
  };
}

/** Where the policy reads a token in the query: there is no other name for one. */
function querySource({ concurrency }: Rules): string | null {
  const source = concurrency.readFrom.find(({ kind }) => kind === "query");
  return source?.kind === "query" ? source.name : null;
}

function queryOf(draft: Draft, { key, queryToken, rules }: Parts): Sent["query"] {
  const { carrier } = rules.idempotency;
  const name = querySource(rules);
  return [
    ...(draft.query === null ? [] : [["expand", draft.query] as const]),
    ...(queryToken === null || name === null ? [] : [[name, `${memberValue(queryToken, rules)}`] as const]),
    ...(key === null || carrier.kind !== "query" ? [] : [[carrier.name, key.raw] as const]),
  ];
}

/** The request that a draft means now; null where it means a token that nobody has seen. */
export function resolveDraft(model: Model, draft: Draft): Sent | null {
  const path = pathOf(draft);
  const rules = rulesFor(model.policy, draft.method, path);
  const { carrier } = rules.idempotency;
  const hasBody = HAS_BODY.includes(draft.method);
  const thing = draft.target === "thing" ? draft.id : null;
  const found = keyOf(draft, rules);
  if (found === "skip") return null;
  const key = carrier.kind === "body" && (!hasBody || draft.broken) ? null : found;
  const ifMatch = draft.ifMatch === null || thing === null ? null : ifMatchOf(model, thing, draft.ifMatch);
  const inBody = hasBody && offered(rules).member !== null ? draft.bodyToken : null;
  const inQuery = querySource(rules) === null ? null : draft.queryToken;
  const bodyToken = inBody === null || thing === null ? null : memberOf(model, thing, inBody, rules);
  const queryToken = inQuery === null || thing === null ? null : memberOf(model, thing, inQuery, rules);
  const parts = { key, bodyToken, queryToken, rules };
  return {
    method: draft.method,
    path,
    query: queryOf(draft, parts),
    headers: {
      ...(draft.team === null ? {} : { "X-Team": draft.team }),
      ...(key === null || carrier.kind !== "header" ? {} : { [carrier.name]: key.raw }),
    },
    body: hasBody
      ? {
          content: draft.content,
          fixed: fixedOf(draft, parts),
          spelling: draft.spelling,
          broken: draft.broken,
        }
      : null,
    principal: draft.principal,
    auth: draft.auth,
    key,
    ifMatch,
    bodyToken,
    queryToken,
    createOnly: draft.createOnly && thing !== null,
  };
}

/** What is done to a request that was sent before. */
export type Twist =
  | { readonly kind: "same" }
  | { readonly kind: "spelling"; readonly spelling: Spelling }
  | { readonly kind: "content"; readonly content: Content }
  | { readonly kind: "path"; readonly id: string }
  | { readonly kind: "method"; readonly method: "PUT" | "PATCH" }
  | { readonly kind: "team"; readonly team: string }
  | { readonly kind: "principal"; readonly principal: string }
  | { readonly kind: "no-condition" };

function moved({ path }: Sent, id: string): string {
  if (path === THINGS) return path;
  return path.startsWith(THINGS) ? `${THINGS}/${id}` : path.replace(/a\d\/execute$/, `a${id}/execute`);
}

/** The request as it was, with one thing changed. */
export function twisted(sent: Sent, twist: Twist): Sent {
  switch (twist.kind) {
    case "same":
      return sent;
    case "spelling":
      return { ...sent, body: sent.body === null ? null : { ...sent.body, spelling: twist.spelling } };
    case "content":
      return { ...sent, body: sent.body === null ? null : { ...sent.body, content: twist.content } };
    case "path":
      return { ...sent, path: moved(sent, twist.id) };
    case "method":
      return ["PUT", "PATCH"].includes(sent.method) ? { ...sent, method: twist.method } : sent;
    case "team":
      return { ...sent, headers: { ...sent.headers, "X-Team": twist.team } };
    case "principal":
      return { ...sent, principal: twist.principal };
    case "no-condition":
      return { ...sent, ifMatch: null };
  }
}
