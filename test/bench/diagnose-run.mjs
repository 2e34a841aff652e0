// diagnose-run.mjs URL COUNT: diagnoses one recording in a process of its own; prints ms and MiB as JSON.
import { recordedExchanges } from "./diagnose-exchanges.mjs";

const [, , url, count] = process.argv;
const { diagnoseExchanges } = await import(url);
diagnoseExchanges(recordedExchanges(500));
const exchanges = recordedExchanges(Number(count));
globalThis.gc();
const rssBefore = process.memoryUsage().rss;
const startMs = performance.now();
const found = diagnoseExchanges(exchanges);
const ms = performance.now() - startMs;
if (found.length === 0) throw new Error("nothing was found in a recording full of conflicts");
// The peak counts what making the recording once held, too: never too little.
const growthMiB = process.resourceUsage().maxRSS / 1024 - rssBefore / 2 ** 20;
process.stdout.write(JSON.stringify({ ms, growthMiB }));
