import { GcidemError } from "../../core/errors.js";
import type { Outcome, OutgoingRequest } from "../outcome.js";
import type { RaceLine, RaceOptions } from "../race.js";
import { wayTo } from "../way.js";
import {
  chooseTrack,
  noHttp2,
  OVER_HTTP1,
  type RaceContext,
  type TrackChoice,
  trackOverHttp1,
  type WantedRace,
} from "./choose-track.js";
import { Line } from "./line.js";

function wanted(options: RaceOptions, context: RaceContext, signal: AbortSignal | undefined): WantedRace {
  if (!Number.isInteger(options.writers) || options.writers < 1) {
    throw new RangeError(`a race needs at least 1 writer, not ${options.writers}`);
  }
  const way = wayTo(new URL(options.url), context.env);
  if ("problem" in way) throw new GcidemError("usage", way.problem);
  return { options, context, way, signal };
}

function lineOver({ track, notes }: TrackChoice, { context, options }: WantedRace): Line {
  return new Line({ ...context, track }, options.writers, notes);
}

/** Why a server that offers HTTP/2 cannot be raced over it: it answers nothing. null where it answers something. */
function refusal(outcomes: readonly Outcome[]): string | null {
  const reasons = outcomes.flatMap((outcome) =>
    outcome.kind === "failed" && (outcome.phase === "send" || outcome.phase === "response")
      ? [outcome.message]
      : [],
  );
  return reasons.length === outcomes.length ? (reasons[0] ?? null) : null;
}

/** Warms a line up; one over HTTP/2 that proves useless is given up for one over HTTP/1.1. */
async function warmed(line: Line, request: OutgoingRequest, race: WantedRace): Promise<Line> {
  const outcomes = await line.warmUp(request, race.signal);
  const why = line.technique === "h2" ? refusal(outcomes) : null;
  if (why === null) return line;
  await line.close();
  if (race.options.technique === "h2") throw noHttp2(why);
  const note = `HTTP/2 was offered, but no request was answered over it (${why}); ${OVER_HTTP1}`;
  const second = lineOver(trackOverHttp1(race, { technique: "last-byte", notes: [note] }), race);
  second.warmUpRequests = line.warmUpRequests;
  await second.warmUp(request, race.signal);
  return second;
}

/**
 * Opens the connections of one race and warms them up. An interrupt ends that early; waves then send nothing.
 *
 * @throws GcidemError `usage` where the technique cannot be had, a proxy setting makes no sense, or more connections are
 *   needed than this process may open
 */
export async function openRace(
  options: RaceOptions,
  context: RaceContext,
  signal?: AbortSignal,
): Promise<RaceLine> {
  const race = wanted(options, context, signal);
  const line = lineOver(await chooseTrack(race), race);
  if (options.warmUp === null) return line;
  try {
    return await warmed(line, options.warmUp, race);
  } catch (error) {
    await line.close();
    throw error;
  }
}
