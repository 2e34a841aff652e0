// report-rendering-run.mjs JOURNAL-URL MODULE-URL NAME FILE: renders one report of one journal in a process of its own;
// prints ms of CPU (nothing is waited for, and a busy machine makes a wall clock lie) and MiB as JSON.
import { closeSync, openSync, writeSync } from "node:fs";
import { longReport } from "./long-report.mjs";

const [, , journalUrl, moduleUrl, name, file] = process.argv;
const { openJournal } = await import(journalUrl);
const { [name]: render } = await import(moduleUrl);

const PAGE = { script: "", style: "", scriptSha256: "", styleSha256: "" };
const OPTIONS = {
  ...{ columns: 80, color: false, unicode: true, verbose: false },
  ...{ cases: false, pathOf: String, page: PAGE },
};

const journal = openJournal(file);
const report = longReport(journal);

const out = openSync("/dev/null", "w");
const before = process.cpuUsage();
let characters = 0;
for (const piece of render(report, OPTIONS)) {
  characters += piece.length;
  writeSync(out, piece);
}
const { user, system } = process.cpuUsage(before);
const ms = (user + system) / 1_000;
closeSync(out);
journal.close();
if (characters < 100) throw new Error(`${name} wrote ${characters} characters`);
process.stdout.write(JSON.stringify({ ms, peakMiB: process.resourceUsage().maxRSS / 1024 }));
