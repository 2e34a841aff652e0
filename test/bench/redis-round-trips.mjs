// Round trips to Redis for an execution and for its replay, counted by Redis itself, and what a request takes.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { Redis } from "ioredis";
import { bundle } from "./bundle.mjs";

const REQUESTS = 500;
const LIMITS = { execution: 2, replay: 1 };

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function startRedis(port) {
  const words = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = spawn("redis-server", words, { stdio: ["ignore", "pipe", "inherit"] });
  const failed = once(child, "error").then(([error]) => {
    throw new Error(
      `redis-server cannot be started (${error.message}): install Debian's package redis-server`,
    );
  });
  const ready = (async () => {
    for await (const chunk of child.stdout) if (String(chunk).includes("Ready to accept")) return;
  })();
  await Promise.race([ready, failed]);
  return child;
}

function execute(agent, { url, authorization }, key) {
  const headers = {
    Authorization: authorization,
    "Content-Type": "application/json",
    "Idempotency-Key": key,
  };
  return new Promise((resolve, reject) => {
    const path = `${url}/api/v2/integrations/actions/a1/execute`;
    const outgoing = request(path, { method: "POST", agent, headers }, (response) => {
      response.resume().on("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`the mock answered ${response.statusCode}`));
      });
    });
    outgoing.on("error", reject);
    outgoing.end("{}");
  });
}

async function commands(client) {
  const stats = await client.info("commandstats");
  const calls = ["evalsha", "eval"].map(
    (name) => stats.match(new RegExp(`cmdstat_${name}:calls=(\\d+)`))?.[1],
  );
  return calls.reduce((sum, count) => sum + Number(count ?? 0), 0);
}

async function measure(client, send, keys) {
  const before = await commands(client);
  const beganMs = performance.now();
  for (const key of keys) await send(key);
  const tookMs = performance.now() - beganMs;
  return { trips: ((await commands(client)) - before) / keys.length, ms: tookMs / keys.length };
}

async function count(port) {
  const bundled = await bundle(["mock/start-mock", "policy/presets"]);
  const { startMock } = await import(bundled.url("mock/start-mock"));
  const { presetPolicy } = await import(bundled.url("policy/presets"));
  const policy = { ...presetPolicy("forum-lore"), rateLimit: null };
  const mock = await startMock({ policy, store: `redis://127.0.0.1:${port}` });
  const client = new Redis({ port, host: "127.0.0.1" });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const server = { url: mock.url, authorization: `Bearer ${mock.token(null, "valid")}` };
  const send = (key) => execute(agent, server, key);
  for (let index = 0; index < 50; index++) await send(randomUUID());
  const keys = Array.from({ length: REQUESTS }, () => randomUUID());
  const figures = { execution: await measure(client, send, keys), replay: await measure(client, send, keys) };
  agent.destroy();
  client.disconnect();
  await mock.close();
  bundled.close();
  return figures;
}

async function run() {
  const port = await freePort();
  const redis = await startRedis(port);
  try {
    const figures = await count(port);
    return Object.entries(figures).every(([name, { trips, ms }]) => {
      const fits = trips <= LIMITS[name];
      const limit = `limit ${LIMITS[name]}`;
      console.log(
        `${fits ? "ok  " : "OVER"} redis-round-trips: ${trips} a ${name} (${limit}), ${ms.toFixed(2)} ms each`,
      );
      return fits;
    });
  } finally {
    redis.kill("SIGKILL");
  }
}

export const redisRoundTrips = { name: "redis-round-trips", run };
