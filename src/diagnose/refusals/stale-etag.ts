import type { RefusalRule } from "../refusal.js";
import { judgeStale, moverWords, usedUpToken } from "./stale.js";

/** If-Match names a state that is no longer current. */
export const staleEtag: RefusalRule = {
  factors: ["token", "path"],
  holds: "enclosed",
  allows: usedUpToken,
  spoken: {
    codes: /invalidvers|conditionnotmet|update[._-]?wrong[._-]?version/,
    prose: /version.*(?:match|conflict)|etag|if-match|has been (?:modified|changed)|document update conflict/,
  },
  judge: (of) =>
    judgeStale(
      of,
      of.refused.sent.find(({ carrier }) => carrier === "if-match"),
    ),
  explain: ({ refused }, movedBy) =>
    `If-Match of ${refused.id} names a state of ${refused.resource} that was no longer current: ${moverWords(movedBy)}.`,
};
