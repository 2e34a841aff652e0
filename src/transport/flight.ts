import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Request } from "got";
import type { Clock } from "../core/clock.js";
import type { HeaderList } from "../core/http.js";
import { codingsToUndo } from "./decode-body.js";
import {
  abortFailure,
  encodingFailure,
  explainFailure,
  type Failure,
  type Progress,
  proxyFailure,
  timeoutFailure,
  tunnelFailure,
} from "./explain-failure.js";
import { noteKeepAlive } from "./keep-alive.js";
import type { OpenStream } from "./load-got.js";
import type { Outcome, OutgoingRequest, SendTimings } from "./outcome.js";
import { readBody } from "./read-body.js";
import type { Route } from "./way.js";

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
  /** True where somebody keeps the last byte back until `release`. */
  readonly keptBack?: boolean;
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

/** Header lines; HTTP/2's own fields (`:status`) are none. */
function pairs(rawHeaders: readonly string[]): HeaderList {
  const list: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (!name.startsWith(":")) list.push([name, rawHeaders[index + 1] ?? ""]);
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
  #timers: readonly (() => void)[] = [];
  #keptBack: boolean;
  #releasedMs: number | null = null;
  #response: IncomingMessage | null = null;
  #resolve: ((outcome: Outcome) => void) | null = null;

  constructor(job: Job) {
    this.#job = job;
    this.#progress = newProgress(job);
    this.#keptBack = job.keptBack ?? false;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#stream = this.#launch();
    this.#heed(job.signal);
    this.#limit();
  }

  /** True from the status line of the answer on. */
  get answering(): boolean {
    return this.#progress.status !== null;
  }

  /** True where the request went over a connection that had served an earlier one. */
  get reusedConnection(): boolean {
    return this.#progress.reused;
  }

  /** Hangs up. `why` is the beginning of the outcome's message. */
  abort(why: string): void {
    this.#fail(abortFailure(why, this.#progress));
  }

  /**
   * The last byte was written just now, to leave at `releasedMs`; null where it could not be kept back and may still
   * have to be written. What limits the request counts from here.
   */
  release(releasedMs: number | null): void {
    this.#keptBack = false;
    this.#releasedMs = releasedMs;
    // The system's own word for it may come after the answer.
    if (releasedMs !== null) this.#progress.sentMs = this.#job.clock.nowMs();
    if (this.#resolve !== null) this.#limit();
  }

  /** The last byte was handed to the system. */
  handedOver(): void {
    if (this.#resolve === null) return;
    this.#progress.sentMs ??= this.#job.clock.nowMs();
    if (this.#job.request.abort === "sent") this.abort("gcidem hung up once the request was sent, as asked");
  }

  #launch(): Request {
    const { request, url, openStream } = this.#job;
    const { method, body } = request;
    const stream = openStream(url, { method, body, open: () => this.#open() });
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
    const { connection } = this.#job.route;
    progress.reused = native.reusedSocket;
    progress.connected = native.reusedSocket || connection !== "asked";
    const onFirstByte = (): void => {
      progress.firstByteMs ??= this.#job.clock.nowMs();
    };
    if (connection === "shared") {
      native.prependOnceListener("response", onFirstByte);
      return;
    }
    if (!native.reusedSocket) {
      socket.once(this.#job.url.protocol === "https:" ? "secureConnect" : "connect", () => {
        progress.connected = true;
      });
      // Node hears a connection's errors through its request, and once the answer is whole through nobody: an EPIPE
      // while the rest of an upload is discarded would then end the process.
      socket.on("error", ignore);
    }
    socket.prependListener("data", onFirstByte);
    this.#cleanUps.push(() => socket.off("data", onFirstByte));
  }

  #sent(native: ClientRequest): void {
    // Node says "finish" too when a connection that never was ready is torn down.
    if (!this.#progress.connected || native.socket?.destroyed === true) return;
    if (!this.#keptBack) this.handedOver();
  }

  #answered(response: IncomingMessage): void {
    const progress = this.#progress;
    const { proxy, tunnelled, connection } = this.#job.route;
    // No server says 407 (RFC 9110, 15.5.8): it is the proxy's, and the server has not been asked.
    if (response.statusCode === 407 && proxy !== null && !tunnelled) {
      this.#fail(proxyFailure(progress));
      return;
    }
    progress.status = response.statusCode ?? 0;
    progress.contentLength = response.headers["content-length"] ?? null;
    progress.contentEncoding = response.headers["content-encoding"] ?? null;
    progress.firstByteMs ??= this.#job.clock.nowMs();
    if (connection !== "shared") {
      noteKeepAlive(response.socket, response.headers["keep-alive"]?.toString());
    }
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

  #heed(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const onAbort = (): void => this.abort("the run was interrupted");
    signal.addEventListener("abort", onAbort, { once: true });
    this.#cleanUps.push(() => signal.removeEventListener("abort", onAbort));
  }

  /** Starts the request's clocks, again where they ran. */
  #limit(): void {
    const { timeoutMs, abort } = this.#job.request;
    for (const stop of this.#timers) stop();
    this.#timers = this.#after(timeoutMs, () => this.#fail(timeoutFailure(timeoutMs, this.#progress)));
    if (typeof abort !== "number" || this.#keptBack) return;
    const hangUp = (): void => this.abort(`gcidem hung up after ${abort}ms, as asked`);
    this.#timers = [...this.#timers, ...this.#after(abort, hangUp)];
  }

  /** A virtual clock stands still until somebody advances it, so a real timer stands beside it. */
  #after(durationMs: number, fire: () => void): readonly (() => void)[] {
    const limitMs = Math.min(durationMs, LONGEST_TIMER_MS);
    const guard = setTimeout(fire, Math.max(limitMs, SHORTEST_GUARD_MS));
    return [this.#job.clock.after(limitMs, fire), () => clearTimeout(guard)];
  }

  #timings(): SendTimings {
    const { startMs, sentMs, firstByteMs } = this.#progress;
    return { startMs, sentMs, releasedMs: this.#releasedMs, firstByteMs, endMs: this.#job.clock.nowMs() };
  }

  #fail(failure: Failure): void {
    if (this.#resolve === null) return;
    this.#settle({ kind: "failed", ...failure, timings: this.#timings() });
    this.#stream.destroy();
  }

  #settle(outcome: Outcome): void {
    const resolve = this.#resolve;
    this.#resolve = null;
    for (const cleanUp of [...this.#cleanUps, ...this.#timers]) cleanUp();
    resolve?.(outcome);
  }
}
