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
import { stateNear } from "./state.js";

const STATUS: Readonly<Record<number, number>> = { 423: 6, 409: 2, 400: -3, 412: -2, 422: -4 };
const PASSING =
  /^(?:dialing|alerting|contacting|offering|converting|uploading|transmitting|queued|scheduled|locked|processing|pending)$/;

function judge(of: Case): Finding {
  const { refused, near } = of;
  if (!refused.writes) return impossible(`${refused.id} is a read`);
  const { before, after } = stateNear(of, PASSING);
  const shown = before ?? after;
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
