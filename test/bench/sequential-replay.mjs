// 10,000 requests in one scenario: time against a bare got loop, and memory against fewer requests.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wallMs } from "./paired.mjs";
import { beside, forkServer, runNode, toolArguments } from "./processes.mjs";

const REQUESTS = 10_000;

function scenario(times) {
  return [
    "name: Many writes",
    "description: The same write over and over.",
    "steps:",
    "  - id: write",
    "    request: PATCH /api/v2/conversations/calls/c/participants/p/attributes",
    "    json: { attributes: { queue-name: support-tier-2 } }",
    `    times: ${times}`,
    "    expect: { status: 200 }",
    "",
  ].join("\n");
}

async function openReplay() {
  const server = await forkServer("bare-server.mjs");
  const folder = mkdtempSync(join(tmpdir(), "gcidem-bench-"));
  const replay = (times) => {
    const file = join(folder, `${times}.yaml`);
    writeFileSync(file, scenario(times));
    const out = join(folder, "runs");
    return toolArguments("replay", file, "--target", server.ready.url, "--out", out, "--quiet");
  };
  const close = async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server, folder, replay, close };
}

export const sequentialReplay = {
  name: "sequential-replay",
  limit: 1.25,
  unit: "ms",
  open: async () => {
    const { server, replay, close } = await openReplay();
    const tool = replay(REQUESTS);
    const loop = [beside("bare-got-loop.mjs"), server.ready.url, String(REQUESTS)];
    return {
      base: { label: `${REQUESTS} requests by a bare got loop`, measure: () => wallMs(() => runNode(loop)) },
      tried: { label: `gcidem replay of ${REQUESTS} requests`, measure: () => wallMs(() => runNode(tool)) },
      close,
    };
  },
};

export const sequentialMemory = {
  name: "sequential-memory",
  limit: 1.15,
  unit: "MB at most",
  pairs: 3,
  open: async () => {
    const { folder, replay, close } = await openReplay();
    const peakMb = (times) => async () => {
      const file = join(folder, "peak");
      const hook = new URL("report-peak-memory.mjs", import.meta.url).href;
      await runNode(["--import", hook, ...replay(times)], { GCIDEM_BENCH_PEAK_FILE: file });
      return Number(readFileSync(file, "utf8")) / 1024;
    };
    return {
      base: { label: `gcidem replay of ${REQUESTS} requests`, measure: peakMb(REQUESTS) },
      tried: { label: `gcidem replay of ${4 * REQUESTS} requests`, measure: peakMb(4 * REQUESTS) },
      close,
    };
  },
};
