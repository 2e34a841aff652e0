import type { IdempotencyPolicy } from "../policy/idempotency-policy.js";
import type { EngineParts } from "./begin.js";
import type { KeyLookup, KeyRecord } from "./idempotency.js";
import { andThen, type MaybePromise } from "./maybe-promise.js";
import { expiresAtMs } from "./new-record.js";

function describe({ first, state, createdAtMs }: KeyRecord): readonly KeyLookup[] {
  const common = { method: first.method, path: first.path, createdAtMs };
  if (state.kind === "released") return [];
  if (state.kind === "in-flight") {
    return [{ ...common, state: state.stuck ? "stuck" : "running", status: null, answer: null }];
  }
  const { status, answer, outcome } = state;
  return [{ ...common, state: outcome === "2xx" ? "completed" : "failed", status, answer }];
}

/** What is remembered of a key in an account, oldest first. Keys of other accounts are nobody's business. */
export function lookUpKey(
  { store, clock }: Pick<EngineParts, "store" | "clock">,
  key: string,
  { account, policy }: { readonly account: string; readonly policy: IdempotencyPolicy },
): MaybePromise<readonly KeyLookup[]> {
  const nowMs = clock.nowMs();
  const lives = (record: KeyRecord): boolean =>
    (expiresAtMs(record, policy) ?? Number.POSITIVE_INFINITY) > nowMs;
  return andThen(store.find(key), (records) =>
    records
      .filter((record) => record.account === account && lives(record))
      .toSorted((a, b) => a.createdAtMs - b.createdAtMs)
      .flatMap(describe),
  );
}
