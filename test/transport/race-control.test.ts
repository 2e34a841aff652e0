import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer as createNetServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { realClock, virtualClock } from "../../src/core/clock.js";
import { checkOpenFiles, readOpenFiles } from "../../src/transport/race/descriptor-limit.js";
import type { ReleaseTechnique } from "../../src/transport/race.js";
import { from, harmless, raceTo, recordingServer, together, transportTo, upTo } from "./race-server.js";
import { atEnd, failed, listening } from "./raw-server.js";

const EVERY_WAY: readonly (readonly [ReleaseTechnique, "http" | "https" | "h2"])[] = [
  ["naive", "http"],
  ["naive", "https"],
  ["warm", "https"],
  ["last-byte", "http"],
  ["last-byte", "https"],
  ["h2", "h2"],
];

/** A server that takes requests and never answers. `arrived` resolves once so many have come whole. */
async function silentServer(protocol: "http" | "https" | "h2", count: number) {
  let tell: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server = await recordingServer(protocol, (_request, _response, nth) => {
    if (nth + 1 === count) tell();
  });
  return { ...server, arrived };
}

test.each(EVERY_WAY)("%s over %s is what is used when it is asked for", async (technique, protocol) => {
  const server = await recordingServer(protocol, undefined, { allowHTTP1: true });
  const line = await raceTo(server, 4, { technique, warmUp: harmless(server) });
  expect(line.technique).toBe(technique);
  for (const _ of upTo(3)) {
    const result = await together(
      line,
      upTo(4).map((writer) => from(server, writer)),
    );
    expect(result.outcomes.map((outcome) => outcome?.kind)).toEqual(upTo(4).map(() => "response"));
    const holds = technique === "h2" || technique === "last-byte";
    expect(result.outcomes.every((outcome) => (outcome?.timings.releasedMs !== null) === holds)).toBe(true);
    expect(result).toMatchObject({ unheld: [], earlyAnswers: 0 });
    expect(result.estimatedArrivalSpreadMs === null).toBe(technique === "naive");
  }
  const waves = 3 * 4;
  expect(server.arrivals).toHaveLength(waves + line.warmUpRequests);
  const connections = { h2: 1, "last-byte": 4, warm: 4, naive: waves + line.warmUpRequests };
  expect(server.connections()).toBe(connections[technique]);
});

test.each(EVERY_WAY)("an interrupt ends a wave under way (%s over %s)", async (technique, protocol) => {
  const server = await silentServer(protocol, 3);
  const interrupt = new AbortController();
  const line = await raceTo(server, 3, { technique });
  const running = together(
    line,
    upTo(3).map((writer) => from(server, writer)),
    interrupt.signal,
  );
  await server.arrived;
  interrupt.abort();
  const { outcomes } = await running;
  for (const outcome of outcomes) {
    if (outcome === null) throw new Error("no outcome");
    expect(failed(outcome)).toMatchObject({ code: "ECONNABORTED", phase: "aborted" });
    expect(failed(outcome).message).toContain("the run was interrupted; the request was sent");
  }
});

test.each(EVERY_WAY)("after an interrupt a wave sends nothing (%s over %s)", async (technique, protocol) => {
  const server = await recordingServer(protocol);
  const line = await raceTo(server, 2, { technique });
  const requests = upTo(2).map((writer) => from(server, writer));
  const { outcomes, unheld } = await together(line, requests, AbortSignal.abort());
  expect(outcomes.map((outcome) => outcome?.kind === "failed" && outcome.phase)).toEqual([
    "aborted",
    "aborted",
  ]);
  expect(unheld).toEqual(technique === "h2" || technique === "last-byte" ? [0, 1] : []);
  expect(server.arrivals).toEqual([]);
});

test.each(EVERY_WAY)(
  "an interrupt while the race is opened ends that early (%s over %s)",
  async (technique, protocol) => {
    const server = await silentServer(protocol, 1);
    const interrupt = new AbortController();
    const race = { url: server.url, writers: 2, technique, warmUp: harmless(server) };
    const opening = transportTo(server).openRace(race, interrupt.signal);
    await server.arrived;
    interrupt.abort();
    const line = await opening;
    const sent = server.arrivals.length;
    const requests = upTo(2).map((writer) => from(server, writer));
    const { outcomes } = await together(line, requests, interrupt.signal);
    expect(outcomes.map((outcome) => outcome?.kind === "failed" && outcome.phase)).toEqual([
      "aborted",
      "aborted",
    ]);
    expect(server.arrivals).toHaveLength(sent);
  },
);

test.each(EVERY_WAY)(
  "closing the line or the transport ends everything at once (%s over %s)",
  async (technique, protocol) => {
    for (const end of ["line", "transport"] as const) {
      const server = await silentServer(protocol, 2);
      const sender = transportTo(server);
      const line = await sender.openRace({ url: server.url, writers: 2, technique, warmUp: null });
      const running = together(
        line,
        upTo(2).map((writer) => from(server, writer)),
      );
      await server.arrived;
      await (end === "line" ? line.close() : sender.close());
      const { outcomes } = await running;
      expect(outcomes.map((outcome) => outcome?.kind === "failed" && outcome.phase)).toEqual([
        "aborted",
        "aborted",
      ]);
      await expect(
        together(
          line,
          upTo(2).map((writer) => from(server, writer)),
        ),
      ).rejects.toThrow("this race is closed");
    }
  },
);

test("an interrupt while writers wait for their turn lets nobody else go", async () => {
  const server = await recordingServer("http");
  const interrupt = new AbortController();
  const line = await raceTo(server, 2);
  const observer = { onRequest: () => undefined };
  const requests = upTo(2).map((writer) => ({ ...from(server, writer), observer }));
  const running = line.wave(requests, { offsetsMs: [0, 3_600_000] }, interrupt.signal);
  while (server.arrivals.length === 0) await new Promise((resolve) => setImmediate(resolve));
  interrupt.abort();
  const { outcomes } = await running;
  expect(["response", "failed"]).toContain(outcomes[0]?.kind);
  expect(failed(outcomes[1] ?? (null as never))).toMatchObject({
    phase: "aborted",
    timings: { sentMs: null, releasedMs: null },
  });
  expect(server.arrivals.map(({ writer }) => writer)).toEqual([0]);
});

test("all connections are gone after the close", async () => {
  const sockets = new Set<Socket>();
  const server = createHttpServer((request, response) => {
    request.resume();
    request.on("end", () => response.end());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const url = `http://127.0.0.1:${await listening(server)}`;
  const line = await raceTo({ url, clock: realClock() }, 5);
  await together(
    line,
    upTo(5).map((writer) => from({ url }, writer)),
  );
  expect(sockets.size).toBe(5);
  const closings = [...sockets].map((socket) => once(socket, "close"));
  await line.close();
  await Promise.all(closings);
  expect(sockets.size).toBe(0);
});

test("abort: sent hangs up once the last byte left, abort after a duration from the release on", async () => {
  const server = await silentServer("http", 2);
  const line = await raceTo(server, 2);
  const result = await together(line, [from(server, 0, { abort: "sent" }), from(server, 1, { abort: 60 })]);
  await server.arrived;
  const [sent, later] = result.outcomes;
  expect(failed(sent ?? (null as never))).toMatchObject({ phase: "aborted", code: "ECONNABORTED" });
  const { endMs, releasedMs } = failed(later ?? (null as never)).timings;
  expect(endMs - Number(releasedMs)).toBeGreaterThanOrEqual(59);
});

test("a request that a server does not take in is let go unfinished, and is not said to have raced", async () => {
  const clock = realClock();
  const server = createNetServer((socket) => {
    socket.on("error", () => undefined);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (text.includes("X-Writer: 1")) socket.pause();
      else if (text.endsWith('{"a":1}')) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
  });
  const url = `http://127.0.0.1:${await listening(server)}`;
  const line = await raceTo({ url, clock }, 2);
  const huge = from({ url }, 1, { body: Buffer.alloc(30 << 20), timeoutMs: 1_000 });
  const result = await together(line, [from({ url }, 0), huge]);
  expect(result.outcomes.map((outcome) => outcome?.kind)).toEqual(["response", "failed"]);
  expect(failed(result.outcomes[1] ?? (null as never))).toMatchObject({
    phase: "timeout",
    timings: { releasedMs: null, sentMs: null },
  });
  expect(result.unheld).toEqual([1]);
});

test("a wave with nobody in it is over at once", async () => {
  const server = await recordingServer("http");
  const line = await raceTo(server, 2);
  const result = await together(line, [null, null]);
  expect(result).toMatchObject({
    outcomes: [null, null],
    clientSpreadMs: 0,
    estimatedArrivalSpreadMs: null,
    unheld: [],
  });
});

test("one writer is a race too, with no spread", async () => {
  const server = await recordingServer("h2");
  const line = await raceTo(server, 1);
  const result = await together(line, [from(server, 0)]);
  expect(result).toMatchObject({ clientSpreadMs: 0, estimatedArrivalSpreadMs: 0 });
});

test("waves follow one another; two at once and lists of the wrong length are mistakes of the program", async () => {
  const server = await recordingServer("http");
  const line = await raceTo(server, 1);
  const running = together(line, [from(server, 0)]);
  await expect(together(line, [from(server, 0)])).rejects.toThrow("the last wave of this race is not over");
  await running;
  await expect(together(line, [])).rejects.toThrow("needs 1 requests and 1 offsets");
  await expect(raceTo(server, 0)).rejects.toThrow("at least 1 writer");
});

test("time-outs run on the transport's clock, also of requests that are held", async () => {
  const clock = virtualClock();
  const server = await silentServer("http", 2);
  const line = await raceTo({ url: server.url, clock }, 2);
  const requests = upTo(2).map((writer) => from(server, writer, { timeoutMs: 3_600_000 }));
  const running = together(line, requests);
  await server.arrived;
  await clock.advance(3_600_000);
  const { outcomes } = await running;
  expect(outcomes.map((outcome) => outcome?.kind === "failed" && outcome.phase)).toEqual([
    "timeout",
    "timeout",
  ]);
});

test("more connections than this process may open are refused before anything is sent", async () => {
  const server = await recordingServer("http");
  const sender = transportTo(server, { openFilesLimit: 200 });
  const race = { url: server.url, technique: "auto", warmUp: harmless(server) } as const;
  await expect(sender.openRace({ ...race, writers: 150 })).rejects.toMatchObject({
    code: "usage",
    message:
      "150 writers need a connection each, and this process may have 200 files open at once; nothing was sent",
    hint: expect.stringMatching(/^use at most \d+ writers, or allow more open files first: ulimit -n \d+$/),
  });
  await expect(
    transportTo(server, { openFilesLimit: 10 }).openRace({ ...race, writers: 2 }),
  ).rejects.toMatchObject({
    hint: expect.stringMatching(/^allow more open files first: ulimit -n \d+$/),
  });
  expect(server.connections()).toBe(0);
});

test("over HTTP/2 many writers need few connections", async () => {
  const server = await recordingServer("h2", undefined, { settings: { maxConcurrentStreams: 1_000 } });
  const sender = transportTo(server, { openFilesLimit: 200 });
  const line = await sender.openRace({ url: server.url, writers: 150, technique: "auto", warmUp: null });
  const { outcomes } = await together(
    line,
    upTo(150).map((writer) => from(server, writer)),
  );
  expect(outcomes.filter((outcome) => outcome?.kind === "response")).toHaveLength(150);
  await line.close();
});

test("the system's limit on open files is known, and what is open counts against it", () => {
  const files = readOpenFiles();
  expect(files.limit === null || files.limit > 0).toBe(true);
  expect(files.open).toBeGreaterThan(0);
  expect(() => checkOpenFiles(100, { limit: null, open: 10 }, false)).not.toThrow();
  expect(() => checkOpenFiles(100, { limit: 174, open: 10 }, false)).not.toThrow();
  expect(() => checkOpenFiles(100, { limit: 173, open: 10 }, false)).toThrow("100 writers");
  // The server may be this very process, with the other end of each connection.
  expect(() => checkOpenFiles(100, { limit: 273, open: 10 }, true)).toThrow("100 writers");
});

/** A proxy that makes tunnels to one port, whatever it is asked for. */
async function tunnelProxy(targetPort: number, answer = "HTTP/1.1 200 OK\r\n\r\n"): Promise<number> {
  const server = createHttpServer((request, response) => response.end(`forwarded ${request.url}`));
  server.on("connect", (_request, socket: Socket) => {
    socket.on("error", () => undefined);
    if (!answer.startsWith("HTTP/1.1 200")) return void socket.end(answer);
    const upstream = connect(targetPort, "127.0.0.1", () => socket.write(answer));
    upstream.on("error", () => socket.destroy());
    upstream.pipe(socket).pipe(upstream);
    atEnd(() => upstream.destroy());
  });
  return listening(server);
}

test.each(["h2", "https"] as const)("a race goes through a proxy's tunnel (%s)", async (protocol) => {
  const server = await recordingServer(protocol);
  const port = await tunnelProxy(Number(new URL(server.url).port));
  const target = { url: "https://target.test", clock: server.clock };
  const sender = transportTo(server, { env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
  const line = await sender.openRace({ url: target.url, writers: 3, technique: "auto", warmUp: null });
  expect(line.technique).toBe(protocol === "h2" ? "h2" : "last-byte");
  const result = await together(
    line,
    upTo(3).map((writer) => from(target, writer)),
  );
  expect(result.outcomes.map((outcome) => outcome?.kind)).toEqual(["response", "response", "response"]);
  for (const { wholeMs } of server.arrivals) expect(wholeMs).toBeGreaterThanOrEqual(result.releasedMs);
  await sender.close();
});

test("a proxy that makes no tunnel fails each request as for any request", async () => {
  const port = await tunnelProxy(
    0,
    "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
  );
  const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
  const sender = transportTo({ clock: realClock() }, { env });
  const line = await sender.openRace({
    url: "https://target.test",
    writers: 2,
    technique: "auto",
    warmUp: null,
  });
  const { outcomes } = await together(
    line,
    upTo(2).map((writer) => from({ url: "https://target.test" }, writer)),
  );
  const alone = failed(await sender.send(from({ url: "https://target.test" }, 0).request));
  expect(failed(outcomes[1] ?? (null as never))).toMatchObject({
    code: "ERR_PROXY",
    phase: "connect",
    message: alone.message,
  });
});

test("plain http through a proxy is raced up to the proxy, and the note says so", async () => {
  const port = await tunnelProxy(0);
  const sender = transportTo({ clock: realClock() }, { env: { HTTP_PROXY: `http://127.0.0.1:${port}` } });
  const line = await sender.openRace({
    url: "http://target.test",
    writers: 2,
    technique: "last-byte",
    warmUp: null,
  });
  const { outcomes } = await together(
    line,
    upTo(2).map((writer) => from({ url: "http://target.test" }, writer)),
  );
  expect(outcomes.map((outcome) => outcome?.kind)).toEqual(["response", "response"]);
  expect(line.notes).toEqual([
    `the proxy 127.0.0.1:${port} is asked for whole URLs and passes requests on as it likes, perhaps not at once`,
  ]);
});

test("a proxy setting that makes no sense is said before anything is tried", async () => {
  const sender = transportTo({ clock: realClock() }, { env: { HTTPS_PROXY: "socks5://p:1" } });
  const race = { url: "https://target.test", writers: 2, technique: "auto", warmUp: null } as const;
  await expect(sender.openRace(race)).rejects.toMatchObject({ code: "usage" });
});
