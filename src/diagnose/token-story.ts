import type { Mover } from "../core/causes.js";
import type { Case } from "./refusal.js";
import type { Seen } from "./seen.js";
import type { TokenStory } from "./stories.js";
import { type SentToken, withoutSuffix } from "./tokens.js";

function isShown(seen: Seen, texts: readonly string[]): boolean {
  for (const { text } of seen.shown) if (texts.includes(text)) return true;
  return false;
}

/** True where an answer tells what is current of the same kind as the token sent. */
function tells(seen: Seen, { count }: SentToken): boolean {
  if (count === undefined) return seen.shown.length > 0;
  return seen.shown.some(({ text }) => text.startsWith(`${count} `));
}

function movers(of: Case, from: Seen | null): readonly Seen[] {
  const { refused, book } = of;
  const since = from === null ? Number.NEGATIVE_INFINITY : from.startMs;
  return book
    .sameResource(refused)
    .filter(
      (each) =>
        each !== from &&
        each.writes &&
        (from === null || each.thing === from.thing || each.resource === from.thing) &&
        (each.ending === "accepted" || each.ending === "unanswered" || each.ending === "failed") &&
        each.startMs >= since &&
        each.index < refused.index,
    );
}

/** True where the token had moved before a write of ours: an answer before it, or the token that it carries, says so. */
function hadMoved(
  { book }: Case,
  write: Seen,
  { from, token }: { readonly from: Seen; readonly token: SentToken },
): boolean {
  const { texts, count } = token;
  const own = write.sent.filter((each) => each.count === count);
  const carriesAnother =
    own.length > 0 && !own.some((each) => each.texts.some((text) => texts.includes(text)));
  if (carriesAnother) return true;
  return book
    .sameResource(write)
    .some(
      (each) =>
        each.index > from.index &&
        each.endMs <= write.startMs &&
        each.ending === "accepted" &&
        each.thing === from.thing &&
        each.shown.length > 0 &&
        !isShown(each, texts),
    );
}

/** Who made the first write that the token's holder had not seen. */
function moverOf(
  of: Case,
  from: Seen | null,
  moved: { readonly token: SentToken; readonly isSeen: boolean },
): Mover {
  const { refused } = of;
  if (from === null) return "unknown";
  const [first] = movers(of, from).filter(({ ending }) => ending === "accepted");
  if (first === undefined) return moved.isSeen ? "not-ours" : "unknown";
  if (hadMoved(of, first, { from, token: moved.token })) return "not-ours";
  const { writer } = refused.exchange;
  const other = first.principal !== refused.principal || first.exchange.writer !== writer;
  return other ? "other-writer" : "own-write";
}

/** Follows one token of the refused request through the exchanges. Pure. */
export function tokenStory(of: Case, token: SentToken): TokenStory {
  const story = of.kept.tokens.get(token) ?? followToken(of, token);
  of.kept.tokens.set(token, story);
  return story;
}

/** The texts of a token as answers show them: one that was shown without a proxy's suffix is followed without it. */
function shownTexts({ texts }: SentToken, here: readonly Seen[]): readonly string[] {
  return texts.map((text) => {
    const bare = withoutSuffix(text);
    const isKnown = bare === null || here.some((each) => isShown(each, [text]));
    return isKnown || !here.some((each) => isShown(each, [bare])) ? text : bare;
  });
}

function followToken(of: Case, token: SentToken): TokenStory {
  const { refused, book } = of;
  const here = book.sameResource(refused).filter((each) => each !== refused && each.ending === "accepted");
  const texts = shownTexts(token, here);
  const shownIn = here.filter((each) => each.index < refused.index && isShown(each, texts));
  const seenIn = shownIn.findLast(({ thing }) => thing === refused.thing) ?? shownIn.at(-1) ?? null;
  // Counters of two things may be equal: what the token says is told by answers about the thing that showed it.
  const thing = seenIn?.thing ?? refused.thing;
  const about = here.filter((each) => each.thing === thing);
  const before = about.filter(({ index }) => index < refused.index);
  const after = about.filter(({ startMs }) => startMs >= refused.endMs);
  const elsewhere = texts
    .flatMap((text) => book.sameToken(text))
    .find(({ made, index }) => made !== refused.resource && index < refused.index);
  const latest = before.findLast((each) => tells(each, token));
  // A version in a body is compared with the thing's own, wherever it was read; an entity tag is of one URL.
  const isCompared = thing === refused.thing || token.carrier !== "if-match";
  const own = tells(refused, token) && isCompared ? refused : null;
  const next = after.find((each) => !each.writes && tells(each, token));
  const told = own ?? next ?? null;
  const movedBefore = latest !== undefined && !isShown(latest, texts) ? latest : null;
  const movedLater = told !== null && !isShown(told, texts) && noWriteBetween(of, told) ? told : null;
  const same = told !== null && isShown(told, texts) ? told : null;
  // A read after a write of ours that shows what was there before it may trail behind, as reads of copies do.
  const trails =
    same !== null && same !== own && (isWrittenBetween(of, seenIn, same) || isTrailing(of, same, texts));
  const unmoved = trails || isDenied(refused, texts) ? null : same;
  const moved = movedBefore ?? movedLater;
  return {
    token,
    seenIn,
    shownBeside: seenIn !== null && seenIn.thing !== refused.thing && !isTakenHere(of, texts) ? seenIn : null,
    // What a collection made shows a token of its own.
    issuedFor:
      seenIn === null && !here.some((each) => each.made === refused.resource && isShown(each, texts))
        ? (elsewhere ?? null)
        : null,
    movedIn: unmoved === null ? moved : null,
    unmovedIn: unmoved,
    movedBy: moverOf(of, seenIn, { token: { ...token, texts }, isSeen: moved !== null }),
  };
}

/** True where the thing itself shows that it goes by such tokens: its own answer showed it, or it took one shown beside it. */
function isTakenHere({ refused, book }: Case, texts: readonly string[]): boolean {
  const about = book.sameResource(refused).filter((each) => each !== refused && each.ending === "accepted");
  const own = about.filter(({ thing }) => thing === refused.thing);
  const beside = about.filter(({ thing }) => thing !== refused.thing);
  const isOfAnother = (token: SentToken, at: number): boolean =>
    beside.some((each) => each.index < at && isShown(each, token.texts)) &&
    !own.some((each) => each.index < at && isShown(each, token.texts));
  return (
    own.some((each) => isShown(each, texts)) ||
    own.some(({ writes, sent, index }) => writes && sent.some((token) => isOfAnother(token, index)))
  );
}

/** True where a write was accepted between the answer that showed the token and a later read: it must have moved it. */
function isWrittenBetween({ refused, book }: Case, seenIn: Seen | null, read: Seen): boolean {
  if (seenIn === null) return false;
  return book
    .sameResource(refused)
    .some(
      (each) =>
        each.writes &&
        each !== seenIn &&
        each.ending === "accepted" &&
        (each.thing === seenIn.thing || each.resource === seenIn.thing) &&
        each.startMs >= seenIn.startMs &&
        each.endMs <= read.startMs,
    );
}

/** True where what reads show of a token is not what the server goes by. Pure. */
export function isMisread(of: Case, { texts }: SentToken): boolean {
  const { refused, book } = of;
  if (isDenied(refused, texts)) return true;
  const read = book
    .sameResource(refused)
    .find(
      (each) =>
        !each.writes &&
        each.ending === "accepted" &&
        each.startMs >= refused.endMs &&
        each.thing === refused.thing &&
        isShown(each, texts),
    );
  return read !== undefined && isTrailing(of, read, texts);
}

/** True where the last write before a read was answered with another token than the read shows: reads trail behind. */
function isTrailing({ book }: Case, read: Seen, texts: readonly string[]): boolean {
  const last = book
    .sameResource(read)
    .findLast(
      (each) =>
        each.writes &&
        each.ending === "accepted" &&
        each.thing === read.thing &&
        each.endMs <= read.startMs &&
        each.shown.length > 0,
    );
  return last !== undefined && last.method !== "DELETE" && !isShown(last, texts);
}

/** True where the refusal itself shows another counter as current: that of another thing may be equal by chance. */
function isDenied(refused: Seen, texts: readonly string[]): boolean {
  const isCounter = texts.every((text) => /^\d{1,6}$/.test(text));
  return isCounter && refused.shown.length > 0 && !isShown(refused, texts);
}

/** A later read tells what was current at the refusal only as long as nobody here wrote in between. */
function noWriteBetween({ refused, book }: Case, told: Seen): boolean {
  return !book
    .sameResource(refused)
    .some(
      (each) =>
        each.writes &&
        each.ending !== "refused" &&
        each.startMs > refused.startMs &&
        each.startMs < told.startMs,
    );
}

/** True where an exchange shows that one of these tokens was current: an answer shows it, or a write with it was accepted. */
function isCurrentIn(seen: Seen, texts: readonly string[]): boolean {
  if (!seen.writes) return isShown(seen, texts);
  return seen.sent.some((token) => token.texts.some((text) => texts.includes(text)));
}

/** The first exchange from a place on that tells which token is current: a write that was accepted moves it, so nothing after it does. */
function firstTelling(about: readonly Seen[], from: Seen, sinceMs: number): Seen | undefined {
  return about.find(
    (each) =>
      each.thing === from.thing &&
      each.startMs >= sinceMs &&
      each.ending === "accepted" &&
      (each.writes || each.shown.length > 0),
  );
}

/**
 * An exchange that shows the token as current after the very same request had been refused before: whatever refused it then
 * was not the token, and explains this refusal too. Pure.
 */
export function refusedWhileCurrent({ refused, repeats, book }: Case, { texts }: SentToken): Seen | null {
  const about = book.sameResource(refused);
  for (const earlier of repeats) {
    if (earlier.index >= refused.index) break;
    if (earlier.ending !== "refused") continue;
    if (isShown(earlier, texts)) return earlier;
    const next = firstTelling(about, refused, earlier.endMs);
    if (next !== undefined && next.index < refused.index && isCurrentIn(next, texts)) return next;
  }
  return null;
}

/** The next write after the refusal, accepted with the same token: it was current, or is so again by chance. Pure. */
export function takenLater({ refused, book }: Case, { texts }: SentToken): Seen | null {
  const next = book
    .sameResource(refused)
    .find(
      (each) =>
        each.writes &&
        each.thing === refused.thing &&
        each.ending !== "refused" &&
        each !== refused &&
        each.endMs > refused.endMs,
    );
  return next !== undefined && next.startMs >= refused.endMs && isCurrentIn(next, texts) ? next : null;
}

/** A write of ours that was accepted after the token was read: it must have moved it. Pure. */
export function overwrittenBy(of: Case, { seenIn }: TokenStory): Seen | null {
  if (seenIn === null) return null;
  return movers(of, seenIn).find(({ ending }) => ending === "accepted") ?? null;
}

/**
 * A write that was accepted with a value of this member that no answer had shown before, where another had been, and that
 * is shown from then on: the member is the client's own data, and no token. Pure.
 */
export function storedAsData({ refused, book }: Case, { carrier, name }: SentToken): Seen | null {
  if (carrier !== "body") return null;
  const about = book
    .sameResource(refused)
    .filter(({ ending, thing }) => ending === "accepted" && thing === refused.thing);
  const isStored = (write: Seen): boolean => {
    const texts = write.sent.find((each) => each.carrier === carrier && each.name === name)?.texts;
    if (texts === undefined || !write.writes) return false;
    const before = about.filter(({ index, shown }) => index < write.index && shown.length > 0);
    if (before.length === 0 || before.some((each) => isShown(each, texts))) return false;
    const next = about.find(({ index, shown }) => index >= write.index && shown.length > 0);
    return next !== undefined && isShown(next, texts);
  };
  return about.find(isStored) ?? null;
}

/** True where all versions that were shown of the thing are counts, and this is none: no server gave it out. Pure. */
export function isOfAnotherForm({ refused, book }: Case, { texts }: SentToken): boolean {
  const isCount = (text: string): boolean => /^\d+$/.test(text);
  if (texts.every(isCount)) return false;
  const shown = book.sameResource(refused).flatMap((each) => each.shown.map(({ text }) => text));
  return shown.length > 0 && shown.every(isCount);
}
