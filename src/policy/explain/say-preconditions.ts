import { formatDuration } from "../../core/duration.js";
import type { AbsentPolicy, ConcurrencyPolicy } from "../concurrency-policy.js";
import type { Dimensions } from "../policy.js";
import { distinct, listed, NOTHING, type Place, paragraph, refusal, type Sayer } from "./say.js";
import { hasToken, isGuarded, isTokenRead, tokenPlaces } from "./say-versions.js";

function readsIfMatch({ concurrency: { readFrom } }: Dimensions): boolean {
  return readFrom.some(({ kind }) => kind === "if-match");
}

const FIRST_COUNTS = "the first of these places";

const PRECEDENCE: Readonly<
  Record<ConcurrencyPolicy["precedence"], Readonly<Record<"withIfMatch" | "without", string>>>
> = {
  "if-match": { withIfMatch: "If-Match alone counts", without: `${FIRST_COUNTS} counts` },
  body: { withIfMatch: "the one outside If-Match counts", without: `${FIRST_COUNTS} counts` },
  "both-must-hold": { withIfMatch: "all of them must be current", without: "all of them must be current" },
};

/** Says which token counts when several came. */
export const sayPrecedence: Sayer = (dimensions, place) => {
  if (!isTokenRead(dimensions, place) || tokenPlaces(dimensions).length < 2) return NOTHING;
  const { precedence } = dimensions.concurrency;
  const what = PRECEDENCE[precedence][readsIfMatch(dimensions) ? "withIfMatch" : "without"];
  return [`Where a write carries several, ${what}.`];
};

const TAGS: Readonly<Record<ConcurrencyPolicy["comparison"], string>> = {
  strong:
    "If-Match is compared strongly: a weak tag (W/) never passes, a list passes by any of its tags, and * passes for whatever is there.",
  weak: "If-Match is compared weakly: W/ makes no difference, a list passes by any of its tags, and * passes for whatever is there.",
  textual: "If-Match must be the ETag letter by letter: neither a list nor * ever passes.",
  sloppy: "If-Match is compared sloppily: quotes and W/ may be missing or wrong.",
};

const TYPED = "must have the type in which it was shown";

const MEMBERS: Readonly<Record<ConcurrencyPolicy["comparison"], string>> = {
  strong: TYPED,
  weak: TYPED,
  textual: TYPED,
  sloppy: "may be a number or a text",
};

function sayMembers({ concurrency: { comparison, readFrom } }: Dimensions): string | null {
  const kinds = (["body", "query"] as const).filter((kind) =>
    readFrom.some((source) => source.kind === kind),
  );
  return kinds.length === 0 ? null : `A version in the ${listed(kinds, "or")} ${MEMBERS[comparison]}.`;
}

function hasWeakTag({ concurrency: { validator } }: Dimensions): boolean {
  return validator.kind === "etag-weak" || ("etag" in validator && validator.etag === "weak");
}

/** Says how tokens are compared. */
export const sayComparison: Sayer = (dimensions, place) => {
  if (!isGuarded(dimensions, place)) return NOTHING;
  const { comparison } = dimensions.concurrency;
  const neverPasses = comparison === "strong" && hasWeakTag(dimensions) && readsIfMatch(dimensions);
  return paragraph(
    readsIfMatch(dimensions) ? TAGS[comparison] : null,
    neverPasses ? "The ETags of this server are weak themselves, so that only * passes." : null,
    sayMembers(dimensions),
  );
};

const HINT: Readonly<Record<ConcurrencyPolicy["stale"]["hint"], string>> = {
  none: "The refusal does not show the current token.",
  "current-token": "The refusal shows the current token.",
  "retry-after": "The refusal carries Retry-After: 1.",
};

/** A token that is no ETag is shown in the body, and an opaque body shows nothing. */
function hintOf({ concurrency: { stale, validator }, errors }: Dimensions): string {
  const isHidden = errors === "opaque" && "etag" in validator && validator.etag === "none";
  return HINT[stale.hint === "current-token" && isHidden ? "none" : stale.hint];
}

const REMEDY = "read again, make the change anew, and write with the new token";

const STALE: Readonly<
  Record<ConcurrencyPolicy["stale"]["outcome"], (dimensions: Dimensions) => readonly string[]>
> = {
  refuse: (dimensions) => {
    const gets = refusal(dimensions.concurrency.stale.status, dimensions);
    return paragraph(
      `A write with an outdated token gets ${gets} and changes nothing: ${REMEDY}.`,
      hintOf(dimensions),
    );
  },
  accepted: () => ["A write with an outdated token is accepted and overwrites what others wrote."],
  "200-with-error": (dimensions) =>
    paragraph(
      `A write with an outdated token gets 200 with the error in its body, and changes nothing: look into the body, then ${REMEDY}.`,
      hintOf(dimensions),
    ),
};

/** Says what a write with an outdated token gets. */
export const sayStale: Sayer = (dimensions, place) =>
  isTokenRead(dimensions, place) ? STALE[dimensions.concurrency.stale.outcome](dimensions) : NOTHING;

function absentWords(absent: AbsentPolicy, dimensions: Dimensions): string {
  return absent.kind === "accepted"
    ? "is accepted, whatever has changed meanwhile"
    : `gets ${refusal(absent.status, dimensions)}: read first`;
}

/** Says what a write without a token gets, where the resource exists. */
export const sayAbsent: Sayer = (dimensions, place) => {
  if (!isTokenRead(dimensions, place)) return NOTHING;
  const wordsOf = (method: Place["methods"][number]): string =>
    absentWords(dimensions.concurrency.absent[method], dimensions);
  return distinct(place.methods.map(wordsOf)).map((words) => {
    const methods = place.methods.filter((method) => wordsOf(method) === words);
    return `A ${listed(methods, "or")} without a token ${words}.`;
  });
};

function malformedTokens(dimensions: Dimensions): readonly string[] {
  const { comparison, readFrom, validator } = dimensions.concurrency;
  const isStrict = comparison === "strong" || comparison === "weak";
  const form = "form" in validator ? validator.form : "opaque";
  const inBody = readFrom.some(({ kind }) => kind === "body");
  const inQuery = readFrom.some(({ kind }) => kind === "query");
  return [
    ...(isStrict && readsIfMatch(dimensions) ? ["an If-Match that is neither * nor tags in quotes"] : []),
    ...(inBody && comparison === "sloppy" ? ["a version in the body that is neither number nor text"] : []),
    ...(inBody && comparison !== "sloppy" ? ["a version in the body of another type"] : []),
    ...(inQuery && comparison !== "sloppy" && form === "integer"
      ? ["a version in the query that is no number"]
      : []),
  ];
}

/** Says what a token gets that is none. */
export const sayMalformedToken: Sayer = (dimensions, place) => {
  const found = isTokenRead(dimensions, place) ? malformedTokens(dimensions) : [];
  if (found.length === 0) return NOTHING;
  const gets = refusal(dimensions.concurrency.malformed.status, dimensions);
  return [`A write with ${listed(found, "or")} gets ${gets}.`];
};

/** Says what If-None-Match does on a write. */
export const sayCreateOnly: Sayer = (dimensions, place) => {
  if (!hasToken(dimensions) || place.methods.length === 0) return NOTHING;
  const { createOnly } = dimensions.concurrency;
  if (createOnly === "ignored") return ["Nobody looks at If-None-Match on a write."];
  return [
    `If-None-Match: * on a write to something that exists gets ${refusal(createOnly, dimensions)}: nothing is overwritten.`,
  ];
};

/** Says whether several writers with one token can win. */
export const sayCheck: Sayer = (dimensions, place) => {
  if (!isGuarded(dimensions, place)) return NOTHING;
  const { check } = dimensions.concurrency;
  if (check.kind === "atomic")
    return ["Comparing and writing are one step: of several writers with one token one wins."];
  return [
    `A token is compared first and the write done ${formatDuration(check.windowMs)} later: several writers with one token may all be told that they won, and all but the last are overwritten.`,
  ];
};
