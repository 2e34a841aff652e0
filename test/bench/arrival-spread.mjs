// How close 20 requests come to one another at a server in a process of its own: held by gcidem and let go together,
// against the limits that a race needs and against clients that hold nothing.
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { Agent } from "node:https";
import { fileURLToPath } from "node:url";
import got from "got";
import http2Wrapper from "http2-wrapper";
import { bundle } from "./bundle.mjs";
import { forkServer } from "./processes.mjs";

const WRITERS = 20;
const ROUNDS = 50;
/** Thrown away: compilers are cold, on both sides. */
const FIRST_ROUNDS = 5;
const SMALL_BODY = Buffer.from(JSON.stringify({ attributes: { "queue-name": "support-tier-2" } }).padEnd(75));
/**
 * 50 KiB. Twenty bodies of 50,000 bytes happen to end in one window of flow control, so that even requests which nobody
 * holds arrive within 0.1 ms; of 51,200 and 53,000 bytes these took 1.3 and 1.4 ms (Nov 2026).
 */
const LARGE_BODY = Buffer.alloc(50 * 1024, "x");

const tls = (name) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const everyone = Array.from({ length: WRITERS }, (_, writer) => writer);

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Runs what sends one round and gives the time from the first to the last arrival at the server, in ms. */
async function spreadMs(server, send) {
  await server.take();
  await send();
  const arrivals = await server.take();
  if (arrivals.length !== WRITERS) throw new Error(`${arrivals.length} of ${WRITERS} requests arrived`);
  return Math.max(...arrivals) - Math.min(...arrivals);
}

/** Medians of ways that take turns, so that whatever else the machine does falls on all alike. */
async function medians(server, ways) {
  const spreads = ways.map(() => []);
  for (let round = 0; round < FIRST_ROUNDS + ROUNDS; round++) {
    for (const [index, send] of ways.entries()) {
      const spread = await spreadMs(server, send);
      if (round >= FIRST_ROUNDS) spreads[index].push(spread);
    }
  }
  return spreads.map(median);
}

async function openHeld(transport, url, { technique, body }) {
  const common = { url, headers: [["content-type", "application/json"]], timeoutMs: 20_000, abort: null };
  const warmUp = { ...common, method: "GET", body: null };
  const line = await transport.openRace({ url, writers: WRITERS, technique, warmUp });
  const requests = everyone.map(() => ({ request: { ...common, method: "PATCH", body } }));
  const offsetsMs = everyone.map(() => 0);
  const send = async () => {
    const { outcomes, unheld, earlyAnswers } = await line.wave(requests, { offsetsMs });
    const answered = outcomes.filter(({ kind }) => kind === "response").length;
    if (answered !== WRITERS || unheld.length > 0 || earlyAnswers > 0) throw new Error("no clean race");
  };
  return { send, close: () => line.close() };
}

const AS_IT_COMES = { retry: { limit: 0 }, throwHttpErrors: false, followRedirect: false };

/** What people write: all at once, each over a connection of its own. */
function openCold(url) {
  const certificateAuthority = readFileSync(tls("authority.pem"), "utf8");
  const send = async () => {
    const agent = { https: new Agent() };
    const options = { ...AS_IT_COMES, agent, https: { certificateAuthority } };
    await Promise.all(everyone.map(() => got(url, { ...options, method: "PATCH", body: SMALL_BODY })));
  };
  return { send, close: async () => {} };
}

/** All at once over one HTTP/2 connection that stands. */
async function openUnheldHttp2(url) {
  const session = connect(url, { ca: readFileSync(tls("authority.pem")) });
  await new Promise((resolve, reject) => session.once("remoteSettings", resolve).once("error", reject));
  const request = (target, options, callback) =>
    http2Wrapper.request(target, { ...options, h2session: session }, callback);
  const options = { ...AS_IT_COMES, request, method: "PATCH", body: LARGE_BODY };
  const send = () => Promise.all(everyone.map(() => got(url, options)));
  return { send, close: async () => session.destroy() };
}

function report(label, { found, limit, more = "" }) {
  const ok = found <= limit;
  console.log(
    `${ok ? "ok  " : "OVER"} arrival-spread: ${label} ${found.toFixed(2)}, limit ${limit.toFixed(2)}${more}`,
  );
  return ok;
}

async function compare(server, ways) {
  try {
    return await medians(
      server,
      ways.map(({ send }) => send),
    );
  } finally {
    await Promise.all(ways.map(({ close }) => close()));
  }
}

async function measureAll(transport, server, proxy) {
  const held = (url, technique, body) => openHeld(transport, url, { technique, body });
  const [http2] = await compare(server, [await held(server.url, "h2", SMALL_BODY)]);
  const lastByteAndCold = [await held(server.url, "last-byte", SMALL_BODY), openCold(server.url)];
  const [lastByte, cold] = await compare(server, lastByteAndCold);
  const [delayed] = await compare(server, [await held(proxy.url, "h2", SMALL_BODY)]);
  const withAndWithout = [await held(server.url, "h2", LARGE_BODY), await openUnheldHttp2(server.url)];
  const [large, unheld] = await compare(server, withAndWithout);
  const against = (base, ms) => ` (${ms.toFixed(2)} ms; ${base} ms)`;
  return [
    report("HTTP/2 hold, ms", { found: http2, limit: 0.6 }),
    report("HTTP/1.1 hold over TLS, ms", { found: lastByte, limit: 1.5 }),
    report("HTTP/1.1 hold over TLS to cold Promise.all over HTTPS, ratio", {
      found: lastByte / cold,
      limit: 1 / 8,
      more: against(`cold ${cold.toFixed(2)}`, lastByte),
    }),
    report("HTTP/2 hold past delays of 10 to 30 ms, ms", { found: delayed, limit: 0.8 }),
    report("HTTP/2 hold of 50 KB bodies to HTTP/2 without, ratio", {
      found: large / unheld,
      limit: 1 / 3,
      more: against(`without ${unheld.toFixed(2)}`, large),
    }),
  ].every((ok) => ok);
}

async function start(file, args) {
  const { ready, ask, close } = await forkServer(file, args);
  return { url: `https://127.0.0.1:${ready.port}`, port: ready.port, take: () => ask("arrivals"), close };
}

export const arrivalSpread = {
  name: "arrival-spread",
  run: async () => {
    const bundled = await bundle(["transport/create-transport", "core/clock"]);
    const { createTransport } = await import(bundled.url("transport/create-transport"));
    const { realClock } = await import(bundled.url("core/clock"));
    const server = await start("arrival-server.mjs", [tls("server.key"), tls("server.pem")]);
    const proxy = await start("delaying-proxy.mjs", [String(server.port)]);
    const transport = createTransport({ clock: realClock(), ca: readFileSync(tls("authority.pem"), "utf8") });
    try {
      return await measureAll(transport, server, proxy);
    } finally {
      await transport.close();
      await Promise.all([server.close(), proxy.close()]);
      bundled.close();
    }
  },
};
