// Every report of a long run: how long it takes, what it holds, and whether ten times the exchanges cost ten times as much.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundle } from "./bundle.mjs";
import { beside, ENVIRONMENT } from "./processes.mjs";
import { writeLongJournal } from "./report-rendering-journal.mjs";

const JOURNAL = "journal/read-journal";
/** Each format's module, and what it exports. */
const FORMATS = {
  terminal: ["report/terminal/render-terminal", "renderTerminal"],
  json: ["report/json/render-json", "renderJson"],
  junit: ["report/junit/render-junit", "renderJunit"],
  markdown: ["report/markdown/render-markdown", "renderMarkdown"],
  github: ["report/github/render-github", "renderGithub"],
  har: ["report/har/render-har", "renderHar"],
  html: ["report/html/render-html", "renderHtml"],
};
const SIZES = [10_000, 100_000];
const LIMIT_MS = 10_000;
const LIMIT_MIB = 512;
/** Ten times as much, and half as much again for a machine that is busy. */
const LIMIT_GROWTH = 15;

const run = promisify(execFile);

async function renderApart(bundled, [module, name], file) {
  const args = [beside("report-rendering-run.mjs"), bundled.url(JOURNAL), bundled.url(module), name, file];
  const { stdout } = await run(process.execPath, args, { env: ENVIRONMENT });
  return JSON.parse(stdout);
}

async function measureFormat(bundled, format, files) {
  const measured = [];
  for (const file of files) measured.push(await renderApart(bundled, FORMATS[format], file));
  const [few, many] = measured;
  return [
    { label: `${format}, 100,000 exchanges, CPU`, value: many.ms, limit: LIMIT_MS, unit: "ms" },
    { label: `${format}, memory`, value: many.peakMiB, limit: LIMIT_MIB, unit: "MiB" },
    { label: `${format}, ten times as many`, value: many.ms / few.ms, limit: LIMIT_GROWTH, unit: "times" },
  ];
}

/** Time and memory of each format, each in a process of its own, from a journal on disk. */
export const reportRendering = {
  name: "report-rendering",
  absolute: true,
  bestOf: 1,
  open: async () => {
    const modules = Object.values(FORMATS).map(([module]) => module);
    const bundled = await bundle([JOURNAL, ...modules]);
    const folder = mkdtempSync(join(tmpdir(), "gcidem-bench-"));
    const files = SIZES.map((count) => writeLongJournal(join(folder, `${count}.ndjson`), count));
    const measure = async () => {
      const figures = [];
      for (const format of Object.keys(FORMATS))
        figures.push(...(await measureFormat(bundled, format, files)));
      return figures;
    };
    const close = () => {
      bundled.close();
      rmSync(folder, { recursive: true, force: true });
    };
    return { measure, close };
  },
};
