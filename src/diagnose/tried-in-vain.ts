import type { Refusal } from "../core/causes.js";
import {
  answeredOfFirst,
  bodyOfFirst,
  carriedOut,
  firstOtherwise,
  firstRefused,
  formChanged,
  keySent,
  notCarriedOut,
  otherKey,
  otherKeyThanHeld,
  passedLater,
  placeOfFirst,
  stillRefused,
  takenLater,
} from "./in-vain/of-keys.js";
import {
  bodyTaken,
  collectionMissing,
  collectionThere,
  copyRefused,
  goodBody,
  letThrough,
  mayWrite,
  neverShown,
  noTokenThere,
  notEnded,
  notLocked,
  noVersionThere,
  otherName,
  otherToken,
  ownToken,
  readRefused,
  refusedWhileCurrent,
  repeated,
  tokenSent,
} from "./in-vain/of-things.js";
import { type InVain, triesOf } from "./in-vain/tries.js";
import type { Case } from "./refusal.js";

const KEY: readonly InVain[] = [otherKey, readRefused];

const REUSED: readonly InVain[] = [...KEY, firstRefused, takenLater];

const TOKEN: readonly InVain[] = [otherToken, readRefused];

const IN_VAIN: Readonly<Partial<Record<Refusal, readonly InVain[]>>> = {
  "key-reused-body-changed": [...REUSED, bodyOfFirst],
  "key-reused-bytes-changed": REUSED,
  "key-reused-other-resource": [...REUSED, placeOfFirst],
  "key-in-flight": [...KEY, stillRefused],
  "key-bound-to-unacknowledged-attempt": [...KEY, notCarriedOut],
  "key-stuck": [otherKeyThanHeld, readRefused, carriedOut],
  "conflict-not-replay": [...KEY, firstOtherwise],
  "key-first-use-unseen": [...KEY, passedLater],
  "key-missing": [keySent, readRefused],
  "key-malformed": [formChanged, readRefused],
  "stale-etag": [...TOKEN, refusedWhileCurrent, neverShown],
  "stale-version": [...TOKEN, noVersionThere],
  "etag-weak": TOKEN,
  "etag-malformed": TOKEN,
  "etag-other-resource": [ownToken, readRefused],
  "precondition-missing": [tokenSent, readRefused, noTokenThere],
  "state-locked": [notLocked, readRefused, answeredOfFirst],
  "state-terminal": [notEnded, readRefused],
  "duplicate-entity": [otherName, readRefused],
  "referenced-entity": [readRefused, copyRefused],
  "permission-shown-as-409": [mayWrite],
  "invalid-request": [goodBody, bodyTaken, collectionMissing],
  "no-such-operation": [collectionThere],
  "token-expired": [letThrough],
  "rate-limited": [letThrough],
  "spurious-conflict": [repeated, readRefused, answeredOfFirst],
};

/**
 * What was sent to confirm and did not come out as it would for this cause; null where nothing did not. It excludes
 * nothing for certain, since two rules may refuse one request; it says what need not be named any more. Pure.
 */
export function triedInVain(of: Case, cause: Refusal): string | null {
  const rules = IN_VAIN[cause] ?? [];
  const tries = rules.length === 0 ? null : triesOf(of);
  if (tries === null) return null;
  for (const rule of rules) {
    const because = rule(tries);
    if (because !== null) return because;
  }
  return null;
}
