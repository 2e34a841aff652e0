import { type Model, UNCLEAR, type Unclear } from "./model.js";
import type { Rules } from "./rules.js";
import type { IfMatch, MemberToken, Tag, TokenRef } from "./sent.js";
import { ifMatchText } from "./sent.js";
import { currentOf, tokenOf } from "./tokens.js";

/** What comes of comparing a token that a writer saw with the current one. */
export type Compared =
  | { readonly kind: "holds" }
  | { readonly kind: "malformed" }
  | { readonly kind: "fails"; readonly causes: readonly string[]; readonly since: string | null };

const HOLDS: Compared = { kind: "holds" };
const ANY_ETAG = ["stale-etag", "etag-weak", "etag-malformed", "etag-other-resource"];

/** Where a token is judged: the thing that is written. */
export interface Place {
  readonly model: Model;
  readonly thing: string;
  readonly rules: Rules;
  /** True for an older token that nobody's write of the same members outdates (C14, field). */
  readonly stillHolds: (version: string) => boolean | Unclear;
}

/** True where a token is the current one, its spelling aside. */
function isCurrent({ model, thing }: Place, ref: TokenRef, shown: "etag" | "member"): boolean | Unclear {
  const current = currentOf(model, thing);
  if (ref.kind === "never" || current?.content == null) return false;
  if (ref.thing === thing) return ref.version === current.version;
  const text = tokenOf(model, thing, current.version)?.[shown];
  return text == null ? UNCLEAR : opaque(`${text}`) === opaque(ref.text);
}

function opaque(etag: string): string {
  return etag.replace(/^W\//, "");
}

/** The spelling of a tag: quoted or not, weak or not. */
function spelling({ ref, form }: Tag): { readonly quoted: boolean; readonly weak: boolean } {
  const weak =
    form === "weak" || (form === "as-issued" && ref.kind === "issued" && ref.text.startsWith("W/"));
  return { quoted: form !== "unquoted", weak };
}

/** causes.md: by what an unmatched ETag is told apart. */
function causesOf(place: Place, tags: readonly Tag[], weaknessOnly: boolean): readonly string[] {
  if (weaknessOnly) {
    // An older tag that still holds for some members is both outdated and weak.
    const byField = place.rules.concurrency.granularity === "field";
    return tags.length === 1 && !byField ? ["etag-weak"] : ANY_ETAG;
  }
  const [only] = tags;
  if (only === undefined || tags.length > 1) return ANY_ETAG;
  const { ref } = only;
  if (ref.kind === "never") return ["stale-etag", "etag-other-resource"];
  if (ref.thing === place.thing) return only.form === "weak" ? ["stale-etag", "etag-weak"] : ["stale-etag"];
  const told = namesItsResource(place) && !issuedHere(place, ref.text);
  return told ? ["etag-other-resource"] : ["stale-etag", "etag-other-resource"];
}

/** A plain count is the same text for all things: of such a token nobody can tell for which it was issued. */
function namesItsResource({ rules: { concurrency } }: Place): boolean {
  const { validator } = concurrency;
  return !("form" in validator && validator.form === "integer");
}

/** Another thing's token may read like an old one of this thing. */
function issuedHere({ model, thing }: Place, text: string): boolean {
  for (const [key, { etag }] of model.tokens) {
    if (key.startsWith(`${thing} `) && etag !== null && opaque(etag) === opaque(text)) return true;
  }
  return false;
}

function oldest(place: Place, tags: readonly Tag[]): string | null {
  const [only] = tags;
  return tags.length === 1 && only?.ref.kind === "issued" && only.ref.thing === place.thing
    ? only.ref.version
    : null;
}

function fails(place: Place, tags: readonly Tag[], weaknessOnly = false): Compared {
  return { kind: "fails", causes: causesOf(place, tags, weaknessOnly), since: oldest(place, tags) };
}

/** Whether the server's own tag is weak. */
function currentIsWeak({ rules: { concurrency } }: Place): boolean {
  const { validator } = concurrency;
  return validator.kind === "etag-weak" || ("etag" in validator && validator.etag === "weak");
}

/** Another thing's plain count may read like an old one of this thing, which still holds for some members. */
function readsLikeOld(place: Place): boolean {
  return place.rules.concurrency.granularity === "field" && !namesItsResource(place);
}

function holdsOf(place: Place, { ref }: Tag): boolean | Unclear {
  const current = isCurrent(place, ref, "etag");
  if (current !== false || ref.kind === "never") return current;
  if (ref.thing !== place.thing) return readsLikeOld(place) ? UNCLEAR : false;
  return place.stillHolds(ref.version);
}

/** RFC 9110, 8.8.3.2: `strong` wants equal tags of which neither is weak, `weak` equal opaque parts. */
function compareByRfc(place: Place, tags: readonly Tag[], comparison: "strong" | "weak"): Compared | Unclear {
  if (tags.some((tag) => !spelling(tag).quoted)) return { kind: "malformed" };
  let weaknessOnly = false;
  for (const tag of tags) {
    const equal = holdsOf(place, tag);
    if (equal === UNCLEAR) return UNCLEAR;
    if (!equal) continue;
    if (comparison === "weak" || !(spelling(tag).weak || currentIsWeak(place))) return HOLDS;
    weaknessOnly = true;
  }
  return fails(place, tags, weaknessOnly);
}

/** The text as it came against the text as it was issued. */
function compareTexts(place: Place, ifMatch: IfMatch): Compared | Unclear {
  const tags = ifMatch.kind === "tags" ? ifMatch.tags : [];
  const [only] = tags;
  const failed: Compared = { kind: "fails", causes: ANY_ETAG, since: null };
  if (only === undefined || tags.length > 1) return failed;
  const equal = holdsOf(place, only);
  if (equal === UNCLEAR) return UNCLEAR;
  const asIssued = only.ref.kind === "issued" && ifMatchText(ifMatch) === only.ref.text;
  if (equal && asIssued) return HOLDS;
  return only.form === "as-issued" ? fails(place, tags) : failed;
}

/** Missing quotes and a W/ are forgiven. */
function compareSloppily(place: Place, tags: readonly Tag[]): Compared | Unclear {
  for (const tag of tags) {
    const equal = holdsOf(place, tag);
    if (equal === UNCLEAR) return UNCLEAR;
    if (equal) return HOLDS;
  }
  return tags.length === 1 && tags[0]?.form === "as-issued"
    ? fails(place, tags)
    : { kind: "fails", causes: ANY_ETAG, since: oldest(place, tags) };
}

/** If-Match against what is there (C7). `*` holds where anything is there, except for who compares texts. */
export function compareIfMatch(place: Place, ifMatch: IfMatch): Compared | Unclear {
  const { comparison } = place.rules.concurrency;
  const exists = currentOf(place.model, place.thing)?.content != null;
  if (comparison === "textual") return compareTexts(place, ifMatch);
  if (ifMatch.kind === "star") return exists ? HOLDS : { kind: "fails", causes: ANY_ETAG, since: null };
  if (ifMatch.kind === "broken") {
    return comparison === "sloppy" ? UNCLEAR : { kind: "malformed" };
  }
  if (comparison === "sloppy") return compareSloppily(place, ifMatch.tags);
  return compareByRfc(place, ifMatch.tags, comparison);
}

/** A version or revision in the body or the query. */
export function compareMember(place: Place, token: MemberToken): Compared | Unclear {
  // Whether who forgives a spelling finds a version malformed that is no number, nobody says.
  const forgives = ["textual", "sloppy"].includes(place.rules.concurrency.comparison);
  if (token.kind === "wrong-type") return forgives ? UNCLEAR : { kind: "malformed" };
  const equal = isCurrent(place, token, "member");
  if (equal === UNCLEAR) return UNCLEAR;
  if (equal) return HOLDS;
  if (token.kind === "issued" && token.thing !== place.thing && readsLikeOld(place)) return UNCLEAR;
  const here = token.kind === "issued" && token.thing === place.thing;
  const still = here && place.stillHolds(token.version);
  if (still !== false) return still === UNCLEAR ? UNCLEAR : HOLDS;
  return { kind: "fails", causes: ["stale-version"], since: here ? token.version : null };
}
