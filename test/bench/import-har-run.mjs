// import-har-run.mjs URL HAR SCENARIO: imports one file in a process of its own; prints ms and MiB as JSON.
import { readFileSync } from "node:fs";

const [, , url, har, scenario] = process.argv;
const { importSource } = await import(url);
const startMs = performance.now();
await importSource(har, { output: scenario, quiet: true });
const ms = performance.now() - startMs;
if (!readFileSync(scenario, "utf8").includes("steps:")) throw new Error("nothing was imported");
process.stdout.write(JSON.stringify({ ms, peakMiB: process.resourceUsage().maxRSS / 1024 }));
