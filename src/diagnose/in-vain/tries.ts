import { isConfirming } from "../../journal/confirming.js";
import { differences, isSameRequest } from "../controls.js";
import type { Case } from "../refusal.js";
import { askedOf } from "../representation.js";
import type { Seen } from "../seen.js";
import type { TryStory } from "../stories.js";

/** True where something was sent to confirm what a request was refused for. Pure. */
export function wasTried({ refused, near, book }: Case): boolean {
  const isIt = ({ exchange, startMs }: Seen): boolean => startMs >= refused.endMs && isConfirming(exchange);
  return near.some(isIt) || book.around(refused).some(isIt);
}

/** The list that the thing of a path is in: up to its first id, else without its last part. Pure. */
export function collectionPath({ path }: Pick<Seen, "path">): string {
  return path.replace(/\/[^/]+$/, "");
}

/** What was sent after a refusal, with the refusal. */
export interface Tries extends TryStory {
  readonly of: Case;
}

const FIRST_REFUSAL = 400;

/** True where two refusals say the same; one that is told in a 2xx is known by its words. Pure. */
export function soundsSame(a: Seen, b: Seen): boolean {
  if (a.words?.codes !== b.words?.codes) return false;
  const isToldIn200 = (b.status ?? FIRST_REFUSAL) < FIRST_REFUSAL;
  return a.status === b.status || (isToldIn200 && a.words?.prose === b.words?.prose);
}

/** What was sent after a refusal; null where nothing was sent to confirm it. Pure. */
export function triesOf(of: Case): Tries | null {
  if (of.kept.tries === undefined) of.kept.tries = findTries(of);
  return of.kept.tries === null ? null : { of, ...of.kept.tries };
}

function findTries(of: Case): TryStory | null {
  const { refused, near } = of;
  if (!wasTried(of)) return null;
  const later = near.filter((each) => each.startMs >= refused.endMs);
  const alike = later
    .filter((each) => each.writes && each.ending === "refused" && soundsSame(each, refused))
    .map((seen) => ({ seen, differsIn: [...differences(seen, refused)].join(" ") }));
  return {
    alike,
    passed: later.find((each) => each.ending === "accepted" && isSameRequest(each, refused)) ?? null,
    reads: later.filter((each) => !each.writes && each.resource === refused.resource),
  };
}

/** Members by which servers tell things apart: what has one of them cannot be made twice. */
export const UNIQUE_MEMBER: RegExp = /^(?:id|name|email|userName|externalId)$/i;

/** What a body says that nothing else may have. Pure. */
export function uniqueValues(seen: Seen): readonly string[] {
  return Object.entries(askedOf(seen) ?? {}).flatMap(([name, value]) =>
    UNIQUE_MEMBER.test(name) && typeof value === "string" ? [value] : [],
  );
}

/** Why a cause no longer stands; null where it does. */
export type InVain = (tries: Tries) => string | null;

/** The request that differs in this alone, and was refused in the same way; null: there is none. Pure. */
export function refusedWith({ alike }: Tries, factor: string, fits: (seen: Seen) => boolean): Seen | null {
  return alike.find(({ seen, differsIn }) => differsIn === factor && fits(seen))?.seen ?? null;
}

/** Nothing is at that path. */
export const NOT_FOUND = 404;
