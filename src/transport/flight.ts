import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Got, Method, Request } from "got";
import type { Clock } from "../core/clock.js";
import type { HeaderList } from "../core/http.js";
import type { Route } from "./connections.js";
import { codingsToUndo } from "./decode-body.js";
import {
  abortFailure,
  encodingFailure,
  explainFailure,
  type Failure,
  type Progress,
  timeoutFailure,
  tunnelFailure,
} from "./explain-failure.js";
import { noteKeepAlive } from "./keep-alive.js";
import { readBody } from "./read-body.js";
import type { Outcome, OutgoingRequest, SendTimings } from "./transport.js";

/** Opens a got stream; got is tamed where it is loaded. */
export type OpenStream = Got["stream"];

/** Everything that one request needs to travel. */
export interface Job {
  readonly request: OutgoingRequest;
  readonly url: URL;
  /** Header lines as they will stand on the wire. */
  readonly headers: HeaderList;
  readonly route: Route;
  readonly openStream: OpenStream;
  readonly clock: Clock;
  readonly maxBodyBytes: number;
  readonly startMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Node's timers overflow above this and fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Below this the guard beside a virtual clock would judge how busy the machine is, not whether anybody answers. */
const SHORTEST_GUARD_MS = 1_000;

const ignore = (): void => undefined;

function newProgress(job: Job): Progress {
  return {
    target: job.route.target,
    peer: job.route.peer,
    tunnelled: job.route.tunnelled,
    startMs: job.startMs,
    opened: false,
    connected: false,
    reused: false,
    sentMs: null,
    firstByteMs: null,
    status: null,
    contentLength: null,
    contentEncoding: null,
    complete: false,
    bodyBytes: 0,
  };
}

function pairs(rawHeaders: readonly string[]): HeaderList {
  const list: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    list.push([rawHeaders[index] ?? "", rawHeaders[index + 1] ?? ""]);
  }
  return list;
}

/** One request under way. The first thing that ends it decides the outcome; whatever comes later is ignored. */
export class Flight {
  readonly outcome: Promise<Outcome>;
  readonly #job: Job;
  readonly #progress: Progress;
  readonly #stream: Request;
  readonly #cleanUps: (() => void)[] = [];
  #response: IncomingMessage | null = null;
  #resolve: ((outcome: Outcome) => void) | null = null;

  constructor(job: Job) {
    this.#job = job;
    this.#progress = newProgress(job);
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#stream = this.#launch();
    this.#limit();
  }

  /** True where the request went over a connection that had served an earlier one. */
  get reusedConnection(): boolean {
    return this.#progress.reused;
  }

  /** Hangs up. `why` is the beginning of the outcome's message. */
  abort(why: string): void {
    this.#fail(abortFailure(why, this.#progress));
  }

  #launch(): Request {
    const { request, url, openStream } = this.#job;
    const stream = openStream(url, {
      method: request.method as Method,
      request: () => this.#open(),
      ...(request.body === null ? {} : { body: request.body }),
    });
    stream.once("response", (response: unknown) => this.#answered(response as IncomingMessage));
    stream.on("error", (error: unknown) => {
      this.#progress.complete = this.#response?.complete === true;
      this.#fail(explainFailure(error, this.#progress));
    });
    // got ends a request by itself where there is a body to send, and for HEAD, which cannot have one.
    if (request.body === null && request.method !== "HEAD") stream.end();
    return stream;
  }

  #open(): ClientRequest {
    const { request, url, headers, route } = this.#job;
    const native = route.open(request.method, url, headers);
    const progress = this.#progress;
    progress.opened = true;
    native.once("socket", (socket: Duplex) => this.#watch(native, socket));
    native.once("finish", () => this.#sent(native));
    // An informational answer (1xx) is not the answer.
    native.on("information", () => {
      progress.firstByteMs = null;
    });
    native.once("upgrade", (response: IncomingMessage, socket: Duplex) => this.#switched(response, socket));
    if (progress.tunnelled) {
      native.once("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
        if (statusCode !== 200) this.#fail(tunnelFailure(statusCode, progress));
      });
    }
    return native;
  }

  #watch(native: ClientRequest, socket: Duplex): void {
    const progress = this.#progress;
    progress.reused = native.reusedSocket;
    progress.connected = native.reusedSocket;
    if (!native.reusedSocket) {
      socket.once(this.#job.url.protocol === "https:" ? "secureConnect" : "connect", () => {
        progress.connected = true;
      });
      // Node hears a connection's errors through its request, and once the answer is whole through nobody: an EPIPE
      // while the rest of an upload is discarded would then end the process.
      socket.on("error", ignore);
    }
    const onData = (): void => {
      progress.firstByteMs ??= this.#job.clock.nowMs();
    };
    socket.prependListener("data", onData);
    this.#cleanUps.push(() => socket.off("data", onData));
  }

  #sent(native: ClientRequest): void {
    // Node says "finish" too when a connection that never was ready is torn down.
    if (!this.#progress.connected || native.socket?.destroyed === true) return;
    this.#progress.sentMs ??= this.#job.clock.nowMs();
    if (this.#job.request.abort === "sent") this.abort("gcidem hung up once the request was sent, as asked");
  }

  #answered(response: IncomingMessage): void {
    const progress = this.#progress;
    progress.status = response.statusCode ?? 0;
    progress.contentLength = response.headers["content-length"] ?? null;
    progress.contentEncoding = response.headers["content-encoding"] ?? null;
    progress.firstByteMs ??= this.#job.clock.nowMs();
    noteKeepAlive(response.socket, response.headers["keep-alive"]?.toString());
    this.#response = response;
    const stop = readBody(this.#stream, {
      codings: codingsToUndo(progress.contentEncoding ?? undefined),
      maxBytes: this.#job.maxBodyBytes,
      onBytes: (count) => {
        progress.bodyBytes += count;
      },
      onBody: (body, truncated) => this.#finish(response, body, truncated),
      onBroken: (error) => this.#fail(encodingFailure(error, progress)),
    });
    this.#cleanUps.push(stop);
  }

  #finish(response: IncomingMessage, body: Uint8Array, truncated: boolean): void {
    this.#settle({
      kind: "response",
      status: response.statusCode ?? 0,
      httpVersion: response.httpVersion,
      headers: pairs(response.rawHeaders),
      body,
      truncated,
      timings: this.#timings(),
    });
    // An answer that came before the whole request was sent has settled the matter: the rest is not sent.
    if (truncated || this.#progress.sentMs === null) this.#stream.destroy();
  }

  #switched(response: IncomingMessage, socket: Duplex): void {
    socket.destroy();
    const message = `${this.#progress.peer} answered ${response.statusCode} and switched to another protocol than HTTP`;
    this.#fail({ code: "ERR_UPGRADE", phase: "response", message });
  }

  #limit(): void {
    const { request, signal } = this.#job;
    this.#after(request.timeoutMs, () => this.#fail(timeoutFailure(request.timeoutMs, this.#progress)));
    if (typeof request.abort === "number") {
      this.#after(request.abort, () => this.abort(`gcidem hung up after ${request.abort}ms, as asked`));
    }
    if (signal === undefined) return;
    const onAbort = (): void => this.abort("the run was interrupted");
    signal.addEventListener("abort", onAbort, { once: true });
    this.#cleanUps.push(() => signal.removeEventListener("abort", onAbort));
  }

  /** A virtual clock stands still until somebody advances it, so a real timer stands beside it. */
  #after(durationMs: number, fire: () => void): void {
    const limitMs = Math.min(durationMs, LONGEST_TIMER_MS);
    const guard = setTimeout(fire, Math.max(limitMs, SHORTEST_GUARD_MS));
    this.#cleanUps.push(this.#job.clock.after(limitMs, fire), () => clearTimeout(guard));
  }

  #timings(): SendTimings {
    const { startMs, sentMs, firstByteMs } = this.#progress;
    return { startMs, sentMs, releasedMs: null, firstByteMs, endMs: this.#job.clock.nowMs() };
  }

  #fail(failure: Failure): void {
    if (this.#resolve === null) return;
    this.#settle({ kind: "failed", ...failure, timings: this.#timings() });
    this.#stream.destroy();
  }

  #settle(outcome: Outcome): void {
    const resolve = this.#resolve;
    this.#resolve = null;
    for (const cleanUp of this.#cleanUps) cleanUp();
    resolve?.(outcome);
  }
}
