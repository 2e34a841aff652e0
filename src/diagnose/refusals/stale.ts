import type { Mover } from "../../core/causes.js";
import type { Control } from "../controls.js";
import { type Case, type Finding, fitting, impossible, shows, statusWeight } from "../refusal.js";
import {
  isOfAnotherForm,
  overwrittenBy,
  refusedWhileCurrent,
  storedAsData,
  takenLater,
  tokenStory,
} from "../token-story.js";
import type { SentToken } from "../tokens.js";

const STATUS: Readonly<Record<number, number>> = {
  412: 3,
  409: 3,
  400: 1,
  428: 0,
  422: 0,
  200: 3,
  404: -2,
  417: -3,
  423: -4,
  425: -4,
};

/** RFC 9110, 8.8.3 and 13.1.1: one entity tag or a list of them. */
const ENTITY_TAGS = /^\s*(?:W\/)?"[^"]*"(?:\s*,\s*(?:W\/)?"[^"]*")*\s*$/;

const ANY = "*";

/** `*` holds wherever something is there. */
function judgeAny({ refused, book }: Case, status: number): Finding {
  const there = book
    .sameResource(refused)
    .find((each) => each.ending === "accepted" && each.shown.length > 0);
  return there === undefined
    ? { ...fitting(3 + status, shows(refused, "* holds only where something is there")), movedBy: "unknown" }
    : impossible(`${there.id} shows that ${refused.resource} is there, so * holds`);
}

const EXPLAINED_WEIGHT = 7;

/** What speaks against an outdated token though nothing shows it as current. */
function otherwiseExplained(of: Case, token: SentToken): number {
  const isExplained = refusedWhileCurrent(of, token) !== null || takenLater(of, token) !== null;
  return isExplained ? EXPLAINED_WEIGHT : 0;
}

/** Judges whether one token of the refused request was outdated. Pure. */
export function judgeStale(of: Case, token: SentToken | undefined): Finding {
  const { refused } = of;
  if (token === undefined) return impossible(`${refused.id} carries no such token`);
  const story = tokenStory(of, token);
  // What a server gave out itself is its token: only of what it never showed may it be the client's own.
  const data = story.seenIn === null ? storedAsData(of, token) : null;
  if (data !== null)
    return impossible(
      `${data.id} was accepted with a ${token.name} of its own, which is shown since: it is data`,
    );
  const { movedIn, unmovedIn, seenIn, movedBy } = story;
  if (unmovedIn !== null) {
    const isVery = unmovedIn.shown.some(({ text }) => token.texts.includes(text));
    const what = isVery ? "the very token" : "but for a suffix the token";
    return impossible(
      `${unmovedIn.id} shows ${what} that ${refused.id} carried as current after the refusal`,
    );
  }
  const isCounter = token.texts.every((text) => /^\d{1,6}$/.test(text));
  // An entity tag is of its URL. A version in a body is compared with the current one, whosever it was.
  if (story.issuedFor !== null && !isCounter && token.carrier === "if-match") {
    return impossible(`${story.issuedFor.id} shows that the token is of ${story.issuedFor.made}`);
  }
  const status = statusWeight(refused.status, STATUS) - otherwiseExplained(of, token);
  if (token.raw.trim() === ANY) return judgeAny(of, status);
  // A suffix that no answer shows is a flaw of its own: who carries one need not be outdated as well.
  const isDisguised =
    seenIn !== null &&
    !seenIn.shown.some(({ text }) => token.texts.includes(text)) &&
    seenIn.shown.length > 0;
  const isOdd =
    token.carrier === "if-match" ? !ENTITY_TAGS.test(token.raw) || isDisguised : isOfAnotherForm(of, token);
  const write = overwrittenBy(of, story);
  if (movedIn !== null || write !== null) {
    return {
      ...fitting(
        (isOdd && (seenIn === null || isDisguised) ? 1 : 7) + status,
        movedIn === null ? null : shows(movedIn, `another token is current: ${tokenText(movedIn)}`),
        seenIn === null
          ? null
          : shows(seenIn, `showed the token ${token.raw}${isDisguised ? " without its suffix" : ""}`),
        write === null ? null : shows(write, "a write in between was accepted"),
      ),
      movedBy,
    };
  }
  const missing = ["a read of the resource after the refusal"];
  if (story.issuedFor !== null) return { ...fitting(2 + status), movedBy: "unknown", missing };
  const neverShown = seenIn === null;
  return {
    ...fitting(
      (isOdd ? 0 : neverShown ? 3 : 2) + status,
      neverShown ? shows(refused, `no answer here shows the token ${token.raw}`) : null,
    ),
    movedBy: "unknown",
    missing,
  };
}

/** True of a write before the refusal that was accepted with the very token: it used it up, and so explains the refusal. Pure. */
export function usedUpToken({ refused }: Case, { seen, after }: Control): boolean {
  if (after || !seen.writes || seen.resource !== refused.resource) return false;
  return refused.sent.some(({ texts }) =>
    seen.sent.some((token) => token.texts.some((text) => texts.includes(text))),
  );
}

function tokenText({ shown }: Case["refused"]): string {
  return [...new Set(shown.map(({ text }) => text))].join(", ");
}

const BY: Readonly<Record<Mover, string>> = {
  "own-write": "an earlier write of the same client moved it",
  "other-writer": "another writer moved it in between",
  "not-ours":
    "something that is not among these exchanges moved it: the platform itself or a client that was not recorded",
  unknown: "what moved it is not known",
};

/** Who moved it, in words. Pure. */
export function moverWords(movedBy: Mover | null): string {
  return BY[movedBy ?? "unknown"];
}
