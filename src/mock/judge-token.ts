import type { ConcurrencyPolicy } from "../policy/concurrency-policy.js";
import {
  type EntityTag,
  formatEntityTag,
  parseSloppyTags,
  parseTagCondition,
  strongEqual,
  weakEqual,
} from "./entity-tag.js";
import { isOfOtherResource, type OfferedToken, revisionIn } from "./tokens.js";
import type { Versioned } from "./versioned.js";

/** How a token that was sent stands to the current one. `seen`: the text of the token that failed. */
export type Judgement =
  | { readonly kind: "holds" }
  | { readonly kind: "stale"; readonly seen: string | null }
  /** The right token, and W/ alone makes it fail. */
  | { readonly kind: "weak" }
  /** Not of the form that the field has by RFC 9110, or a version that is not of its type. */
  | { readonly kind: "malformed" }
  /** Well-formed, but this server knows neither lists nor `*`, or not what a compressing proxy adds. */
  | { readonly kind: "not-understood" }
  | { readonly kind: "other-resource" };

/** What there is to compare with. */
export interface Current {
  /** Of what is there or was; null where nothing could be, as under an id that the server is yet to make. */
  readonly history: Versioned | null;
  /** Null where nothing is there. */
  readonly token: OfferedToken | null;
  /** The members that the write touches; null: all. */
  readonly members: readonly string[] | null;
}

const HOLDS: Judgement = { kind: "holds" };

/** C14 `field`: an older token holds where none of the members that the write touches changed since. */
function holdsByField(seen: string, { history, members }: Current, concurrency: ConcurrencyPolicy): boolean {
  if (concurrency.granularity !== "field" || history === null || members === null) return false;
  if (isOfOtherResource(seen, history)) return false;
  const revision = revisionIn(seen, concurrency);
  if (revision === null || revision > history.revision || revision < history.wholeRevision) return false;
  return members.every((member) => (history.memberRevisions.get(member) ?? 0) <= revision);
}

function currentTag(token: OfferedToken): EntityTag {
  return token.tag ?? { opaque: token.text, weak: false };
}

/** What Apache's mod_deflate and its like put behind the tag that the server gave out. */
const PROXY_SUFFIXES: readonly string[] = ["-gzip", "--gzip", ";gzip", "-br", "-deflate"];

/** Why none of some tags is the current one: the truth, for the trace. */
function explain(tags: readonly EntityTag[], { token, history }: Current): Judgement {
  const tag = token === null ? null : currentTag(token);
  if (tag !== null && tags.some((each) => weakEqual(each, tag))) return { kind: "weak" };
  const isAddedTo = ({ opaque }: EntityTag): boolean =>
    PROXY_SUFFIXES.some((suffix) => opaque === `${tag?.opaque}${suffix}`);
  if (tag !== null && tags.some(isAddedTo)) return { kind: "not-understood" };
  const [first] = tags;
  if (first === undefined) return { kind: "stale", seen: null };
  const isOther = history !== null && tags.every((each) => isOfOtherResource(each.opaque, history));
  return isOther ? { kind: "other-resource" } : { kind: "stale", seen: first.opaque };
}

function judgeList(tags: readonly EntityTag[], current: Current, concurrency: ConcurrencyPolicy): Judgement {
  if (current.token === null) return explain(tags, current);
  const tag = currentTag(current.token);
  const equal = concurrency.comparison === "strong" ? strongEqual : weakEqual;
  const usable = concurrency.comparison === "strong" ? tags.filter((each) => !each.weak && !tag.weak) : tags;
  const holds =
    tags.some((each) => equal(each, tag)) ||
    usable.some((each) => holdsByField(each.opaque, current, concurrency));
  return holds ? HOLDS : explain(tags, current);
}

/** C7 `textual`: the field must be the text of the ETag, character by character. */
function judgeText(value: string, current: Current, concurrency: ConcurrencyPolicy): Judgement {
  const tag = current.token === null ? null : currentTag(current.token);
  if (tag !== null && value.trim() === formatEntityTag(tag)) return HOLDS;
  const condition = parseTagCondition(value);
  if (condition === null || condition.kind === "any" || condition.tags.length > 1)
    return { kind: "not-understood" };
  const holds = condition.tags.some(
    ({ opaque, weak }) => weak === tag?.weak && holdsByField(opaque, current, concurrency),
  );
  return holds ? HOLDS : explain(condition.tags, current);
}

/** The current tag by itself, as nearly every field that holds has it: that holds by each comparison, and is quickly seen. */
function isCurrentTag(value: string, { token }: Current, { comparison }: ConcurrencyPolicy): boolean {
  if (token === null) return false;
  const tag = currentTag(token);
  return !(tag.weak && comparison === "strong") && value === formatEntityTag(tag);
}

/** Holds an If-Match field against the current token by the policy's comparison. Pure. */
export function judgeTags(value: string, current: Current, concurrency: ConcurrencyPolicy): Judgement {
  if (isCurrentTag(value, current, concurrency)) return HOLDS;
  const condition = parseTagCondition(value);
  const forgiving = concurrency.comparison === "sloppy" || concurrency.comparison === "textual";
  if (condition === null && !forgiving) return { kind: "malformed" };
  if (concurrency.comparison === "textual") return judgeText(value, current, concurrency);
  if (condition?.kind === "any") return current.token === null ? { kind: "stale", seen: null } : HOLDS;
  return judgeList(
    concurrency.comparison === "sloppy" ? parseSloppyTags(value) : (condition?.tags ?? []),
    current,
    concurrency,
  );
}

/** The token's text where the value has the type that the policy's version has; null where it has not. */
function textOf(value: unknown, form: "integer" | "opaque", textual: boolean): string | null {
  if (form === "opaque") return typeof value === "string" ? value : null;
  if (textual) return typeof value === "string" && /^\d{1,15}$/.test(value) ? value : null;
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : null;
}

/** Holds a version in the body (or, with `textual`, in the query) against the current token. Pure. */
export function judgeMember(
  value: unknown,
  current: Current,
  how: { readonly concurrency: ConcurrencyPolicy; readonly textual: boolean },
): Judgement {
  const { validator } = how.concurrency;
  const form = "form" in validator ? validator.form : "opaque";
  const sloppy = how.concurrency.comparison === "sloppy" && ["string", "number"].includes(typeof value);
  const text = sloppy ? String(value) : textOf(value, form, how.textual);
  if (text === null) return { kind: "malformed" };
  const { history, token } = current;
  if (token !== null && (text === token.text || holdsByField(text, current, how.concurrency))) return HOLDS;
  if (history !== null && isOfOtherResource(text, history)) return { kind: "other-resource" };
  return { kind: "stale", seen: text };
}
