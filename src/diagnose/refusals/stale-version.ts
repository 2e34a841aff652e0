import { type Case, type Finding, fitting, impossible, type RefusalRule, shows } from "../refusal.js";
import { speaks } from "../words.js";
import { createOnlyIn } from "./create-only.js";
import { judgeStale, moverWords, usedUpToken } from "./stale.js";

const SPOKEN = {
  codes:
    /version|conflict_?engine|wrong[._-]?version|invalidvers|conditionnotmet|conditionalcheckfailed|optimistic|stale/,
  prose:
    /version.*(?:match|conflict|current)|(?:match|conflict|current).*version|(?:has been|was) (?:modified|changed)|document update conflict|concurrent \w* ?(?:changes|modification|update)|optimistic lock|by another transaction|\bstale (?:object|record|data|entity|state)/,
};

/** What is asked for is not what is outdated. */
const DEMAND =
  /which version|(?:must|requires?|needs? to) (?:be sent with |say |have |include |carry |supply |specify |contain )?(?:a |its |the )?(?:current )?version|version \w* ?(?:is |was )?(?:required|missing)/;

/** CouchDB says the same whether an outdated revision came or none, and wants one with every change. */
const OF_NONE_TOO = /document update conflict/;

/** A server may keep a version of its own that no request carries: only its words tell. */
function judgeWithoutToken(of: Case): Finding {
  const { refused, book } = of;
  if (!refused.writes || refused.sent.length > 0) return impossible(`${refused.id} carries no version`);
  if (createOnlyIn(refused) !== null) return impossible(`${refused.id} asks that nothing be there yet`);
  const { codes, prose } = refused.words ?? { codes: "", prose: "" };
  if (DEMAND.test(prose)) return impossible(`${refused.id} carries no version, and the answer asks for one`);
  const isSaid = /version/.test(prose) || (speaks(SPOKEN, refused.words) && !/version/.test(codes));
  // In a POST of several documents revisions lie deeper than a request's own.
  const isNone = OF_NONE_TOO.test(prose) && refused.method !== "POST";
  if (!isSaid || isNone) return impossible(`${refused.id} carries no version and the answer speaks of none`);
  const write = book
    .sameResource(refused)
    .findLast((each) => each.index < refused.index && each.writes && each.ending === "accepted");
  return {
    onlyTold: true,
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
  // What no token carries may lie in the body, as DynamoDB's conditions do.
  factorsOf: ({ refused }) => (refused.sent.length === 0 ? ["token", "body", "path"] : ["token", "path"]),
  holds: "enclosed",
  allows: usedUpToken,
  spoken: SPOKEN,
  judge: (of) => {
    const token = of.refused.sent.find(({ carrier }) => carrier !== "if-match");
    return token === undefined ? judgeWithoutToken(of) : judgeStale(of, token);
  },
  explain: ({ refused }, movedBy) =>
    refused.sent.length === 0
      ? `The server says that ${refused.resource} was no longer what ${refused.id} goes by, though the request carries no version that gcidem knows: ${moverWords(movedBy)}.`
      : `The version in ${refused.id} is not the one that the server has for ${refused.resource}: ${moverWords(movedBy)}.`,
};
