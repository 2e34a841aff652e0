import { isConflictStatus } from "../../core/http.js";
import { isSameRequest } from "../controls.js";
import { type Case, type Finding, fitting, impossible, type RefusalRule, shows } from "../refusal.js";
import { tokenStory } from "../token-story.js";

const ALSO = new Set([400, 422]);

function judge(of: Case): Finding {
  const { refused, near } = of;
  const conflict =
    refused.status !== null &&
    (isConflictStatus(refused.status) || ALSO.has(refused.status) || refused.status < 300);
  if (!refused.writes || !conflict) return impossible(`${refused.id} was not refused as a conflict`);
  const stories = refused.sent.map((token) => tokenStory(of, token));
  const moved = stories.find(({ movedIn }) => movedIn !== null)?.movedIn;
  if (moved != null) return impossible(`${moved.id} shows that the token had moved`);
  const still = stories.find(({ unmovedIn }) => unmovedIn !== null);
  const passed = near.find(
    (each) => each.startMs >= refused.endMs && each.ending === "accepted" && isSameRequest(each, refused),
  );
  const base = still === undefined ? -2 : still.seenIn === null ? 4 : 6;
  return fitting(
    base + (passed === undefined ? 0 : 2),
    still?.unmovedIn == null ? null : shows(still.unmovedIn, "the token was current after the refusal"),
    still?.seenIn == null ? null : shows(still.seenIn, "and before it"),
    passed === undefined ? null : shows(passed, "the same request, unchanged, was accepted later"),
  );
}

/** The residual: refused as a conflict although nothing had changed. */
export const spuriousConflict: RefusalRule = {
  factors: [],
  holds: "enclosed",
  spoken: { codes: /precondition[._-]failed/, prose: /version.*match/ },
  judge,
  explain: ({ refused }) =>
    `${refused.id} was refused as a conflict although nothing had changed: what it named was current before and after, and no other rule fits.`,
};
