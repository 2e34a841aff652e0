import { keyStory } from "../key-story.js";
import {
  type Case,
  type Finding,
  fitting,
  impossible,
  type RefusalRule,
  shows,
  statusWeight,
} from "../refusal.js";

const STATUS: Readonly<Record<number, number>> = { 409: 3, 412: 1, 422: 0, 425: 0, 423: 0 };

function judge(of: Case): Finding {
  const { refused } = of;
  if (refused.key === null) return impossible(`${refused.id} carries no key`);
  const { priors: all, relation } = keyStory(of);
  const priors = all.filter(({ endMs }) => endMs <= refused.startMs);
  const answered =
    priors.find(({ ending }) => ending === "accepted") ?? priors.find(({ ending }) => ending === "refused");
  if (answered === undefined) {
    return impossible(
      priors.length === 0
        ? `no earlier request here carries the key of ${refused.id}`
        : "no earlier request with this key was answered",
    );
  }
  const same = relation === "same" || relation === "headers-changed";
  const accepted = answered.ending === "accepted";
  return fitting(
    (same ? 5 : 0) + (accepted ? 1 : -3) + statusWeight(refused.status, STATUS),
    shows(
      answered,
      `the same key${same ? " and the same bytes" : ""}, answered ${answered.status ?? "-"} before`,
    ),
  );
}

/** The server neither repeats the first answer nor carries the request out again. */
export const conflictNotReplay: RefusalRule = {
  factors: ["key"],
  holds: "enclosed",
  spoken: {
    codes: /duplicate_request|already_used/,
    prose: /key was (?:already )?used(?! with)|used already|already been used|duplicate request/,
  },
  judge,
  explain: (of) =>
    `${keyStory(of).binding?.id ?? "An earlier request"} carries the same key and was answered ${keyStory(of).binding?.status ?? "already"}. This server does not return the stored answer for a repeat: it says no.`,
};
