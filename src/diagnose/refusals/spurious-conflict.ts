import { isConflictStatus } from "../../core/http.js";
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
import { takenLater, tokenStory } from "../token-story.js";
import { unchangedWords } from "../unnamed-key.js";
import { freedBy, isPromptlyFreed } from "./freed.js";
import { ENDED_STATE, PASSING_STATE, stateStory } from "./state.js";

const ALSO = new Set([400, 422]);
const STATUS: Readonly<Record<number, number>> = { 400: -2, 422: -2, 423: -3, 425: -3, 428: -5 };

const LOCKED = 423;
/** What a state in which servers take no writes weighs against chance, where the same was refused once only. */
const SHOWN_STATE = 6;

function judge(of: Case): Finding {
  const { refused } = of;
  const conflict =
    refused.status !== null &&
    (isConflictStatus(refused.status) || ALSO.has(refused.status) || refused.status < 300);
  if (!refused.writes || !conflict) return impossible(`${refused.id} was not refused as a conflict`);
  const stories = refused.sent.filter(({ raw }) => raw !== "*").map((token) => tokenStory(of, token));
  const moved = stories.find(({ movedIn }) => movedIn !== null)?.movedIn;
  if (moved != null) return impossible(`${moved.id} shows that the token had moved`);
  const still = stories.find(({ unmovedIn }) => unmovedIn !== null);
  // It is the residual: where a state shows a lock, or another write set the request free, that explains it.
  const again = of.repeats.filter(({ ending }) => ending === "refused").length;
  const locked = stateStory(of, PASSING_STATE).shown;
  if (locked !== null && (refused.status === LOCKED || again > 0))
    return impossible(`${locked.id} shows a state in which servers lock a resource`);
  const { passed, by } = freedBy(of);
  const ended = stateStory(of, ENDED_STATE).shown;
  if (ended !== null && passed === null && again > 0)
    return impossible(`${ended.id} shows that the resource has ended`);
  const [running] = passesBesides(of);
  if (running !== undefined)
    return impossible(`${running.id} passed while the first request with this key was still running`);
  if (by !== null && isPromptlyFreed(of))
    return impossible(`the same request passed as soon as ${by.id} was done`);
  // A weak validator, or one of another part, is a rival that explains it: what is left over is less likely.
  const weak =
    refused.sent.some(({ raw }) => raw.includes("W/")) ||
    still?.seenIn?.shown.some(({ weak: is }) => is) === true;
  const known = stories.find(({ seenIn }) => seenIn !== null);
  const beside = stories.some(({ shownBeside }) => shownBeside !== null);
  const kept =
    still ??
    (known !== undefined && passed !== null && takenLater(of, known.token) === passed ? known : undefined);
  const base = kept === undefined ? (known === undefined ? -2 : 0) : kept.seenIn === null ? 4 : 6;
  return fitting(
    base +
      statusWeight(refused.status, STATUS, 0) -
      (weak || beside ? 5 : 0) -
      // What comes by chance seldom comes to the same request again and again.
      Math.min(again, 2) -
      (locked === null && (ended === null || passed !== null) ? 0 : SHOWN_STATE) +
      (passed === null ? 0 : 2),
    still?.unmovedIn == null ? null : shows(still.unmovedIn, "the token was current after the refusal"),
    still?.seenIn == null ? null : shows(still.seenIn, "and before it"),
    passed === null ? null : shows(passed, `the same request, ${unchangedWords(of)}, was accepted later`),
  );
}

/** The residual: refused as a conflict although nothing had changed. */
export const spuriousConflict: RefusalRule = {
  factors: [],
  holds: "passing",
  spoken: { prose: /version.*match/ },
  catchAll: ["state"],
  judge,
  explain: ({ refused }) =>
    `${refused.id} was refused as a conflict although nothing had changed: what it named was current before and after, and no other rule fits.`,
};
