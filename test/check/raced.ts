import type { RaceRound } from "../../src/check/race-round.js";
import type { Exchange } from "../../src/journal/journal.js";
import { exchangeOf, type Sketch } from "../compare/exchanges.js";

/** One request of a race: who sent it, and from when to when. */
export interface RacedSketch extends Sketch {
  readonly writer: number | null;
  readonly at: readonly [sentMs: number, answeredMs: number];
  readonly version?: number;
}

let count = 0;

/** An exchange of a race as the journal would give it. Ids are e1, e2, ... over all tests of a file. */
export function raced(sketch: RacedSketch): Exchange {
  count += 1;
  const exchange = exchangeOf({ id: `e${count}`, url: "http://127.0.0.1:1/api/v2/mock/things/1", ...sketch });
  const [startMs, endMs] = sketch.at;
  return {
    ...exchange,
    writer: sketch.writer,
    version: sketch.version ?? null,
    timings: { ...exchange.timings, startMs, sentMs: startMs, releasedMs: startMs, endMs },
  };
}

/** A round in which only the race sent something. */
export function roundOf(
  exchanges: readonly Exchange[],
  more: Partial<Pick<RaceRound, "exclusive" | "effects">> = {},
): RaceRound {
  return {
    exchanges,
    raced: exchanges.filter(({ writer }) => writer !== null),
    exclusive: true,
    effects: null,
    ...more,
  };
}

/** A GET that showed an ETag. */
export function get(writer: number | null, at: RacedSketch["at"], etag: string): Exchange {
  return raced({ method: "GET", writer, at, answerHeaders: [["ETag", etag]] });
}

/** A PUT with an If-Match; without a new ETag it was refused with 412. */
export function put(
  writer: number,
  at: RacedSketch["at"],
  tags: { readonly ifMatch: string; readonly etag?: string },
): Exchange {
  return raced({
    method: "PUT",
    writer,
    at,
    headers: [["If-Match", tags.ifMatch]],
    body: JSON.stringify({ tier: `t${writer}` }),
    status: tags.etag === undefined ? 412 : 200,
    answerHeaders: tags.etag === undefined ? [] : [["ETag", tags.etag]],
  });
}
