import type { Cause } from "../../../../src/core/causes.js";
import { TRACED_ANOMALIES } from "../scenes/anomalies.js";
import type { Case, Said } from "./judge-scenario.js";
import type { Truth } from "./mapping.js";

/** Which of the two kinds of ids is scored: they stand beside each other, and are held against the trace apart. */
export type ScoredKind = "refusal" | "anomaly";

/** So many of so many. */
export interface Share {
  readonly hits: number;
  readonly of: number;
}

/** How well one id, or all of them, was named. */
export interface Score {
  /** Exchanges of which it is the truth. */
  readonly cases: number;
  /** Of those: with another truth behind the same exchanges. */
  readonly indistinguishable: Share;
  /** Of those whose scenario contains the control: said for certain. */
  readonly certain: Share;
  /** The same without the indistinguishable ones, which nobody could be certain of. */
  readonly certainApart: Share;
  /** Over the distinguishable ones: among those named, named first. */
  readonly named: Share;
  readonly recall: Share;
  /** Of the distinguishable exchanges where it was named first: where it is the truth. */
  readonly precision: Share;
  /** Said for certain, and wrong. */
  readonly certainWrong: number;
}

function sharesOf(cases: readonly Case[], hits: (each: Case) => boolean): Share {
  return { hits: cases.filter(hits).length, of: cases.length };
}

/** What was said of an exchange in one kind; of anomalies those that the trace knows. Pure. */
export function saidIn({ refusals, anomalies }: Case, kind: ScoredKind): readonly Said[] {
  if (kind === "refusal") return refusals;
  return anomalies.filter(({ cause }) => TRACED_ANOMALIES.includes(cause));
}

/** True where no other truth lies behind the same exchanges. Pure. */
export function isDistinguishable({ twins }: Case): boolean {
  return twins.length === 0;
}

function causeOf({ kind, cause }: Truth, scored: ScoredKind): Cause | null {
  return kind === scored ? cause : null;
}

/** Said for certain although it is not so. Pure. */
export function certainlyWrong(each: Case, kind: ScoredKind): readonly Said[] {
  const truth = causeOf(each.truth, kind);
  return saidIn(each, kind).filter(({ cause, certainty }) => certainty === "certain" && cause !== truth);
}

/** Pure. `cause` null: all ids together. */
export function scoreOf(all: readonly Case[], kind: ScoredKind, cause: Cause | null): Score {
  const fits = (found: Cause | null): boolean => (cause === null ? found !== null : found === cause);
  const graded = all.filter(({ truth }) => truth.kind !== "apart");
  const first = (each: Case): Cause | null => saidIn(each, kind)[0]?.cause ?? null;
  const isNamed = (each: Case): boolean => saidIn(each, kind).some((said) => said.cause === each.truth.cause);
  const isCertain = (each: Case): boolean =>
    saidIn(each, kind).some((said) => said.cause === each.truth.cause && said.certainty === "certain");
  const cases = graded.filter(({ truth }) => fits(causeOf(truth, kind)));
  const clear = cases.filter(isDistinguishable);
  const controlled = cases.filter(({ hasControl }) => hasControl);
  const saidFirst = graded.filter((each) => isDistinguishable(each) && fits(first(each)));
  return {
    cases: cases.length,
    indistinguishable: sharesOf(cases, (each) => !isDistinguishable(each)),
    certain: sharesOf(controlled, isCertain),
    certainApart: sharesOf(controlled.filter(isDistinguishable), isCertain),
    named: sharesOf(clear, isNamed),
    recall: sharesOf(clear, (each) => first(each) === each.truth.cause),
    precision: sharesOf(saidFirst, (each) => first(each) === causeOf(each.truth, kind)),
    certainWrong: graded.reduce(
      (sum, each) => sum + certainlyWrong(each, kind).filter((said) => fits(said.cause)).length,
      0,
    ),
  };
}

/** Who moved a token: right, over the distinguishable stale refusals that were named first. Pure. */
export function moverScore(all: readonly Case[]): Share {
  const stale = all.filter(
    (each) =>
      isDistinguishable(each) &&
      each.truth.cause?.startsWith("stale-") === true &&
      each.refusals[0]?.cause === each.truth.cause,
  );
  return sharesOf(stale, ({ truth, refusals }) => refusals[0]?.movedBy === truth.movedBy);
}

/** What a client's habits came to. */
export interface PatternScore {
  readonly pattern: Cause;
  readonly recall: Share;
  readonly precision: Share;
}

/** Patterns of the scenarios that are about them. Pure. */
export function patternScores(
  found: readonly { readonly true: readonly Cause[]; readonly said: readonly Cause[] }[],
  ids: readonly Cause[],
): readonly PatternScore[] {
  return ids.map((pattern) => {
    const having = found.filter((each) => each.true.includes(pattern));
    const saying = found.filter(({ said }) => said.includes(pattern));
    return {
      pattern,
      recall: { hits: having.filter(({ said }) => said.includes(pattern)).length, of: having.length },
      precision: {
        hits: saying.filter((each) => each.true.includes(pattern)).length,
        of: saying.length,
      },
    };
  });
}
