// Requests while a million keys expire at once, against the same requests while none does.
import { fork } from "node:child_process";
import { once } from "node:events";
import { bundle } from "./bundle.mjs";
import { beside, ENVIRONMENT } from "./processes.mjs";

const KEYS = 1_000_000;
const RATIO_LIMIT = 2;
const LONGEST_LIMIT_MS = 2;

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const keyExpiry = {
  name: "key-expiry",
  run: async () => {
    const modules = [
      "idempotency/engine",
      "idempotency/memory-store",
      "idempotency/memory-records",
      "core/clock",
      "policy/read-policy",
    ];
    const bundled = await bundle(modules);
    try {
      const args = [String(KEYS), ...modules.map(bundled.url)];
      const child = fork(beside("key-expiry-process.mjs"), args, { env: ENVIRONMENT, execArgv: [] });
      const [rounds] = await Promise.race([
        once(child, "message"),
        once(child, "exit").then(([code]) => Promise.reject(new Error(`exited ${code}`))),
      ]);
      const of = (which, figure) => rounds.map((pair) => pair[which][figure]);
      const ratio = median(rounds.map(({ base, tried }) => tried.p99Ms / base.p99Ms));
      const longestMs = Math.max(...of("tried", "longestMs"));
      const ok = ratio <= RATIO_LIMIT && longestMs <= LONGEST_LIMIT_MS;
      console.log(
        `${ok ? "ok  " : "OVER"} key-expiry: p99 ratio ${ratio.toFixed(2)}, limit ${RATIO_LIMIT.toFixed(2)}; longest sweep ${longestMs.toFixed(2)} ms, limit ${LONGEST_LIMIT_MS} ms`,
      );
      const figures = (which) =>
        `p99 ${(median(of(which, "p99Ms")) * 1000).toFixed(1)} µs a request, longest sweep ${Math.max(...of(which, "longestMs")).toFixed(2)} ms`;
      console.log(`     ${KEYS} keys expire: ${figures("tried")}`);
      console.log(`     none expires: ${figures("base")}`);
      return ok;
    } finally {
      bundled.close();
    }
  },
};
