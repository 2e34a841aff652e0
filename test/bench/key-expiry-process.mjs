// What a million keys that expire at once do to requests. argv: a count, and URLs of the bundled modules.
import { execute, fill } from "./key-load.mjs";

const [, , count, ...urls] = process.argv;
const modules = await Promise.all(urls.map((url) => import(url)));
const { createKeyEngine, virtualClock, parsePolicy, createMemoryKeyStore, createMemoryRecords } =
  Object.assign({}, ...modules);

const ROUNDS = 10;
/** A request removes four records at most: all rounds together stay within the mass. */
const PER_ROUND = 20_000;

/** Milliseconds that a call took of this process: what another process took meanwhile is not counted. */
function timed(run) {
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  const result = run();
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { result, ms: Math.min(wallMs, (user + system) / 1000) };
}

/** Keys of this life, in a store that knows how long it swept at most. */
async function filled(ttl) {
  const clock = virtualClock(0);
  const policy = parsePolicy(`extends: forum-lore\nidempotency: { ttl: ${ttl} }\n`).idempotency;
  const records = createMemoryRecords();
  const sweeps = { longestMs: 0 };
  const sweep = (nowMs) => {
    sweeps.longestMs = Math.max(sweeps.longestMs, timed(() => records.sweep(nowMs)).ms);
  };
  const store = createMemoryKeyStore({ ...records, sweep });
  const bench = { engine: createKeyEngine({ clock, store }), policy, clock, sweeps };
  await fill(bench, Number(count));
  return bench;
}

/** The time that all but one in a hundred requests stay within, and the longest sweep. */
async function round(bench) {
  const times = [];
  bench.sweeps.longestMs = 0;
  for (let number = 0; number < PER_ROUND; number++) {
    const begun = timed(() => execute(bench, number));
    const { claim, ending } = begun.result;
    const completed = timed(() => bench.engine.complete(claim, ending, bench.policy));
    times.push(begun.ms + completed.ms);
    if (number % 10 === 0) await new Promise(setImmediate);
  }
  times.sort((a, b) => a - b);
  return { p99Ms: times[Math.floor(times.length * 0.99)], longestMs: bench.sweeps.longestMs };
}

const calm = await filled("forever");
const expiring = await filled("1h");
await calm.clock.advance(50 * 3_600_000);
await expiring.clock.advance(50 * 3_600_000);
const rounds = [];
for (let pair = 0; pair <= ROUNDS; pair++) {
  const base = await round(calm);
  const tried = await round(expiring);
  // The first pair finds caches and compilers cold.
  if (pair > 0) rounds.push({ base, tried });
}
process.send(rounds);
process.disconnect();
