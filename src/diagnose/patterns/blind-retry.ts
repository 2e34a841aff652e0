import { sendsSameToken } from "../controls.js";
import {
  counted,
  evidenceOf,
  grouped,
  isStale,
  type PatternFinding,
  type PatternRule,
  REFUSED,
  staleness,
} from "../pattern.js";
import type { Seen } from "../seen.js";

/** A request that was refused for its token, sent again with that token. */
export const blindRetry: PatternRule = ({ book }, refusals) => {
  const refused = book.refused.filter((seen) => isStale(seen, refusals));
  const tokenOf = ({ method, path, sent }: Seen): string =>
    `${method} ${path} ${sent.map(({ raw }) => raw).join(" ")}`;
  return grouped(refused, tokenOf).flatMap((same): readonly PatternFinding[] => {
    const [first] = same;
    if (first === undefined) return [];
    const again = book
      .sameResource(first)
      .filter(
        (each) =>
          each.index > first.index &&
          each.method === first.method &&
          each.path === first.path &&
          each.startMs >= first.endMs &&
          each.ending !== "accepted" &&
          each.exchange.writer === first.exchange.writer &&
          each.principal === first.principal &&
          sendsSameToken(each, first),
      );
    const [retry] = again;
    const certainty = staleness(first, refusals);
    if (retry === undefined || certainty === null) return [];
    return [
      {
        seen: retry,
        certainty,
        evidence: evidenceOf([
          [first, `${REFUSED[certainty]} for its token`],
          ...again.map((each): [Seen, string] => [each, "the same token again"]),
        ]),
        explanation: `${first.id} ${REFUSED[certainty]} for an outdated token, and ${counted(again.length, "request")} with the same token followed: what was refused once stays refused until somebody reads again.`,
      },
    ];
  });
};
