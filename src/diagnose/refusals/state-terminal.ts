import {
  type Case,
  type Finding,
  fitting,
  impossible,
  type RefusalRule,
  shows,
  statusWeight,
} from "../refusal.js";
import { ENDED_STATE, refusedLongApart, statelessWeight, stateStory, UNTOLD_WEIGHT } from "./state.js";

const STATUS: Readonly<Record<number, number>> = { 409: 2, 410: 6, 400: -1, 412: -2, 422: -2, 423: 0 };

function judge(of: Case): Finding {
  const { refused } = of;
  if (!refused.writes) return impossible(`${refused.id} is a read`);
  const { shown, otherwise, untold } = stateStory(of, ENDED_STATE);
  if (otherwise !== null) return impossible(`${otherwise.id} shows no state that ends it`);
  const again = refusedLongApart(of);
  return fitting(
    (shown === null ? -2 + statelessWeight(of) : 12) +
      (untold ? UNTOLD_WEIGHT : 0) +
      Math.min(again, 2) +
      statusWeight(refused.status, STATUS),
    shown === null ? null : shows(shown, "shows that the resource has ended"),
  );
}

/** The resource has ended; no write will ever be taken again. */
export const stateTerminal: RefusalRule = {
  factors: ["resource"],
  holds: "after",
  spoken: {
    codes: /disconnected|terminated|already[._-](?:ended|closed|triggered)/,
    prose: /disconnected|terminated|has ended|is closed|already (?:ended|closed)/,
  },
  catchAll: ["state"],
  judge,
  explain: ({ refused }) => `${refused.resource} has ended, and the server takes no more writes for it.`,
};
