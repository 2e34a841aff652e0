import type { RefusalRule } from "../refusal.js";
import { judgeStale, moverWords, usedUpToken } from "./stale.js";
import { judgeUnmodified, unmodifiedSince } from "./unmodified-since.js";

/** If-Match, or a date in its place, names a state that is no longer current. */
export const staleEtag: RefusalRule = {
  factors: ["token", "path"],
  holds: "enclosed",
  allows: usedUpToken,
  spoken: {
    codes: /invalidvers|conditionnotmet|update[._-]?wrong[._-]?version/,
    prose: /version.*(?:match|conflict)|etag|if-match|has been (?:modified|changed)|document update conflict/,
  },
  judge: (of) => {
    const date = unmodifiedSince(of.refused);
    const token = of.refused.sent.find(({ carrier }) => carrier === "if-match");
    return token === undefined && date !== null ? judgeUnmodified(of, date) : judgeStale(of, token);
  },
  explain: ({ refused }, movedBy) =>
    `${unmodifiedSince(refused) === null ? "If-Match" : "If-Unmodified-Since"} of ${refused.id} names a state of ${refused.resource} that was no longer current: ${moverWords(movedBy)}.`,
};
