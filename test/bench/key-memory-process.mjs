// What a million keys add to the memory of a process. argv: URLs of the bundled engine, clock and policy reader.
import { fill } from "./key-load.mjs";

const [, , engineUrl, clockUrl, readPolicyUrl, count] = process.argv;
const [{ createKeyEngine }, { realClock }, { parsePolicy }] = await Promise.all([
  import(engineUrl),
  import(clockUrl),
  import(readPolicyUrl),
]);
const policy = parsePolicy("extends: forum-lore\n").idempotency;

function used() {
  globalThis.gc();
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

const bench = { engine: createKeyEngine({ clock: realClock() }), policy };
// Code is compiled and the heap has its size before anything is measured.
await fill(bench, 20_000);
bench.engine.reset();
const before = used();
await fill(bench, Number(count));
const after = used();
const asked = bench.engine.lookUp("no such key", "default", policy);
process.send({ rss: after.rss - before.rss, heap: after.heap - before.heap, asked: asked.length });
process.disconnect();
