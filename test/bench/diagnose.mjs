// Diagnosis: how long it takes, what it holds, and whether ten times the exchanges cost ten times as much.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { bundle } from "./bundle.mjs";
import { beside, ENVIRONMENT } from "./processes.mjs";

const MODULE = "diagnose/diagnose-exchanges";
const SIZES = [1_000, 10_000, 100_000];
const LIMIT_MS = 5_000;
const LIMIT_MIB = 500;
/** Ten times as much, and half as much again for a machine that is busy. */
const LIMIT_GROWTH = 15;

const run = promisify(execFile);

async function diagnoseApart(url, count) {
  const args = ["--expose-gc", beside("diagnose-run.mjs"), url, String(count)];
  const { stdout } = await run(process.execPath, args, { env: ENVIRONMENT });
  return JSON.parse(stdout);
}

/** Time and memory for 1,000, 10,000 and 100,000 exchanges. */
export const diagnose = {
  name: "diagnose",
  absolute: true,
  open: async () => {
    const bundled = await bundle([MODULE]);
    const measure = async () => {
      const figures = [];
      let before = null;
      for (const count of SIZES) {
        const { ms, growthMiB } = await diagnoseApart(bundled.url(MODULE), count);
        const label = `${count.toLocaleString("en")} exchanges`;
        figures.push({ label, value: ms, limit: LIMIT_MS, unit: "ms" });
        figures.push({ label: `${label}, memory`, value: growthMiB, limit: LIMIT_MIB, unit: "MiB" });
        if (before !== null && count === SIZES.at(-1))
          figures.push({
            label: "ten times as many",
            value: ms / before,
            limit: LIMIT_GROWTH,
            unit: "times",
          });
        before = ms;
      }
      return figures;
    };
    return { measure, close: () => bundled.close() };
  },
};
