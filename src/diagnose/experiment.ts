import type { Refusal } from "../core/causes.js";
import type { Experiment } from "./diagnose.js";
import { FRESH_KEY } from "./experiment-steps.js";
import {
  firstSplit,
  formSplit,
  keylessSplit,
  keySplit,
  likeKeySplit,
  swapSplit,
} from "./experiments/key-splits.js";
import type { Split } from "./experiments/split.js";
import {
  bodySplit,
  freshThingSplit,
  overSplit,
  readSplits,
  stateSplits,
  timeSplit,
} from "./experiments/thing-splits.js";
import { anySplit, tokenlessSplit, tokenSplit } from "./experiments/token-splits.js";
import { keyStory } from "./key-story.js";
import type { Case } from "./refusal.js";
import { triedInVain } from "./tried-in-vain.js";

function splitsFor(of: Case): readonly Split[] {
  const { refused } = of;
  const hasToken = refused.method !== "POST";
  return [
    // What passes moves the token: the same again has to come before.
    ...(refused.sent.length > 0
      ? [tokenSplit(of), timeSplit(of), keySplit(of)]
      : [keySplit(of), ...(hasToken ? [tokenSplit(of)] : []), timeSplit(of)]),
    ...firstSplit(of),
    ...readSplits(of),
    ...keylessSplit(of),
    ...formSplit(of),
    ...anySplit(of),
    ...tokenlessSplit(of),
    ...swapSplit(of),
    ...bodySplit(of),
    ...overSplit(of),
    ...likeKeySplit(of),
    ...stateSplits(of),
    ...freshThingSplit(of),
  ];
}

const FIRST_REFUSAL = 400;

/** How evenly a split divides what is open: the smaller part. */
function worth({ points }: Split, open: readonly Refusal[]): number {
  const pointed = open.filter(points).length;
  return Math.min(pointed, open.length - pointed);
}

/**
 * After an attempt that got no answer, a read comes before any write, and the same key before another one: once the same
 * has been sent with another key it may have been done twice, and nothing tells any more whether the first was carried out.
 */
function careOf({ steps }: Split, of: Case): number {
  if (of.refused.key === null || keyStory(of).open.length === 0) return 0;
  const sent = steps();
  if (sent.length === 0) return 0;
  if (sent.every(({ request }) => request.startsWith("GET "))) return 2;
  return JSON.stringify(sent).includes(FRESH_KEY) ? 0 : 1;
}

/**
 * The request that divides the open causes best, of those whose answer is not there yet; null where nothing that a client
 * may send would. Pure.
 */
export function chooseExperiment(of: Case, all: readonly Refusal[]): Experiment | null {
  const { refused } = of;
  const open = all.filter((cause) => triedInVain(of, cause) === null);
  if (!refused.writes || open.length < 2) return null;
  const best = splitsFor(of)
    .map((split) => ({ split, worth: worth(split, open), care: careOf(split, of) }))
    .filter((each) => each.worth > 0)
    .sort((a, b) => b.care - a.care || b.worth - a.worth)
    .find(({ split }) => !split.isTried());
  if (best === undefined) return null;
  const { what, points, outcome } = best.split;
  const isToldIn200 = refused.status !== null && refused.status < FIRST_REFUSAL;
  const steps = best.split.steps();
  const reads = steps.filter(({ request }) => request.startsWith("GET ")).length;
  const again = isToldIn200 ? `${refused.status} that refuses again` : `${refused.status ?? "refused"} again`;
  return {
    what,
    steps,
    meanings: [
      { outcome: isToldIn200 ? `${outcome} that tells no refusal` : outcome, causes: open.filter(points) },
      {
        // Who only reads is not refused again.
        outcome: reads === steps.length ? "otherwise" : again,
        causes: open.filter((cause) => !points(cause)),
      },
    ],
    reads,
    writes: steps.length - reads,
  };
}
