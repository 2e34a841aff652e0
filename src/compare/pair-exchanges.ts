import type { Exchange } from "../journal/journal.js";
import type { ComparedRun, Unpaired } from "./runs.js";

/** The places of a run's exchanges, each once, in the order in which they were answered. */
export type Places = ReadonlyMap<string, string>;

function stepPlace({ round, step, attempt, writer }: Exchange): string {
  return [
    step,
    ...(writer === null ? [] : [`writer ${writer}`]),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(round > 1 ? [`round ${round}`] : []),
  ].join(", ");
}

const CHANGING_SEGMENT =
  /^(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27}|(?=.*\d)[0-9a-f]{16,}|(?=.*\d)[0-9A-Za-z_-]{20,})$/i;

/** Method and path, with an ellipsis for each segment that names a thing. Pure. */
export function shapeOf({ request: { method, url } }: Exchange): string {
  const path = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
  const segments = path.split("/").map((segment) => (CHANGING_SEGMENT.test(segment) ? "…" : segment));
  return `${method} ${segments.join("/") || "/"}`;
}

/** Ids of exchanges by their places. Several with one place are told apart by their number. */
export function placesOf(run: ComparedRun, bySteps: boolean): Places {
  const counts = new Map<string, number>();
  const places = new Map<string, string>();
  for (const exchange of run.exchanges) {
    const place = bySteps ? stepPlace(exchange) : shapeOf(exchange);
    const nth = (counts.get(place) ?? 0) + 1;
    counts.set(place, nth);
    places.set(nth === 1 ? place : `${place}, no. ${nth}`, exchange.id);
  }
  return places;
}

/** What only the first of two runs has. Pure. */
export function unpaired(places: Places, others: Places): readonly Unpaired[] {
  return [...places].flatMap(([place, exchange]) => (others.has(place) ? [] : [{ exchange, place }]));
}
