import type { TLSSocket } from "node:tls";
import { GcidemError } from "../../core/errors.js";
import { linkAbort } from "../../core/linked-abort.js";
import { isLoopbackHost } from "../../core/loopback.js";
import type { Environment } from "../proxy.js";
import type { RaceOptions } from "../race.js";
import type { Trust } from "../trust.js";
import type { Way } from "../way.js";
import { ColdTrack } from "./cold-track.js";
import { checkOpenFiles, readOpenFiles } from "./descriptor-limit.js";
import { type Dialled, type Dialling, dial, secure } from "./dial.js";
import type { WaveContext } from "./entrant.js";
import { Http2Refused, openSession, type RaceSession } from "./http2-session.js";
import { Http2Track, loadHttp2Wrapper } from "./http2-track.js";
import { LastByteTrack } from "./last-byte-track.js";
import type { Track } from "./track.js";

/** What a transport lends to a race. */
export interface RaceContext extends Omit<WaveContext, "track"> {
  readonly env: Environment;
  readonly trust: Trust;
  readonly openFilesLimit: number | undefined;
}

/** A race whose way is known. */
export interface WantedRace {
  readonly options: RaceOptions;
  readonly context: RaceContext;
  readonly way: Way;
  /** Aborted when the run is interrupted. */
  readonly signal: AbortSignal | undefined;
}

/** A track, and why it is that one. */
export interface TrackChoice {
  readonly track: Track;
  readonly notes: readonly string[];
}

/** What there is of HTTP/2 after asking for it. */
type Probe =
  | { readonly kind: "session"; readonly session: RaceSession }
  | { readonly kind: "http1"; readonly first: Dialled | null; readonly why: string }
  | { readonly kind: "unreachable" };

/** Ends a sentence on why HTTP/2 is not used. */
export const OVER_HTTP1 = "the race goes over HTTP/1.1, with a connection for each writer";

const NEEDS_TLS = "HTTP/2 is agreed on within TLS, and this server is asked over plain http";

/** HTTP/2 was asked for by name. Pure. */
export function noHttp2(why: string): GcidemError {
  const hint = "use --release-technique last-byte, or auto, which takes HTTP/2 where it can be had";
  return new GcidemError("usage", `the release technique h2 cannot be had: ${why}`, { hint });
}

function newDialling({ context, way, signal, options }: WantedRace): Dialling {
  const ending = linkAbort(signal === undefined ? [context.closing] : [context.closing, signal]);
  const close = (): void => {
    ending.unlink();
    ending.abort();
  };
  const limit = options.connectLimitMs === undefined ? {} : { limitMs: options.connectLimitMs };
  return { way, trust: context.trust, closing: ending.signal, close, ...limit };
}

function checkFiles(connections: number, { context, way }: WantedRace): void {
  const files = readOpenFiles();
  const limit = context.openFilesLimit ?? files.limit;
  checkOpenFiles(connections, { ...files, limit }, isLoopbackHost(way.server.hostname));
}

/** Opens one connection to see what the server speaks. */
async function probe(dialling: Dialling): Promise<Probe> {
  const { target, server } = dialling.way;
  let socket: TLSSocket;
  let roundTripMs: number | null;
  try {
    const dialled = await dial(dialling);
    roundTripMs = dialled.roundTripMs;
    socket = await secure(dialled.socket, dialling, ["h2", "http/1.1"]);
  } catch {
    // Each request of the race will say it better.
    return { kind: "unreachable" };
  }
  if (socket.alpnProtocol !== "h2") {
    return { kind: "http1", first: { socket, roundTripMs }, why: `${target} does not offer HTTP/2` };
  }
  try {
    return { kind: "session", session: await openSession(socket, server) };
  } catch (error) {
    socket.destroy();
    if (dialling.closing.aborted) return { kind: "unreachable" };
    const why = error instanceof Http2Refused ? error.message : String(error);
    return { kind: "http1", first: null, why: `${target} cannot be raced over HTTP/2: ${why}` };
  }
}

/** What a track over HTTP/1.1 may begin with. */
interface Http1Start {
  readonly technique: "last-byte" | "warm";
  readonly notes?: readonly string[];
  /** How connections are made, and one that stands already. */
  readonly begun?: { readonly dialling: Dialling; readonly first: Dialled | null };
}

/** A connection for each writer. @throws GcidemError `usage` where those are too many. */
export function trackOverHttp1(race: WantedRace, { technique, notes = [], begun }: Http1Start): TrackChoice {
  const { way, options } = race;
  checkFiles(options.writers, race);
  const places = { writers: options.writers, first: begun?.first ?? null };
  const track = new LastByteTrack(begun?.dialling ?? newDialling(race), places, technique);
  if (way.proxy === null || way.tunnelled) return { track, notes };
  const passedOn = `${way.peer} is asked for whole URLs and passes requests on as it likes, perhaps not at once`;
  return { track, notes: [...notes, passedOn] };
}

async function trackOverHttp2(
  race: WantedRace,
  dialling: Dialling,
  first: RaceSession | null,
): Promise<TrackChoice> {
  const { writers } = race.options;
  const wrap = await loadHttp2Wrapper();
  const track = new Http2Track(dialling, { writers, wrap }, first);
  checkFiles(track.connections, race);
  if (first === null || track.connections === 1) return { track, notes: [] };
  const limit = `${race.way.target} takes ${first.maxStreams} requests at once on a connection`;
  const effect = "requests on different connections may arrive further apart";
  return { track, notes: [`${limit}, so ${writers} writers share ${track.connections}; ${effect}`] };
}

async function trackByProbe(race: WantedRace, dialling: Dialling): Promise<TrackChoice> {
  const wanted = race.options.technique;
  const found = await probe(dialling);
  if (found.kind === "session") return trackOverHttp2(race, dialling, found.session);
  if (wanted === "auto") {
    const { first, why } = found.kind === "http1" ? found : { first: null, why: null };
    const notes = why === null ? [] : [`${why}; ${OVER_HTTP1}`];
    return trackOverHttp1(race, { technique: "last-byte", notes, begun: { dialling, first } });
  }
  if (found.kind === "http1") throw noHttp2(found.why);
  return trackOverHttp2(race, dialling, null);
}

/**
 * Makes the track that was asked for, or the best one that the server allows.
 *
 * @throws GcidemError `usage` where it cannot be had
 */
export async function chooseTrack(race: WantedRace): Promise<TrackChoice> {
  const { options, context, way } = race;
  const { technique } = options;
  if (technique === "naive") {
    checkFiles(options.writers, race);
    return { track: new ColdTrack(way, { env: context.env, trust: context.trust }), notes: [] };
  }
  if (technique === "last-byte" || technique === "warm") return trackOverHttp1(race, { technique });
  if (way.server.protocol === "http:") {
    if (technique === "h2") throw noHttp2(NEEDS_TLS);
    return trackOverHttp1(race, { technique: "last-byte", notes: [`${NEEDS_TLS}; ${OVER_HTTP1}`] });
  }
  const dialling = newDialling(race);
  try {
    return await trackByProbe(race, dialling);
  } catch (error) {
    dialling.close();
    throw error;
  }
}
