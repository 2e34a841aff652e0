/** An entity-tag of RFC 9110, 8.8.3: what stands between the quotes, and whether `W/` stood before them. */
export interface EntityTag {
  readonly opaque: string;
  readonly weak: boolean;
}

/** What an If-Match or If-None-Match field says: any current representation, or one of these. */
export type TagCondition =
  | { readonly kind: "any" }
  | { readonly kind: "tags"; readonly tags: readonly EntityTag[] };

/** RFC 9110, 8.8.3: etagc is %x21, %x23-7E and obs-text; Node hands obs-text over as U+0080 to U+00FF. */
const ENTITY_TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y;
/** RFC 9110, 5.6.1: a recipient passes over empty list elements. */
const LIST_SPACE = /[ \t,]*/y;
const SEPARATOR = /[ \t]*(?:,|$)/y;

function skip(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Reads `*` or a list of entity-tags by RFC 9110; null for anything else. A comma may stand inside a tag. Pure. */
export function parseTagCondition(value: string): TagCondition | null {
  if (value.trim() === "*") return { kind: "any" };
  const tags: EntityTag[] = [];
  let offset = skip(LIST_SPACE, value, 0);
  while (offset < value.length) {
    ENTITY_TAG.lastIndex = offset;
    const found = ENTITY_TAG.exec(value);
    if (found === null) return null;
    tags.push({ opaque: found[2] ?? "", weak: found[1] !== undefined });
    const end = skip(SEPARATOR, value, ENTITY_TAG.lastIndex);
    if (end < 0) return null;
    offset = skip(LIST_SPACE, value, end);
  }
  return tags.length === 0 ? null : { kind: "tags", tags };
}

/** RFC 9110, 8.8.3.2: equal, and neither of them weak. Pure. */
export function strongEqual(a: EntityTag, b: EntityTag): boolean {
  return !a.weak && !b.weak && a.opaque === b.opaque;
}

/** RFC 9110, 8.8.3.2: equal, weak or not. Pure. */
export function weakEqual(a: EntityTag, b: EntityTag): boolean {
  return a.opaque === b.opaque;
}

/** The tag as it travels. Pure. */
export function formatEntityTag(tag: EntityTag): string {
  return tag.weak ? `W/"${tag.opaque}"` : `"${tag.opaque}"`;
}

/** The tags of a field whose writer forgot quotes, or put W/ inside them: what a forgiving server makes of it. Pure. */
export function parseSloppyTags(value: string): readonly EntityTag[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => ({ opaque: part.replace(/^"?(?:W\/)?"?/i, "").replace(/"$/, ""), weak: false }));
}
