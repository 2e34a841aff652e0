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
import type { Seen } from "../seen.js";

const STATUS: Readonly<Record<number, number>> = { 409: 2, 425: 4, 423: 2, 429: -1 };

const SOON_MS = 10_000;
const LONG_MS = 60_000;

/** Few requests run for so long. */
function longAgo(sinceMs: number): number {
  return sinceMs > LONG_MS ? 5 : sinceMs > SOON_MS ? 2 : 0;
}

/** The last time that the very same request was refused the same way: what explains this refusal held until then. */
function lastAlike({ refused, repeats }: Case): Seen {
  const alike = repeats.filter(
    ({ ending, status, index }) => ending === "refused" && status === refused.status && index > refused.index,
  );
  return alike.at(-1) ?? refused;
}

/** What was sent differs from the first request, and was still refused when that one had been answered. */
const OUTLASTED = 4;

function judge(of: Case): Finding {
  const { refused, book } = of;
  if (refused.key === null) return impossible(`${refused.id} carries no key`);
  const { running, open, priors, relation } = keyStory(of);
  const [under] = running;
  if (under !== undefined) {
    const outlasted = relation !== "same" && lastAlike(of).startMs >= under.endMs;
    return fitting(
      8 - (outlasted ? OUTLASTED : 0) + statusWeight(refused.status, STATUS),
      shows(under, "the same key, not answered yet when this one was sent"),
    );
  }
  const lost = open.find(({ ending }) => ending === "unanswered");
  if (lost !== undefined) {
    const done = effectShown(of, lost);
    if (done !== null) return impossible(`${done.id} shows that ${lost.id} was done`);
    const lookedUp = keyLookUp(of);
    if (lookedUp !== null && lookedUp.state !== "running") {
      return impossible(`${lookedUp.seen.id} says that nothing runs under the key`);
    }
    return fitting(
      2 -
        (lost.exchange.error?.phase === "response" ? 2 : 0) -
        longAgo(lastAlike(of).startMs - lost.startMs) +
        statusWeight(refused.status, STATUS),
      shows(lost, "the same key, never answered: it may still have been running"),
    );
  }
  if (!book.timesKnown && priors.length > 0) {
    return { ...fitting(1), missing: ["when requests were sent: overlap cannot be told"] };
  }
  return impossible(
    priors.length === 0
      ? `no other request here carries the key of ${refused.id}`
      : `every earlier request with this key had been answered before ${refused.id} was sent`,
  );
}

/** The first request with the key was still running. */
export const keyInFlight: RefusalRule = {
  factors: ["key"],
  holds: "enclosed",
  // Once nothing runs under the key any more, whatever passes says nothing of before.
  allows: (of, { seen }) => keyStory(of).running.every(({ endMs }) => endMs <= seen.startMs),
  spoken: {
    codes: /in[._-]?(?:use|flight|progress)|concurrent[._-]?request/,
    prose: /still (?:being )?(?:processed|running)|in progress|outstanding|in flight|concurrent/,
  },
  judge,
  explain: (of) =>
    `${keyStory(of).running[0]?.id ?? "An earlier request"} carries the same key and had not been answered when ${of.refused.id} was sent. The server lets one request per key run at a time.`,
};
