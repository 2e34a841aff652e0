import { type Random, seededRandom } from "../../../src/core/random.js";

/** At least one value. */
type Values = readonly [unknown, ...unknown[]];

/** Draws from one seed: equal seeds give equal scenarios on every machine. */
export interface Draw {
  readonly chance: (share: number) => boolean;
  readonly between: (least: number, most: number) => number;
  readonly oneOf: <const T extends Values>(values: T) => T[number];
  /** The first of the values mostly, each other one now and then. */
  readonly mostly: <const T extends Values>(values: T, share?: number) => T[number];
  readonly uuid: () => string;
  readonly word: () => string;
}

const WORDS = [
  "gold",
  "silver",
  "tier",
  "north",
  "claim",
  "relay",
  "amber",
  "queue",
  "basis",
  "orbit",
] as const;

/** Begins the draws of a seed. */
export function drawFrom(seed: number, stream: string): Draw {
  const random: Random = seededRandom(seed, `diagnosis ${stream}`);
  const between = (least: number, most: number): number =>
    least + Math.floor(random.fraction() * (most - least + 1));
  const oneOf = <const T extends Values>(values: T): T[number] => values[between(0, values.length - 1)];
  return {
    between,
    oneOf,
    chance: (share) => random.fraction() < share,
    mostly: (values, share = 0.65) => (random.fraction() < share ? values[0] : oneOf(values)),
    uuid: random.uuid,
    word: () => `${oneOf(WORDS)}-${between(1, 9_999)}`,
  };
}
