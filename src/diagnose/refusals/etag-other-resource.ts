import {
  type Case,
  type Finding,
  fitting,
  impossible,
  type RefusalRule,
  shows,
  statusWeight,
} from "../refusal.js";
import type { TokenStory } from "../stories.js";
import { tokenStory } from "../token-story.js";
import type { SentToken } from "../tokens.js";

/** Plain counters are alike for everything: the 2 of one resource says nothing of another's. */
function isCounter({ texts }: SentToken): boolean {
  return texts.every((text) => /^\d{1,6}$/.test(text));
}

/** What a POST makes has no token yet: where nothing here shows one, one that is sent can only be another thing's. */
function hasNoToken({ refused, book }: Case): boolean {
  return refused.method === "POST" && !book.sameResource(refused).some(({ shown }) => shown.length > 0);
}

const STATUS: Readonly<Record<number, number>> = { 200: 3, 412: 3, 409: 3, 400: 1, 422: 0 };

/**
 * A part of a thing may have tokens of its own: that of the whole, or of another part, is none of them. Servers that go by
 * one token for all are as likely, until the token turns out to be current.
 */
function judgeBeside(of: Case, { token, shownBeside, unmovedIn }: TokenStory): Finding | null {
  if (shownBeside === null || token.carrier !== "if-match" || isCounter(token)) return null;
  return fitting(
    (unmovedIn === null ? 6 : 7) + statusWeight(of.refused.status, STATUS),
    shows(shownBeside, `showed the token ${token.raw} for ${shownBeside.path}`),
    unmovedIn === null ? null : shows(unmovedIn, "it was current there after the refusal"),
  );
}

function judge(of: Case): Finding {
  const { refused } = of;
  const [token] = refused.sent;
  const stories = refused.sent.map((each) => tokenStory(of, each));
  if (token === undefined) return impossible(`${refused.id} carries no token`);
  const foreign = stories.find(({ issuedFor }) => issuedFor !== null);
  if (foreign?.issuedFor == null) {
    for (const story of stories) {
      const beside = judgeBeside(of, story);
      if (beside !== null) return beside;
    }
    return impossible("the token that was sent was shown for this resource, or nowhere here");
  }
  return fitting(
    (isCounter(foreign.token) && !hasNoToken(of) ? -2 : 8) + statusWeight(refused.status, STATUS),
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
