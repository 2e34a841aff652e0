import type { ConcurrencyPolicy } from "../policy/concurrency-policy.js";
import {
  type EntityTag,
  formatEntityTag,
  parseSloppyTags,
  parseTagCondition,
  strongEqual,
  weakEqual,
} from "./entity-tag.js";
import { isOfOtherResource, type OfferedToken, revisionIn, type TokenHolder } from "./tokens.js";

/** How a token that was sent stands to the current one. `seen`: the text of the token that failed. */
export type Judgement =
  | { readonly kind: "holds" }
  | { readonly kind: "stale"; readonly seen: string | null }
  /** The right token, and W/ alone makes it fail. */
  | { readonly kind: "weak" }
  /** Not of the form that the field has by RFC 9110, or a version that is not of its type. */
  | { readonly kind: "malformed" }
  /** Well-formed, but this server compares text and knows neither lists nor `*`. */
  | { readonly kind: "not-understood" }
  | { readonly kind: "other-resource" };

/** What there is to compare with; null where the resource does not exist. */
export type Current = {
  readonly holder: TokenHolder;
  readonly token: OfferedToken | null;
  readonly members: readonly string[];
} | null;

const HOLDS: Judgement = { kind: "holds" };

/** C14 `field`: an older token holds where none of the members that the write touches changed since. */
function holdsByField(seen: string, current: NonNullable<Current>, concurrency: ConcurrencyPolicy): boolean {
  if (concurrency.granularity !== "field" || isOfOtherResource(seen, current.holder.versioned)) return false;
  const revision = revisionIn(seen, concurrency);
  if (revision === null || revision > current.holder.versioned.revision) return false;
  const changed = current.holder.versioned.memberRevisions;
  return current.members.every((member) => (changed.get(member) ?? 1) <= revision);
}

function currentTag(token: OfferedToken): EntityTag {
  return token.tag ?? { opaque: token.text, weak: false };
}

/** Why none of some tags is the current one: the truth, for the trace. */
function explain(tags: readonly EntityTag[], tag: EntityTag, current: NonNullable<Current>): Judgement {
  if (tags.some((each) => weakEqual(each, tag))) return { kind: "weak" };
  if (tags.every((each) => isOfOtherResource(each.opaque, current.holder.versioned)))
    return { kind: "other-resource" };
  return { kind: "stale", seen: tags[0]?.opaque ?? null };
}

function judgeList(
  tags: readonly EntityTag[],
  current: NonNullable<Current>,
  concurrency: ConcurrencyPolicy,
): Judgement {
  if (current.token === null) return { kind: "stale", seen: null };
  const tag = currentTag(current.token);
  const equal = concurrency.comparison === "strong" ? strongEqual : weakEqual;
  const usable = concurrency.comparison === "strong" ? tags.filter((each) => !each.weak && !tag.weak) : tags;
  const holds =
    tags.some((each) => equal(each, tag)) ||
    usable.some((each) => holdsByField(each.opaque, current, concurrency));
  return holds ? HOLDS : explain(tags, tag, current);
}

/** C7 `textual`: the field must be the text of the ETag, character by character. */
function judgeText(value: string, current: NonNullable<Current>): Judgement {
  if (current.token === null) return { kind: "stale", seen: null };
  const tag = currentTag(current.token);
  if (value.trim() === formatEntityTag(tag)) return HOLDS;
  const condition = parseTagCondition(value);
  if (condition === null || condition.kind === "any" || condition.tags.length > 1)
    return { kind: "not-understood" };
  return explain(condition.tags, tag, current);
}

/** The current tag by itself, as nearly every field that holds has it: that holds by each comparison, and is quickly seen. */
function isCurrentTag(value: string, current: Current, { comparison }: ConcurrencyPolicy): boolean {
  const token = current?.token ?? null;
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
  if (current === null) return { kind: "stale", seen: null };
  if (concurrency.comparison === "textual") return judgeText(value, current);
  if (condition?.kind === "any") return HOLDS;
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
  if (current === null || current.token === null) return { kind: "stale", seen: text };
  if (text === current.token.text || holdsByField(text, current, how.concurrency)) return HOLDS;
  if (isOfOtherResource(text, current.holder.versioned)) return { kind: "other-resource" };
  return { kind: "stale", seen: text };
}
