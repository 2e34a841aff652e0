import { createHash } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type SecureServerOptions,
} from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { Server } from "node:net";
import { type Clock, realClock } from "../../src/core/clock.js";
import { createTransport } from "../../src/transport/create-transport.js";
import type { OutgoingRequest } from "../../src/transport/outcome.js";
import type { RaceLine, RaceOptions, WaveRequest, WaveResult } from "../../src/transport/race.js";
import type { Transport, TransportOptions } from "../../src/transport/transport.js";
import { atEnd, get, listening, patch } from "./raw-server.js";
import { fixture } from "./tls-fixture.js";

/** How a server is spoken to: plain HTTP/1.1, HTTP/1.1 over TLS, HTTP/2. */
export type Protocol = "http" | "https" | "h2";

/** One request that arrived whole. */
interface Arrival {
  readonly writer: number;
  readonly method: string;
  readonly bytes: number;
  readonly sha256: string;
  /** When its last byte had come, on the clock that server and transport share. */
  readonly wholeMs: number;
}

type AnyRequest = IncomingMessage | Http2ServerRequest;
type AnyResponse = ServerResponse | Http2ServerResponse;

/** A server that writes down what arrives. */
export interface RecordingServer {
  readonly url: string;
  readonly clock: Clock;
  readonly arrivals: Arrival[];
  /** Connections accepted so far. */
  readonly connections: () => number;
}

/** Answers with what it was asked by which HTTP. */
function answerAll(request: AnyRequest, response: AnyResponse): void {
  (response as ServerResponse).writeHead(200, { "X-Method": request.method ?? "" });
  response.end(`HTTP/${request.httpVersion}`);
}

const certificate = () => ({ key: fixture("server.key"), cert: fixture("server.pem") });

function makeServer(
  protocol: Protocol,
  take: (request: AnyRequest, response: AnyResponse) => void,
  options: SecureServerOptions,
): Server {
  if (protocol === "http") return createHttpServer(take);
  if (protocol === "https") return createHttpsServer(certificate(), take);
  return createSecureServer({ ...certificate(), ...options }, take);
}

/** Starts a server that takes every request whole and then answers it. */
export async function recordingServer(
  protocol: Protocol,
  answer: (request: AnyRequest, response: AnyResponse, nth: number) => void = answerAll,
  options: SecureServerOptions = {},
): Promise<RecordingServer> {
  const clock = realClock();
  const arrivals: Arrival[] = [];
  let connections = 0;
  const take = (request: AnyRequest, response: AnyResponse): void => {
    const hash = createHash("sha256");
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      hash.update(chunk);
    });
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    request.on("end", () => {
      const { method = "", headers } = request;
      const wholeMs = clock.nowMs();
      const sha256 = hash.digest("hex");
      const nth = arrivals.push({ writer: Number(headers["x-writer"]), method, bytes, sha256, wholeMs }) - 1;
      answer(request, response, nth);
    });
  };
  const server = makeServer(protocol, take, options);
  server.on("connection", () => {
    connections += 1;
  });
  const scheme = protocol === "http" ? "http" : "https";
  const url = `${scheme}://127.0.0.1:${await listening(server)}`;
  return { url, clock, arrivals, connections: () => connections };
}

/** A transport on the server's clock that trusts its certificate. */
export function transportTo(
  { clock }: Pick<RecordingServer, "clock">,
  options: Partial<TransportOptions> = {},
): Transport {
  const made = createTransport({ clock, ca: fixture("authority.pem"), ...options });
  atEnd(() => made.close());
  return made;
}

/** Opens a race that the test's end closes; without more options without a warm-up. */
export async function raceTo(
  server: Pick<RecordingServer, "clock" | "url">,
  writers: number,
  more: Partial<RaceOptions> = {},
): Promise<RaceLine> {
  const line = await transportTo(server).openRace({
    url: `${server.url}/`,
    writers,
    technique: "auto",
    warmUp: null,
    ...more,
  });
  atEnd(() => line.close());
  return line;
}

/** A writer's PATCH, or whatever `more` makes of it. */
export function from(
  { url }: Pick<RecordingServer, "url">,
  writer: number,
  more: Partial<OutgoingRequest> = {},
): WaveRequest {
  const headers = [["X-Writer", String(writer)]] as const;
  return { request: patch(`${url}/thing`, { headers, ...more }) };
}

/** A harmless request. */
export function harmless({ url }: Pick<RecordingServer, "url">): OutgoingRequest {
  return get(`${url}/`, { headers: [["X-Writer", "-1"]] });
}

/** Lets the requests of all writers go at once. */
export function together(
  line: RaceLine,
  requests: readonly (WaveRequest | null)[],
  signal?: AbortSignal,
): Promise<WaveResult> {
  return line.wave(requests, { offsetsMs: requests.map(() => 0) }, signal);
}

/** 0, 1, 2 ... */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
