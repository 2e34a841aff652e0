import { type JsonMember, type JsonNode, writeJson } from "../core/json.js";
import type { Renaming } from "./renaming.js";
import type { CompareRules, MessagePlace, VolatileKind } from "./runs.js";
import { isEpoch, kindOfMember, volatileText } from "./volatile-values.js";

/** What texts are held against each other with. */
export interface Aligning {
  readonly renaming: Renaming;
  readonly rules: CompareRules;
}

/** `other` with the base's ids and dates in the place of its own, where they stand for each other. */
export function alignText(base: string, other: string, { renaming }: Aligning): string {
  if (base === other && base.length < 8) return other;
  const [from, to] = [volatileText(base), volatileText(other)];
  const alike =
    from.values.length === to.values.length &&
    from.values.every(({ kind }, at) => kind === to.values[at]?.kind);
  if (!alike) return other;
  return to.fixed
    .map((fixed, at) => {
      const [before, after] = [from.values[at], to.values[at]];
      if (before === undefined || after === undefined) return fixed;
      return fixed + (renaming.unify(after.kind, before.text, after.text) ? before.text : after.text);
    })
    .join("");
}

/** A value that is nothing but an id or a token by where it stands. */
export function alignValue(
  kind: VolatileKind,
  { base, other }: { readonly base: string; readonly other: string },
  { renaming }: Aligning,
): string {
  return renaming.unify(kind, base, other) ? base : other;
}

function isAt(place: MessagePlace, path: readonly string[]): boolean {
  if (place.kind !== "pointer" || place.segments.length !== path.length) return false;
  return place.segments.every((segment, at) => segment === "*" || segment === path[at]);
}

/** True where a rule makes two values equal whatever they are. */
function isExempt(
  { ignored, matched }: CompareRules,
  path: readonly string[],
  { base, other }: { readonly base: JsonNode; readonly other: JsonNode },
): boolean {
  if (ignored.some((place) => isAt(place, path))) return true;
  const textOf = (node: JsonNode): string => (node.kind === "string" ? node.value : writeJson(node));
  return matched.some(
    ({ place, matches }) => isAt(place, path) && matches(textOf(base)) && matches(textOf(other)),
  );
}

function alignScalar(base: JsonNode, other: JsonNode, { name, how }: Named): JsonNode {
  const kind = kindOfMember(name);
  if (base.kind === "string" && other.kind === "string") {
    if (kind === null || kind === "dates")
      return { kind: "string", value: alignText(base.value, other.value, how) };
    return how.renaming.unify(kind, base.value, other.value) ? base : other;
  }
  if (base.kind !== "number" || other.kind !== "number") return other;
  const isDate = kind === "dates" && isEpoch(base.text) && isEpoch(other.text);
  if (kind === null || (kind === "dates" && !isDate)) return other;
  return how.renaming.unify(kind, base.text, other.text) ? base : other;
}

interface Named {
  /** Of the member that the value belongs to; empty outside of objects. */
  readonly name: string;
  readonly how: Aligning;
}

function alignMembers(
  base: readonly JsonMember[],
  other: readonly JsonMember[],
  { path, how }: { readonly path: readonly string[]; readonly how: Aligning },
): readonly JsonMember[] {
  const known = new Map(base);
  return other.map(([name, value]) => {
    const before = known.get(name);
    if (before === undefined) return [name, value];
    return [name, alignJson(before, value, { path: [...path, name], name, how })];
  });
}

/** `other` with the base's ids, dates and tokens in the place of its own, member by member. */
export function alignJson(
  base: JsonNode,
  other: JsonNode,
  at: { readonly path: readonly string[]; readonly name: string; readonly how: Aligning },
): JsonNode {
  const { path, how } = at;
  if (isExempt(how.rules, path, { base, other })) return base;
  if (base.kind === "object" && other.kind === "object")
    return { kind: "object", members: alignMembers(base.members, other.members, { path, how }) };
  if (base.kind === "array" && other.kind === "array") {
    const items = other.items.map((item, index) => {
      const before = base.items[index];
      if (before === undefined) return item;
      return alignJson(before, item, { path: [...path, String(index)], name: at.name, how });
    });
    return { kind: "array", items };
  }
  return alignScalar(base, other, at);
}
