import type { Exchange } from "../journal/journal.js";
import type { ExchangeDiff } from "./compare.js";

/** Kinds of values that differ between any two runs and say nothing by themselves. */
export type VolatileKind = "ids" | "dates" | "tokens";

/** A place in a message: a header by its name in lower case, or a part of a JSON body. */
export type MessagePlace =
  | { readonly kind: "header"; readonly name: string }
  /** Segments of a JSON Pointer (RFC 6901), unescaped; `*` stands for any one. */
  | { readonly kind: "pointer"; readonly segments: readonly string[] };

/** What is not compared, or compared otherwise. */
export interface CompareRules {
  /** Kinds that are compared character by character after all. */
  readonly exact: readonly VolatileKind[];
  /** Places that are left out. */
  readonly ignored: readonly MessagePlace[];
  /** Places whose values count as equal where both match. */
  readonly matched: readonly { readonly place: MessagePlace; readonly matches: (text: string) => boolean }[];
}

/** A run as it is compared with another. `exchanges` may be iterated again and again. */
export interface ComparedRun {
  /** What it is called: the folder of a run, a file, a target. */
  readonly name: string;
  readonly scenario: string;
  readonly baseUrl: string;
  /** False for recorded traffic, whose exchanges no step names. */
  readonly hasSteps: boolean;
  readonly exchanges: Iterable<Exchange>;
  readonly exchange: (id: string) => Exchange;
  /** The refusal that explains an exchange best; null where none does. */
  readonly causeOf: (id: string) => string | null;
  /** True where an answer is a stored one of an earlier request, as far as the exchanges show. */
  readonly isStored?: (id: string) => boolean;
}

/** How two exchanges differ that have the same place in two runs. Values of `other` stand in the base's names. */
export interface PairDiff extends ExchangeDiff {
  /** `read`, `write, attempt 2`, `writers/put, writer 3`, `PATCH /v1/orders/…, 2nd`. */
  readonly place: string;
  readonly cause: readonly [base: string | null, other: string | null];
  /** From the first byte sent to the last one received; null where there was no answer. */
  readonly durationMs: readonly [base: number | null, other: number | null];
}

/** An exchange that only one of the runs has. */
export interface Unpaired {
  readonly exchange: string;
  readonly place: string;
}

/** Values that stand for each other, always the same two. */
export interface Renamed {
  readonly kind: VolatileKind;
  /** How many different ones. Dates are not counted apart: each stands for each. */
  readonly count: number;
  readonly examples: readonly (readonly [base: string, other: string])[];
}

/** Where a server departs from the policy that a mock obeyed in the same scenario. */
export interface Departure {
  /** As in a policy file, with dots: `idempotency.mismatch`. */
  readonly dimension: string;
  /** Method and path, an ellipsis for each segment that names a thing. */
  readonly route: string;
  /** What the mock did, and what the server did, in words. */
  readonly mock: string;
  readonly server: string;
  /** Places of the pairs that show it. */
  readonly places: readonly string[];
}

/** How one run differs from another. */
export interface RunComparison {
  readonly base: Pick<ComparedRun, "name" | "scenario" | "baseUrl">;
  readonly other: Pick<ComparedRun, "name" | "scenario" | "baseUrl">;
  /** Pairs that differ, the first thousand of them. */
  readonly pairs: readonly PairDiff[];
  /** Pairs that differ beyond those. */
  readonly omitted: number;
  readonly equal: number;
  readonly onlyInBase: readonly Unpaired[];
  readonly onlyInOther: readonly Unpaired[];
  readonly renamed: readonly Renamed[];
  /** Medians of the pairs' times, over pairs that have both; null without any. */
  readonly medianMs: readonly [base: number, other: number] | null;
  /** Only where the base is a mock and the other is not. */
  readonly departures?: readonly Departure[];
}

/** True where two runs did not come to the same. Times are no difference. Pure. */
export function hasDifference(comparison: RunComparison): boolean {
  const { pairs, onlyInBase, onlyInOther } = comparison;
  return pairs.length > 0 || onlyInBase.length > 0 || onlyInOther.length > 0;
}
