import { weakKey as weaknessOf } from "../../core/weak-key.js";
import { evidenceOf, type PatternFinding, type PatternRule } from "../pattern.js";
import { bareKey } from "../reads.js";

/** More keys than that say nothing new about how they are made. */
const MOST_KEYS = 10_000;

/** A key that others may come to as well. */
export const weakKey: PatternRule = ({ book }): readonly PatternFinding[] => {
  const keyed = book.writes.filter(({ key }) => key !== null);
  const keys = [...new Set(keyed.map(({ key }) => bareKey(key ?? "")))].slice(0, MOST_KEYS);
  const weak = weaknessOf(keys);
  const seen =
    weak === null
      ? undefined
      : (keyed.find(({ key }) => weak.because.includes(bareKey(key ?? ""))) ?? keyed[0]);
  if (weak === null || seen === undefined) return [];
  return [
    {
      seen,
      certainty: "likely",
      evidence: evidenceOf([[seen, weak.because]]),
      explanation: `The keys here are ${weak.kind}: ${weak.because}. When another client comes to the same key, one of the two is refused or gets the other's answer.`,
    },
  ];
};
