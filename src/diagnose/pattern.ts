import type { Pattern } from "../core/causes.js";
import type { Certainty, Diagnosis, Evidence } from "./diagnose.js";
import type { Recording } from "./recording.js";
import type { Seen } from "./seen.js";

/** A habit of a client, and where it shows: one finding for each thing or key, not for each request. */
export interface PatternFinding {
  /** The exchange where it shows first. */
  readonly seen: Seen;
  readonly certainty: Certainty;
  readonly evidence: readonly Evidence[];
  readonly explanation: string;
}

/** What the refusals of a recording came to, by the exchange: the likeliest cause of each. */
export type Refusals = ReadonlyMap<string, Pick<Diagnosis, "cause" | "certainty">>;

/** How certain it is that a request was refused for an outdated token; null where another cause is likelier. Pure. */
export function staleness({ id, ending }: Seen, refusals: Refusals): Certainty | null {
  const found = ending === "refused" ? refusals.get(id) : undefined;
  return found?.cause === "stale-etag" || found?.cause === "stale-version" ? found.certainty : null;
}

/** True where a request was most likely refused for an outdated token. Pure. */
export function isStale(seen: Seen, refusals: Refusals): boolean {
  return staleness(seen, refusals) !== null;
}

/** `was refused`, as far as that is known to be for the token. */
export const REFUSED: Readonly<Record<Certainty, string>> = {
  certain: "was refused",
  likely: "was most likely refused",
  possible: "may have been refused",
};

/** How one pattern is found. */
export type PatternRule = (recording: Recording, refusals: Refusals) => readonly PatternFinding[];

/** One rule for each id. */
export type PatternRules = Readonly<Record<Pattern, PatternRule>>;

/** So many exchanges are named of a habit that shows in more. */
const NAMED = 5;

/** `3 requests`, `1 request`. Pure. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Exchanges with one fact each, the first few of many. Pure. */
export function evidenceOf(all: readonly (readonly [seen: Seen, fact: string])[]): readonly Evidence[] {
  const named = all.slice(0, NAMED).map(([{ id }, fact]) => ({ exchange: id, fact }));
  const [last] = all.slice(-1);
  const left = all.length - NAMED;
  return left <= 0 || last === undefined
    ? named
    : [...named, { exchange: last[0].id, fact: `and ${counted(left, "more request")} up to this one` }];
}

/** Things by a name that they share, in order. Pure. */
export function grouped<T>(all: readonly T[], nameOf: (each: T) => string | null): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const name = nameOf(each);
    if (name === null) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [each]);
    else group.push(each);
  }
  return [...groups.values()];
}
