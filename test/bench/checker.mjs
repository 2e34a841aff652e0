// The history checker: how long it takes, what it holds, and what a violation costs beside none.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { bundle } from "./bundle.mjs";
import { validHistory, withStaleRead } from "./checker-history.mjs";
import { wallMs } from "./paired.mjs";
import { beside, ENVIRONMENT } from "./processes.mjs";

const MODULE = "history/check-history";
const CONCURRENCY = 50;
const SIZES = [
  { count: 10_000, limitMs: 50, limitMiB: null },
  { count: 1_000_000, limitMs: 3_000, limitMiB: 300 },
];

const run = promisify(execFile);

async function judgeApart(url, count) {
  const args = ["--expose-gc", beside("checker-run.mjs"), url, String(count), String(CONCURRENCY)];
  const { stdout } = await run(process.execPath, args, { env: ENVIRONMENT });
  return JSON.parse(stdout);
}

/** Time and memory for histories that are in order. */
export const checker = {
  name: "checker",
  absolute: true,
  open: async () => {
    const bundled = await bundle([MODULE]);
    const measure = async () => {
      const figures = [];
      for (const { count, limitMs, limitMiB } of SIZES) {
        const { ms, growthMiB } = await judgeApart(bundled.url(MODULE), count);
        const label = `${count.toLocaleString("en")} operations`;
        figures.push({ label, value: ms, limit: limitMs, unit: "ms" });
        if (limitMiB !== null)
          figures.push({ label: `${label}, memory`, value: growthMiB, limit: limitMiB, unit: "MiB" });
      }
      return figures;
    };
    return { measure, close: () => bundled.close() };
  },
};

const PAIRED_COUNT = 100_000;

/** A history with a stale read near its end, beside the same one without. */
export const checkerInvalid = {
  name: "checker-invalid",
  limit: 1.5,
  unit: "ms",
  open: async () => {
    const bundled = await bundle([MODULE]);
    const { checkHistory } = await import(bundled.url(MODULE));
    const valid = validHistory(PAIRED_COUNT, CONCURRENCY);
    const invalid = withStaleRead(valid);
    const judge = (operations, wanted) => () =>
      wallMs(() => {
        const { result } = checkHistory(operations, { initial: 0 });
        if (result !== wanted) throw new Error(`found ${result}, expected ${wanted}`);
      });
    return {
      base: { label: "a valid history of 100,000 operations", measure: judge(valid, "held") },
      tried: { label: "the same with one stale read", measure: judge(invalid, "violated") },
      close: () => bundled.close(),
    };
  },
};
