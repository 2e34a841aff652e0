import type { RecordedExchange } from "./intake.js";
import { type Members, membersAt } from "./loose-json.js";

/** What tells two entries of one request from two requests. */
export interface Sighting {
  /** Method and URL. */
  readonly name: string;
  /** The page saw it on its way through its service worker (Chrome's own member). */
  readonly byPage: boolean;
  /** In ms since 1970; null where nobody knows. */
  readonly startMs: number | null;
  readonly endMs: number | null;
}

/** Starts are told in whole milliseconds. */
const ROUNDING_MS = 1;

/** What is needed of an entry to find its twin. Pure. */
export function sightingOf({ request, times }: RecordedExchange, entry: Members): Sighting {
  const { startedAtMs, endMs } = times;
  return {
    name: `${request.method} ${request.url}`,
    byPage: membersAt(entry, "response")._fetchedViaServiceWorker === true,
    startMs: startedAtMs,
    endMs: startedAtMs === null || endMs === null ? null : startedAtMs + endMs,
  };
}

function encloses(page: Sighting, worker: Sighting): boolean {
  if (page.startMs === null || page.endMs === null || worker.startMs === null) return false;
  return worker.startMs >= page.startMs - ROUNDING_MS && worker.startMs <= page.endMs + ROUNDING_MS;
}

/**
 * Entries that another one tells again: a page whose service worker fetches for it has each request in Chrome's export
 * twice, as the page saw it and as the worker sent it (Chromium 150, Nov 2026). The worker's is what travelled; the page's is
 * left out. Gives the indexes of those. Pure.
 */
export function workerTwins(sightings: readonly Sighting[]): ReadonlySet<number> {
  const left = new Set<number>();
  const sentByWorkers = new Map<string, Sighting[]>();
  if (!sightings.some(({ byPage }) => byPage)) return left;
  for (const each of sightings) {
    if (each.byPage) continue;
    const same = sentByWorkers.get(each.name);
    if (same === undefined) sentByWorkers.set(each.name, [each]);
    else same.push(each);
  }
  for (const [index, page] of sightings.entries()) {
    if (!page.byPage) continue;
    const candidates = sentByWorkers.get(page.name) ?? [];
    const twin = candidates.findIndex((worker) => encloses(page, worker));
    if (twin === -1) continue;
    candidates.splice(twin, 1);
    left.add(index);
  }
  return left;
}
