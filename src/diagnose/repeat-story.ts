import type { Book } from "./book.js";
import { counterJump } from "./counters.js";
import type { Certainty, Evidence } from "./diagnose.js";
import { countIn, latestBefore, shownAfter, shownBefore, writesBetween } from "./lines.js";
import { cacheSign, madeByServer, namesCorrelation, replayMark, sameAnswer, sameValue } from "./marks.js";
import type { Reads } from "./reads.js";
import { answerOf, askedOf, contestedBy, leavesOf, showsAsked } from "./representation.js";
import type { Seen } from "./seen.js";

/** What became of an accepted request whose key had come before. */
export type RepeatKind = "stored" | "executed" | "cached";

/** An accepted request whose key an earlier request to the same operation carries. */
export interface Repeat {
  readonly seen: Seen;
  /** Earlier requests with this key that may have had their effect, oldest first. */
  readonly priors: readonly Seen[];
  /** The earlier accepted request whose answer this one is, or the last accepted one; null where none was accepted. */
  readonly source: Seen | null;
  /** True where the same value was asked for before: by the source, or, where it was carried out, by any prior. */
  readonly same: boolean;
  /** What it was, the likelier first: several where nothing settles it, none where nothing suggests anything. */
  readonly kinds: readonly { readonly kind: RepeatKind; readonly certainty: Certainty }[];
  readonly evidence: readonly Evidence[];
}

interface Sign {
  readonly kind: RepeatKind;
  /** `proof`: nothing else explains it; `strong`: the server says so, or only a coincidence would; `weak`: it fits. */
  readonly weight: Weight;
  readonly seen: Seen;
  readonly fact: string;
}

type Weight = "proof" | "strong" | "weak";

const WORTH: Readonly<Record<Weight, number>> = { proof: 100, strong: 10, weak: 1 };

interface Pair {
  readonly seen: Seen;
  readonly priors: readonly Seen[];
  /** Later requests with the key that may have had their effect. */
  readonly followers: readonly Seen[];
  readonly source: Seen | null;
  readonly book: Book;
  readonly reads: Reads;
}

function sign(kind: RepeatKind, weight: Weight, seen: Seen, fact: string): Sign {
  return { kind, weight, seen, fact };
}

/** What the headers of the answer say of themselves. */
function bySaying({ seen, source }: Pair): readonly Sign[] {
  const mark = replayMark(seen);
  const signs: Sign[] = [];
  if (mark !== null && (source === null || replayMark(source) !== mark))
    signs.push(sign("stored", "strong", seen, `header ${mark} marks the answer as stored`));
  const cached = cacheSign(seen);
  const sameId =
    source !== null &&
    seen.exchange.correlationId !== null &&
    seen.exchange.correlationId === source.exchange.correlationId;
  if (cached !== null && (source === null || cacheSign(source) === null)) {
    signs.push(sign("cached", sameId ? "proof" : "strong", seen, `${cached}, which only a cache sets`));
  }
  if (sameId && source !== null) {
    const fact = `the correlation ID of ${source.id} came again`;
    signs.push(sign(cached === null ? "stored" : "cached", "strong", seen, fact));
  }
  const named = source === null ? null : namesCorrelation(seen, source);
  if (named !== null && source !== null)
    signs.push(sign("stored", "proof", seen, `header ${named} is the correlation ID of ${source.id}`));
  return signs;
}

function countsGrown(before: unknown, after: unknown): string | null {
  const old = leavesOf(before);
  for (const [path, value] of leavesOf(after)) {
    const was = old.get(path);
    if (typeof value !== "number" || typeof was !== "number" || value <= was) continue;
    if (Number.isInteger(value) && value - was < 1_000)
      return `${path.slice(1)} went from ${was} to ${value}`;
  }
  return null;
}

/** What the answer says of the thing beside the first one's. */
function byAnswer({ seen, source }: Pair): readonly Sign[] {
  if (source === null) return [];
  const [made, madeBefore] = [madeByServer(seen), madeByServer(source)];
  if (made !== null && madeBefore !== null)
    return made === madeBefore
      ? [sign("stored", "strong", seen, `the id ${made} is the one that ${source.id} was answered with`)]
      : [sign("executed", "proof", seen, `the server made a second id: ${madeBefore}, then ${made}`)];
  const [answer, before] = [answerOf(seen), answerOf(source)];
  if (answer === undefined || before === undefined) return [];
  const [asked, askedBefore] = [askedOf(seen), askedOf(source)];
  if (!sameValue(seen, source)) {
    const own = showsAsked(answer, asked);
    const others = showsAsked(answer, askedBefore);
    if (own && !showsAsked(before, asked))
      return [sign("executed", "strong", seen, `the answer shows what ${seen.id} asked for`)];
    if (others && !own) {
      // A member that the server does not know is shown by no answer, carried out or not.
      const weight = contestedBy(seen, source) === null ? "weak" : "strong";
      return [sign("stored", weight, seen, `the answer shows what ${source.id} asked for, not ${seen.id}`)];
    }
  }
  const grown = sameAnswer(seen, source) ? null : countsGrown(before, answer);
  return grown === null ? [] : [sign("executed", "weak", seen, grown)];
}

function describe(texts: readonly string[]): string {
  return [...new Set(texts)].join(", ");
}

/** What the token in the answer says. */
function byToken(pair: Pair): readonly Sign[] {
  const { seen, source, book } = pair;
  const [token] = seen.shown;
  const [first] = source?.shown ?? [];
  if (token === undefined || first === undefined || source === null || seen.method === "POST") return [];
  const latest = latestBefore(seen, book);
  if (token.text === first.text) {
    const moved = latest !== null && !latest.texts.includes(token.text);
    if (moved && latest !== null) {
      const fact = `it shows the version ${token.text} again, though ${latest.seen.id} had shown ${describe(latest.texts)}`;
      return [sign("stored", countIn(token.text) === null ? "weak" : "strong", seen, fact)];
    }
    return [sign("stored", "weak", seen, `it shows the same version as ${source.id}: ${token.text}`)];
  }
  if (latest === null) return [];
  if (latest.texts.includes(token.text))
    return [sign("stored", "weak", seen, `the version is still ${token.text}, as ${latest.seen.id} showed`)];
  const between = writesBetween(latest.seen, seen, book);
  const fact = `the version moved from ${describe(latest.texts)} to ${token.text}`;
  return [sign("executed", between.length === 0 ? "strong" : "weak", seen, fact)];
}

/** The id of the answer in a list that was read before the request was sent: it was there already. */
function byListedId({ seen, priors, reads }: Pair): Sign | null {
  const id = madeByServer(seen);
  const list = reads.before(seen).find((read) => reads.effectsIn(read, seen) !== null);
  if (id === null || list === undefined || list.index < (priors[0]?.index ?? 0)) return null;
  if (list.exchange.response?.body.includes(id) === true)
    return sign("stored", "proof", list, `it lists the id ${id} before ${seen.id} was sent`);
  if (!reads.namesKeys(list) || (reads.effectsIn(list, seen) ?? 0) === 0) return null;
  return sign(
    "executed",
    "proof",
    list,
    `it lists an effect of this key, and not the id ${id}, which came later`,
  );
}

/** A list without keys, where another body was asked for than first: whose item is there? */
function byItem(
  { seen, source, reads }: Pair,
  { after, count }: { readonly after: Seen; readonly count: number },
): readonly Sign[] {
  if (source === null || showsAsked(askedOf(source), askedOf(seen))) return [];
  const before = reads.before(seen).find((read) => reads.effectsIn(read, seen) !== null);
  const was = before === undefined ? 0 : (reads.effectsIn(before, seen) ?? 0);
  if (count > was) return [sign("executed", "strong", after, `it lists what ${seen.id} asked for`)];
  const first = reads.effectsIn(after, source) ?? 0;
  return first > 0
    ? [sign("stored", "strong", after, `it lists what ${source.id} asked for, not ${seen.id}`)]
    : [];
}

/** Requests of other callers, or to other operations, under the same key: a list names the key and not who sent it. */
function othersWithKey({ seen, priors, followers, book }: Pair): readonly Seen[] {
  return book
    .sameKey(seen)
    .filter(
      (each) =>
        each !== seen &&
        !priors.includes(each) &&
        !followers.includes(each) &&
        each.ending !== "refused" &&
        each.ending !== "unsent",
    );
}

/** What lists say: items under the key. */
function byLists(pair: Pair): readonly Sign[] {
  const { seen, priors, followers, reads } = pair;
  const listed = byListedId(pair);
  if (listed !== null) return [listed];
  const after = reads.after(seen).find((read) => reads.effectsIn(read, seen) !== null);
  const count = after === undefined ? null : reads.effectsIn(after, seen);
  if (after === undefined || count === null) return [];
  const later = followers.filter(({ index }) => index < after.index).length;
  const strangers = othersWithKey(pair).filter(({ index }) => index < after.index);
  const before = reads.before(seen).find((read) => reads.effectsIn(read, seen) !== null);
  const was = before === undefined ? null : reads.effectsIn(before, seen);
  if (before !== undefined && was !== null && was > 0 && before.index > (priors.at(-1)?.index ?? 0)) {
    if (count === was)
      return [sign("stored", "proof", after, `no more effects are listed than in ${before.id}`)];
    const isAlone = later === 0 && strangers.every(({ index }) => index < before.index);
    if (count > was && isAlone)
      return [sign("executed", "proof", after, `${count} effects are listed, ${was} in ${before.id}`)];
  }
  const isOwn = reads.namesKeys(after);
  if (!isOwn && pair.source !== null && !sameValue(pair.source, seen)) return byItem(pair, { after, count });
  const accepted = priors.some(({ ending }) => ending === "accepted");
  if (count === 1 && accepted)
    return [sign("stored", "proof", after, "one effect is listed for all of them")];
  if (isOwn && count > priors.length + later + strangers.length)
    return [sign("executed", "proof", after, `${count} effects are listed`)];
  return [];
}

/** The first attempts got no answer, and counts and versions tell of more effects than one. */
function byJump({ seen, source, priors, book }: Pair): readonly Sign[] {
  if (source !== null || seen.resource.startsWith("conversation:")) return [];
  const jump = counterJump(seen, book);
  if (jump !== null && jump.unseen === jump.open.length && jump.open.some((each) => priors.includes(each)))
    return [sign("executed", jump.base === null ? "weak" : "strong", seen, jump.fact)];
  const before = latestBefore(seen, book);
  const [from, to] = [countIn(before?.texts[0]), countIn(seen.shown[0]?.text)];
  if (before === null || from === null || to === null || to - from !== 1 + priors.length) return [];
  if (writesBetween(before.seen, seen, book).some((each) => !priors.includes(each))) return [];
  return [
    sign(
      "executed",
      "strong",
      before.seen,
      `the version went from ${from} to ${to}: one step for each attempt`,
    ),
  ];
}

/** True where a read shows less than the request itself had been answered with: it trails, and says nothing. */
function isTrailing(read: Seen, seen: Seen): boolean {
  const [shown, own] = [countIn(read.shown[0]?.text), countIn(seen.shown[0]?.text)];
  return shown !== null && own !== null && shown < own;
}

/** Counts that were shown before and after some writes of ours: one step for each that was carried out. */
function bySteps({ seen, priors, book }: Pair): readonly Sign[] {
  if (seen.method === "POST" || seen.resource.startsWith("conversation:")) return [];
  const [first] = priors;
  const before = first === undefined ? null : latestBefore(first, book);
  const after = shownAfter(seen, book).find(({ seen: each }) => !each.writes);
  const [from, to] = [countIn(before?.texts[0]), countIn(after?.texts[0])];
  if (before === null || after === undefined || from === null || to === null) return [];
  if (isTrailing(after.seen, seen)) return [];
  const writes = writesBetween(before.seen, after.seen, book);
  if (writes.some(({ ending, path }) => ending !== "accepted" || path !== seen.path)) return [];
  const fact = `the version went from ${from} to ${to}`;
  if (to - from === writes.length)
    return [sign("executed", "strong", after.seen, `${fact}: one step for each write`)];
  if (writes.length !== 2 || to - from !== 1) return [];
  // The same value again changes nothing, and many servers keep the version then.
  const weight = priors.some((each) => sameValue(each, seen)) ? "weak" : "strong";
  return [sign("stored", weight, after.seen, `${fact}: one step for both`)];
}

/** What a read of the thing after it says, where nothing else was written meanwhile. */
function byState({ seen, source, book, reads }: Pair): readonly Sign[] {
  const after = reads.after(seen).find((read) => reads.effectsIn(read, seen) === null);
  if (after === undefined || source === null || isTrailing(after, seen)) return [];
  if (writesBetween(seen, after, book).length > 0) return [];
  const answer = answerOf(after);
  const [asked, askedBefore] = [askedOf(seen), askedOf(source)];
  const signs: Sign[] = [];
  if (answer !== undefined && !sameValue(seen, source)) {
    const [own, others] = [showsAsked(answer, asked), showsAsked(answer, askedBefore)];
    if (own && !others) signs.push(sign("executed", "strong", after, `it shows what ${seen.id} asked for`));
    if (others && !own) {
      const weight = contestedBy(seen, source) === null ? "weak" : "strong";
      signs.push(sign("stored", weight, after, `it shows what ${source.id} asked for, not ${seen.id}`));
    }
  }
  const [shown] = after.shown;
  const [before, ...older] = shownBefore(seen, book, after.path);
  if (shown !== undefined && before !== undefined && writesBetween(before.seen, seen, book).length === 0) {
    const moved = !before.texts.includes(shown.text);
    // What had been shown before that cannot have come of this: the read in between trailed.
    if (moved && older.some(({ texts }) => texts.includes(shown.text))) return signs;
    const fact = moved
      ? `the version moved from ${describe(before.texts)} to ${shown.text} meanwhile`
      : `the version is ${shown.text} still, as before`;
    signs.push(sign(moved ? "executed" : "stored", moved ? "strong" : "weak", after, fact));
  }
  return signs;
}

function worthOf(signs: readonly Sign[], kind: RepeatKind): number {
  return signs.reduce((sum, each) => (each.kind === kind ? sum + WORTH[each.weight] : sum), 0);
}

const KINDS: readonly RepeatKind[] = ["stored", "executed", "cached"];

function decide(all: readonly Sign[], mayChangeNothing: boolean): Repeat["kinds"] {
  // What a cache gives back looks like what a server stored, in all but the headers.
  const isCached = worthOf(all, "cached") >= WORTH.strong;
  const signs = isCached ? all.filter(({ kind }) => kind !== "stored") : all;
  const ranked = KINDS.map((kind) => ({ kind, worth: worthOf(signs, kind) }))
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth);
  const [best, next] = ranked;
  if (best === undefined) return [];
  const alone = next === undefined;
  if (best.worth >= WORTH.proof && alone) return [{ kind: best.kind, certainty: "certain" }];
  if (best.worth >= WORTH.strong && (alone || best.worth >= 5 * next.worth))
    return [{ kind: best.kind, certainty: "likely" }];
  const open = ranked.map(({ kind }) => ({ kind, certainty: "possible" as const }));
  return alone && best.kind === "stored" && mayChangeNothing
    ? [...open, { kind: "executed", certainty: "possible" }]
    : open;
}

/** Nothing tells: it was one of the two. */
const UNTOLD: Repeat["kinds"] = [
  { kind: "stored", certainty: "possible" },
  { kind: "executed", certainty: "possible" },
];

function sourceOf(seen: Seen, priors: readonly Seen[]): Seen | null {
  const accepted = priors.filter(({ ending }) => ending === "accepted");
  const made = madeByServer(seen);
  // Who was answered with it before may have been given the stored answer as well: it is of who came first.
  const maker = made === null ? undefined : accepted.find((each) => madeByServer(each) === made);
  if (maker !== undefined) return maker;
  const { correlationId } = seen.exchange;
  const told = accepted.find(
    (each) => correlationId !== null && each.exchange.correlationId === correlationId,
  );
  if (told !== undefined) return told;
  return accepted.findLast((each) => sameAnswer(each, seen)) ?? accepted.at(-1) ?? null;
}

/** Tells what an accepted request with a known key was: carried out once more, or answered from a store. Pure. */
export function repeatStory(
  seen: Seen,
  { priors, followers }: Pick<Pair, "priors" | "followers">,
  at: Pick<Pair, "book" | "reads">,
): Repeat {
  const source = sourceOf(seen, priors);
  const pair: Pair = { seen, priors, followers, source, ...at };
  const signs = [bySaying, byAnswer, byToken, byLists, byState, bySteps, byJump].flatMap((rule) =>
    rule(pair),
  );
  const decided = decide(signs, seen.method !== "POST" && source !== null && sameValue(source, seen));
  const kinds = decided.length > 0 || source === null ? decided : UNTOLD;
  const executed = kinds[0]?.kind === "executed";
  return {
    seen,
    priors,
    source,
    same:
      executed || source === null ? priors.some((each) => sameValue(each, seen)) : sameValue(source, seen),
    kinds,
    evidence: signs.map(({ seen: by, fact }) => ({ exchange: by.id, fact })),
  };
}
