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

const STATUS: Readonly<Record<number, number>> = { 200: 3, 412: 3, 409: 3, 400: 1, 422: 0 };

function judge(of: Case): Finding {
  const { refused } = of;
  const [token] = refused.sent;
  const stories = refused.sent.map((each) => tokenStory(of, each));
  if (token === undefined) return impossible(`${refused.id} carries no token`);
  const foreign = stories.find(({ issuedFor }) => issuedFor !== null);
  if (foreign?.issuedFor == null)
    return impossible("the token that was sent was shown for this resource, or nowhere here");
  // Plain counters are alike for everything: the 2 of one resource says nothing of another's.
  const counter = foreign.token.texts.every((text) => /^\d{1,6}$/.test(text));
  return fitting(
    (counter ? -2 : 8) + statusWeight(refused.status, STATUS),
    shows(foreign.issuedFor, `showed the token ${foreign.token.raw} for ${foreign.issuedFor.made}`),
  );
}

/** The token was issued for another URL. */
export const etagOtherResource: RefusalRule = {
  factors: ["token", "resource"],
  holds: "after",
  spoken: { codes: /invalidvers/, prose: /version.*match|etag/ },
  judge,
  explain: ({ refused }) =>
    `The token in ${refused.id} was issued for another resource than ${refused.resource}.`,
};
