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

/** A table, since a server that draws an id for each request spends a tenth of its time on it otherwise. */
const BYTE_HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** The lower 16 bits of a word as four digits. */
function hexPair(word: number): string {
  return `${BYTE_HEX[(word >>> 8) & 0xff]}${BYTE_HEX[word & 0xff]}`;
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
    const node = `${hexPair(variant)}${hexPair(d >>> 16)}${hexPair(d)}`;
    return `${hexPair(a >>> 16)}${hexPair(a)}-${hexPair(version >>> 16)}-${hexPair(version)}-${hexPair(variant >>> 16)}-${node}`;
  };
  return { uint32, fraction: () => uint32() / 2 ** 32, uuid };
}
