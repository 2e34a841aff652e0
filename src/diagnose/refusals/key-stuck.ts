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
import { type Spoken, speaks } from "../words.js";

const STATUS: Readonly<Record<number, number>> = { 409: 2, 425: 2, 423: 2 };
const SPOKEN: Spoken = { codes: /in[._-]?use/, prose: /still (?:being )?processed|in progress/ };

function judge(of: Case): Finding {
  const { refused, repeats } = of;
  if (refused.key === null) return impossible(`${refused.id} carries no key`);
  const { open, priors } = keyStory(of);
  const cut = open.find(({ ending }) => ending === "unanswered");
  if (cut === undefined) {
    return impossible(
      priors.length === 0
        ? `no earlier request here carries the key of ${refused.id}`
        : "no earlier request with this key was cut off without an answer",
    );
  }
  const again = repeats.filter(({ ending }) => ending === "refused").length;
  const byClient = cut.exchange.error?.phase === "aborted" || cut.exchange.error?.phase === "timeout";
  const done = effectShown(of, cut);
  const lookedUp = keyLookUp(of);
  if (lookedUp?.state === "done")
    return impossible(`${lookedUp.seen.id} says that the first attempt is done`);
  const held = lookedUp?.state === "stuck" || lookedUp?.state === "running";
  const says = speaks(SPOKEN, refused.words);
  return fitting(
    (held ? 5 : 0) +
      (done === null ? 0 : -2) +
      // Without a word or a look-up that says so, nothing tells a key that is held from one whose attempt has ended.
      (byClient ? (held || says ? 5 : 0) : -1) +
      Math.min(again, 2) +
      statusWeight(refused.status, STATUS),
    held && lookedUp !== null ? shows(lookedUp.seen, "the look-up shows the key still held") : null,
    shows(cut, "the same key, cut off before its answer: the server may never have released the key"),
  );
}

/** An aborted attempt left the key taken for as long as it lives. */
export const keyStuck: RefusalRule = {
  factors: ["key"],
  holds: "enclosed",
  spoken: SPOKEN,
  judge,
  explain: (of) =>
    `${keyStory(of).open[0]?.id ?? "An earlier attempt"} was cut off, and the server still holds its key though nothing runs under it.`,
};
