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

/** The server says that no key came. */
export const SAYS_KEY_MISSING: Spoken = {
  codes: /idempotency[._-]?key[._-]?(?:missing|required)|missing_?idempotency/,
  prose:
    /(?:requires?|missing|must (?:have|send|include)).{0,30}idempotency|idempotency.{0,20}(?:is )?(?:missing|required)/,
};
const REQUIRED = 428;
const STATUS: Readonly<Record<number, number>> = {
  400: 2,
  422: 1,
  428: 1,
  409: -3,
  412: -4,
  404: -6,
  423: -6,
  417: -4,
  425: -5,
};

/** Keys are what tells the writes that this server takes from those that it refuses; more so where those took no token. */
function keysDecide({ refused, book }: Case): number {
  const { keyed, keyless, unconditional } = book.tally;
  if (keyed.accepted === 0 || keyless.accepted > 0) return 0;
  return refused.sent.length === 0 && unconditional.accepted > 0 ? 5 : 3;
}

/** What a POST makes has no token yet: where one is refused in the same way, no token is missing. */
function refusesPosts({ refused, book }: Case): boolean {
  return book
    .around(refused)
    .some(
      (each) =>
        each.method === "POST" &&
        each.key === null &&
        each.ending === "refused" &&
        each.status === refused.status,
    );
}

function postWeight(of: Case): number {
  const { status, method } = of.refused;
  if (status === REQUIRED) return refusesPosts(of) ? 3 : 0;
  return method !== "POST" && refusesPosts(of) ? 2 : 0;
}

function acceptedWithKey({ operation }: Seen, near: readonly Seen[]): Seen | undefined {
  return near.find((each) => each.key !== null && each.ending === "accepted" && each.operation === operation);
}

/** The server says that it wants keys, or takes them for this operation. */
function isShown(refused: Seen, near: readonly Seen[]): boolean {
  return speaks(SAYS_KEY_MISSING, refused.words) || acceptedWithKey(refused, near) !== undefined;
}

/** A single refusal, and no key anywhere: nothing here speaks for a server that wants one. */
const NO_KEYS_WEIGHT = -2;

function keylessWeight({ book }: Case): number {
  const { keyed, keyless } = book.tally;
  return keyed.accepted + keyed.refused === 0 && keyless.refused === 1 ? NO_KEYS_WEIGHT : 0;
}

function judge(of: Case): Finding {
  const { refused, near } = of;
  if (!refused.writes) return impossible(`${refused.id} is a read`);
  if (refused.key !== null) {
    if (!speaks(SAYS_KEY_MISSING, refused.words)) return impossible(`${refused.id} carries a key`);
    return fitting(
      0,
      shows(
        refused,
        "the server says that no key came: it looks for it elsewhere, or it was lost on the way",
      ),
    );
  }
  const keyed = acceptedWithKey(refused, near);
  return fitting(
    (keyed === undefined ? 0 : 4) +
      postWeight(of) +
      keysDecide(of) +
      keylessWeight(of) +
      statusWeight(refused.status, STATUS, -6),
    shows(refused, "no idempotency key was sent"),
    keyed === undefined ? null : shows(keyed, "the same operation with a key was accepted"),
  );
}

/** The operation wants a key and none came. */
export const keyMissing: RefusalRule = {
  factors: ["key", "operation"],
  holds: "anytime",
  spoken: SAYS_KEY_MISSING,
  judge,
  explain: ({ refused, near }) =>
    refused.key === null
      ? isShown(refused, near)
        ? `${refused.id} carries no idempotency key, and this operation wants one.`
        : `${refused.id} carries no idempotency key. Whether this operation wants one, nothing here shows.`
      : `This operation wants an idempotency key, and the server found none where it looks, though ${refused.id} carries one.`,
};
