// npm run bench [-- NAME...]: all benches, or those named. Exit code 1 when one is over its limit or cannot run.
import { runAbsolute } from "./absolute.mjs";
import { arrivalSpread } from "./arrival-spread.mjs";
import { checker, checkerInvalid } from "./checker.mjs";
import { diagnose } from "./diagnose.mjs";
import { htmlPage } from "./html-page.mjs";
import { importHar } from "./import-har.mjs";
import { jsonReporter } from "./json-reporter.mjs";
import { keyExpiry } from "./key-expiry.mjs";
import { keyMemory } from "./key-memory.mjs";
import { mockCpu } from "./mock-cpu.mjs";
import { runPaired } from "./paired.mjs";
import { recordLatency, recordThroughput } from "./record-proxy.mjs";
import { redisRoundTrips } from "./redis-round-trips.mjs";
import { reportRendering } from "./report-rendering.mjs";
import { reproduction } from "./reproduction.mjs";
import { sequentialMemory, sequentialReplay } from "./sequential-replay.mjs";
import { sequentialTransport } from "./sequential-transport.mjs";
import { startUp } from "./start-up.mjs";
import { twentyRequests } from "./twenty-requests.mjs";

const BENCHES = [
  startUp,
  twentyRequests,
  sequentialTransport,
  sequentialReplay,
  jsonReporter,
  sequentialMemory,
  mockCpu,
  keyMemory,
  keyExpiry,
  arrivalSpread,
  checker,
  checkerInvalid,
  diagnose,
  importHar,
  reportRendering,
  htmlPage,
  reproduction,
  redisRoundTrips,
  recordThroughput,
  recordLatency,
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  const names = BENCHES.map((bench) => bench.name).join(", ");
  console.error(`no bench named ${unknown.join(", ")}; there are ${names}`);
  process.exit(2);
}

for (const bench of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  try {
    const run = bench.run ?? (() => (bench.absolute ? runAbsolute(bench) : runPaired(bench)));
    if (!(await run())) process.exitCode = 1;
  } catch (error) {
    console.log(`FAIL ${bench.name}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
// A bench that could not start may have left a server behind; it ends with this process.
process.exit();
