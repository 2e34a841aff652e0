import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../core/clock.js";
import { type HeaderList, headerValue } from "../core/http.js";
import { abortFailure, explainFailure, type Failure, type Progress } from "../transport/explain-failure.js";
import type { Way } from "../transport/way.js";
import { answerLines, membersOf, pairsOf } from "./end-to-end.js";
import { type KeptBody, keepBody, plainBody } from "./kept-body.js";
import type { Lane } from "./lane.js";
import { answerProblem } from "./problem-answer.js";
import type { RequestHead } from "./record.js";
import type { PassedTimes, RecordingBook } from "./recording-book.js";
import type {
  UpstreamAnswer,
  UpstreamConnection,
  UpstreamListener,
  UpstreamRequest,
} from "./upstream-connection.js";

const NOTHING = new Uint8Array();

/** What all passages of a recorder share. */
export interface Passing {
  readonly clock: Clock;
  readonly way: Way;
  readonly book: RecordingBook;
  readonly maxBodyBytes: number;
  /** Called once everything is written down. */
  readonly onDone: (passage: Passage) => void;
}

/** What one client sent, and where its answer goes. */
export interface ClientSide {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly head: RequestHead;
  /** The client waits for 100 before it sends the body. */
  readonly awaitsContinue: boolean;
}

/** Passes bytes on at the pace of whoever takes them. Node's own `pipe` does the same with five times the listeners. */
function passOn(from: Readable, to: Writable, keep: (chunk: Uint8Array) => void): void {
  from.on("data", (chunk: Uint8Array) => {
    keep(chunk);
    if (to.destroyed || to.write(chunk)) return;
    from.pause();
    to.once("drain", () => from.resume());
  });
}

/** One request on its way to the upstream and its answer on the way back. Nothing is held back, and nothing sent twice. */
export class Passage {
  readonly #passing: Passing;
  readonly #client: ClientSide;
  readonly #id: string;
  readonly #progress: Progress;
  readonly #sentBody: KeptBody;
  readonly #gotBody: KeptBody;
  #upstream: UpstreamRequest | null = null;
  #answer: UpstreamAnswer | null = null;
  #requestWhole = false;
  #written = false;
  #settled = false;
  #endMs = 0;

  constructor(passing: Passing, client: ClientSide) {
    const { clock, way, book, maxBodyBytes } = passing;
    this.#passing = passing;
    this.#client = client;
    this.#id = book.nextId();
    this.#sentBody = keepBody(maxBodyBytes);
    this.#gotBody = keepBody(maxBodyBytes);
    this.#progress = {
      ...{ target: way.target, peer: way.peer, tunnelled: way.tunnelled, startMs: clock.nowMs() },
      ...{ opened: true, connected: false, reused: false, sentMs: null, firstByteMs: null, status: null },
      ...{ contentLength: null, contentEncoding: null, complete: false, bodyBytes: 0 },
    };
  }

  /** Passes it on as soon as the lane has a connection. */
  start(lane: Lane): void {
    const { response } = this.#client;
    lane.busy(1);
    response.once("close", () => {
      this.#onClientDone();
      lane.busy(-1);
    });
    // A client that is gone is told of by "close".
    response.on("error", () => undefined);
    const standing = lane.standing();
    if (standing !== null) {
      this.#go(standing, true);
      return;
    }
    lane.connection().then(
      (connection) => this.#go(connection, lane.isReused()),
      (error: unknown) => this.#onBroken(error),
    );
  }

  /** Ends it because the recorder ends. */
  abort(why: string): void {
    this.#fail(abortFailure(why, this.#progress));
    this.#upstream?.destroy();
    this.#client.response.destroy();
  }

  #go(connection: UpstreamConnection, reused: boolean): void {
    if (this.#settled) return;
    this.#progress.connected = true;
    this.#progress.reused = reused;
    try {
      this.#upstream = connection.start(this.#client.head, this.#listener());
    } catch (error) {
      this.#progress.opened = false;
      this.#onBroken(error);
      return;
    }
    this.#passRequest(this.#upstream);
  }

  #listener(): UpstreamListener {
    return {
      onInterim: (status, headers) => this.#passInterim(status, headers),
      onAnswer: (answer) => this.#passAnswer(answer),
      onSent: () => {
        this.#progress.sentMs = this.#passing.clock.nowMs();
      },
      onBroken: (error) => this.#onBroken(error),
    };
  }

  #passRequest(upstream: UpstreamRequest): void {
    const { request, head, awaitsContinue } = this.#client;
    if (head.bodiless) {
      upstream.body.end();
      this.#requestCame();
      return;
    }
    request.on("end", () => {
      if (head.chunked) upstream.trailers(pairsOf(request.rawTrailers));
      upstream.body.end();
      this.#requestCame();
    });
    passOn(request, upstream.body, (chunk) => this.#sentBody.add(chunk));
    if (awaitsContinue) upstream.flush();
    // A body that follows at once leaves with the head; one that takes its time must not keep the head back.
    else setImmediate(() => this.#sentBody.count() === 0 && !this.#requestWhole && upstream.flush());
  }

  #requestCame(): void {
    this.#requestWhole = true;
    if (!this.#settled) this.#writeRequest();
  }

  #writeRequest(): void {
    if (this.#written) return;
    this.#written = true;
    const { book, way } = this.#passing;
    const { method, path, headers } = this.#client.head;
    const known = this.#requestWhole && !this.#sentBody.cut();
    book.sent({
      ...{ id: this.#id, startMs: this.#progress.startMs, method, headers },
      url: way.server.origin + path,
      body: known ? this.#sentBody.bytes() : null,
    });
  }

  #passInterim(status: number, headers: HeaderList): void {
    const { response } = this.#client;
    if (response.headersSent || response.destroyed) return;
    if (status === 100) response.writeContinue();
    if (status === 102) response.writeProcessing();
    const link = headers.filter(([name]) => name.toLowerCase() === "link").map(([, value]) => value);
    if (status === 103 && link.length > 0) response.writeEarlyHints({ link });
  }

  #passAnswer(answer: UpstreamAnswer): void {
    const { response } = this.#client;
    if (this.#settled || response.destroyed) {
      answer.body.resume();
      return;
    }
    this.#answer = answer;
    const { status, headers, body } = answer;
    this.#progress.status = status;
    this.#progress.firstByteMs = this.#passing.clock.nowMs();
    this.#progress.contentLength = headerValue(headers, "content-length");
    this.#progress.contentEncoding = headerValue(headers, "content-encoding");
    try {
      this.#writeHead(answer);
    } catch (error) {
      this.#onBroken(error);
      return;
    }
    body.on("end", () => this.#answerCame(answer));
    body.on("error", (error: Error) => this.#onBroken(error));
    body.on("close", () => {
      if (!this.#progress.complete)
        this.#onBroken(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
    });
    passOn(body, response, (chunk) => {
      this.#progress.bodyBytes += chunk.length;
      this.#gotBody.add(chunk);
    });
  }

  #writeHead({ status, reason, headers, httpVersion }: UpstreamAnswer): void {
    const { response, request } = this.#client;
    const framed = headerValue(headers, "content-length") !== null;
    const empty = request.method === "HEAD" || status === 204 || status === 304;
    const lines = answerLines(headers, !framed && !empty && request.httpVersion !== "1.0");
    const flat: string[] = [];
    for (const [name, value] of lines) flat.push(name, value);
    if (httpVersion === "1.0" || membersOf(headers, "connection").includes("close"))
      flat.push("Connection", "close");
    response.sendDate = false;
    response.writeHead(status, reason, flat);
    // The head leaves with the body's first bytes, but does not wait for them. Node writes a head that it flushes as UTF-8,
    // one with bytes behind it as it came.
    setImmediate(() => this.#gotBody.count() === 0 && !response.writableEnded && response.write(NOTHING));
  }

  #answerCame({ trailers, cut }: UpstreamAnswer): void {
    const { response } = this.#client;
    const error = cut() ?? this.#shortage();
    if (error !== null) {
      this.#onBroken(error);
      return;
    }
    this.#progress.complete = true;
    this.#endMs = this.#passing.clock.nowMs();
    const lines = trailers();
    if (lines.length > 0) response.addTrailers([...lines] as [string, string][]);
    response.end();
  }

  /** HTTP/2 may end an answer before its length, which HTTP/1.1 cannot. */
  #shortage(): Error | null {
    const { contentLength, bodyBytes, status } = this.#progress;
    const empty = this.#client.request.method === "HEAD" || status === 204 || status === 304;
    if (empty || contentLength === null || Number(contentLength) === bodyBytes) return null;
    return Object.assign(new Error("the body is too short"), { code: "ECONNRESET" });
  }

  /** The upstream failed the client. Whatever it does after its whole answer is of no interest. */
  #onBroken(error: unknown): void {
    if (this.#settled || this.#progress.complete) return;
    const { response, request } = this.#client;
    const failure = explainFailure(error, this.#progress);
    this.#fail(failure);
    this.#upstream?.destroy();
    request.resume();
    if (response.headersSent || response.destroyed) response.destroy();
    else answerProblem(response, { status: 502, code: failure.code, detail: failure.message });
  }

  /** The client has all of its answer, or is gone. */
  #onClientDone(): void {
    if (this.#settled) return;
    if (this.#client.response.writableFinished) {
      this.#succeed();
      return;
    }
    this.#fail(abortFailure("the client hung up", this.#progress));
    this.#upstream?.destroy();
  }

  #times(endMs: number): PassedTimes {
    const { sentMs, firstByteMs } = this.#progress;
    return { sentMs, firstByteMs, endMs };
  }

  #fail(failure: Failure): void {
    if (this.#settled) return;
    this.#settled = true;
    const { book, clock, onDone } = this.#passing;
    this.#writeRequest();
    book.failed(this.#id, failure, this.#times(clock.nowMs()));
    onDone(this);
  }

  #succeed(): void {
    this.#settled = true;
    const answer = this.#answer;
    if (answer === null) return;
    this.#writeRequest();
    const { maxBodyBytes: maxBytes, book, onDone } = this.#passing;
    const { contentEncoding } = this.#progress;
    const { status, headers, httpVersion } = answer;
    const write = (body: Awaited<ReturnType<typeof plainBody>>): void => {
      const passed = { status, httpVersion, headers, body };
      book.answered(this.#id, passed, this.#times(this.#endMs));
      onDone(this);
    };
    const body = plainBody(this.#gotBody, { contentEncoding, maxBytes });
    if (body instanceof Promise) void body.then(write);
    else write(body);
  }
}
