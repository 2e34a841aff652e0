// checker-run.mjs CHECK_URL COUNT CONCURRENCY: judges one history in a process of its own; prints ms and MiB as JSON.
import { validHistory } from "./checker-history.mjs";

const [, , url, count, concurrency] = process.argv;
const { checkHistory } = await import(url);
checkHistory(validHistory(2_000, Number(concurrency), 2), { initial: 0 });
const operations = validHistory(Number(count), Number(concurrency));
globalThis.gc();
const rssBefore = process.memoryUsage().rss;
const startMs = performance.now();
const { result } = checkHistory(operations, { initial: 0 });
const ms = performance.now() - startMs;
if (result !== "held") throw new Error(`a valid history was found ${result}`);
// The peak counts what making the history once held, too: never too little.
const growthMiB = process.resourceUsage().maxRSS / 1024 - rssBefore / 2 ** 20;
process.stdout.write(JSON.stringify({ ms, growthMiB }));
