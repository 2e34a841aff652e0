import { type Case, type Finding, fitting, impossible, type RefusalRule, shows } from "../refusal.js";
import { judgeStale, moverWords } from "./stale.js";

const SPOKEN = {
  codes: /version|conflict_?engine|wrong[._-]?version|invalidvers/,
  prose:
    /version.*(?:match|conflict|current)|(?:match|conflict|current).*version|(?:has been|was) (?:modified|changed)|document update conflict/,
};

/** A server may keep a version of its own that no request carries: only its words tell. */
function judgeWithoutToken(of: Case): Finding {
  const { refused, book } = of;
  if (!refused.writes || refused.sent.length > 0) return impossible(`${refused.id} carries no version`);
  const prose = refused.words?.prose ?? "";
  if (!/version/.test(prose) && !SPOKEN.prose.test(prose))
    return impossible(`${refused.id} carries no version and the answer speaks of none`);
  const write = book
    .sameResource(refused)
    .findLast((each) => each.index < refused.index && each.writes && each.ending === "accepted");
  return {
    ...fitting(
      4,
      shows(
        refused,
        "the answer speaks of a version, though the request carries none: the server compares its own read",
      ),
      write === undefined ? null : shows(write, "a write shortly before"),
    ),
    movedBy:
      write === undefined ? "unknown" : write.principal === refused.principal ? "own-write" : "other-writer",
  };
}

/** The version in the body or query is not the current one. */
export const staleVersion: RefusalRule = {
  factors: ["token", "path"],
  holds: "enclosed",
  spoken: SPOKEN,
  judge: (of) => {
    const token = of.refused.sent.find(({ carrier }) => carrier !== "if-match");
    return token === undefined ? judgeWithoutToken(of) : judgeStale(of, token);
  },
  explain: ({ refused }, movedBy) =>
    `The version in ${refused.id} is not the one that the server has for ${refused.resource}: ${moverWords(movedBy)}.`,
};
