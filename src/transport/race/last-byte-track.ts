import { type ClientRequest, request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setImmediate, setTimeout } from "node:timers/promises";
import { isLoopbackHost } from "../../core/loopback.js";
import { hostOf } from "../addresses.js";
import { KeepAliveHttpAgent } from "../keep-alive.js";
import type { ReleaseTechnique } from "../race.js";
import { type Route, requestTarget } from "../way.js";
import { wireHeaders } from "../wire-headers.js";
import { type ByteGate, byteGate } from "./byte-gate.js";
import { type Dialled, type Dialling, dial, secure } from "./dial.js";
import { settlingMs } from "./settling.js";
import { brokenRoute, type Leave, type RoundTrips, type Track } from "./track.js";

/** Hands one connection, which stands already, to one request after another. */
class OneConnectionAgent extends KeepAliveHttpAgent {
  readonly #socket: Socket;
  #idle = true;

  constructor(socket: Socket) {
    super({ keepAlive: true });
    this.#socket = socket;
  }

  /** True where a request could take the connection now. */
  get ready(): boolean {
    return this.#idle && !this.#socket.destroyed && this.#socket.writable;
  }

  override createConnection(): Duplex {
    this.#idle = false;
    return this.#socket;
  }

  override keepSocketAlive(socket: Duplex): boolean {
    this.#idle = super.keepSocketAlive(socket);
    return this.#idle;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    this.#idle = false;
    super.reuseSocket(socket, request);
  }
}

/** One writer's connection. */
interface Lane {
  readonly socket: Socket;
  readonly gate: ByteGate;
  readonly agent: OneConnectionAgent;
}

type Place = { readonly lane: Lane } | { readonly error: Error } | null;

function openLane(socket: Socket): Lane {
  return { socket, gate: byteGate(socket), agent: new OneConnectionAgent(socket) };
}

function closeLane({ agent, socket }: Lane): void {
  agent.destroy();
  socket.destroy();
}

/** HTTP/1.1: a connection for each writer, whose newest byte can be kept back. */
export class LastByteTrack implements Track {
  readonly technique: ReleaseTechnique;
  readonly holds: boolean;
  readonly way: Track["way"];
  readonly lines: Track["lines"];
  readonly #dialling: Dialling;
  readonly #places: Place[];
  readonly #connectMs: (number | null)[];

  /** `first` is a connection that stands already, for writer 0. */
  constructor(
    dialling: Dialling,
    places: { readonly writers: number; readonly first: Dialled | null },
    technique: "last-byte" | "warm",
  ) {
    this.technique = technique;
    this.holds = technique === "last-byte";
    this.way = dialling.way;
    this.lines = (request, url) => [...wireHeaders(request, url), ...dialling.way.headers];
    this.#dialling = dialling;
    this.#places = Array.from({ length: places.writers }, () => null);
    this.#connectMs = Array.from({ length: places.writers }, () => null);
    if (places.first === null) return;
    this.#places[0] = { lane: openLane(places.first.socket) };
    this.#connectMs[0] = places.first.roundTripMs;
  }

  roundTrips(): readonly RoundTrips[] {
    // To this machine, whatever may lie behind: only a network's own round trip says how far apart requests arrive.
    return isLoopbackHost(this.way.server.hostname) ? [] : [this.#connectMs];
  }

  async connect(writers: readonly number[]): Promise<number> {
    // Lets the connections of the last wave come back to their agents, and those that the server closed be seen closed.
    await setImmediate();
    await setImmediate();
    const lacking = writers.filter((writer) => this.#laneOf(writer)?.agent.ready !== true);
    const before = lacking.filter((writer) => this.#laneOf(writer) !== null).length;
    // First all connections, then all of TLS, whose arithmetic would blur the round trips.
    const dialled = await Promise.all(lacking.map((writer) => this.#dial(writer)));
    await Promise.all(lacking.map((writer, index) => this.#secure(writer, dialled[index] ?? null)));
    return before;
  }

  route(writer: number, onHeld: () => void): Route {
    const place = this.#places[writer] ?? null;
    if (place === null) throw new Error(`writer ${writer} was not connected`);
    if ("error" in place) return brokenRoute(this.way, place.error);
    const { agent, gate } = place.lane;
    if (this.holds) gate.close();
    return {
      ...this.way,
      connection: "standing",
      open: (method, url, headers) => {
        // TLS has been seen to: for Node this is plain HTTP on a connection that it is given.
        const server = { protocol: "http:", host: hostOf(url), port: url.port || null };
        const path = requestTarget(this.way, url);
        const native = httpRequest({ ...server, agent, method, path, headers: headers.flat() });
        native.once("finish", () => {
          if (gate.holding()) onHeld();
        });
        return native;
      },
    };
  }

  async settle(written: Parameters<Track["settle"]>[0]): Promise<void> {
    await setTimeout(settlingMs({ ...written, toLoopback: isLoopbackHost(this.way.server.hostname) }));
  }

  letGo(writers: readonly number[], { onLeaving, onSent }: Leave): void {
    for (const writer of writers) {
      onLeaving(writer);
      this.#laneOf(writer)?.gate.open((error) => {
        if (error === null || error === undefined) onSent(writer);
      });
    }
  }

  forget(writer: number): void {
    const lane = this.#laneOf(writer);
    if (lane !== null) closeLane(lane);
  }

  close(): void {
    this.#dialling.close();
    for (const place of this.#places) if (place !== null && "lane" in place) closeLane(place.lane);
  }

  #laneOf(writer: number): Lane | null {
    const place = this.#places[writer] ?? null;
    return place !== null && "lane" in place ? place.lane : null;
  }

  async #dial(writer: number): Promise<Dialled | null> {
    this.forget(writer);
    try {
      return await dial(this.#dialling);
    } catch (error) {
      this.#places[writer] = { error: error as Error };
      return null;
    }
  }

  async #secure(writer: number, dialled: Dialled | null): Promise<void> {
    if (dialled === null) return;
    this.#connectMs[writer] = dialled.roundTripMs;
    try {
      const secured = this.way.server.protocol === "https:";
      const socket = secured ? await secure(dialled.socket, this.#dialling, []) : dialled.socket;
      this.#places[writer] = { lane: openLane(socket) };
    } catch (error) {
      this.#places[writer] = { error: error as Error };
    }
  }
}
