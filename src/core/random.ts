/** A seeded source of numbers and ids: equal seeds give equal sequences on every machine. Not for secrets. */
export interface Random {
  /** A whole number from 0 to 2^32 - 1. */
  readonly uint32: () => number;
  /** A number in [0, 1). */
  readonly fraction: () => number;
  /** A version 4 UUID (RFC 9562). */
  readonly uuid: () => string;
}

/** SplitMix32 expands one seed into the four words that sfc32 needs. */
function splitMix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

/** Chris Doty-Humphrey's sfc32, whose four words of state pass PractRand; the first rounds mix the seed in. */
function sfc32(seed: number): () => number {
  const word = splitMix32(seed);
  let [a, b, c, counter] = [word(), word(), word(), 1];
  const next = (): number => {
    const sum = (((a + b) >>> 0) + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}

const HEX_DIGITS = Buffer.from("0123456789abcdef", "latin1");

/** One for all, filled and read within one call: a string made of sixteen would be put together anew by each reader. */
const uuidText = Buffer.alloc(36, "-");

/** Puts the lower 16 bits of a word as four digits. */
function putDigits(at: number, word: number): void {
  uuidText[at] = HEX_DIGITS[(word >>> 12) & 0xf] ?? 0;
  uuidText[at + 1] = HEX_DIGITS[(word >>> 8) & 0xf] ?? 0;
  uuidText[at + 2] = HEX_DIGITS[(word >>> 4) & 0xf] ?? 0;
  uuidText[at + 3] = HEX_DIGITS[word & 0xf] ?? 0;
}

type Words = readonly [number, number, number, number];

/** The digits of four words, two groups of four a word, with dashes between as RFC 9562 has them. */
function writeUuid([a, b, c, d]: Words): string {
  putDigits(0, a >>> 16);
  putDigits(4, a);
  putDigits(9, b >>> 16);
  putDigits(14, b);
  putDigits(19, c >>> 16);
  putDigits(24, c);
  putDigits(28, d >>> 16);
  putDigits(32, d);
  return uuidText.toString("latin1");
}

/** Starts a sequence. `stream` names independent sequences of one seed, so that one user cannot shift another's. */
export function seededRandom(seed: number, stream = ""): Random {
  let mixed = seed >>> 0;
  for (const character of stream)
    mixed = Math.imul(mixed ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  const uint32 = sfc32(mixed);
  const uuid = (): string => {
    const [a, b, c, d] = [uint32(), uint32(), uint32(), uint32()];
    const version = (b & 0xffff0fff) | 0x4000;
    const variant = (c & 0x3fffffff) | 0x80000000;
    return writeUuid([a, version, variant, d]);
  };
  return { uint32, fraction: () => uint32() / 2 ** 32, uuid };
}
