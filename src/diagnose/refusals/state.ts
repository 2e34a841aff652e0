import type { Case } from "../refusal.js";
import type { Seen } from "../seen.js";
import type { StateSights, StateStory } from "../stories.js";
import { tokenStory } from "../token-story.js";
import { jsonOf } from "../words.js";

/** States in which servers take no writes for a while. */
export const PASSING_STATE: RegExp =
  /^(?:dialing|alerting|contacting|offering|converting|uploading|transmitting|queued|scheduled|locked|processing|pending)$/;
/** States that nothing leaves. */
export const ENDED_STATE: RegExp =
  /^(?:disconnected|terminated|ended|closed|completed|cancelled|canceled|deleted|archived|done)$/;

/** A read this soon after a refusal tells how things stood at it. */
const SOON_MS = 1_000;

const LIST = /^\s*(?:\[|\{\s*"(?:entities|items|results|Resources)"\s*:\s*\[)/;

/** Most bodies tell of no state: a search for the name costs a tenth of one for the member. */
function mayTellState(text: string): boolean {
  return text.includes('"stat') && (text.includes('"state"') || text.includes('"status"'));
}

/** Words of the state of a resource in an answer or in a request. Pure. */
function statesIn(seen: Seen): readonly string[] {
  seen.kept.states ??= readStates(seen);
  return seen.kept.states;
}

const NO_STATES: readonly string[] = [];

function readStates({ exchange }: Seen): readonly string[] {
  const answer = exchange.response?.body ?? "";
  if (!mayTellState(answer) && !mayTellState(exchange.request.body)) return NO_STATES;
  // A list tells the states of others.
  const texts = [LIST.test(answer) ? "" : answer, exchange.request.body];
  return texts
    .filter(mayTellState)
    .flatMap((text) =>
      [...text.matchAll(/"(?:state|status)"\s*:\s*"([^"]{1,40})"/g)].map(([, word = ""]) =>
        word.toLowerCase(),
      ),
    );
}

/** True where an answer or a request tells a state. */
function tellsState(seen: Seen): boolean {
  return statesIn(seen).length > 0;
}

function isIn(seen: Seen | null, states: RegExp): boolean {
  return seen !== null && statesIn(seen).some((word) => states.test(word));
}

/** Another thing, or part of one, whose writes are refused in the same way: then it is not the state of this one. */
function isRefusedElsewhere({ refused, book }: Case): boolean {
  return book
    .around(refused)
    .some(
      ({ writes, ending, status, resource, key, sentText }) =>
        writes &&
        ending === "refused" &&
        status === refused.status &&
        resource !== refused.resource &&
        sentText === refused.sentText &&
        (key === null) === (refused.key === null),
    );
}

/** What shows no state hardly has one. */
export const UNTOLD_WEIGHT = -3;

/** Resources that live through states; of others, or of several at once, a state that nothing shows is unlikely. Pure. */
export function statelessWeight(of: Case): number {
  return (of.refused.resource.startsWith("conversation:") ? 0 : -2) - (isRefusedElsewhere(of) ? 2 : 0);
}

/** What is still refused after so long does not clear by itself. */
const LONG_MS = 60_000;

/** How often the very same request was refused long before or after. Pure. */
export function refusedLongApart({ refused, repeats }: Case): number {
  return repeats.filter(
    ({ ending, startMs }) => ending === "refused" && Math.abs(startMs - refused.startMs) > LONG_MS,
  ).length;
}

function isObject({ exchange }: Seen): boolean {
  const body = exchange.response === null ? undefined : jsonOf(exchange.response);
  return typeof body === "object" && body !== null && !Array.isArray(body);
}

/** True where the token had moved, and the same did not pass later all the same: that explains the refusal. */
function isMoved(of: Case): boolean {
  const { refused, repeats } = of;
  if (repeats.some(({ ending, startMs }) => ending === "accepted" && startMs >= refused.endMs)) return false;
  return refused.sent.some((token) => tokenStory(of, token).movedIn !== null);
}

/** Looks for a state near the refusal. Pure. */
export function stateStory(of: Case, states: RegExp): StateStory {
  of.kept.sights ??= sightsOf(of);
  const { before, after, next } = of.kept.sights;
  const shown = isIn(before, states) ? before : isIn(after, states) ? after : null;
  // A server may lock or end a thing without a word of it in what it shows: a read that tells no state rules that out only
  // where it is not needed to explain the refusal.
  const other = shown === null && next !== null && !isIn(next, states) ? next : null;
  const isTold = other !== null && (tellsState(other) || isMoved(of));
  return { shown, otherwise: isTold ? other : null, untold: other !== null && !isTold };
}

function sightsOf({ refused, book }: Case): StateSights {
  const about = book.sameResource(refused).filter((each) => each !== refused && each.ending === "accepted");
  const before = about.findLast((each) => each.index < refused.index && tellsState(each)) ?? null;
  const after = about.find((each) => each.startMs >= refused.endMs && tellsState(each)) ?? null;
  const next = about.find((each) => !each.writes && each.startMs >= refused.endMs && isObject(each));
  const isSoon = next !== undefined && next.startMs - refused.endMs <= SOON_MS;
  return { before, after, next: isSoon ? next : null };
}
