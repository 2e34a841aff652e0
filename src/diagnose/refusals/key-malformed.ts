import type { Tally } from "../book.js";
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

const STATUS: Readonly<Record<number, number>> = {
  400: 2,
  422: 2,
  409: -3,
  412: -4,
  404: -6,
  423: -6,
  425: -5,
};
const USUAL_LENGTH = 36;

function isQuoted(key: string): boolean {
  return /^".*"$/s.test(key);
}

/** Why a key may not be of the form that a server wants; empty for a usual one. */
function oddities(key: string): readonly string[] {
  return [
    ...(isQuoted(key) ? ["it is quoted"] : []),
    ...(key.length > USUAL_LENGTH + 2 ? [`it is ${key.length} characters long`] : []),
    ...(/[^\x21-\x7e]/.test(key) ? ["it has blanks or characters beyond ASCII"] : []),
    ...(key.trim() === "" ? ["it is empty"] : []),
  ];
}

/** No key of any request was taken, and requests without one were. */
function noneTaken({ keyed, keyless }: Tally): boolean {
  return keyed.accepted === 0 && keyless.accepted > 0;
}

/** Without the key the same tokens are refused with another status: it is not for them. */
function isRefusedOtherwise(refused: Seen, other: Seen): boolean {
  return (
    refused.sent.length > 0 &&
    other.key === null &&
    other.ending === "refused" &&
    other.sentText === refused.sentText &&
    other.status !== refused.status
  );
}

/** Refused in the same way with a key, where no token can be missing or outdated. */
function isRefusedBare(refused: Seen, other: Seen): boolean {
  return (
    other.key !== null &&
    other.ending === "refused" &&
    other.status === refused.status &&
    isQuoted(other.key) === isQuoted(refused.key ?? "") &&
    (refused.sent.length > 0 ? other.sent.length === 0 : other.method === "POST" && refused.method !== "POST")
  );
}

/** Without a key the same operation passes, or at least others with its method. */
function keylessWeight(refused: Seen, around: readonly Seen[]): number {
  const passed = around.filter(
    ({ key, ending, method }) => key === null && ending === "accepted" && method === refused.method,
  );
  if (passed.some(({ operation }) => operation === refused.operation)) return 2;
  return passed.length > 0 ? 1 : 0;
}

function judge({ refused, book, near, failedChanges }: Case): Finding {
  const { key } = refused;
  if (key === null) return impossible(`${refused.id} carries no key`);
  const known = book
    .sameKey(refused)
    .find(({ ending, operation }) => ending === "accepted" && operation === refused.operation);
  if (known !== undefined) return impossible(`${known.id} was accepted with the same key`);
  const alike = near.find(
    (each) =>
      each.key !== null &&
      each.ending === "accepted" &&
      each.operation === refused.operation &&
      isQuoted(each.key) === isQuoted(key) &&
      each.key.length >= key.length &&
      oddities(key).length === oddities(each.key).length,
  );
  if (alike !== undefined) return impossible(`${alike.id} was accepted with a key of the same form`);
  const odd = oddities(key);
  const around = book.around(refused);
  const elsewhere = around.filter(
    (each) => each.key !== null && each.ending === "accepted" && isQuoted(each.key) === isQuoted(key),
  );
  // Some servers take keys with one method and not with another.
  const taken = elsewhere.some(({ method }) => method === refused.method)
    ? -3
    : elsewhere.length > 0
      ? -2
      : 0;
  // Another key is no change where what is wrong is the form of both.
  const sameForm = failedChanges.find(
    ({ seen, differsIn }) =>
      differsIn.has("key") && seen.key !== null && isQuoted(seen.key) === isQuoted(key),
  );
  const otherForm = near.find(
    (each) => each.key !== null && each.ending === "accepted" && each.operation === refused.operation,
  );
  return fitting(
    (odd.length > 0 ? 3 : 0) +
      keylessWeight(refused, around) +
      (around.some((each) => isRefusedBare(refused, each)) ? 2 : 0) +
      (around.some((each) => isRefusedOtherwise(refused, each)) ? 5 : 0) +
      (noneTaken(book.tally) ? 4 : 0) +
      taken +
      (sameForm === undefined ? 0 : 3) +
      (otherForm === undefined ? 0 : 3) +
      statusWeight(refused.status, STATUS, -5),
    shows(refused, odd.length > 0 ? `of its key: ${odd.join(", ")}` : "its key is sent bare"),
    otherForm === undefined
      ? null
      : shows(otherForm, "the same operation with a key of another form was accepted"),
  );
}

/** The key is not of the syntax that the server wants. */
export const keyMalformed: RefusalRule = {
  factors: ["key", "operation"],
  holds: "anytime",
  spoken: {
    codes: /idempotency[._-]?key[._-]?(?:invalid|malformed|too)/,
    prose: /idempotency[- ]key (?:is )?(?:not valid|invalid|malformed|too long)/,
  },
  judge,
  explain: ({ refused }) =>
    `The server does not take the key of ${refused.id} in the form in which it was sent (quoted or bare, its length, its characters).`,
};
