import {
  type Case,
  type Finding,
  fitting,
  impossible,
  type RefusalRule,
  shows,
  statusWeight,
} from "../refusal.js";
import { tokenStory } from "../token-story.js";

const STATUS: Readonly<Record<number, number>> = { 200: 3, 412: 3, 409: 2, 400: 1 };

function judge(of: Case): Finding {
  const { refused } = of;
  const token = refused.sent.find(({ carrier }) => carrier === "if-match");
  if (token === undefined) return impossible(`${refused.id} carries no If-Match`);
  const { seenIn, movedIn, unmovedIn } = tokenStory(of, token);
  const shownWeak = seenIn?.shown.some(({ weak, carrier }) => weak && carrier === "etag") === true;
  const sentWeak = /(?:^|,)\s*W\//.test(token.raw);
  if (!sentWeak && !shownWeak)
    return impossible(`If-Match of ${refused.id} is not weak, and no weak ETag was shown`);
  if (movedIn !== null) return { ...fitting(0), evidence: [] };
  return fitting(
    (unmovedIn === null ? 4 : 8) + (seenIn === null ? -2 : 1) + statusWeight(refused.status, STATUS),
    shows(
      refused,
      `If-Match is ${token.raw}; ${sentWeak ? "W/ marks a weak validator" : "the server's own ETag is weak"}`,
    ),
    unmovedIn === null ? null : shows(unmovedIn, "shows that nothing had moved"),
  );
}

/** A weak validator fails a strong comparison though nothing moved. */
export const etagWeak: RefusalRule = {
  factors: ["token", "path"],
  holds: "after",
  spoken: { codes: /invalidvers/, prose: /weak|version.*match/ },
  judge,
  explain: ({ refused }) =>
    `If-Match of ${refused.id} is compared strongly (RFC 9110, 8.8.3.2), and a weak validator (W/) never equals anything then, not even itself.`,
};
