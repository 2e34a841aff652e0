import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Dialling } from "../transport/race/dial.js";
import { headOf, pairsOf } from "./end-to-end.js";
import { createLane, type Lane } from "./lane.js";
import { Passage, type Passing } from "./passage.js";
import { answerProblem } from "./problem-answer.js";
import { answerRaw, explainGarbage, refusalOf, refuse } from "./refusals.js";

/** What a door needs. */
export interface DoorOptions extends Omit<Passing, "onDone"> {
  readonly dialling: Dialling;
  readonly onNote: (note: string) => void;
}

const STOPPED = "gcidem record was stopped";

/** The clients' side of a recorder: each request of each connection becomes a passage. Owns the server: close it. */
export class ClientDoor {
  readonly #server: Server;
  readonly #options: DoorOptions;
  readonly #passing: Passing;
  readonly #lanes = new Map<Socket, Lane>();
  readonly #passages = new Set<Passage>();
  readonly #noted = new Set<string>();
  #onEmpty: (() => void) | null = null;
  #closing = false;

  constructor(server: Server, options: DoorOptions) {
    this.#server = server;
    this.#options = options;
    this.#passing = { ...options, onDone: (passage) => this.#left(passage) };
    server.on("connection", (socket: Socket) => this.#meet(socket));
    server.on("request", (request, response) => this.#take(request, response, false));
    server.on("checkContinue", (request, response) => this.#take(request, response, true));
    server.on("checkExpectation", (request, response) => this.#take(request, response, false));
    server.on("connect", (request: IncomingMessage, socket: Duplex) => this.#takeConnect(request, socket));
    server.on("clientError", (error, socket) => this.#takeGarbage(error, socket));
  }

  /**
   * Takes nothing more, waits for what is under way as long as `graceMs` or until `signal` is aborted, and ends the rest.
   * Afterwards everything is written down.
   */
  async close(graceMs: number, signal?: AbortSignal): Promise<void> {
    this.#closing = true;
    this.#server.close();
    const end = (): void => this.#abort();
    const timer = setTimeout(end, graceMs);
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted === true) end();
    for (const [socket, lane] of this.#lanes) if (!lane.isBusy()) socket.destroy();
    if (this.#passages.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
    for (const socket of this.#lanes.keys()) socket.destroy();
  }

  #abort(): void {
    for (const passage of this.#passages) passage.abort(STOPPED);
  }

  #note(note: string | null): void {
    if (note === null || this.#noted.has(note)) return;
    this.#noted.add(note);
    this.#options.onNote(note);
  }

  #meet(socket: Socket): void {
    const lane = createLane(this.#options.dialling, () => socket.destroy());
    this.#lanes.set(socket, lane);
    socket.once("close", () => {
      this.#lanes.delete(socket);
      lane.close();
    });
  }

  #take(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void {
    const lane = this.#lanes.get(request.socket);
    if (lane === undefined) return;
    if (this.#closing) {
      response.shouldKeepAlive = false;
      answerProblem(response, { status: 503, code: "STOPPED", detail: "the recorder is being stopped" });
      return;
    }
    const { method = "GET", url: path = "/" } = request;
    const headers = pairsOf(request.rawHeaders);
    const refusal = refusalOf(path, headers);
    if (refusal !== null) {
      this.#note(refusal.note);
      refuse({ request, response }, refusal, this.#passing);
      return;
    }
    const head = headOf({ method, path, headers }, this.#options.way.server.host);
    const passage = new Passage(this.#passing, { request, response, head, awaitsContinue });
    this.#passages.add(passage);
    passage.start(lane);
  }

  #takeConnect({ url = "" }: IncomingMessage, socket: Duplex): void {
    const refusal = refusalOf(url.replace(/^\/+/, ""), []);
    if (refusal === null) return;
    this.#note(refusal.note);
    answerRaw(socket, refusal.problem);
  }

  #takeGarbage(error: Error & { code?: string; rawPacket?: Uint8Array }, socket: Duplex): void {
    const { note, problem } = explainGarbage(error);
    this.#note(note);
    const lane = this.#lanes.get(socket as Socket);
    if (lane?.isBusy() === true) socket.destroy();
    else answerRaw(socket, problem);
  }

  #left(passage: Passage): void {
    this.#passages.delete(passage);
    if (this.#passages.size === 0) this.#onEmpty?.();
  }
}
