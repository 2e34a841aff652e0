import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import {
  countIn,
  isBefore,
  isLatest,
  mayHaveWritten,
  type Sighting,
  shownAfter,
  shownBefore,
  writesBetween,
} from "../lines.js";
import type { Recording } from "../recording.js";
import { contestedBy } from "../representation.js";
import type { Seen } from "../seen.js";
import type { SentToken } from "../tokens.js";

/** What shows that a token was outdated when it was sent. */
interface Outdated {
  readonly by: Seen;
  readonly fact: string;
  /** A write of ours in between that set what this one sets. */
  readonly contested: boolean;
  /** Tokens that count, or that never came again: the later one is the newer one. */
  readonly ordered: boolean;
}

function isOlder(token: string, { texts }: Sighting): boolean | null {
  const [mine, theirs] = [countIn(token), countIn(texts[0])];
  return mine === null || theirs === null ? null : mine < theirs;
}

/** The last answer that showed the token, among those of the path that it was shown for. */
function lineOf(seen: Seen, token: SentToken, { book }: Recording): readonly Sighting[] {
  const own = shownBefore(seen, book);
  if (own.some(({ texts }) => texts.some((text) => token.texts.includes(text)))) return own;
  const other = book
    .sameResource(seen)
    .findLast(
      (each) => isBefore(each, seen, book) && each.shown.some(({ text }) => token.texts.includes(text)),
    );
  return other === undefined ? own : shownBefore(seen, book, other.path);
}

function byAnotherToken(seen: Seen, token: SentToken, recording: Recording): Outdated | null {
  const { book, repeatOf } = recording;
  const line = lineOf(seen, token, recording).filter(({ seen: each }) => repeatOf(each) === undefined);
  const [latest] = line;
  const [text] = token.texts;
  if (latest === undefined || text === undefined || latest.texts.includes(text)) return null;
  const older = isOlder(text, latest);
  if (older === false) return null;
  const at = line.findIndex(({ texts }) => texts.includes(text));
  // Opaque tokens: the newer one is the one that was first seen later. One that nobody saw may be anything.
  if (
    older === null &&
    (at === -1 || line.slice(at + 1).some(({ texts }) => texts.some((each) => latest.texts.includes(each))))
  )
    return null;
  const seenIn = line[at]?.seen;
  const movers = seenIn === undefined ? [] : writesBetween(seenIn, seen, book);
  return {
    by: latest.seen,
    fact: `another version had been shown before ${seen.id} was sent: ${latest.texts.join(", ")} instead of ${text}`,
    contested: movers.some((each) => contestedBy(each, seen) !== null),
    ordered: older === true,
  };
}

/** A write that was acknowledged after the token was read: unless it changed nothing, the token is an older one's. */
function byWrite(seen: Seen, token: SentToken, recording: Recording): Outdated | null {
  const { book } = recording;
  const [latest] = lineOf(seen, token, recording);
  const isLatest = latest?.texts.some((text) => token.texts.includes(text)) === true;
  if (latest === undefined || !isLatest) return null;
  const writes = book
    .sameResource(seen)
    .filter(
      (each) =>
        each !== seen &&
        each.path === seen.path &&
        each.method !== "POST" &&
        each.ending === "accepted" &&
        mayHaveWritten(each) &&
        isBefore(latest.seen, each, book) &&
        isBefore(each, seen, book) &&
        recording.repeatOf(each) === undefined,
    );
  // A token that is there afterwards was not outdated: it goes by the content, or by the second.
  const after = shownAfter(seen, book)[0];
  if (after?.texts.some((text) => token.texts.includes(text)) === true) return null;
  const mover = writes.find((each) => each.shown.length === 0 && contestedBy(each, seen) !== null);
  if (mover === undefined) return null;
  const fact = `written after ${latest.seen.id} had shown ${token.raw}, and before ${seen.id} was sent`;
  return { by: mover, fact, contested: true, ordered: false };
}

function judge(seen: Seen, recording: Recording): AnomalyFinding | null {
  const repeat = recording.repeatOf(seen);
  if (repeat !== undefined && repeat.kinds[0]?.kind !== "executed") return null;
  for (const token of seen.sent) {
    if (token.texts.length !== 1 || token.texts[0] === "*") continue;
    if (isLatest(token.texts, seen, recording.book)) continue;
    const found = byAnotherToken(seen, token, recording) ?? byWrite(seen, token, recording);
    if (found === null) continue;
    const { by, fact, contested, ordered } = found;
    // A header may have been lost on the way; a member of the body that was carried out cannot.
    const isBody = token.carrier === "body";
    const certainty = contested && ordered && isBody ? "certain" : contested ? "likely" : "possible";
    const field = contested
      ? ""
      : " A server that compares field by field may accept it where nothing that it touches had changed.";
    return {
      seen,
      certainty,
      evidence: [{ exchange: by.id, fact }],
      ruledOut: [],
      explanation: `${seen.id} was accepted with ${token.name} ${token.raw}, which was outdated by then. The server does not look at ${token.name}, or goes by another token: it protects nothing here.${field}`,
    };
  }
  return null;
}

/** A write with an outdated token was accepted. */
export const preconditionIgnored: AnomalyRule = (recording) =>
  recording.book.writes.flatMap((seen): readonly AnomalyFinding[] => {
    if (seen.ending !== "accepted" || seen.sent.length === 0 || seen.method === "POST") return [];
    const found = judge(seen, recording);
    return found === null ? [] : [found];
  });
