import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { counterJump } from "../counters.js";
import type { Certainty, Evidence } from "../diagnose.js";
import { countIn, isBefore, latestBefore, shownAfter, shownBefore, writesBetween } from "../lines.js";
import { sameValue } from "../marks.js";
import type { Recording } from "../recording.js";
import { keyNameOf } from "../recording.js";
import { answerOf, askedOf, showsAsked } from "../representation.js";
import type { Seen } from "../seen.js";

interface Sign {
  readonly certainty: Certainty;
  readonly evidence: readonly Evidence[];
}

function sign(certainty: Certainty, ...facts: readonly (readonly [seen: Seen, fact: string])[]): Sign {
  return { certainty, evidence: facts.map(([seen, fact]) => ({ exchange: seen.id, fact })) };
}

function retriesOf(lost: Seen, { keyed }: Recording): readonly Seen[] {
  const group = lost.key === null ? [] : (keyed.get(keyNameOf(lost)) ?? []);
  return group.filter(({ index }) => index > lost.index);
}

/** Lists: the effect is there although nobody answered. */
function byLists(lost: Seen, recording: Recording): Sign | null {
  const { reads } = recording;
  const retries = retriesOf(lost, recording).filter(({ ending }) => ending !== "refused");
  for (const read of reads.after(lost)) {
    const count = reads.effectsIn(read, lost);
    if (count === null) continue;
    const before = reads.before(lost).find((each) => reads.effectsIn(each, lost) !== null);
    const was = before === undefined ? 0 : (reads.effectsIn(before, lost) ?? 0);
    const others = retries.filter(({ index }) => index < read.index).length;
    const own = count - was;
    if (own > others) {
      const certainty = lost.key !== null || before !== undefined ? "certain" : "likely";
      return sign(certainty, [read, `${own === 1 ? "the effect is" : `${own} effects are`} listed`]);
    }
    return null;
  }
  return null;
}

/** A later answer under the same key is a stored one: there was a first effect to store. */
function byReplay(lost: Seen, recording: Recording): Sign | null {
  for (const retry of retriesOf(lost, recording)) {
    const repeat = recording.repeatOf(retry);
    const [kind, ...others] = repeat?.kinds ?? [];
    const isFirst = repeat?.priors.every(({ ending }) => ending !== "accepted") === true;
    if (kind?.kind === "stored" && others.length === 0 && isFirst && sameValue(retry, lost))
      return sign(kind.certainty, [retry, "the same key again got the stored answer"]);
  }
  return null;
}

/** What the thing shows afterwards, where nothing else was written meanwhile. */
function byState(lost: Seen, { book, reads }: Recording): Sign | null {
  const read = reads.after(lost).find((each) => reads.effectsIn(each, lost) === null);
  if (read === undefined || lost.method === "POST") return null;
  const others = writesBetween(lost, read, book).filter((each) => sameValue(each, lost));
  if (others.length > 0 || writesBetween(lost, read, book).length > 0) return null;
  const before = reads.before(lost).find((each) => each.path === read.path);
  const asked = askedOf(lost);
  const shown = showsAsked(answerOf(read), asked);
  const wasShown = before === undefined ? null : showsAsked(answerOf(before), asked);
  const settled = before !== undefined && writesBetween(before, lost, book).length === 0;
  if (shown && wasShown === false && before !== undefined)
    return sign(
      settled ? "certain" : "likely",
      [read, "it shows what was asked for"],
      [before, "it did not show it"],
    );
  const [token] = read.shown;
  const [old] = shownBefore(lost, book, read.path);
  if (token === undefined || old === undefined || writesBetween(old.seen, lost, book).length > 0)
    return shown ? sign("possible", [read, "it shows what was asked for"]) : null;
  if (old.texts.includes(token.text)) return null;
  return sign(shown ? "likely" : "possible", [
    read,
    `the version moved from ${old.texts[0]} to ${token.text}`,
  ]);
}

/** The next write of ours found a version that is further on than it should be. */
function byNextWrite(lost: Seen, { book }: Recording): Sign | null {
  const old = latestBefore(lost, book);
  const [next] = shownAfter(lost, book);
  if (old === null || next === undefined || !next.seen.writes) return null;
  const [from, to] = [countIn(old.texts[0]), countIn(next.texts[0])];
  if (from === null || to === null || to - from !== 2) return null;
  const clear =
    writesBetween(old.seen, lost, book).length === 0 && writesBetween(lost, next.seen, book).length === 0;
  if (!clear) return null;
  return sign("possible", [next.seen, `the version went from ${from} to ${to}: one step is its own`]);
}

/** A counter in the next answer tells of more effects than were answered. */
function byCounter(lost: Seen, { book }: Recording): Sign | null {
  const next = book
    .sameOperation(lost)
    .find(
      (each) =>
        each.index > lost.index && each.path === lost.path && each.ending === "accepted" && each.writes,
    );
  const jump = next === undefined ? null : counterJump(next, book);
  if (next === undefined || jump === null || !jump.open.includes(lost) || jump.unseen !== jump.open.length)
    return null;
  return sign(jump.base === null ? "possible" : "likely", [next, jump.fact]);
}

/** Statuses of a key that is held; others, and a 200 that tells of a refusal, say so in words. */
const KEY_STATUS: readonly (number | null)[] = [409, 417, 422, 423, 425];

function tellsOfArrival({ status, words }: Seen): boolean {
  return KEY_STATUS.includes(status) || (words !== null && /key/i.test(`${words.codes} ${words.prose}`));
}

/** A refusal of the same request tells that the first one had arrived. */
function byRefusal(lost: Seen, recording: Recording): Sign | null {
  const { book } = recording;
  const retry = retriesOf(lost, recording).find(
    (each) => each.ending === "refused" && isBefore(lost, each, book) && sameValue(each, lost),
  );
  if (retry !== undefined && tellsOfArrival(retry)) {
    const fact = `the same key and body was refused with ${retry.status}: the first attempt had arrived`;
    return sign("possible", [retry, fact]);
  }
  const again = book
    .sameOperation(lost)
    .find(
      (each) =>
        lost.key === null &&
        lost.method === "POST" &&
        each.index > lost.index &&
        each.path === lost.path &&
        each.ending === "refused" &&
        [409, 412].includes(each.status ?? 0) &&
        sameValue(each, lost),
    );
  return again === undefined
    ? null
    : sign("possible", [again, `the same again was refused with ${again.status}`]);
}

const SIGNS = [byLists, byReplay, byState, byCounter, byNextWrite, byRefusal] as const;

function judge(lost: Seen, recording: Recording): Sign | null {
  for (const rule of SIGNS) {
    const found = rule(lost, recording);
    if (found !== null) return found;
  }
  return null;
}

const WORDS: Readonly<Record<Certainty, string>> = {
  certain: "It was carried out all the same",
  likely: "It was most likely carried out all the same",
  possible: "It may have been carried out all the same",
};

/** No answer came, and yet it was done. */
export const responseLost: AnomalyRule = (recording) =>
  recording.book.writes.flatMap((seen): readonly AnomalyFinding[] => {
    if (seen.ending !== "unanswered") return [];
    const found = judge(seen, recording);
    if (found === null) return [];
    const { certainty, evidence } = found;
    const code = seen.exchange.error?.code ?? "no response";
    return [
      {
        seen,
        certainty,
        evidence,
        ruledOut: [],
        explanation: `${seen.id} got no answer (${code}). ${WORDS[certainty]}: only the answer was lost on its way.`,
        missing: certainty === "certain" ? [] : ["a read before and after the request"],
      },
    ];
  });
