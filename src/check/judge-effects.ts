import type { Exchange } from "../journal/journal.js";
import { EFFECTS_STEP } from "../plan/plan.js";
import { queryJson } from "../plan/query-json.js";
import { subjectOf } from "../subject/subject-of.js";
import type { Judgement } from "./check.js";
import {
  answersEvidence,
  type EffectEvidence,
  readsEvidence,
  replayMarker,
  tokensEvidence,
} from "./effect-evidence.js";

/** Everything that expectations about effects are judged by. */
export interface EffectContext {
  readonly all: readonly Exchange[];
  /** The JSONPath of the scenario's `effects.count`; null where it has none. */
  readonly countPath: string | null;
}

/** A counted effect: a list counts its items, a number is the count, anything else the selected nodes. */
function countIn(exchange: Exchange, path: string): number | null {
  if (exchange.response === null || exchange.response.status >= 300) return null;
  const nodes = queryJson(exchange.response.body, path);
  if (nodes === null) return null;
  const [only] = nodes;
  if (nodes.length === 1 && Array.isArray(only)) return only.length;
  return nodes.length === 1 && typeof only === "number" ? only : nodes.length;
}

/** How far the scenario's own counter moved while a step ran; null where it was not read on both sides. */
export function countedEffects(first: Exchange, last: Exchange, context: EffectContext): number | null {
  if (context.countPath === null) return null;
  const isCount = (each: Exchange): boolean => each.step === EFFECTS_STEP;
  const before = context.all.slice(0, context.all.indexOf(first)).findLast(isCount);
  const after = context.all.slice(context.all.indexOf(last) + 1).find(isCount);
  if (before === undefined || after === undefined) return null;
  const [from, to] = [countIn(before, context.countPath), countIn(after, context.countPath)];
  return from === null || to === null ? null : to - from;
}

function firstConclusive(evidence: readonly (() => EffectEvidence)[]): EffectEvidence {
  const notes: string[] = [];
  for (const each of evidence) {
    const found = each();
    if (found.second !== null) return found;
    notes.push(found.because);
  }
  return { second: null, because: notes.filter((note) => note !== "").join("; ") };
}

/** Did `other` have no second effect, and was it answered as `base` was? Inconclusive without a sign either way. Pure. */
export function judgeReplay(base: Exchange, other: Exchange, context: EffectContext): Judgement {
  const expected = `stored answer of ${base.step}`;
  const status = other.response?.status ?? other.error?.code ?? null;
  const baseStatus = base.response?.status ?? null;
  if (
    baseStatus !== null &&
    other.response !== null &&
    Math.floor(baseStatus / 100) !== Math.floor(other.response.status / 100)
  ) {
    return {
      expected,
      actual: status,
      ok: false,
      note: `${base.id} was answered ${baseStatus}, ${other.id} ${status}`,
    };
  }
  const counted = countedEffects(other, other, context);
  const evidence = firstConclusive([
    () => ({
      second: counted === null ? null : counted > 0,
      because: counted === null ? "" : `effects counted: ${counted} more`,
    }),
    () => answersEvidence(base, other),
    () => tokensEvidence({ base, other, all: context.all }),
    () => readsEvidence({ base, other, all: context.all }),
  ]);
  const ok = evidence.second === null ? null : !evidence.second;
  const actual = ok === null ? status : ok ? expected : "a second effect";
  return { expected, actual, ok, note: evidence.because };
}

function laterMarkedReplay(exchange: Exchange, all: readonly Exchange[]): Exchange | undefined {
  return all
    .slice(all.indexOf(exchange) + 1)
    .find(
      (each) =>
        each.idempotencyKey !== null &&
        each.idempotencyKey === exchange.idempotencyKey &&
        each.request.url === exchange.request.url &&
        each.request.bodySha256 === exchange.request.bodySha256 &&
        replayMarker(exchange, each) !== null,
    );
}

function earlierSameKey(exchange: Exchange, all: readonly Exchange[]): Exchange | undefined {
  return all
    .slice(0, all.indexOf(exchange))
    .find(
      (each) =>
        each.idempotencyKey !== null &&
        each.idempotencyKey === exchange.idempotencyKey &&
        each.request.url === exchange.request.url &&
        each.response !== null,
    );
}

function secondEffect(base: Exchange, other: Exchange, { all }: EffectContext): boolean | null {
  return answersEvidence(base, other).second ?? tokensEvidence({ base, other, all }).second;
}

function answeredEffect(
  exchange: Exchange,
  context: EffectContext,
): readonly [executed: boolean | null, note: string] {
  const earlier = earlierSameKey(exchange, context.all);
  const second = earlier === undefined ? true : secondEffect(earlier, exchange, context);
  if (earlier !== undefined && second !== true) {
    const returned = `${exchange.id} returned the stored answer of ${earlier.id}`;
    const open = `${exchange.id} may be the stored answer of ${earlier.id}, which carries the same key`;
    return second === false ? [false, returned] : [null, open];
  }
  return [true, `${exchange.id} was answered ${exchange.response?.status}`];
}

/** The last thing known of the resource before the exchange against the first read after it. */
function stateEffect(
  exchange: Exchange,
  context: EffectContext,
): readonly [executed: boolean | null, note: string] {
  const { all } = context;
  const { resource } = subjectOf(exchange);
  const before = all
    .slice(0, all.indexOf(exchange))
    .findLast(
      (each) =>
        each.response !== null && subjectOf(each).resource === resource && subjectOf(each).role === "read",
    );
  if (before === undefined) return [null, `nothing read ${resource} before it`];
  const evidence = readsEvidence({ base: before, other: exchange, all });
  return [evidence.second, evidence.because];
}

/** Did the effect of a request happen, whatever its answer? Pure. */
export function judgeExecuted(expected: boolean, exchange: Exchange, context: EffectContext): Judgement {
  const counted = countedEffects(exchange, exchange, context);
  const status = exchange.response?.status ?? 0;
  const replay = laterMarkedReplay(exchange, context.all);
  let [executed, note]: readonly [boolean | null, string] = [null, ""];
  if (counted !== null) [executed, note] = [counted > 0, `effects counted: ${counted} more`];
  else if (subjectOf(exchange).role === "read") [executed, note] = [null, "a read has no effect to look for"];
  else if (status >= 200 && status < 300) [executed, note] = answeredEffect(exchange, context);
  else if (replay !== undefined) [executed, note] = [true, `${replay.id} returned its stored answer`];
  else [executed, note] = stateEffect(exchange, context);
  return { expected, actual: executed, ok: executed === null ? null : executed === expected, note };
}
