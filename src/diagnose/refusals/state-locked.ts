import type { Control } from "../controls.js";
import { passesBesides } from "../key-story.js";
import {
  type Case,
  type Finding,
  fitting,
  impossible,
  type RefusalRule,
  shows,
  statusWeight,
} from "../refusal.js";
import { unchangedWords } from "../unnamed-key.js";
import { type Spoken, speaks } from "../words.js";
import { isAlwaysRefused } from "./caller.js";
import { type Freed, freedBy, isPromptlyFreed } from "./freed.js";
import { PASSING_STATE, refusedLongApart, statelessWeight, stateStory, UNTOLD_WEIGHT } from "./state.js";

const STATUS: Readonly<Record<number, number>> = { 423: 6, 409: 2, 400: -4, 412: -2, 422: -4 };

/** What passes this soon hardly met a lock: one that nothing shows and that cleared by then is possible, and no more. */
const AT_ONCE_MS = 1_000;
const AT_ONCE_WEIGHT = -4;

function passesUnderAnotherKey({ refused, controls }: Case): boolean {
  return controls.some(
    ({ seen, differsIn, after }) =>
      after && differsIn.size === 1 && differsIn.has("key") && seen.startMs - refused.endMs < AT_ONCE_MS,
  );
}

/** What the same request, accepted later with nothing changed, tells of a lock. */
function passedWeight({ refused }: Case, { passed, by }: Freed, untold: boolean): number {
  if (passed === null) return 0;
  if (untold && passed.startMs - refused.endMs < AT_ONCE_MS) return AT_ONCE_WEIGHT;
  return by === null ? 4 : 1;
}

const SPOKEN: Spoken = {
  codes: /\blocked?\b|lock[._-]|lease/,
  prose: /\blocked\b|being (?:edited|modified) by|checked out by|\blease on\b/,
};

/** As much as the same tells of a permission. */
const HELD_WEIGHT = 6;

/** Whoever holds a lock is let in. Where the server speaks of one, that somebody else passed says nothing against it. */
function mayHoldIt({ refused }: Case, { differsIn }: Control): boolean {
  return differsIn.has("principal") && speaks(SPOKEN, refused.words);
}

function judge(of: Case): Finding {
  const { refused } = of;
  if (!refused.writes) return impossible(`${refused.id} is a read`);
  const { shown, otherwise, untold } = stateStory(of, PASSING_STATE);
  if (otherwise !== null) return impossible(`${otherwise.id} shows no state that locks it`);
  const [besides] = shown === null ? passesBesides(of) : [];
  if (besides !== undefined)
    return impossible(`${besides.id} passed while the first request with this key was still running`);
  const freed = freedBy(of);
  const { passed, by } = freed;
  if (by !== null && shown === null && isPromptlyFreed(of)) {
    return impossible(`the same request passed as soon as ${by.id} was done`);
  }
  const holder = of.controls.find((each) => mayHoldIt(of, each))?.seen;
  return fitting(
    (refusedLongApart(of) > 0 ? -3 : 0) +
      (untold ? UNTOLD_WEIGHT : 0) +
      (shown === null ? statelessWeight(of) - (isAlwaysRefused(of) ? 1 : 0) : 4) +
      passedWeight(of, freed, untold) +
      (passesUnderAnotherKey(of) ? -3 : 0) +
      (holder === undefined ? 0 : HELD_WEIGHT) +
      (refused.method === "DELETE" && shown === null ? -2 : 0) +
      statusWeight(refused.status, STATUS),
    shown === null ? null : shows(shown, "shows a state in which servers lock a resource"),
    holder === undefined ? null : shows(holder, "another caller was let through, who may hold the lock"),
    passed === null ? null : shows(passed, `the same request, ${unchangedWords(of)}, was accepted later`),
  );
}

/** Whatever passed later than that after the first refusal under a key need not have passed when that came. */
const PROMPT_MS = 1_000;

/**
 * True where a state that passes was shown, and the request under another key came once it may have passed: a server that
 * keeps its refusals under their keys gives the first one again all the same.
 */
function mayHavePassed(of: Case, { seen, differsIn }: Control): boolean {
  const { refused, book } = of;
  if (refused.key === null || !differsIn.has("key") || stateStory(of, PASSING_STATE).shown === null)
    return false;
  const first = book.sameKey(refused).find(({ ending }) => ending === "refused") ?? refused;
  if (first.status !== refused.status) return false;
  return seen.startMs - first.endMs > PROMPT_MS;
}

/** The resource is in a state in which it may not be written; that passes. */
export const stateLocked: RefusalRule = {
  factors: ["resource"],
  holds: "passing",
  allows: (of, control) => mayHavePassed(of, control) || mayHoldIt(of, control),
  spoken: SPOKEN,
  judge,
  explain: ({ refused }) =>
    `${refused.resource} was in a state in which the server takes no writes (locked). That clears by itself.`,
};
