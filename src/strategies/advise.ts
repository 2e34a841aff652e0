import { churnWords, duration, percent } from "./figure-words.js";
import type { Comparison, Figures, StrategyId } from "./strategies.js";
import { CHANGE_WAYS } from "./ways.js";

type Named = readonly [title: string, figures: Figures];

/** Less than this share of the writers apart is chance, with some two hundred of them. */
const NOTABLE = 0.1;

const SAME_BYTES: readonly StrategyId[] = ["blind-retry", "backoff", "backoff-jitter"];
const OWN: StrategyId = "small-own";
const SHARED: StrategyId = "small-shared";

/** Nothing protects what these write: that none was lost says that there was nobody to lose it to. */
const UNPROTECTED: readonly StrategyId[] = [OWN, SHARED];

function shareOf({ told, writers }: Figures): number {
  return writers === 0 ? 0 : told / writers;
}

function figuresOf({ cells }: Comparison, strategy: StrategyId): readonly Figures[] {
  return cells.filter((cell) => cell.strategy === strategy).map(({ figures }) => figures);
}

function at({ cells }: Comparison, strategy: StrategyId, churn: number): Figures | null {
  const cell = cells.find((each) => each.strategy === strategy && each.churnPerSecond === churn);
  return cell?.figures ?? null;
}

/** More told; where that is equal, sooner. */
function isBetter(one: Figures, other: Figures): boolean {
  const apart = shareOf(one) - shareOf(other);
  if (Math.abs(apart) >= NOTABLE / 10) return apart > 0;
  return (one.p95Ms ?? Number.POSITIVE_INFINITY) < (other.p95Ms ?? Number.POSITIVE_INFINITY);
}

/** The best way of changing what is shared that lost nothing; null where each lost something or told nobody. */
function bestAt(comparison: Comparison, churn: number): Named | null {
  let best: Named | null = null;
  for (const { id, title } of CHANGE_WAYS) {
    const figures = UNPROTECTED.includes(id) ? null : at(comparison, id, churn);
    if (figures === null || figures.lostUpdates > 0 || figures.told === 0) continue;
    if (best === null || isBetter(figures, best[1])) best = [title, figures];
  }
  return best;
}

/** Churn rates in a row for which the same way is best. */
interface Stretch {
  readonly title: string;
  readonly first: string;
  readonly last: string | null;
}

/** `no churn: 100%, p95 455 ms`. */
function placeWords(churn: number, figures: Figures): string {
  return `${churnWords(churn)}: ${percent(figures)}, p95 ${duration(figures.p95Ms)}`;
}

function stretchesOf(comparison: Comparison): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const churn of comparison.comparing.churnsPerSecond) {
    const best = bestAt(comparison, churn);
    if (best === null) continue;
    const words = placeWords(churn, best[1]);
    const before = stretches.at(-1);
    if (before?.title === best[0]) stretches[stretches.length - 1] = { ...before, last: words };
    else stretches.push({ title: best[0], first: words, last: null });
  }
  return stretches;
}

function bestByChurn(comparison: Comparison): string | null {
  const stretches = stretchesOf(comparison);
  if (stretches.length === 0) return null;
  const words = stretches.map(
    ({ title, first, last }) => `"${title}" (${last === null ? first : `${first}; up to ${last}`})`,
  );
  const where = comparison.comparing.writers === 1 ? "Against churn alone" : "Where writers share a value";
  return `${where}, the best of what lost nothing: ${words.join(", then ")}.`;
}

/** What pauses are worth between two reads, at the greatest churn. */
function pauses(comparison: Comparison): string | null {
  const churn = Math.max(...comparison.comparing.churnsPerSecond);
  const [atOnce, growing, jittered] = (["re-read", "re-read-backoff", "re-read-jitter"] as const).map((id) =>
    at(comparison, id, churn),
  );
  if (churn === 0 || atOnce == null || growing == null || jittered == null) return null;
  if (shareOf(atOnce) - Math.max(shareOf(growing), shareOf(jittered)) < NOTABLE) return null;
  const each = ({ requests, writers }: Figures): string => (requests / writers).toFixed(0);
  return `A pause does not outwait the platform's own writes: with ${churnWords(churn)}, ${percent(atOnce)} succeed by reading again at once, ${percent(growing)} with backoff, ${percent(jittered)} with jitter; the price is ${each(atOnce)} requests a writer instead of ${each(growing)} or ${each(jittered)}.`;
}

function isAnyTokenRefused(comparison: Comparison): boolean {
  return SAME_BYTES.some((id) =>
    figuresOf(comparison, id).some(({ staleBecauseOf }) => {
      const { churn, otherWriter, ownWrite, unknown } = staleBecauseOf;
      return churn + otherWriter + ownWrite + unknown > 0;
    }),
  );
}

/** What another attempt with the same token is worth, where the two are furthest apart. */
function sameBytes(comparison: Comparison): string | null {
  const gaps = comparison.comparing.churnsPerSecond.flatMap((churn) => {
    const same = SAME_BYTES.flatMap((id) => at(comparison, id, churn) ?? []);
    const again = at(comparison, "re-read", churn);
    const [first] = same.toSorted((a, b) => b.told - a.told);
    return first === undefined || again === null ? [] : [{ churn, same: first, again }];
  });
  const [widest] = gaps.toSorted(
    (a, b) => shareOf(b.again) - shareOf(b.same) - (shareOf(a.again) - shareOf(a.same)),
  );
  if (widest === undefined || shareOf(widest.again) - shareOf(widest.same) < NOTABLE) return null;
  return `An outdated token stays outdated, however long the pause: with ${churnWords(widest.churn)}, ${percent(widest.same)} succeed by sending the same bytes again, ${percent(widest.again)} by reading again.`;
}

/** Where nothing refuses an outdated token, pauses and reads protect nobody. */
function noCheck(comparison: Comparison): string | null {
  const again = figuresOf(comparison, "re-read");
  const lost = again.reduce((sum, { lostUpdates }) => sum + lostUpdates, 0);
  if (isAnyTokenRefused(comparison) || lost === 0) return null;
  const queued = figuresOf(comparison, "queue").reduce((sum, { lostUpdates }) => sum + lostUpdates, 0);
  return `Nothing here refuses an outdated write, so each is told of success: of ${again.reduce((sum, { told }) => sum + told, 0)} that read first, ${lost} are gone at the end; of those that took turns, ${queued}.`;
}

/** Where a refusal comes with a 2xx, a client that looks at the status alone believes it. */
function refusedAsSuccess({ cells }: Comparison): string | null {
  const worst = cells.toSorted((a, b) => b.figures.toldFalsely - a.figures.toldFalsely)[0]?.figures;
  if (worst === undefined || worst.toldFalsely === 0) return null;
  return `Refusals come as a success here: up to ${worst.toldFalsely} of ${worst.writers} were told of one though nothing was carried out. Read the body, not the status alone.`;
}

function isAllInVain({ cells }: Comparison): boolean {
  return cells.every(({ figures }) => figures.told === 0);
}

/** Where nobody is told of success in time, no way is better than another. */
function noTime(comparison: Comparison): string | null {
  return isAllInVain(comparison)
    ? "Nobody is told of success before the deadline, whatever the way: give them longer with --deadline."
    : null;
}

/** What the participant's attributes are good for. */
function smallerEndpoint(comparison: Comparison): string | null {
  const own = figuresOf(comparison, OWN);
  const shared = figuresOf(comparison, SHARED);
  const [worst] = own.toSorted((a, b) => shareOf(a) - shareOf(b));
  if (worst === undefined || isAllInVain(comparison)) return null;
  if (worst.told === 0) return "Without a token nobody succeeds at the attributes' own endpoint.";
  const ownLost = Math.max(...own.map(({ lostUpdates }) => lostUpdates));
  const sharedLost = Math.max(...shared.map(({ lostUpdates }) => lostUpdates));
  const slowest = Math.max(...own.map(({ p95Ms }) => p95Ms ?? 0));
  if (ownLost > 0)
    return `An attribute of one's own is no shelter: though nobody else sets it, up to ${ownLost} of ${worst.writers} are gone at the end.`;
  const told = `Where each writer has an attribute of its own, the attributes' endpoint needs no token: ${percent(worst)} at any churn, p95 ${duration(slowest)}, none lost.`;
  return sharedLost === 0
    ? told
    : `${told} With one that all share, up to ${sharedLost} of ${worst.writers} are lost.`;
}

/** What a key is worth after a lost answer. */
function keys(comparison: Comparison): string | null {
  const [fresh] = figuresOf(comparison, "new-key");
  const [same] = figuresOf(comparison, "same-key");
  if (fresh === undefined || same === undefined) return null;
  if (shareOf(fresh) - shareOf(same) >= NOTABLE)
    return `With the same key only ${percent(same)} were told of success, with a new one ${percent(fresh)}, and ${fresh.doneTwice} of ${fresh.writers} were done twice: look the result up first.`;
  if (same.doneTwice > 0)
    return `A key is no help here: ${same.doneTwice} of ${same.writers} were done twice with the same one, ${fresh.doneTwice} with a new one. Look the result up before you send again.`;
  if (fresh.doneTwice === 0) return null;
  return `After a lost answer keep the key: ${fresh.doneTwice} of ${fresh.writers} were done twice with a new one, none with the same.`;
}

/** What the figures do not show. */
export const NOT_SHOWN =
  "Genesys Cloud. How often it writes to a conversation, how long its answers take and what it refuses was not measured; under other assumptions the figures are others.";

/** What the figures support, a sentence or two each; nothing is said that they do not show. Pure. */
export function adviseOn(comparison: Comparison): readonly string[] {
  const parts = [noTime, sameBytes, refusedAsSuccess, noCheck, bestByChurn, pauses, smallerEndpoint, keys];
  return parts.flatMap((part) => part(comparison) ?? []);
}
