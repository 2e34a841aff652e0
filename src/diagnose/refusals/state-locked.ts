import { isSameRequest } from "../controls.js";
import {
  type Case,
  type Finding,
  fitting,
  impossible,
  type RefusalRule,
  shows,
  statusWeight,
} from "../refusal.js";
import type { Seen } from "../seen.js";
import { stateNear, statesIn } from "./state.js";

const STATUS: Readonly<Record<number, number>> = { 423: 6, 409: 2, 400: -3, 412: -2, 422: -4 };
const SOON_MS = 1_000;
const PASSING =
  /^(?:dialing|alerting|contacting|offering|converting|uploading|transmitting|queued|scheduled|locked|processing|pending)$/;

/** A read right after the refusal that tells the thing's state, and it is none in which servers lock. */
function freeAround({ refused, book }: Case): Seen | null {
  const next = book
    .sameResource(refused)
    .find((each) => !each.writes && each.ending === "accepted" && each.startMs >= refused.endMs);
  if (next === undefined || next.startMs - refused.endMs > SOON_MS) return null;
  return statesIn(next).length > 0 ? next : null;
}

function judge(of: Case): Finding {
  const { refused, near } = of;
  if (!refused.writes) return impossible(`${refused.id} is a read`);
  const { before, after } = stateNear(of, PASSING);
  const shown = before ?? after;
  const free = shown === null ? freeAround(of) : null;
  if (free !== null) return impossible(`${free.id} shows a state in which nothing is locked`);
  const passed = near.find(
    (each) => each.startMs >= refused.endMs && each.ending === "accepted" && isSameRequest(each, refused),
  );
  // What passed after somebody wrote something else did not pass "with nothing changed".
  const meddled =
    passed !== undefined &&
    near.some(
      (each) =>
        each.writes &&
        each.ending === "accepted" &&
        each.startMs >= refused.endMs &&
        each.endMs <= passed.startMs,
    );
  return fitting(
    (shown === null ? -1 : 4) +
      (passed === undefined ? 0 : meddled ? 1 : 4) +
      (refused.method === "DELETE" && shown === null ? -2 : 0) +
      statusWeight(refused.status, STATUS),
    shown === null ? null : shows(shown, "shows a state in which servers lock a resource"),
    passed === undefined ? null : shows(passed, "the same request later, with nothing changed, was accepted"),
  );
}

/** The resource is in a state in which it may not be written; that passes. */
export const stateLocked: RefusalRule = {
  factors: ["resource"],
  holds: "enclosed",
  spoken: { codes: /\blocked?\b|lock[._-]/, prose: /\blocked\b|being (?:edited|modified) by/ },
  judge,
  explain: ({ refused }) =>
    `${refused.resource} was in a state in which the server takes no writes (locked). That clears by itself.`,
};
