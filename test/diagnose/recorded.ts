import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import type { Exchange } from "../../src/journal/journal.js";
import { exchangeOf, type Sketch } from "../compare/exchanges.js";

/** One request of a recording: from when to when, by whom, and the version that its answer shows. */
export interface RecordedSketch extends Sketch {
  /** Milliseconds; default one after the other, each 10 ms long, with 10 ms between. */
  readonly at?: readonly [sentMs: number, answeredMs: number];
  readonly writer?: number | null;
  /** Shown as an ETag in quotes. */
  readonly shows?: string;
  readonly key?: string;
  readonly ifMatch?: string;
  readonly caller?: string;
}

const THING = "http://127.0.0.1:1/v1/things/1";

function headersOf({ key, ifMatch, caller = "1", headers = [] }: RecordedSketch): Sketch["headers"] {
  return [
    ["Authorization", `Bearer <secret:${caller}>`],
    ...headers,
    ...(key === undefined ? [] : [["Idempotency-Key", key] as const]),
    ...(ifMatch === undefined ? [] : [["If-Match", `"${ifMatch}"`] as const]),
  ];
}

/** Exchanges as the journal would give them, e1, e2, ... in this order. */
export function recorded(...sketches: readonly RecordedSketch[]): readonly Exchange[] {
  return sketches.map((sketch, index) => {
    const [startMs, endMs] = sketch.at ?? [index * 20, index * 20 + 10];
    const shown = sketch.shows === undefined ? [] : [["ETag", `"${sketch.shows}"`] as const];
    const exchange = exchangeOf({
      url: THING,
      ...sketch,
      id: `e${index + 1}`,
      headers: headersOf(sketch) ?? [],
      answerHeaders: [["ININ-Correlation-Id", `c-${index + 1}`], ...shown, ...(sketch.answerHeaders ?? [])],
    });
    return {
      ...exchange,
      writer: sketch.writer ?? null,
      timings: { ...exchange.timings, startMs, sentMs: startMs, endMs },
    };
  });
}

/** A connection that ended without an answer. */
export const LOST: NonNullable<Sketch["error"]> = {
  code: "ECONNRESET",
  phase: "response",
  message: "socket hang up",
};

/** `e2 executed-twice certain` for each diagnosis of a kind. */
export function told(
  kind: Diagnosis["kind"],
  exchanges: readonly Exchange[],
  options: Parameters<typeof diagnoseExchanges>[1] = {},
): readonly string[] {
  return diagnoseExchanges(exchanges, options)
    .filter((each) => each.kind === kind)
    .map(({ exchange, cause, certainty }) => `${exchange} ${cause} ${certainty}`);
}

/** A JSON body. */
export function json(value: unknown): string {
  return JSON.stringify(value);
}
