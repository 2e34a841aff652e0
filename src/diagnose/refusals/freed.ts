import type { Case } from "../refusal.js";
import type { Seen } from "../seen.js";

/** The refused request, unchanged, accepted later; and the write to another thing after which it was. */
export interface Freed {
  readonly passed: Seen | null;
  readonly by: Seen | null;
}

/** Whether the same request passed later, and what else was written in between. Pure. */
export function freedBy({ refused, repeats, book }: Case): Freed {
  const passed =
    repeats.find(({ startMs, ending }) => startMs >= refused.endMs && ending === "accepted") ?? null;
  const by =
    passed === null
      ? null
      : (book
          .around(refused)
          .find(
            (each) =>
              each.writes &&
              each.ending === "accepted" &&
              each.path !== refused.path &&
              each.startMs >= refused.endMs &&
              each.endMs <= passed.startMs,
          ) ?? null);
  return { passed, by };
}

/** True where the request was refused at least twice, then something else was written, and it passed at once. Pure. */
export function isPromptlyFreed(of: Case): boolean {
  const { passed } = freedBy(of);
  return of.controls.some(({ seen, promptAlike }) => seen === passed && promptAlike);
}

/**
 * True of a request that was accepted after something else had been written since the refusal, and that was not refused
 * again since: what was written may have set it free. Refusals under one key may be the first one, given again. Pure.
 */
export function mayBeFreed(
  { refused, repeats, book }: Case,
  accepted: Seen,
  isFreeing: (write: Seen) => boolean,
): boolean {
  const refusals = [refused, ...repeats.filter(({ ending }) => ending === "refused")];
  if (refusals.some(({ startMs }) => startMs >= accepted.endMs)) return false;
  const ends = refusals.map(({ endMs }) => endMs);
  const sinceMs = refused.key === null ? Math.max(...ends) : Math.min(...ends);
  return book
    .around(refused)
    .some(
      (each) =>
        each.writes &&
        each.ending === "accepted" &&
        each.startMs >= sinceMs &&
        each.endMs <= accepted.startMs &&
        isFreeing(each),
    );
}
