import { isSameRequest } from "../controls.js";
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

/** What somebody else's first request met may have another body, or run still. */
const STATUS: Readonly<Record<number, number>> = { ...MISMATCH_STATUS, 425: 2, 423: 0 };
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

/** A UUID made at random: nobody else comes upon it by chance. */
function isRandom(key: string): boolean {
  return /^"?[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"?$/i.test(key);
}

function isSameForm(key: string, other: string): boolean {
  return key.startsWith('"') === other.startsWith('"') && other.length >= key.length;
}

/** Requests of the same operation with other keys: what was taken and what was refused as this one. */
function otherKeys({ refused, near }: Case): {
  readonly refused: readonly Seen[];
  readonly taken: readonly Seen[];
} {
  const others = near.filter(({ key }) => key !== null && key !== refused.key);
  return {
    refused: others.filter(({ ending, status }) => ending === "refused" && status === refused.status),
    taken: others.filter(({ ending }) => ending === "accepted"),
  };
}

/** An answer that shows the key before anybody here had sent it. */
function shownBefore({ refused, book }: Case, key: string): Seen | null {
  const text = key.replace(/^"|"$/g, "");
  if (text.length < COLLISION_PRONE) return null;
  const shown = book
    .around(refused)
    .find(
      ({ writes, ending, endMs, path, exchange }) =>
        !writes &&
        ending === "accepted" &&
        endMs <= refused.startMs &&
        !path.includes(text) &&
        exchange.response?.body.includes(text) === true,
    );
  return shown ?? null;
}

/** Refused in the same way without any key: then it is not this one. */
function isRefusedBare({ refused, near }: Case): boolean {
  return near.some(
    ({ key, ending, status, sentText, operation }) =>
      key === null &&
      ending === "refused" &&
      status === refused.status &&
      sentText === refused.sentText &&
      operation === refused.operation,
  );
}

/** Another key was taken at the same path: with another method that may be for the method. */
function freshWeight({ method }: Seen, fresh: Seen | undefined): number {
  if (fresh === undefined) return 0;
  return fresh.method === method ? 4 : 2;
}

/** The same request was refused in another way before: then it is that answer which the server knows the key by. */
const ANSWERED_OTHERWISE_WEIGHT = -4;

function judge(of: Case): Finding {
  const { refused, near } = of;
  const { key } = refused;
  if (key === null) return impossible(`${refused.id} carries no key`);
  // The very same request, refused before, is no first use, whatever it was told.
  const { priors } = keyStory(of);
  const first = priors.find((each) => each.ending !== "refused" || !isSameRequest(each, refused));
  if (first !== undefined) return impossible(`${first.id} carried the same key before`);
  const others = otherKeys(of);
  const ofItsForm = others.taken.some((each) => isSameForm(key, each.key ?? ""));
  if (others.refused.length > 0 && !ofItsForm && passesOtherwise(near, key)) {
    return impossible("other keys were refused as well, and without any the same passes");
  }
  const later = near.some(
    (each) => each.key === key && each.ending === "accepted" && each.index > refused.index,
  );
  const known = shownBefore(of, key);
  const weak = key.length < COLLISION_PRONE;
  const fresh =
    others.taken.find(({ path, method }) => path === refused.path && method === refused.method) ??
    others.taken.find(({ path }) => path === refused.path);
  const many = others.refused.some((each) => each.operation === refused.operation);
  return {
    ...fitting(
      (known === null ? 0 : 8) +
        (weak ? 2 : isRandom(key) ? -2 : 0) +
        (many && fresh === undefined ? -3 : 0) +
        (later ? -3 : 0) +
        (priors.length > 0 ? ANSWERED_OTHERWISE_WEIGHT : 0) +
        (isRefusedBare(of) ? -3 : 0) +
        freshWeight(refused, fresh) +
        statusWeight(refused.status, STATUS),
      shows(refused, "no earlier request here carries its key"),
      known === null ? null : shows(known, "shows the key before it was sent here"),
      weak ? shows(refused, `its key is only ${key.length} characters long: others may have used it`) : null,
    ),
    missing: ["what was sent with this key before the recording, or by another client"],
  };
}

/** Somebody used the key before, and not among the exchanges at hand. */
export const keyFirstUseUnseen: RefusalRule = {
  factors: ["key"],
  holds: "enclosed",
  spoken: {
    codes: /idempotency(?!.*(?:invalid|malformed|missing|required))/,
    prose:
      /\bkey\b.*\b(?:used|processed|earlier request)|idempotency(?!.*(?:invalid|not valid|malformed|missing|required))/,
  },
  judge,
  explain: ({ refused }) =>
    `The server knows the key of ${refused.id} already, and nothing earlier here carries it: another client or process used it, or it was used before the recording began.`,
};
