import { type Control, isSameRequest } from "../controls.js";
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
import type { Seen } from "../seen.js";
import { type Spoken, speaks } from "../words.js";

const SPOKEN: Spoken = {
  codes: /duplicate_request|already_used/,
  prose: /key was (?:already )?used(?! with)|used already|already been used|duplicate request/,
};
const STATUS: Readonly<Record<number, number>> = { 409: 3, 412: 1, 422: -1, 425: 0, 423: 0 };

/** An answer that came, and that nobody could read: to the server the request is answered. */
function cameBroken({ exchange: { error } }: Seen): boolean {
  return error?.phase === "response" && /^HPE_|ENCODING/.test(error.code);
}

/** True where a request with this key passed twice. */
function replays({ refused, book }: Case): boolean {
  const taken = book.sameKey(refused).filter(({ ending }) => ending === "accepted");
  return taken.some((each, place) => taken.slice(place + 1).some((other) => isSameRequest(each, other)));
}

function judge(of: Case): Finding {
  const { refused } = of;
  if (refused.key === null) return impossible(`${refused.id} carries no key`);
  const { priors: all, relation } = keyStory(of);
  const priors = all.filter(({ endMs }) => endMs <= refused.startMs);
  const answered =
    priors.find(({ ending }) => ending === "accepted") ??
    priors.find(({ ending }) => ending === "refused") ??
    priors.find(cameBroken);
  const [unanswered] = priors;
  if (answered === undefined && unanswered !== undefined && speaks(SPOKEN, refused.words)) {
    return fitting(
      1,
      shows(unanswered, "the same key; the server says that it was used, so that it was answered"),
    );
  }
  if (answered === undefined) {
    return impossible(
      priors.length === 0
        ? `no earlier request here carries the key of ${refused.id}`
        : "no earlier request with this key was answered",
    );
  }
  const same = relation === "same" || relation === "headers-changed";
  const accepted = answered.ending !== "refused";
  return fitting(
    (same ? 5 : 0) + (accepted ? 1 : -3) + statusWeight(refused.status, STATUS),
    shows(
      answered,
      `the same key${same ? " and the same bytes" : ""}, answered ${answered.status ?? "-"} before`,
    ),
  );
}

/** Accepted unchanged, and refused again after that: a key that had run out was used once more, and shows the very rule. */
function isRefusedAfter({ repeats }: Case, { seen, differsIn }: Control): boolean {
  if (differsIn.size > 0) return false;
  return repeats.some(({ ending, index }) => ending === "refused" && index > seen.index);
}

/** The server neither repeats the first answer nor carries the request out again. */
export const conflictNotReplay: RefusalRule = {
  factors: ["key"],
  // On another path, or by another caller, the same key may be another key; but a repeat that passed there was a replay.
  factorsOf: (of) => (replays(of) ? ["key"] : ["key", "operation", "path", "principal"]),
  holds: "enclosed",
  allows: isRefusedAfter,
  spoken: SPOKEN,
  judge,
  explain: (of) =>
    `${keyStory(of).binding?.id ?? "An earlier request"} carries the same key and was answered ${keyStory(of).binding?.status ?? "already"}. This server does not return the stored answer for a repeat: it says no.`,
};
