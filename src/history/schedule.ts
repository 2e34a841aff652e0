import type { Anomaly } from "./history.js";
import { KIND, NONE, OUTCOME, type Register } from "./register.js";
import { tell } from "./tell.js";

/** What a bound on a version's instant comes from. */
type Bound = "write" | "read" | "refusal";

/** An order of versions that is to be tried. */
export interface Candidate {
  /** Versions, first to last. */
  readonly order: Int32Array;
  /** For each version its place in the order that has it, which may be that of another candidate. */
  readonly places: Int32Array;
  /** The operations that say anything about versions of this order. */
  readonly operations: Int32Array;
  /** For each version who made it; {@link NONE} where nobody here did. */
  readonly writer: Int32Array;
  /** True where the first of `order` was there before everything. */
  readonly startsAtInitial: boolean;
  /** From this instant on another write may have come after the last of `order`; Infinity: none did. */
  readonly successorFromMs: number;
}

/** Instants at which each version of a candidate may have become the current one. */
interface Instants {
  readonly low: Float64Array;
  readonly lowBy: Int32Array;
  readonly lowKind: Bound[];
  readonly high: Float64Array;
  readonly highBy: Int32Array;
  /** Calls of reads of the last version: nothing can have followed it before the last of them. */
  endMs: number;
  endBy: number;
}

interface Refusal {
  readonly index: number;
  readonly place: number;
}

/** The place of a version in this order. */
function placeOf({ order, places }: Candidate, version: number): number {
  const place = places[version] ?? NONE;
  return order[place] === version ? place : NONE;
}

function raise(
  instants: Instants,
  place: number,
  by: { readonly ms: number; readonly index: number; readonly kind: Bound },
): boolean {
  if (by.ms <= (instants.low[place] ?? 0)) return false;
  instants.low[place] = by.ms;
  instants.lowBy[place] = by.index;
  instants.lowKind[place] = by.kind;
  return true;
}

function lower(instants: Instants, place: number, by: { readonly ms: number; readonly index: number }): void {
  if (by.ms >= (instants.high[place] ?? 0)) return;
  instants.high[place] = by.ms;
  instants.highBy[place] = by.index;
}

/** A read of a version: it was current at some instant between the read's call and its return. */
function boundByRead(
  instants: Instants,
  place: number,
  at: { readonly call: number; readonly ret: number; readonly index: number },
): void {
  lower(instants, place, { ms: at.ret, index: at.index });
  if (place + 1 < instants.low.length)
    raise(instants, place + 1, { ms: at.call, index: at.index, kind: "read" });
  else if (at.call > instants.endMs) {
    instants.endMs = at.call;
    instants.endBy = at.index;
  }
}

function boundsOf(
  register: Register,
  candidate: Candidate,
): { readonly instants: Instants; readonly refusals: Refusal[] } {
  const { kind, outcome, made, expected, saw, call, ret } = register;
  const count = candidate.order.length;
  const instants: Instants = {
    low: new Float64Array(count).fill(Number.NEGATIVE_INFINITY),
    lowBy: new Int32Array(count).fill(NONE),
    lowKind: new Array<Bound>(count).fill("write"),
    high: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
    highBy: new Int32Array(count).fill(NONE),
    endMs: Number.NEGATIVE_INFINITY,
    endBy: NONE,
  };
  const refusals: Refusal[] = [];
  for (const index of candidate.operations) {
    const at = { call: call[index] ?? 0, ret: ret[index] ?? 0, index };
    const madePlace = placeOf(candidate, made[index] ?? NONE);
    if (kind[index] === KIND.read) {
      if (outcome[index] === OUTCOME.done && madePlace !== NONE) boundByRead(instants, madePlace, at);
      continue;
    }
    if (outcome[index] !== OUTCOME.refused) {
      if (madePlace === NONE || candidate.writer[made[index] ?? NONE] !== index) continue;
      raise(instants, madePlace, { ms: at.call, index, kind: "write" });
      if (outcome[index] === OUTCOME.done) lower(instants, madePlace, { ms: at.ret, index });
      continue;
    }
    const sawPlace = placeOf(candidate, saw[index] ?? NONE);
    const place = placeOf(candidate, expected[index] ?? NONE);
    if (sawPlace !== NONE) boundByRead(instants, sawPlace, at);
    // Where the refusal told the current version, and it is another one, the refusal is explained by that alone.
    if (place !== NONE && (sawPlace === NONE || sawPlace === place)) refusals.push({ index, place });
  }
  return { instants, refusals };
}

/** The least instants that keep the order and the lower bounds; in `t`, for each place, and by which bound. */
function leastInstants(instants: Instants, t: Float64Array, cause: Int32Array): void {
  let nowMs = Number.NEGATIVE_INFINITY;
  let by = 0;
  for (let place = 0; place < t.length; place++) {
    const lowMs = instants.low[place] ?? nowMs;
    if (lowMs > nowMs) {
      nowMs = lowMs;
      by = place;
    }
    t[place] = nowMs;
    cause[place] = by;
  }
}

function endOf(
  place: number,
  t: Float64Array,
  from: { readonly instants: Instants; readonly candidate: Candidate },
): number {
  if (place + 1 < t.length) return t[place + 1] ?? 0;
  const { successorFromMs } = from.candidate;
  return successorFromMs === Number.POSITIVE_INFINITY
    ? successorFromMs
    : Math.max(t[place] ?? 0, from.instants.endMs, successorFromMs);
}

function around(register: Register, refused: number, by: readonly number[]): Anomaly {
  return tell.spuriousConflict(
    register,
    refused,
    by.filter((index) => index !== NONE && index !== refused),
  );
}

/** Why one bound cannot stand beside another, in the words of what they come from. */
function contradiction(
  register: Register,
  candidate: Candidate,
  at: { readonly instants: Instants; readonly lowPlace: number; readonly highPlace: number },
): Anomaly {
  const { instants, lowPlace, highPlace } = at;
  const low = instants.lowBy[lowPlace] ?? NONE;
  const high = instants.highBy[highPlace] ?? NONE;
  const versionAt = (place: number): number => candidate.order[place] ?? NONE;
  switch (instants.lowKind[lowPlace]) {
    case "read":
      return tell.staleRead(register, low, high, { old: versionAt(lowPlace - 1), new: versionAt(highPlace) });
    case "refusal":
      return around(register, low, [high]);
    default: {
      const isRead = candidate.writer[versionAt(highPlace)] !== high;
      return isRead && lowPlace === highPlace
        ? tell.futureRead(register, high, low, versionAt(highPlace))
        : tell.order(register, high, low);
    }
  }
}

/** What is to be tried, with the bounds that the operations set. */
interface Trial {
  readonly register: Register;
  readonly candidate: Candidate;
  readonly instants: Instants;
  readonly t: Float64Array;
  readonly cause: Int32Array;
}

/** More proofs of one kind of fault than this help nobody. */
const MOST_ANOMALIES = 20;

function contradictions(trial: Trial): readonly Anomaly[] {
  const { register, candidate, instants, t, cause } = trial;
  const found: Anomaly[] = [];
  for (let place = 0; place < t.length && found.length < MOST_ANOMALIES; place++) {
    if ((t[place] ?? 0) <= (instants.high[place] ?? 0)) continue;
    const at = { instants, lowPlace: cause[place] ?? place, highPlace: place };
    found.push(contradiction(register, candidate, at));
  }
  return found;
}

/** A refusal of the very first version can only lie after it went; null where it does. */
function refusedAtStart(trial: Trial, index: number): Anomaly {
  const { register, instants, t, cause } = trial;
  const after = t.length > 1 ? (instants.lowBy[cause[1] ?? 1] ?? NONE) : instants.endBy;
  return around(register, index, [instants.highBy[0] ?? NONE, after]);
}

/**
 * Each refused compare-and-set has to lie before its version came or after it went. The least schedule makes the second
 * possible if anything does; where it fails, the first is forced and raises a bound, until nothing changes any more.
 */
function placeRefusals(trial: Trial, refusals: readonly Refusal[]): readonly Anomaly[] {
  const { register, candidate, instants, t, cause } = trial;
  const found: Anomaly[] = [];
  let open = refusals;
  for (let changed = true; changed; ) {
    changed = false;
    leastInstants(instants, t, cause);
    open = open.filter(({ index, place }) => {
      if ((register.ret[index] ?? 0) >= endOf(place, t, trial)) return true;
      if (place === 0 && candidate.startsAtInitial) found.push(refusedAtStart(trial, index));
      else if (raise(instants, place, { ms: register.call[index] ?? 0, index, kind: "refusal" }))
        changed = true;
      return false;
    });
  }
  return found.slice(0, MOST_ANOMALIES);
}

/**
 * Tries an order: is there for each version an instant at which it became the current one, so that every read, write
 * and refusal agrees? Pure.
 *
 * @returns the contradictions, none where the order holds. Near linear: few refusals are ever forced.
 */
export function trySchedule(register: Register, candidate: Candidate): readonly Anomaly[] {
  const { instants, refusals } = boundsOf(register, candidate);
  const count = candidate.order.length;
  const trial = { register, candidate, instants, t: new Float64Array(count), cause: new Int32Array(count) };
  leastInstants(instants, trial.t, trial.cause);
  // What writes and reads alone contradict is told without the refusals that it would make look wrong as well.
  const plain = contradictions(trial);
  if (plain.length > 0) return plain;
  const atStart = placeRefusals(trial, refusals);
  return [...atStart, ...contradictions(trial)];
}
