import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createNetServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { realClock } from "../../src/core/clock.js";
import type { Outcome } from "../../src/transport/outcome.js";
import {
  from,
  harmless,
  type Protocol,
  raceTo,
  recordingServer,
  together,
  transportTo,
  upTo,
} from "./race-server.js";
import { failed, listening } from "./raw-server.js";
import { fixture } from "./tls-fixture.js";

const PROTOCOLS: readonly Protocol[] = ["http", "https", "h2"];
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const certificate = () => ({ key: fixture("server.key"), cert: fixture("server.pem") });

function kinds(outcomes: readonly (Outcome | null)[]): readonly (string | null)[] {
  return outcomes.map((outcome) =>
    outcome === null || outcome.kind === "response" ? (outcome?.kind ?? null) : outcome.code,
  );
}

function failureOf(outcomes: readonly (Outcome | null)[], writer: number) {
  const outcome = outcomes[writer] ?? null;
  if (outcome === null) throw new Error(`writer ${writer} sent nothing`);
  return failed(outcome);
}

/** An HTTP/2 server of streams. */
async function streamServer(
  onStream: (stream: ServerHttp2Stream, nth: number) => void,
  settings: { maxConcurrentStreams?: number } = {},
) {
  let streams = 0;
  let sessions = 0;
  const server = createSecureServer({ ...certificate(), settings });
  server.on("session", () => {
    sessions += 1;
  });
  server.on("stream", (stream) => {
    stream.on("error", () => undefined);
    onStream(stream, streams++);
  });
  const url = `https://127.0.0.1:${await listening(server)}`;
  return { url, clock: realClock(), server, sessions: () => sessions };
}

function answerAtEnd(stream: ServerHttp2Stream): void {
  stream.resume();
  stream.once("end", () => {
    stream.respond({ ":status": 200 });
    stream.end("ok");
  });
}

test("answers that come before the last byte are counted, and said not to have raced", async () => {
  // Answers as soon as it has the header block, body or no body.
  const server = createNetServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.write(OK));
  });
  const url = `http://127.0.0.1:${await listening(server)}`;
  const line = await raceTo({ url, clock: realClock() }, 3);
  const result = await together(
    line,
    upTo(3).map((writer) => from({ url }, writer)),
  );
  expect(kinds(result.outcomes)).toEqual(["response", "response", "response"]);
  expect(result).toMatchObject({ earlyAnswers: 3, unheld: [] });
  expect(result.outcomes.map((outcome) => outcome?.timings.releasedMs)).toEqual([null, null, null]);
  expect(result.notes.join()).toContain("3 of 3 requests had an answer before the last byte was let go");
  // What was left of the requests must not end up in the next ones.
  const again = await together(
    line,
    upTo(3).map((writer) => from({ url }, writer)),
  );
  expect(again).toMatchObject({ earlyAnswers: 3 });
  expect(again.notes.join()).toContain("3 connections were closed since the last requests and opened again");
});

test("over HTTP/2 an early answer ends its own request and no other", async () => {
  const ended: number[] = [];
  const server = await streamServer((stream, nth) => {
    stream.once("close", () => ended.push(nth));
    if (nth !== 1) return answerAtEnd(stream);
    stream.respond({ ":status": 409 });
    stream.end("early");
  });
  const line = await raceTo(server, 3);
  const result = await together(
    line,
    upTo(3).map((writer) => from(server, writer)),
  );
  expect(kinds(result.outcomes)).toEqual(["response", "response", "response"]);
  expect(result).toMatchObject({ earlyAnswers: 1, unheld: [] });
  const again = await together(
    line,
    upTo(3).map((writer) => from(server, writer)),
  );
  expect(again).toMatchObject({ earlyAnswers: 0, notes: [] });
  // The server was told that nothing more comes, so the stream does not count against its limit for ever.
  expect(ended).toContain(1);
  expect(server.sessions()).toBe(1);
});

test.each(PROTOCOLS)("a server that hangs on some writers lets the others be (%s)", async (protocol) => {
  const server = await recordingServer(protocol, (_request, response, nth) => {
    if (nth >= 2) response.end("ok");
  });
  const line = await raceTo(server, 4);
  const requests = upTo(4).map((writer) => from(server, writer, { timeoutMs: 400 }));
  const result = await together(line, requests);
  expect(kinds(result.outcomes).toSorted()).toEqual(["ETIMEDOUT", "ETIMEDOUT", "response", "response"]);
  for (const outcome of result.outcomes) {
    if (outcome?.kind !== "failed") continue;
    expect(outcome).toMatchObject({ phase: "timeout" });
    expect(outcome.message).toContain("within 400ms; the request was sent and nothing had come back");
    // From its own release, not from when it began to be sent.
    expect(outcome.timings.endMs - Number(outcome.timings.releasedMs)).toBeGreaterThanOrEqual(399);
  }
  const { outcomes } = await together(
    line,
    upTo(4).map((writer) => from(server, writer)),
  );
  expect(kinds(outcomes)).toEqual(["response", "response", "response", "response"]);
});

test("a connection that the server closed between waves is opened again, and that is said", async () => {
  const sockets: Socket[] = [];
  const server = createHttpServer((request, response) => {
    request.resume();
    request.on("end", () => response.end("ok"));
  });
  server.on("connection", (socket) => sockets.push(socket));
  const url = `http://127.0.0.1:${await listening(server)}`;
  const line = await raceTo({ url, clock: realClock() }, 2);
  await together(
    line,
    upTo(2).map((writer) => from({ url }, writer)),
  );
  const [first] = sockets;
  if (first === undefined) throw new Error("no connection");
  first.end();
  await once(first, "close");
  const result = await together(
    line,
    upTo(2).map((writer) => from({ url }, writer)),
  );
  expect(kinds(result.outcomes)).toEqual(["response", "response"]);
  expect(result.notes).toContain(
    "1 connection was closed since the last requests and opened again before these",
  );
  expect(sockets).toHaveLength(3);
});

test("a connection that closes while its request is held fails that request alone", async () => {
  let connections = 0;
  const server = createNetServer((socket) => {
    const closes = connections++ === 1;
    let text = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (closes) socket.destroy();
      else if (text.endsWith('{"a":1}')) socket.write(OK);
    });
  });
  const url = `http://127.0.0.1:${await listening(server)}`;
  const line = await raceTo({ url, clock: realClock() }, 3);
  const result = await together(
    line,
    upTo(3).map((writer) => from({ url }, writer)),
  );
  expect(kinds(result.outcomes).toSorted()).toEqual(["ECONNRESET", "response", "response"]);
  const [lost = -1] = result.unheld;
  expect(result.unheld).toHaveLength(1);
  expect(failureOf(result.outcomes, lost)).toMatchObject({ phase: "send" });
  expect(result.notes.join()).toContain(
    "1 of 3 requests could not be kept back until the release: " +
      `${new URL(url).host} closed the connection before the whole request was sent`,
  );
});

test("over HTTP/2 a lost connection fails all of its requests, and the next wave has a new one", async () => {
  let lose = true;
  const server = await streamServer((stream) => {
    if (lose) for (const socket of sockets) socket.destroy();
    else answerAtEnd(stream);
  });
  const sockets: Socket[] = [];
  server.server.on("secureConnection", (socket) => sockets.push(socket));
  const line = await raceTo(server, 3);
  const lost = await together(
    line,
    upTo(3).map((writer) => from(server, writer)),
  );
  expect(kinds(lost.outcomes)).toEqual(["ECONNRESET", "ECONNRESET", "ECONNRESET"]);
  expect(lost.unheld).toEqual([0, 1, 2]);
  lose = false;
  const result = await together(
    line,
    upTo(3).map((writer) => from(server, writer)),
  );
  expect(kinds(result.outcomes)).toEqual(["response", "response", "response"]);
  expect(result.notes).toContain(
    "1 connection was closed since the last requests and opened again before these",
  );
});

test("a server that takes fewer requests at once than there are writers gets several connections", async () => {
  const server = await streamServer(answerAtEnd, { maxConcurrentStreams: 3 });
  const line = await raceTo(server, 8);
  expect(line.notes).toEqual([
    `${new URL(server.url).host} takes 3 requests at once on a connection, so 8 writers share 3; requests on different connections may arrive further apart`,
  ]);
  const result = await together(
    line,
    upTo(8).map((writer) => from(server, writer)),
  );
  expect(kinds(result.outcomes)).toEqual(upTo(8).map(() => "response"));
  expect(result).toMatchObject({ unheld: [], earlyAnswers: 0 });
  expect(server.sessions()).toBe(3);
});

test("a server that does not offer HTTP/2 is raced by last bytes, and the note says so", async () => {
  const server = await recordingServer("https");
  const line = await raceTo(server, 2);
  expect(line.technique).toBe("last-byte");
  expect(line.notes).toEqual([
    `${new URL(server.url).host} does not offer HTTP/2; the race goes over HTTP/1.1, with a connection for each writer`,
  ]);
  // The connection that asked for HTTP/2 serves a writer.
  await together(
    line,
    upTo(2).map((writer) => from(server, writer)),
  );
  expect(server.connections()).toBe(2);
});

test.each(["http", "https"] as const)(
  "HTTP/2 asked for by name is refused where there is none (%s)",
  async (protocol) => {
    const server = await recordingServer(protocol);
    await expect(raceTo(server, 2, { technique: "h2" })).rejects.toMatchObject({
      name: "GcidemError",
      code: "usage",
      message: expect.stringMatching(/^the release technique h2 cannot be had: .*HTTP\/2/),
      hint: expect.stringContaining("last-byte"),
    });
    expect(server.arrivals).toEqual([]);
  },
);

test("a server that agrees on HTTP/2 and hangs up is raced by last bytes", async () => {
  const server = createHttpsServer(
    { ...certificate(), ALPNProtocols: ["h2", "http/1.1"] },
    (request, response) => {
      request.resume();
      request.on("end", () => response.end("ok"));
    },
  );
  server.prependListener("secureConnection", (socket) => {
    if (socket.alpnProtocol === "h2") socket.destroy();
  });
  const url = `https://127.0.0.1:${await listening(server)}`;
  const line = await raceTo({ url, clock: realClock() }, 2);
  expect(line.technique).toBe("last-byte");
  expect(line.notes[0]).toContain("it agreed on HTTP/2 and then closed the connection");
  const { outcomes } = await together(
    line,
    upTo(2).map((writer) => from({ url }, writer)),
  );
  expect(kinds(outcomes)).toEqual(["response", "response"]);
});

test("a server that offers HTTP/2 and then wants HTTP/1.1 for its requests is raced by last bytes", async () => {
  const HTTP_1_1_REQUIRED = 13;
  const server = createSecureServer({ ...certificate(), allowHTTP1: true }, (request, response) => {
    if (request.httpVersion === "1.1") response.end("ok");
  });
  server.on("stream", (stream) => {
    stream.on("error", () => undefined);
    stream.close(HTTP_1_1_REQUIRED);
  });
  const url = `https://127.0.0.1:${await listening(server)}`;
  const at = { url, clock: realClock() };
  const line = await raceTo(at, 2, { warmUp: harmless(at) });
  expect(line.technique).toBe("last-byte");
  expect(line.notes[0]).toContain("HTTP/2 was offered, but no request was answered over it");
  expect(line.notes[0]).toContain("HTTP_1_1_REQUIRED");
  const { outcomes } = await together(
    line,
    upTo(2).map((writer) => from({ url }, writer)),
  );
  expect(kinds(outcomes)).toEqual(["response", "response"]);
  await expect(raceTo(at, 2, { technique: "h2", warmUp: harmless(at) })).rejects.toMatchObject({
    code: "usage",
  });
});

test("a request that the server refuses on its own fails alone, with the server's reason", async () => {
  const REFUSED_STREAM = 7;
  const server = await streamServer((stream, nth) => {
    if (nth === 1) stream.close(REFUSED_STREAM);
    else answerAtEnd(stream);
  });
  const line = await raceTo(server, 3);
  const result = await together(
    line,
    upTo(3).map((writer) => from(server, writer)),
  );
  expect(kinds(result.outcomes)).toEqual(["response", "ERR_HTTP2_STREAM_ERROR", "response"]);
  expect(failureOf(result.outcomes, 1).message).toBe(
    `${new URL(server.url).host} ended the request without an answer (HTTP/2 REFUSED_STREAM), which says that it did nothing with it`,
  );
  expect(result.unheld).toEqual([1]);
});

test.each([
  ["last-byte", "http"],
  ["warm", "http"],
  ["naive", "http"],
  ["auto", "https"],
  ["h2", "https"],
] as const)("where nothing listens each request fails as data (%s over %s)", async (technique, scheme) => {
  const server = createNetServer();
  const port = await listening(server);
  server.close();
  await once(server, "close");
  const url = `${scheme}://127.0.0.1:${port}`;
  const at = { url, clock: realClock() };
  const line = await raceTo(at, 2, { technique, warmUp: harmless(at) });
  const result = await together(
    line,
    upTo(2).map((writer) => from(at, writer)),
  );
  expect(kinds(result.outcomes)).toEqual(["ECONNREFUSED", "ECONNREFUSED"]);
  expect(failureOf(result.outcomes, 0)).toMatchObject({
    phase: "connect",
    timings: { sentMs: null, releasedMs: null },
  });
  expect(line.notes.join()).toContain("the warm-up request failed for 2 of 2 writers");
});

test.each(PROTOCOLS)(
  "a certificate that nobody vouches for is refused as for any request (%s)",
  async (protocol) => {
    if (protocol === "http") return;
    const server = await recordingServer(protocol);
    const sender = transportTo(server, { ca: fixture("stranger.pem") });
    const line = await sender.openRace({ url: server.url, writers: 2, technique: "auto", warmUp: null });
    const { outcomes } = await together(
      line,
      upTo(2).map((writer) => from(server, writer)),
    );
    const alone = failed(await sender.send(from(server, 0).request));
    expect(failureOf(outcomes, 0)).toMatchObject({
      code: alone.code,
      phase: "connect",
      message: alone.message,
    });
    expect(server.arrivals).toEqual([]);
  },
);

test("a server that accepts connections and never speaks is given as long as the requests are", {
  timeout: 9_000,
}, async () => {
  const mute = createNetServer((socket) => void socket.on("error", () => undefined));
  const server = { url: `https://127.0.0.1:${await listening(mute)}`, clock: realClock() };
  const line = await raceTo(server, 2, { connectLimitMs: 50 });
  const { outcomes } = await together(line, [from(server, 0), from(server, 1)]);
  expect(kinds(outcomes)).toEqual(["ETIMEDOUT", "ETIMEDOUT"]);
});
