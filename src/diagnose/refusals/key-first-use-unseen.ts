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
import { MISMATCH_STATUS } from "./key-reused.js";

const COLLISION_PRONE = 16;

/** Without a key, or with one of another form, the same is taken: what is wrong is not this key but all of its kind. */
function passesOtherwise(near: readonly Seen[], refusedKey: string): boolean {
  const isQuoted = (key: string): boolean => key.startsWith('"');
  return near.some(
    ({ writes, key, ending }) =>
      writes &&
      ending === "accepted" &&
      (key === null || isQuoted(key) !== isQuoted(refusedKey) || key.length < refusedKey.length),
  );
}

function judge(of: Case): Finding {
  const { refused, near, book } = of;
  if (refused.key === null) return impossible(`${refused.id} carries no key`);
  const [first] = keyStory(of).priors;
  if (first !== undefined) return impossible(`${first.id} carried the same key before`);
  const later = near.some(
    ({ key, ending, index }) => key === refused.key && ending === "accepted" && index > refused.index,
  );
  const others = new Set(
    near.flatMap(({ key, ending }) =>
      ending === "refused" && key !== null && key !== refused.key ? [key] : [],
    ),
  );
  const noneOfItsForm = !near.some(
    ({ key, ending }) =>
      key !== null &&
      ending === "accepted" &&
      key.startsWith('"') === refused.key?.startsWith('"') &&
      key.length >= refused.key.length,
  );
  if (others.size > 0 && noneOfItsForm && passesOtherwise(near, refused.key)) {
    return impossible("other keys were refused as well, and without any the same passes");
  }
  const manyFail = others.size > 0 && book.tally.keyed.accepted === 0;
  const weak = refused.key.length < COLLISION_PRONE;
  const fresh = near.find(
    (each) => each.key !== null && each.key !== refused.key && each.ending === "accepted",
  );
  return {
    ...fitting(
      (weak ? 2 : 1) +
        (manyFail ? -3 : 0) +
        (later ? -3 : 0) +
        (fresh === undefined ? 0 : 1) +
        statusWeight(refused.status, MISMATCH_STATUS),
      shows(refused, "no earlier request here carries its key"),
      weak
        ? shows(refused, `its key is only ${refused.key.length} characters long: others may have used it`)
        : null,
    ),
    missing: ["what was sent with this key before the recording, or by another client"],
  };
}

/** Somebody used the key before, and not among the exchanges at hand. */
export const keyFirstUseUnseen: RefusalRule = {
  factors: ["key"],
  holds: "enclosed",
  spoken: { codes: /idempotency/, prose: /\bkey\b.*\b(?:used|processed|earlier request)|idempotency/ },
  judge,
  explain: ({ refused }) =>
    `The server knows the key of ${refused.id} already, and nothing earlier here carries it: another client or process used it, or it was used before the recording began.`,
};
