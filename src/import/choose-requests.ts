import { isConflictStatus, isWrite } from "../core/http.js";
import type { ImportNote, Traffic } from "./import.js";
import { splitUrl } from "./split-url.js";

/** More steps than these are no scenario that anybody reads. */
const MOST_STEPS = 400;

/** Which requests of some traffic become steps. */
export interface Choice {
  readonly wanted: ReadonlySet<number>;
  /** As {@link splitUrl} gives it. */
  readonly origin: string;
  readonly notes: readonly ImportNote[];
}

interface Seen {
  readonly path: string;
  readonly origin: string;
  readonly key: string | null;
  readonly conflict: boolean;
  readonly write: boolean;
}

/** `firsts`: where each origin stands first. */
function look({ glimpses }: Traffic, firsts: Map<string, string>): readonly Seen[] {
  const texts = new Map<string, string>();
  // Paths recur: one text for all of them keeps a recording of any length small.
  const shared = (text: string): string => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
  return Array.from(glimpses(), ({ place, method, url, key, status }): Seen => {
    const { origin, target } = splitUrl(url);
    if (!firsts.has(origin)) firsts.set(origin, place);
    return {
      path: shared(target.split("?")[0] ?? ""),
      origin: shared(origin),
      key,
      conflict: status !== null && isConflictStatus(status),
      write: isWrite(method, []),
    };
  });
}

/** Origins, the one with the most writes first, then the one with the most requests. */
function originsOf(seen: readonly Seen[]): readonly (readonly [origin: string, count: number])[] {
  const counts = new Map<string, { requests: number; writes: number }>();
  for (const { origin, write } of seen) {
    const count = counts.get(origin) ?? { requests: 0, writes: 0 };
    counts.set(origin, { requests: count.requests + 1, writes: count.writes + (write ? 1 : 0) });
  }
  return [...counts]
    .sort(([, a], [, b]) => b.writes - a.writes || b.requests - a.requests)
    .map(([origin, { requests }]) => [origin, requests] as const);
}

/** Of too many requests: those about the same things or with the same keys as a conflict; without one, the writes and their reads. */
function relevant(seen: readonly Seen[]): (each: Seen) => boolean {
  const conflicts = seen.filter(({ conflict }) => conflict);
  const of = conflicts.length > 0 ? conflicts : seen.filter(({ write }) => write);
  const [paths, keys] = [new Set(of.map(({ path }) => path)), new Set(of.flatMap(({ key }) => key ?? []))];
  if (of.length === 0) return () => true;
  return ({ path, key }) => paths.has(path) || (key !== null && keys.has(key));
}

/** Chooses one host's requests, and of very many those that matter. */
export function chooseRequests(traffic: Traffic): Choice {
  const firsts = new Map<string, string>();
  const seen = look(traffic, firsts);
  const [[origin] = ["", 0], ...others] = originsOf(seen);
  const { source } = traffic;
  const notes = others.map(([other, count]): ImportNote => {
    const requests = `${count} ${count === 1 ? "request" : "requests"}`;
    return {
      place: firsts.get(other) ?? source,
      text: `${requests} to ${other || "no host"} left out: a scenario has one target, here ${origin}`,
    };
  });
  const own = seen.flatMap((each, index) => (each.origin === origin ? [{ each, index }] : []));
  if (own.length <= MOST_STEPS) return { wanted: new Set(own.map(({ index }) => index)), origin, notes };
  const matters = relevant(own.map(({ each }) => each));
  const kept = own.filter(({ each }) => matters(each)).slice(0, MOST_STEPS);
  const why = own.some(({ each }) => each.conflict)
    ? "those about what a conflict is about"
    : "writes and the reads of the same";
  const text = `${kept.length} of ${own.length} requests become steps: ${why}, at most ${MOST_STEPS}`;
  return {
    wanted: new Set(kept.map(({ index }) => index)),
    origin,
    notes: [...notes, { place: source, text }],
  };
}
