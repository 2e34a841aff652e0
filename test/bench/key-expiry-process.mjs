// What a million keys that expire at once do to requests. argv: URLs of the bundled engine, clock and policy reader.
import { execute, fill } from "./key-load.mjs";

const [, , engineUrl, clockUrl, readPolicyUrl, count] = process.argv;
const [{ createKeyEngine }, { virtualClock }, { parsePolicy }] = await Promise.all([
  import(engineUrl),
  import(clockUrl),
  import(readPolicyUrl),
]);

const ROUNDS = 10;
/** A request removes four records at most: all rounds together stay within the mass. */
const PER_ROUND = 20_000;

async function filled(ttl) {
  const clock = virtualClock(0);
  const policy = parsePolicy(`extends: forum-lore\nidempotency: { ttl: ${ttl} }\n`).idempotency;
  const bench = { engine: createKeyEngine({ clock }), policy, clock };
  await fill(bench, Number(count));
  return bench;
}

/** Milliseconds that a call took of this process: what another process took meanwhile is not counted. */
function timed(run) {
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  const result = run();
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { result, ms: Math.min(wallMs, (user + system) / 1000) };
}

/** Each request's own time, and the longest single call. */
async function round(bench) {
  const times = [];
  let longestMs = 0;
  for (let number = 0; number < PER_ROUND; number++) {
    const begun = timed(() => execute(bench, number));
    const { claim, ending } = begun.result;
    const completed = timed(() => bench.engine.complete(claim, ending, bench.policy));
    times.push(begun.ms + completed.ms);
    longestMs = Math.max(longestMs, begun.ms, completed.ms);
    if (number % 10 === 0) await new Promise(setImmediate);
  }
  times.sort((a, b) => a - b);
  return { p99Ms: times[Math.floor(times.length * 0.99)], longestMs };
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
