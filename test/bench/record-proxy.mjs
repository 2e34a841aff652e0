// The recording proxy: how many requests pass against a bare node:http proxy that pipes bodies, and what one request waits.
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";
import { wallMs } from "./paired.mjs";
import { forkServer } from "./processes.mjs";

const MODULE = "record/start-recorder";
const BODY = JSON.stringify({ attributes: { "queue-name": "support-tier-2", "case-id": "C-123456" } });
const HEADERS = {
  "Content-Type": "application/json",
  "Content-Length": String(Buffer.byteLength(BODY)),
  "Idempotency-Key": "8f14e45f-ceea-467f-a8d6-1f0c7f2f2f11",
  Authorization: `Bearer ${"t0k3n".repeat(12)}`,
};
const REQUESTS = 2_000;
const WRITERS = 32;
const ONE_BY_ONE = 400;
const MOST_ADDED_MS = 1;

function send(url, agent) {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/api/v2/x`, { agent, method: "PATCH", headers: HEADERS }, (answer) => {
      answer.on("end", () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`status ${answer.statusCode}`)),
      );
      answer.resume();
    });
    outgoing.on("error", reject);
    outgoing.end(BODY);
  });
}

async function sendMany(url, agent) {
  let left = REQUESTS;
  const writer = async () => {
    while (left-- > 0) await send(url, agent);
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

async function openProxies() {
  const bundled = await bundle([MODULE]);
  const folder = mkdtempSync(join(tmpdir(), "gcidem-bench-"));
  const api = await forkServer("bare-server.mjs");
  const bare = await forkServer("record-proxy-server.mjs", [api.ready.url]);
  const arguments_ = [bundled.url(MODULE), api.ready.url, join(folder, "runs")];
  const recorder = await forkServer("record-proxy-recorder.mjs", arguments_);
  const agent = new Agent({ keepAlive: true, maxSockets: WRITERS });
  const close = async () => {
    agent.destroy();
    for (const each of [recorder, bare, api]) await each.close();
    bundled.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { api: api.ready.url, bare: bare.ready.url, recorder: recorder.ready.url, agent, close };
}

/** At least half as many requests a second: at most twice the time. */
export const recordThroughput = {
  name: "record-throughput",
  limit: 2,
  unit: "ms",
  pairs: 11,
  open: async () => {
    const { bare, recorder, agent, close } = await openProxies();
    const through = (url) => () => wallMs(() => sendMany(url, agent));
    return {
      base: { label: `${REQUESTS} requests of ${WRITERS} writers by a bare proxy`, measure: through(bare) },
      tried: { label: `${REQUESTS} requests by gcidem record`, measure: through(recorder) },
      close,
    };
  },
};

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

/** Straight and through the recorder in turn, so that whatever else the machine does falls on both alike. */
export const recordLatency = {
  name: "record-latency",
  absolute: true,
  open: async () => {
    const { api, recorder, agent, close } = await openProxies();
    const measure = async () => {
      const times = { straight: [], recorded: [] };
      for (let nth = 0; nth < ONE_BY_ONE; nth++) {
        times.straight.push(await wallMs(() => send(api, agent)));
        times.recorded.push(await wallMs(() => send(recorder, agent)));
      }
      const value = median(times.recorded) - median(times.straight);
      return [{ label: "added to a request at the median", value, limit: MOST_ADDED_MS, unit: "ms" }];
    };
    return { measure, close };
  },
};
