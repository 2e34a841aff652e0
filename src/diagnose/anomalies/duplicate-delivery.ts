import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { counterJump } from "../counters.js";
import { countIn, latestBefore, mayHaveWritten, shownAfter, writesBetween } from "../lines.js";
import { keyNameOf, type Recording } from "../recording.js";
import type { Seen } from "../seen.js";

type Sign = Pick<AnomalyFinding, "certainty" | "evidence">;

/** A key that nobody else comes to by chance. */
const LONG_KEY = 20;

/** Requests that ask for the same effect, and were sent between a list that was read before and one after. */
function askedBetween(
  seen: Seen,
  { read, before }: { readonly read: Seen; readonly before: Seen | undefined },
  { keyed, book }: Recording,
): { readonly own: readonly Seen[]; readonly others: readonly Seen[] } {
  const counts = (each: Seen): boolean =>
    mayHaveWritten(each) && each.index < read.index && each.index > (before?.index ?? -1);
  const own = (seen.key === null ? [seen] : (keyed.get(keyNameOf(seen)) ?? [])).filter(counts);
  const others = book.sameOperation(seen).filter((each) => counts(each) && !own.includes(each));
  return { own, others };
}

/** More effects in a list than requests were sent for them: told of the first of those. Pure. */
function listedTwice(seen: Seen, recording: Recording): Sign | null {
  const { reads } = recording;
  if (seen.method !== "POST") return null;
  const read = reads.after(seen).find((each) => reads.effectsIn(each, seen) !== null);
  if (read === undefined) return null;
  const before = reads.before(seen).find((each) => reads.effectsIn(each, seen) !== null);
  const was = before === undefined ? null : reads.effectsIn(before, seen);
  const effects = (reads.effectsIn(read, seen) ?? 0) - (was ?? 0);
  const { own, others } = askedBetween(seen, { read, before }, recording);
  if (effects <= own.length || own[0] !== seen) return null;
  const isOwnKey = (seen.key?.length ?? 0) >= LONG_KEY;
  if (!isOwnKey && (others.length > 0 || was === null)) return null;
  const sent = own.length === 1 ? "one request was sent" : `${own.length} requests were sent`;
  return {
    certainty: isOwnKey || was !== null ? "likely" : "possible",
    evidence: [{ exchange: read.id, fact: `${effects} effects are listed, and ${sent}` }],
  };
}

/** Things that the platform itself writes: their versions move by themselves. */
function isShared({ resource }: Seen): boolean {
  return resource.startsWith("conversation:");
}

/** True where another write of the same thing moved its version by more than one: then two prove nothing. */
function countsByMore(seen: Seen, { book }: Recording): boolean {
  return book.sameResource(seen).some((each) => {
    if (each === seen || each.path !== seen.path || !each.writes || each.ending !== "accepted") return false;
    const step = stepOf(each, book);
    return step !== null && step.by > 1;
  });
}

interface Step {
  readonly by: number;
  readonly text: string;
  readonly from: Seen;
  readonly at: Seen;
}

/** Where the version went by more than one, with nothing of ours in between. */
function stepOf(seen: Seen, book: Recording["book"]): Step | null {
  const own = seen.ending === "accepted" && seen.shown.length > 0 ? seen : null;
  if (own !== null && countIn(own.shown[0]?.text) === null) return null;
  const before = latestBefore(seen, book);
  const after = own ?? shownAfter(seen, book).find(({ seen: each }) => !each.writes)?.seen;
  if (before === null || after === undefined) return null;
  const [from, to] = [countIn(before.texts[0]), countIn(after.shown[0]?.text)];
  // Mostly a write moves it by one, which says nothing.
  if (from === null || to === null || to - from < 2) return null;
  if (writesBetween(before.seen, seen, book).length > 0) return null;
  if (own === null && writesBetween(seen, after, book).length > 0) return null;
  return { by: to - from, text: `from ${from} to ${to}`, at: after, from: before.seen };
}

/** In a longer time another client may well have written. */
const LONGEST_MS = 2_000;

/** True where an earlier request may still take effect, or was told that another version is there than was shown. */
function isUnsettled(seen: Seen, before: Seen, book: Recording["book"]): boolean {
  return book
    .sameResource(seen)
    .some(
      ({ writes, ending, index }) =>
        writes &&
        index < seen.index &&
        (ending === "unanswered" || ending === "failed" || (ending === "refused" && index > before.index)),
    );
}

/** True where nobody else is likely to have moved the version meanwhile. */
function isAlone(seen: Seen, before: Seen, book: Recording["book"]): boolean {
  if (isUnsettled(seen, before, book)) return false;
  const demanded = seen.sent.some(({ texts }) =>
    texts.some((text) => before.shown.some((each) => each.text === text)),
  );
  const others = book.sameResource(seen).some((each) => each.writes && each.principal !== seen.principal);
  return demanded || (book.timesKnown && !others && seen.startMs - before.endMs <= LONGEST_MS);
}

function byVersion(seen: Seen, recording: Recording): Sign | null {
  if (seen.method === "POST" || isShared(seen) || recording.repeatOf(seen) !== undefined) return null;
  const step = stepOf(seen, recording.book);
  if (step === null || step.by !== 2 || countsByMore(seen, recording)) return null;
  if (!isAlone(seen, step.from, recording.book)) return null;
  const fact = `the version went ${step.text}, and one write was sent`;
  return { certainty: "possible", evidence: [{ exchange: step.at.id, fact }] };
}

/** Counters in the answers of one operation: `executions` went up by two. */
function byCounter(seen: Seen, { book, repeatOf }: Recording): Sign | null {
  if (repeatOf(seen) !== undefined) return null;
  const jump = counterJump(seen, book);
  if (jump === null || jump.base === null || jump.unseen !== 1 || jump.open.length > 0) return null;
  return {
    certainty: "possible",
    evidence: [{ exchange: jump.base.id, fact: `${jump.fact}, and one request was sent` }],
  };
}

/** What shows that one request had two effects; null where nothing does. Pure. */
export function twoEffectsOf(seen: Seen, recording: Recording): Sign | null {
  if (!seen.writes || (seen.ending !== "accepted" && seen.ending !== "unanswered")) return null;
  return listedTwice(seen, recording) ?? byVersion(seen, recording) ?? byCounter(seen, recording);
}

const WHY =
  "Something between client and server sent it twice, such as a proxy or a library that resends; or another client did the same.";

/** One request was sent, and there are two effects. */
export const duplicateDelivery: AnomalyRule = (recording) =>
  recording.book.writes.flatMap((seen): readonly AnomalyFinding[] => {
    const found = twoEffectsOf(seen, recording);
    if (found === null) return [];
    const are = found.certainty === "possible" ? "seem to be" : "are";
    const explanation = `${seen.id} was sent once, and two effects ${are} there. ${WHY}`;
    return [{ seen, ...found, ruledOut: [], explanation }];
  });
