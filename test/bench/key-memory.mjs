// A million distinct keys in memory.
import { fork } from "node:child_process";
import { once } from "node:events";
import { bundle } from "./bundle.mjs";
import { beside, ENVIRONMENT } from "./processes.mjs";

const KEYS = 1_000_000;
const LIMIT_MB = 600;

/** MB as the issue counts them: 10^6 bytes. */
function megabytes(bytes) {
  return Math.round(bytes / 1e6);
}

export const keyMemory = {
  name: "key-memory",
  run: async () => {
    const modules = ["idempotency/engine", "core/clock", "policy/read-policy"];
    const bundled = await bundle(modules);
    try {
      const args = [...modules.map(bundled.url), String(KEYS)];
      const child = fork(beside("key-memory-process.mjs"), args, {
        env: ENVIRONMENT,
        execArgv: ["--expose-gc"],
      });
      const [found] = await Promise.race([
        once(child, "message"),
        once(child, "exit").then(([code]) => Promise.reject(new Error(`exited ${code}`))),
      ]);
      const [rss, heap] = [megabytes(found.rss), megabytes(found.heap)];
      const ok = Math.max(rss, heap) <= LIMIT_MB;
      console.log(`${ok ? "ok  " : "OVER"} key-memory: ${Math.max(rss, heap)} MB, limit ${LIMIT_MB} MB`);
      console.log(`     ${KEYS} keys: ${rss} MB resident, ${heap} MB in use`);
      return ok;
    } finally {
      bundled.close();
    }
  },
};
