import { effectShown } from "../effect.js";
import { keyLookUp } from "../key-look-up.js";
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

const STATUS: Readonly<Record<number, number>> = { 409: 2, 423: 1, 425: 0 };

function judge(of: Case): Finding {
  const { refused } = of;
  if (refused.key === null) return impossible(`${refused.id} carries no key`);
  const { open, priors, relation } = keyStory(of);
  const first = open[0];
  if (first === undefined) {
    return impossible(
      priors.length === 0
        ? `no earlier request here carries the key of ${refused.id}`
        : "each earlier request with this key got an answer that settles it",
    );
  }
  const done = effectShown(of, first);
  const lookedUp = keyLookUp(of);
  if (lookedUp?.state === "stuck") return impossible(`${lookedUp.seen.id} says that the key is still held`);
  const ended = done !== null || lookedUp?.state === "done" || lookedUp?.state === "failed";
  const answered = priors.some(({ ending }) => ending === "accepted");
  const how = first.status === null ? "got no answer" : `was answered ${first.status}`;
  const byClient = first.exchange.error?.phase === "timeout" || first.exchange.error?.phase === "aborted";
  const closeness = relation === "same" || relation === "headers-changed" ? 5 : 3;
  return fitting(
    (answered ? 0 : closeness - (byClient ? 1 : 0)) + (ended ? 3 : 0) + statusWeight(refused.status, STATUS),
    ended && lookedUp !== null ? shows(lookedUp.seen, "the look-up tells how it ended") : null,
    done === null ? null : shows(done, "shows that it was done all the same"),
    shows(
      first,
      `the same key; it ${how}${done === null ? ", so nobody knows whether it was carried out" : ""}`,
    ),
  );
}

/** The first attempt with the key ended in a 5xx, a time-out or a lost connection, and the key stays bound to it. */
export const keyBoundToUnacknowledgedAttempt: RefusalRule = {
  factors: ["key"],
  holds: "enclosed",
  spoken: {
    prose: /bound to an earlier|previous (?:request|attempt) (?:failed|with this key)|earlier request/,
  },
  judge,
  explain: (of) =>
    `The first attempt with this key, ${keyStory(of).open[0]?.id ?? "an earlier one"}, ended without an answer that can be trusted, and the server holds the key for it.`,
};
