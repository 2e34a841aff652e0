import { type ClientRequest, validateHeaderName, validateHeaderValue } from "node:http";
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { setImmediate } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import type { HeaderList } from "../../core/http.js";
import type { Route } from "../way.js";
import { type Dialling, dial, secure } from "./dial.js";
import { http2Fields, http2Lines } from "./http2-fields.js";
import { Http2Refused, isOpen, nameCause, openSession, ping, type RaceSession } from "./http2-session.js";
import { brokenRoute, type Leave, type RoundTrips, type Track } from "./track.js";

/** http2-wrapper's `request`: what got needs to speak HTTP/2 over a session of our own. */
type WrapStream = typeof import("http2-wrapper")["request"];

/** Where a writer's newest request is. */
interface Place {
  readonly session: RaceSession;
  readonly streamId: number;
}

/** What HTTP/1.1 refuses is refused here too, lest a proxy that translates lets a header end a message. */
function checkLines(method: string, lines: HeaderList): void {
  validateHeaderName(method);
  for (const [name, value] of lines) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
}

function isSession(place: RaceSession | Error | null | undefined): place is RaceSession {
  return place !== null && place !== undefined && !(place instanceof Error);
}

/** Loads http2-wrapper, which nobody else needs. */
export async function loadHttp2Wrapper(): Promise<WrapStream> {
  const { default: wrapper } = await import("http2-wrapper");
  return wrapper.request;
}

/** HTTP/2: one connection for all writers, or as few as the server's limit on concurrent requests allows. */
export class Http2Track implements Track {
  readonly technique = "h2";
  readonly holds = true;
  readonly lines: Track["lines"] = http2Lines;
  readonly way: Track["way"];
  readonly #dialling: Dialling;
  readonly #wrap: WrapStream;
  readonly #writers: number;
  #sessions: (RaceSession | Error | null)[];
  /** How many writers share a connection. */
  #share: number;
  readonly #places = new Map<number, Place>();

  /** `first` is a session that stands already; null: none could be had, and each wave tries again. */
  constructor(
    dialling: Dialling,
    { writers, wrap }: { readonly writers: number; readonly wrap: WrapStream },
    first: RaceSession | null,
  ) {
    this.way = dialling.way;
    this.#dialling = dialling;
    this.#wrap = wrap;
    this.#writers = writers;
    this.#share = Math.min(writers, first?.maxStreams ?? writers);
    this.#sessions = Array.from({ length: Math.ceil(writers / this.#share) }, () => null);
    this.#sessions[0] = first;
  }

  /** How many connections the writers need. */
  get connections(): number {
    return this.#sessions.length;
  }

  roundTrips(): readonly RoundTrips[] {
    const measured = this.#sessions.map((each) => (isSession(each) ? each.roundTripsMs : []));
    const rounds = Math.min(...measured.map((each) => each.length));
    return Array.from({ length: rounds }, (_, round) =>
      Array.from({ length: this.#writers }, (_, writer) => measured[this.#indexOf(writer)]?.[round] ?? null),
    );
  }

  async connect(writers: readonly number[]): Promise<number> {
    await setImmediate();
    const wanted = [...new Set(writers.map((writer) => this.#indexOf(writer)))];
    const lacking = wanted.filter((index) => this.#sessionAt(index) === null);
    const before = lacking.filter((index) => isSession(this.#sessions[index])).length;
    await Promise.all(lacking.map((index) => this.#open(index)));
    return before;
  }

  route(writer: number, onHeld: () => void): Route {
    const index = this.#indexOf(writer);
    const session = this.#sessions[index] ?? null;
    if (session === null) throw new Error(`writer ${writer} was not connected`);
    if (session instanceof Error) return brokenRoute(this.way, session);
    return {
      ...this.way,
      connection: "shared",
      open: (method, url, headers) => {
        checkLines(method, headers);
        const fields = http2Fields(method, url, headers);
        const stream = session.session.request(fields, { endStream: false });
        const streamId = stream.id ?? 0;
        session.gate.keep(streamId, onHeld);
        this.#places.set(writer, { session, streamId });
        return this.#asRequest(url, stream, session);
      },
    };
  }

  async settle(): Promise<void> {
    const open = this.#sessions.filter(isSession);
    // An answer to a ping says that all before it arrived; the second gives the server's program time to look at it.
    await Promise.all(open.map(({ session }) => ping(session)));
    await Promise.all(open.map(({ session }) => ping(session)));
  }

  letGo(writers: readonly number[], { onLeaving, onSent }: Leave): void {
    for (const session of this.#sessions.filter(isSession)) {
      const own = writers.filter((writer) => this.#places.get(writer)?.session === session);
      const streamIds = own.map((writer) => this.#places.get(writer)?.streamId ?? 0);
      own.forEach(onLeaving);
      session.gate.letGo(streamIds, (error) => {
        if (error === null || error === undefined) for (const writer of own) onSent(writer);
      });
    }
  }

  forget(writer: number): void {
    const place = this.#places.get(writer);
    place?.session.gate.cancel(place.streamId);
  }

  close(): void {
    for (const { session } of this.#sessions.filter(isSession)) session.destroy();
    this.#dialling.close();
  }

  #indexOf(writer: number): number {
    return Math.floor(writer / this.#share);
  }

  #sessionAt(index: number): RaceSession | null {
    const session = this.#sessions[index];
    return isSession(session) && isOpen(session) ? session : null;
  }

  async #open(index: number): Promise<void> {
    const before = this.#sessions[index];
    if (isSession(before)) before.session.destroy();
    let socket: TLSSocket | null = null;
    try {
      const dialled = await dial(this.#dialling);
      socket = await secure(dialled.socket, this.#dialling, ["h2"]);
      if (socket.alpnProtocol !== "h2") throw new Http2Refused("it does not offer HTTP/2 any more");
      this.#sessions[index] = await openSession(socket, this.way.server);
    } catch (error) {
      socket?.destroy();
      this.#sessions[index] = error as Error;
    }
  }

  /** http2-wrapper believes in a POST: it refuses bodies for some methods and never ends the streams of others. */
  #asRequest(url: URL, stream: ClientHttp2Stream, race: RaceSession): ClientRequest {
    stream.on("error", () => undefined);
    const session = { destroyed: false, socket: { encrypted: true }, request: () => stream };
    const native = this.#wrap(url, {
      method: "POST",
      h2session: session as unknown as ClientHttp2Session,
    });
    native.prependOnceListener("error", (error: Error) => nameCause(error, stream, race));
    return native;
  }
}
