// Histories that a server in order could have made: 70 % compare-and-set, 30 % reads, and a read after each conflict.

/** A small generator of our own (mulberry32): each run times the same history. */
function fractions(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const CAS_SHARE = 0.7;

/**
 * Makes `count` operations of `concurrency` processes, each of which always has one request under way. Every request
 * takes effect at one instant between its call and its return.
 */
export function validHistory(count, concurrency, seed = 1) {
  const fraction = fractions(seed);
  const known = new Array(concurrency).fill(0);
  const mustRead = new Array(concurrency).fill(false);
  const freeAt = Float64Array.from({ length: concurrency }, fraction);
  const operations = new Array(count);
  let current = 0;
  let next = 0;
  let nowMs = 0;
  for (let index = 0; index < count; index++) {
    const process = next;
    next = (next + 1) % concurrency;
    nowMs = Math.max(nowMs + 0.02 + 0.01 * fraction(), freeAt[process]);
    const call = freeAt[process];
    const ret = nowMs + 0.5 * fraction();
    freeAt[process] = ret;
    const base = { id: `o${index}`, process, call, ret };
    const isRead = mustRead[process] || fraction() >= CAS_SHARE;
    if (isRead) {
      operations[index] = { ...base, kind: "read", ok: true, version: current };
      known[process] = current;
      mustRead[process] = false;
    } else if (known[process] === current) {
      const version = index + 1;
      operations[index] = { ...base, kind: "cas", ok: true, expected: current, version };
      current = version;
      known[process] = version;
    } else {
      operations[index] = { ...base, kind: "cas", ok: false, expected: known[process] };
      mustRead[process] = true;
    }
  }
  return operations;
}

/** The same history in which a read of the last tenth shows what was there near the beginning. */
export function withStaleRead(operations) {
  const old = operations.find(({ kind, ok }) => kind === "cas" && ok).version;
  const from = Math.floor(operations.length * 0.9);
  const at = operations.findIndex(({ kind }, index) => index >= from && kind === "read");
  return operations.map((each, index) => (index === at ? { ...each, version: old } : each));
}
