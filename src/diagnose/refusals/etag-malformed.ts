import {
  type Case,
  type Finding,
  fitting,
  impossible,
  type RefusalRule,
  shows,
  statusWeight,
} from "../refusal.js";
import { type SentToken, withoutSuffix } from "../tokens.js";

const STATUS: Readonly<Record<number, number>> = { 200: 3, 400: 3, 412: 2, 409: 1, 422: 2 };
const LIST = /^\s*(?:W\/)?"[^"]*"(?:\s*,\s*(?:W\/)?"[^"]*")*\s*$/;

function flawOf({ raw, texts }: SentToken): readonly [weight: number, words: string] | null {
  if (raw.trim() === "*") return [4, "is *, which not every server understands"];
  if (!LIST.test(raw)) return [7, "is no list of quoted entity tags (RFC 9110, 8.8.3)"];
  if (texts.some((text) => withoutSuffix(text) !== null))
    return [6, "has the suffix that a compressing proxy adds"];
  if (raw.includes(",")) return [3, "is a list, which not every server understands"];
  return null;
}

function judge({ refused, near }: Case): Finding {
  const token = refused.sent.find(({ carrier }) => carrier === "if-match");
  if (token === undefined) return impossible(`${refused.id} carries no If-Match`);
  const flaw = flawOf(token);
  if (flaw === null) return impossible(`If-Match of ${refused.id} is one quoted entity tag`);
  const bare = token.texts.map((text) => withoutSuffix(text) ?? text);
  const shown = near.find((each) =>
    each.shown.some(({ text }) => token.texts.includes(text) || bare.includes(text)),
  );
  return fitting(
    flaw[0] + (shown === undefined ? 0 : 1) + statusWeight(refused.status, STATUS),
    shows(refused, `If-Match ${token.raw} ${flaw[1]}`),
    shown === undefined ? null : shows(shown, "showed that token in its own form"),
  );
}

/** If-Match is not of a form that the server understands. */
export const etagMalformed: RefusalRule = {
  factors: ["token"],
  holds: "anytime",
  spoken: {
    codes: /invalidvers/,
    prose: /malformed (?:etag|if-match|validator)|if-match|entity.tag|etag|version.*match/,
  },
  catchAll: ["syntax"],
  judge,
  explain: ({ refused }) =>
    `If-Match of ${refused.id} is not in a form that this server understands, so it cannot hold.`,
};
