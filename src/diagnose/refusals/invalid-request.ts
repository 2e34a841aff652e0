import { UNIQUE_MEMBER, uniqueValues } from "../in-vain/tries.js";
import {
  type Case,
  type Finding,
  fitting,
  impossible,
  type RefusalRule,
  shows,
  statusWeight,
} from "../refusal.js";
import { askedOf } from "../representation.js";
import type { Seen } from "../seen.js";
import { isOfAnotherForm } from "../token-story.js";
import type { SentToken } from "../tokens.js";
import { type Flaw, flawOf } from "./flaws.js";

const STATUS: Readonly<Record<number, number>> = {
  400: 3,
  422: 2,
  404: 4,
  405: 2,
  406: 6,
  411: 6,
  413: 9,
  414: 9,
  415: 9,
  409: -4,
  412: -6,
  423: -6,
  428: -6,
};
const NOT_FOUND = 404;
const CREATED = 201;
const NAMED_BY_OTHERS = new Set([401, 403, 409, 412, 417, 423, 425, 428, 429]);

/** What is gone may have an empty list of parts all the same. */
const EMPTY_LIST = /^\s*(?:\[\s*\]|\{\s*"(?:entities|items|results|Resources)"\s*:\s*\[\s*\])/;

/** True where it, or what it is a part of, was deleted before: an answer that shows it after that is behind. */
function wasDeleted({ refused, near }: Case): boolean {
  return near.some(
    (each) =>
      each.method === "DELETE" &&
      each.ending === "accepted" &&
      `${refused.path}/`.startsWith(`${each.path}/`) &&
      each.index < refused.index,
  );
}

/** An answer that shows that what the path names is there after all. */
function isThere(of: Case): Seen | undefined {
  const { refused, near } = of;
  if (wasDeleted(of)) return undefined;
  return near.find(
    (each) =>
      each.ending === "accepted" &&
      each.resource === refused.resource &&
      each.startMs >= refused.endMs &&
      each.status !== CREATED &&
      !EMPTY_LIST.test(each.exchange.response?.body ?? ""),
  );
}

/** Another body at the same operation, refused in the same way: then it is not what one of them says. */
function refusesOthers({ refused, near }: Case): boolean {
  return near.some(
    (each) =>
      each.ending === "refused" &&
      each.status === refused.status &&
      each.operation === refused.operation &&
      each.exchange.request.bodySha256 !== refused.exchange.request.bodySha256,
  );
}

/** A version of another form than those that were shown. */
function oddVersion(of: Case): SentToken | null {
  return of.refused.sent.find((each) => each.carrier !== "if-match" && isOfAnotherForm(of, each)) ?? null;
}

/** The same was taken under another name: then nothing else in it is wrong, and names of one form are alike. */
function passesRenamed({ refused, near }: Case): boolean {
  const names = uniqueValues(refused);
  if (names.length === 0) return false;
  const rest = withoutNames(refused);
  return near.some(
    (each) =>
      each.ending === "accepted" &&
      each.operation === refused.operation &&
      uniqueValues(each).length === names.length &&
      withoutNames(each) === rest,
  );
}

function withoutNames(seen: Seen): string {
  return JSON.stringify(Object.entries(askedOf(seen) ?? {}).filter(([name]) => !UNIQUE_MEMBER.test(name)));
}

/** What the request alone, or what was shown before it, tells to be wrong with it. */
function flawIn(of: Case): Flaw | null {
  const { refused } = of;
  if (!refused.writes) return null;
  const version = oddVersion(of);
  return version !== null
    ? { weight: 4, words: `its ${version.name} is ${version.raw}, and those that were shown are counts` }
    : flawOf(refused);
}

function judge(of: Case): Finding {
  const { refused } = of;
  if (NAMED_BY_OTHERS.has(refused.status ?? 0) && oddVersion(of) === null)
    return impossible(`${refused.status} is not what servers answer to a malformed request`);
  const there = refused.status === NOT_FOUND ? isThere(of) : undefined;
  if (there !== undefined) return impossible(`${there.id} shows that ${refused.resource} is there`);
  const flaw = flawIn(of);
  const sound = refused.writes && flaw === null && refused.status !== NOT_FOUND;
  return fitting(
    (flaw?.weight ?? 0) +
      (passesRenamed(of) ? -5 : 0) +
      (sound ? (refused.exchange.request.body === "" || refusesOthers(of) ? -4 : -2) : 0) +
      statusWeight(refused.status, STATUS, -4),
    flaw === null ? null : shows(refused, flaw.words),
    refused.status === NOT_FOUND ? shows(refused, "nothing is at this path (404)") : null,
  );
}

/** The request itself cannot be used: its body, a field, or what it is about. */
export const invalidRequest: RefusalRule = {
  factors: ["body", "operation"],
  // What is not there is not there at that path alone.
  factorsOf: (of) => {
    if (of.refused.status === NOT_FOUND) return ["body", "path", "operation", "resource"];
    return oddVersion(of) === null ? ["body", "operation"] : ["body", "operation", "token"];
  },
  holds: "after",
  spoken: {
    codes:
      /invalid[._-](?:value|date|json|schema|substitution)|invalidsyntax|invalidvalue|invalidpath|unsupported|notarget|mutability|too[._-]large/,
    prose:
      /unsupported|invalid (?:value|field)|required field|media type|must not be (?:empty|blank|null)|(?:can't|cannot) be (?:blank|empty|null)|is invalid|is not a valid/,
  },
  catchAll: ["syntax", "absence"],
  judge,
  explain: ({ refused }) =>
    refused.status === 404
      ? `There is nothing at ${refused.path}: the id is wrong, or what had it is gone.`
      : `The server cannot use ${refused.id} as it is: a field is missing, of the wrong type or of a wrong value.`,
};
