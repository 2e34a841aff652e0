import { wishOf } from "../book.js";
import { differences, isSameRequest } from "../controls.js";
import type { ExperimentStep } from "../diagnose.js";
import {
  again,
  bodyOf,
  FRESH_KEY,
  hiddenKey,
  keyInPlace,
  keyMembers,
  withKeyLike,
  withoutKey,
} from "../experiment-steps.js";
import { bodyChangedToo, firstAgain, keyStory } from "../key-story.js";
import type { Case } from "../refusal.js";
import { changesTried, dependsOn, isChangeTried, isOvertaken, type Split } from "./split.js";

/** Longer than any usual key. */
const LONG_KEY = 40;

/** A request without a key gets one where the other requests of this client have theirs. */
function keyedLike({ refused, book }: Case): ExperimentStep | null {
  if (refused.key !== null) return null;
  const model = book.around(refused).find(({ key, ending }) => key !== null && ending === "accepted");
  return model === undefined ? null : withKeyLike(refused, model);
}

/** Where a long key was refused, another one as long tells nothing of what a usual one would. */
function isUsualTried(of: Case): boolean {
  const tried = changesTried(of, "key");
  return tried.some(({ key }) => (of.refused.key?.length ?? 0) < LONG_KEY || (key?.length ?? 0) < LONG_KEY);
}

/** What a fresh key may cost, where an attempt with the old one may have been carried out. */
function priceOfFresh(of: Case): string {
  const [lost] = keyStory(of).open;
  return lost === undefined || of.refused.method !== "POST"
    ? ""
    : ` (a second time, where ${lost.id} was carried out)`;
}

/** With a fresh key. */
export function keySplit(of: Case): Split {
  const { refused } = of;
  return {
    what:
      refused.key === null
        ? `send ${refused.id} again with an idempotency key`
        : `send ${refused.id} again unchanged but for a fresh key${priceOfFresh(of)}`,
    outcome: "2xx",
    steps: () => [keyedLike(of) ?? again(refused, keyMembers(refused, true))],
    points: dependsOn("key"),
    isTried: () => isUsualTried(of),
  };
}

/**
 * A server that repeats its answers takes the first request again; one that refuses each repeat does not. Where that was
 * refused, it is sent twice: the refused one may have taken the key over.
 */
export function firstSplit(of: Case): readonly Split[] {
  const { refused, near } = of;
  const { binding, relation } = keyStory(of);
  if (refused.key === null || binding?.ending !== "accepted" || relation === "same") return [];
  if (isOvertaken(of)) return [];
  const isSent = near.some((each) => each.startMs >= refused.endMs && isSameRequest(each, binding));
  const first = again(binding, {});
  return [
    {
      what: `send ${binding.id} again unchanged${isSent ? " twice" : ""}, then ${refused.id} once more`,
      outcome: `2xx to ${binding.id}`,
      steps: () => [
        { ...first, id: "first" },
        ...(isSent ? [{ ...first, id: "second" }] : []),
        again(refused, {}),
      ],
      points: (cause) => cause.startsWith("key-reused-"),
      isTried: () => firstAgain(of) !== null,
    },
  ];
}

/** A server that wants no key, or none like this one, takes the request without: where a fresh key did not help. */
export function keylessSplit(of: Case): readonly Split[] {
  const { refused } = of;
  if (refused.key === null || !isChangeTried(of, "key")) return [];
  return [
    {
      what: `send ${refused.id} again without its key`,
      outcome: "2xx",
      steps: () => [withoutKey(refused)],
      points: (cause) => cause === "key-malformed",
      isTried: () =>
        of.near.some(
          (each) =>
            each.startMs >= refused.endMs &&
            each.key === null &&
            [...differences(each, refused)].every((factor) => factor === "key"),
        ),
    },
  ];
}

/** A server that compares bodies takes the first one's under this key, wherever it is sent. */
export function swapSplit(of: Case): readonly Split[] {
  const { refused, near } = of;
  const { binding, relation } = keyStory(of);
  if (binding === null || binding.ending !== "accepted" || relation !== "other-resource") return [];
  if (!bodyChangedToo(of) || refused.method === "DELETE" || isOvertaken(of)) return [];
  const { json: _json, text: _text, ...step } = again(refused, {});
  return [
    {
      what: `send ${refused.id} again with the body of ${binding.id}`,
      outcome: "2xx",
      steps: () => [{ ...step, ...bodyOf(binding) }],
      points: (cause) => cause === "key-reused-body-changed",
      isTried: () =>
        near.some(
          (each) =>
            each.startMs >= refused.endMs &&
            each.key === refused.key &&
            each.path + each.query === refused.path + refused.query &&
            wishOf(each) === wishOf(binding),
        ),
    },
  ];
}

/** A key in the other form, quoted or bare, where a fresh one in its own did not help. */
export function formSplit(of: Case): readonly Split[] {
  const { refused, near, failedChanges } = of;
  if (!isChangeTried(of, "key")) return [];
  const isQuoted = refused.key?.startsWith('"') === true;
  const value = isQuoted ? FRESH_KEY : `"${FRESH_KEY}"`;
  return [
    {
      what: `send ${refused.id} again with a fresh key, ${isQuoted ? "bare" : "quoted"}`,
      outcome: "2xx",
      steps: () => [again(refused, keyInPlace(refused, value))],
      points: (cause) => cause === "key-malformed" || cause === "key-missing",
      isTried: () =>
        failedChanges.length === 0 ||
        near.some(
          (each) =>
            each.startMs >= refused.endMs && each.key !== null && each.key.startsWith('"') !== isQuoted,
        ),
    },
  ];
}

const CHANGED_END = "c0ffee";

/** A fresh key of the same form: where it is refused too, the form is the reason, and not that the key was known. */
function freshKeySplit(of: Case): Split {
  const { refused } = of;
  return {
    what: `send ${refused.id} again unchanged but for a fresh key`,
    outcome: "2xx",
    steps: () => [again(refused, keyMembers(refused, true))],
    points: (cause) => cause !== "key-malformed" && dependsOn("key")(cause),
    isTried: () =>
      of.near.some(
        (each) =>
          each.startMs >= refused.endMs &&
          each.key !== null &&
          each.key.startsWith('"') === (refused.key?.startsWith('"') === true) &&
          [...differences(each, refused)].join() === "key",
      ),
  };
}

/** A key of the same odd form that nobody has used: where it is refused too, the form is the reason. */
export function likeKeySplit(of: Case): readonly Split[] {
  const { refused, near } = of;
  const { key } = refused;
  if (key === null) return [];
  if (key.length < LONG_KEY) return [freshKeySplit(of)];
  if (hiddenKey(refused) !== null) return [];
  const quote = key.endsWith('"') ? '"' : "";
  const value = `${key.slice(0, key.length - quote.length - CHANGED_END.length)}${CHANGED_END}${quote}`;
  return [
    {
      what: `send ${refused.id} again with another key of the same length`,
      outcome: "2xx",
      steps: () => [again(refused, keyInPlace(refused, value))],
      points: (cause) => cause !== "key-malformed" && dependsOn("key")(cause),
      isTried: () => near.some((each) => each.key === value),
    },
  ];
}
