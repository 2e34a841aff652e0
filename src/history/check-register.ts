import type { Anomaly, Verdict } from "./history.js";
import { KIND, NONE, OUTCOME, type Register } from "./register.js";
import { trySchedule } from "./schedule.js";
import { searchOrder } from "./search.js";
import { tell } from "./tell.js";
import { orderVersions, type VersionOrder } from "./version-order.js";

/** How one resource is judged. */
export interface RegisterOptions {
  readonly exclusive: boolean;
  /** How many points a search may visit. */
  readonly steps: number;
}

const HELD: Verdict = { result: "held", anomalies: [], reason: null };

function violated(anomalies: readonly Anomaly[]): Verdict {
  return { result: "violated", anomalies, reason: null };
}

function unknown(reason: string): Verdict {
  return { result: "unknown", anomalies: [], reason };
}

/** A refusal that itself tells the very version that it was refused for. */
function selfContradicting(register: Register): readonly Anomaly[] {
  const { kind, outcome, expected, saw } = register;
  const found: Anomaly[] = [];
  for (let index = 0; index < saw.length; index++) {
    const told = saw[index] ?? NONE;
    if (told === NONE || told !== expected[index]) continue;
    if (kind[index] === KIND.cas && outcome[index] === OUTCOME.refused)
      found.push(tell.spuriousConflict(register, index, []));
  }
  return found;
}

/** For each version the first operation that shows it. */
function firstMeetings(register: Register): Int32Array {
  const { outcome, made, expected, saw, versions } = register;
  const meeting = new Int32Array(versions.length).fill(NONE);
  for (let index = made.length - 1; index >= 0; index--) {
    const shown = outcome[index] === OUTCOME.refused ? [saw[index]] : [made[index], expected[index]];
    for (const version of shown) if (version !== undefined && version !== NONE) meeting[version] = index;
  }
  return meeting;
}

function concatenate(blocks: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}

/** From when on a write that nobody saw may have followed the last version; Infinity: none can have. */
function ghostFromMs(register: Register, { ghosts }: VersionOrder, last: number): number {
  let fromMs = Number.POSITIVE_INFINITY;
  for (const ghost of ghosts) {
    const expected = register.expected[ghost] ?? NONE;
    const conditional = register.operations[ghost]?.kind === "cas" && expected !== NONE;
    // Conditional on a ghost's version: that ghost came first, and counts by itself.
    if (!conditional || expected === last) fromMs = Math.min(fromMs, register.call[ghost] ?? fromMs);
  }
  return fromMs;
}

/** For each version the number of its block; {@link NONE} where it has none. */
function blocksOf(register: Register, { blocks }: VersionOrder): Int32Array {
  const blockOf = new Int32Array(register.versions.length).fill(NONE);
  blocks.forEach((block, number) => {
    for (const version of block) blockOf[version] = number;
  });
  return blockOf;
}

/** For each version its place in the one of these orders that has it. */
function placesIn(register: Register, orders: readonly Int32Array[]): Int32Array {
  const places = new Int32Array(register.versions.length).fill(NONE);
  for (const order of orders)
    order.forEach((version, place) => {
      places[version] = place;
    });
  return places;
}

const NO_OPERATIONS = new Int32Array();

/** For each block the operations that say anything about its versions: there may be as many blocks as writes. */
function operationsOf(register: Register, blockOf: Int32Array, count: number): readonly Int32Array[] {
  const { made, saw, expected } = register;
  const found: number[][] = Array.from({ length: count }, () => []);
  for (let index = 0; index < made.length; index++) {
    const isRefused = register.outcome[index] === OUTCOME.refused;
    const first = blockOf[(isRefused ? saw : made)[index] ?? NONE] ?? NONE;
    const second = isRefused ? (blockOf[expected[index] ?? NONE] ?? NONE) : NONE;
    found[first]?.push(index);
    if (second !== first) found[second]?.push(index);
  }
  return found.map((indices) => Int32Array.from(indices));
}

/** What each chain of versions contradicts by itself, wherever it stands in the order. */
function contradictionsInBlocks(
  register: Register,
  order: VersionOrder,
  exclusive: boolean,
): readonly Anomaly[] {
  const blockOf = blocksOf(register, order);
  const places = placesIn(register, order.blocks);
  const operations = operationsOf(register, blockOf, order.blocks.length);
  return order.blocks.flatMap((block, index) =>
    trySchedule(register, {
      order: block,
      places,
      operations: operations[index] ?? NO_OPERATIONS,
      writer: order.writer,
      startsAtInitial: exclusive && index === 0 && order.startsAtInitial,
      successorFromMs: Number.NEGATIVE_INFINITY,
    }),
  );
}

/** When a block had to be there already, and until when it had to stay: Gibbons and Korach's zone. */
function zones(
  register: Register,
  order: VersionOrder,
): readonly { readonly block: Int32Array; readonly atMs: number }[] {
  const blockOf = blocksOf(register, order);
  const there = new Float64Array(order.blocks.length).fill(Number.POSITIVE_INFINITY);
  const stays = new Float64Array(order.blocks.length).fill(Number.NEGATIVE_INFINITY);
  for (let index = 0; index < register.made.length; index++) {
    if (register.outcome[index] !== OUTCOME.done) continue;
    const number = blockOf[register.made[index] ?? NONE] ?? NONE;
    if (number === NONE) continue;
    there[number] = Math.min(there[number] ?? 0, register.ret[index] ?? 0);
    stays[number] = Math.max(stays[number] ?? 0, register.call[index] ?? 0);
  }
  return order.blocks.map((block, number) => {
    const [thereMs, staysMs] = [there[number] ?? 0, stays[number] ?? 0];
    return { block, atMs: Math.min(thereMs, staysMs) };
  });
}

/** An order of the blocks that their zones suggest; the initial one first. */
function likelyOrder(register: Register, order: VersionOrder): Int32Array {
  const [first, ...rest] = zones(register, order);
  if (first === undefined) return new Int32Array();
  if (!order.startsAtInitial) rest.unshift(first);
  const sorted = [...rest].sort((a, b) => a.atMs - b.atMs).map(({ block }) => block);
  return concatenate(order.startsAtInitial ? [first.block, ...sorted] : sorted);
}

function tryWhole(register: Register, order: VersionOrder, exclusive: boolean): readonly Anomaly[] {
  const versions = likelyOrder(register, order);
  return trySchedule(register, {
    order: versions,
    places: placesIn(register, [versions]),
    operations: register.made.map((_, index) => index),
    writer: order.writer,
    startsAtInitial: exclusive && order.startsAtInitial,
    successorFromMs: exclusive
      ? ghostFromMs(register, order, versions.at(-1) ?? NONE)
      : Number.NEGATIVE_INFINITY,
  });
}

function search(register: Register, steps: number): Verdict {
  const found = searchOrder(register, steps);
  if (found === "held") return HELD;
  if (found === "unknown")
    return unknown("the writes do not name what they replaced, and the search for an order ran out of steps");
  const witness = register.operations.flatMap(({ ok }, index) => (ok === null ? [] : [index]));
  return violated([tell.noOrder(register, witness.slice(0, 3))]);
}

/** Writes that may have made a version of unknown origin. */
function mayHaveMade(register: Register, { ghosts, unnamed }: VersionOrder): boolean {
  return unnamed.length > 0 || ghosts.some((ghost) => register.made[ghost] === NONE);
}

/** True where a refusal names what only a write that nobody saw can have made: a schedule has no place for that. */
function speaksOfGhosts(register: Register, { ghosts }: VersionOrder): boolean {
  const made = new Set(ghosts.map((ghost) => register.made[ghost] ?? NONE));
  if (made.size === 0) return false;
  return register.outcome.some(
    (outcome, index) => outcome === OUTCOME.refused && made.has(register.expected[index] ?? NONE),
  );
}

function judgeShared(register: Register, order: VersionOrder): Verdict {
  const anomalies = contradictionsInBlocks(register, order, false);
  if (anomalies.length > 0) return violated(anomalies);
  const whole = tryWhole(register, order, false);
  return whole.length === 0
    ? HELD
    : unknown("others write this resource too, so what does not fit may be theirs");
}

/** Judges the history of one resource. Pure. */
export function checkRegister(register: Register, { exclusive, steps }: RegisterOptions): Verdict {
  const order = orderVersions(register);
  const plain = [...order.anomalies, ...selfContradicting(register)];
  if (plain.length > 0) return violated(plain);
  if (!exclusive) return judgeShared(register, order);
  const untold = mayHaveMade(register, order);
  if (order.strangers.length > 0 && !untold) {
    const meeting = firstMeetings(register);
    return violated(
      order.strangers.map((version) => tell.phantomVersion(register, meeting[version] ?? NONE, version)),
    );
  }
  const inBlocks = order.blocks.length > 1 ? contradictionsInBlocks(register, order, true) : [];
  if (inBlocks.length > 0 && !untold) return violated(inBlocks);
  const whole = untold || speaksOfGhosts(register, order) ? null : tryWhole(register, order, true);
  if (whole !== null && whole.length === 0) return HELD;
  if (whole !== null && order.blocks.length <= 1) return violated(whole);
  return search(register, steps);
}
