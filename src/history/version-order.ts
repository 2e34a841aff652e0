import type { Anomaly } from "./history.js";
import { KIND, NONE, OUTCOME, type Register } from "./register.js";
import { tell } from "./tell.js";

/** What wrote each version, and which version each compare-and-set replaced. */
export interface VersionOrder {
  /** For each version the operation that made it; {@link NONE} where nobody here did. */
  readonly writer: Int32Array;
  /** For each version the one that replaced it by a compare-and-set; {@link NONE} where none is known. */
  readonly next: Int32Array;
  /** Chains of versions, each from one that replaced nothing that is known: in every order each stays in one piece. */
  readonly blocks: readonly Int32Array[];
  /** True where the first block begins with the initial version. */
  readonly startsAtInitial: boolean;
  /** Writes that nobody saw and nobody acknowledged: each may have happened or not. */
  readonly ghosts: readonly number[];
  /** Acknowledged writes whose version nobody told. */
  readonly unnamed: readonly number[];
  /** Versions that were seen and that nobody here wrote, the initial one aside. */
  readonly strangers: readonly number[];
  /** Contradictions that need no times. */
  readonly anomalies: readonly Anomaly[];
}

interface Writers {
  readonly writer: Int32Array;
  readonly ghosts: number[];
  readonly unnamed: number[];
  readonly duplicates: readonly (readonly [first: number, second: number])[];
}

/** Acknowledged writers first: a write of unknown outcome with the same version has then not happened. */
function findWriters(register: Register): Writers {
  const { kind, outcome, made, versions } = register;
  const writer = new Int32Array(versions.length).fill(NONE);
  const unnamed: number[] = [];
  const duplicates: [number, number][] = [];
  const open: number[] = [];
  for (let index = 0; index < made.length; index++) {
    if (kind[index] === KIND.read || outcome[index] === OUTCOME.refused) continue;
    const version = made[index] ?? NONE;
    if (outcome[index] === OUTCOME.open) open.push(index);
    else if (version === NONE) unnamed.push(index);
    else if (writer[version] === NONE) writer[version] = index;
    else duplicates.push([writer[version] ?? NONE, index]);
  }
  const ghosts: number[] = [];
  for (const index of open) {
    const version = made[index] ?? NONE;
    if (version === NONE || writer[version] !== NONE) ghosts.push(index);
    else writer[version] = index;
  }
  return { writer, ghosts, unnamed, duplicates };
}

/** Versions that were current at some time: read, told by a refusal, acknowledged, or replaced by one that was. */
function findSeen(register: Register, writer: Int32Array): Uint8Array {
  const { outcome, made, expected, saw, versions, initial } = register;
  const seen = new Uint8Array(versions.length);
  const waiting: number[] = [];
  const see = (version: number | undefined): void => {
    if (version === undefined || version === NONE || seen[version] === 1) return;
    seen[version] = 1;
    waiting.push(version);
  };
  see(initial);
  for (let index = 0; index < made.length; index++) {
    if (outcome[index] === OUTCOME.refused) see(saw[index]);
    if (outcome[index] !== OUTCOME.done) continue;
    see(made[index]);
    see(expected[index]);
  }
  for (let version = waiting.pop(); version !== undefined; version = waiting.pop()) {
    const by = writer[version] ?? NONE;
    if (by !== NONE) see(expected[by]);
  }
  return seen;
}

interface Links {
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly forks: readonly (readonly [first: number, second: number])[];
}

function link(register: Register, writer: Int32Array, seen: Uint8Array): Links {
  const { expected, versions } = register;
  const next = new Int32Array(versions.length).fill(NONE);
  const previous = new Int32Array(versions.length).fill(NONE);
  const forks: [number, number][] = [];
  for (let version = 0; version < versions.length; version++) {
    const by = writer[version] ?? NONE;
    const from = by === NONE || seen[version] !== 1 ? NONE : (expected[by] ?? NONE);
    if (from === NONE) continue;
    previous[version] = from;
    const rival = next[from] ?? NONE;
    if (rival === NONE) next[from] = version;
    else forks.push([writer[rival] ?? NONE, by]);
  }
  return { next, previous, forks };
}

function follow(next: Int32Array, head: number): Int32Array {
  const block: number[] = [];
  for (let version = head; version !== NONE; version = next[version] ?? NONE) block.push(version);
  return Int32Array.from(block);
}

function headsOf(register: Register, seen: Uint8Array, previous: Int32Array): readonly number[] {
  const heads: number[] = [];
  for (let version = 0; version < register.versions.length; version++) {
    if (seen[version] === 1 && previous[version] === NONE) heads.push(version);
  }
  return heads;
}

/** When each version was first there for somebody to see. */
function firstSeen(register: Register): Float64Array {
  const { outcome, made, expected, saw, ret, call, versions } = register;
  const firstMs = new Float64Array(versions.length).fill(Number.POSITIVE_INFINITY);
  const see = (version: number | undefined, atMs: number | undefined): void => {
    if (version === undefined || version === NONE) return;
    firstMs[version] = Math.min(firstMs[version] ?? 0, atMs ?? 0);
  };
  for (let index = 0; index < made.length; index++) {
    see(saw[index], ret[index]);
    if (outcome[index] !== OUTCOME.done) continue;
    see(made[index], ret[index]);
    see(expected[index], ret[index]);
  }
  return firstMs.map((ms) => (Number.isFinite(ms) ? ms : (call[0] ?? 0)));
}

/**
 * The initial version: the one that was given, or of those that nobody wrote the one that was seen first. Of several that
 * is a guess: it says where to begin trying and which to call strange, and decides no verdict.
 */
function initialOf(register: Register, unwritten: readonly number[]): number {
  if (register.initial !== NONE) return register.initial;
  if (unwritten.length <= 1) return unwritten[0] ?? NONE;
  const firstMs = firstSeen(register);
  return unwritten.reduce((a, b) => ((firstMs[b] ?? 0) < (firstMs[a] ?? 0) ? b : a));
}

function timelessAnomalies(
  register: Register,
  found: Pick<Writers, "duplicates"> & Pick<Links, "forks">,
): readonly Anomaly[] {
  return [
    ...found.forks.flatMap(([first, second]) => [
      tell.lostUpdate(register, first, second),
      tell.severalWinners(register, first, second),
    ]),
    ...found.duplicates.map(([first, second]) => tell.duplicateVersion(register, first, second)),
  ];
}

/** Recovers the order of the writes from what they name, without a search and without times. Linear. Pure. */
export function orderVersions(register: Register): VersionOrder {
  const { writer, ghosts, unnamed, duplicates } = findWriters(register);
  const seen = findSeen(register, writer);
  for (let version = 0; version < writer.length; version++) {
    const by = writer[version] ?? NONE;
    if (by !== NONE && seen[version] !== 1) {
      ghosts.push(by);
      writer[version] = NONE;
    }
  }
  const { next, previous, forks } = link(register, writer, seen);
  const heads = headsOf(register, seen, previous);
  const unwritten = heads.filter((version) => writer[version] === NONE);
  const initial = initialOf(register, unwritten);
  const ordered = [...heads].sort((a, b) => Number(b === initial) - Number(a === initial));
  const anomalies = timelessAnomalies(register, { duplicates, forks });
  const blocks = ordered.map((head) => follow(next, head));
  return {
    writer,
    next,
    blocks,
    startsAtInitial: initial !== NONE && ordered[0] === initial,
    ghosts,
    unnamed,
    strangers: unwritten.filter((version) => version !== initial),
    anomalies: anomalies.length > 0 ? anomalies : circles(register, { writer, seen, blocks }),
  };
}

/** Versions that each replaced the one before it in a circle: no order has them. */
function circles(
  register: Register,
  of: { readonly writer: Int32Array; readonly seen: Uint8Array; readonly blocks: readonly Int32Array[] },
): readonly Anomaly[] {
  const placed = of.blocks.reduce((sum, block) => sum + block.length, 0);
  const seenCount = of.seen.reduce((sum, seen) => sum + seen, 0);
  if (placed === seenCount) return [];
  const reached = new Uint8Array(of.seen.length);
  for (const block of of.blocks) for (const version of block) reached[version] = 1;
  const lost = of.seen.findIndex((seen, version) => seen === 1 && reached[version] === 0);
  const by = of.writer[lost] ?? NONE;
  const from = register.expected[by] ?? NONE;
  return [tell.circle(register, by, of.writer[from] ?? NONE)];
}
