import { differences } from "../controls.js";
import { type Case, type Finding, fitting, impossible, type RefusalRule, shows } from "../refusal.js";
import type { Seen } from "../seen.js";
import { catchAllOf } from "../words.js";
import { isAlwaysRefused, passes } from "./caller.js";

const CONFLICT = 409;

/** A success that tells a conflict in its body. */
function isToldIn200({ status, words }: Seen): boolean {
  return status !== null && status < 300 && words !== null && catchAllOf(words) === "state";
}

/** How far it points to the caller that all of its writes are refused here in the same way, and that others' pass. */
function callerWeight(of: Case): number {
  if (!isAlwaysRefused(of)) return 0;
  const { refused, book } = of;
  const isOtherPassing = book
    .around(refused)
    .some((each) => each.principal !== refused.principal && passes(each));
  // A token, or the key of something new, is the first to suspect.
  const isSuspect = refused.sent.length > 0 || (refused.method === "POST" && refused.key !== null);
  if (isOtherPassing) return isSuspect ? 3 : 4;
  // One write alone says nothing of its caller.
  const isOnly = !book.samePrincipal(refused).some((each) => each !== refused && each.writes);
  return isSuspect || isOnly ? 0 : 3;
}

function otherLetThrough({ refused, near }: Case): Seen | undefined {
  return near.find(
    ({ ending, principal, operation }) =>
      ending === "accepted" && principal !== refused.principal && operation === refused.operation,
  );
}

function judge(of: Case): Finding {
  const { refused, near } = of;
  const told = refused.status === CONFLICT || isToldIn200(refused);
  if (!told) return impossible(`${refused.id} was answered ${refused.status ?? "nothing"}, not 409`);
  const other = otherLetThrough(of);
  const alone = other !== undefined && [...differences(other, refused)].every((each) => each === "principal");
  const others = near.filter(
    (each) =>
      each.principal === refused.principal &&
      each.operation === refused.operation &&
      each.ending === "refused" &&
      each.status === refused.status,
  );
  const varied = others.some((each) => differences(each, refused).size > 0);
  return fitting(
    (other === undefined ? -1 : alone ? 8 : 4) + (varied ? 2 : 0) + callerWeight(of),
    other === undefined ? null : shows(other, "another principal was let through"),
  );
}

/** A missing permission that is told as a conflict. */
export const permissionShownAs409: RefusalRule = {
  factors: ["principal", "operation"],
  holds: "anytime",
  spoken: {
    codes: /permission|not[._-]authorized|forbidden/,
    prose: /permission|not authorized|forbidden|not allowed/,
  },
  catchAll: ["state"],
  judge,
  explain: (of) => {
    const { refused } = of;
    return otherLetThrough(of) === undefined
      ? `Nothing that ${refused.id} carries need be wrong: some servers tell a missing permission as ${refused.status ?? CONFLICT}. Another principal's requests would show it; none that passed is among these.`
      : `The server answers ${refused.status ?? CONFLICT} to ${refused.id}, and lets another principal through: a missing permission in the disguise of a conflict.`;
  },
};
