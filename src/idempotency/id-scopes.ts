import { type SplitId, splitId } from "./scope.js";
import { createSharedTexts } from "./shared-texts.js";

/** An id in its parts. */
export interface IdParts {
  readonly split: SplitId;
  /** The scope's number; 0 where it has none. */
  readonly number: number;
  /** From 0 to 2^31 - 1. */
  readonly hash: number;
}

/** Takes ids apart, and numbers their scopes so that each is kept once. */
export interface IdScopes {
  /** The parts of an id, as they are now. */
  readonly partsOf: (id: string) => IdParts;
  /** The same, with a use of the scope for a new record; it is given back with {@link release}. */
  readonly take: (id: string) => IdParts;
  readonly release: (number: number) => void;
  /** The text of a number but 0. */
  readonly textOf: (number: number) => string;
  readonly clear: () => void;
}

/** FNV-1a of the key, begun with the scope's number. */
function hashOf(key: string, number: number): number {
  let hash = 0x811c9dc5 ^ number;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x7fffffff;
}

function withNumber(split: SplitId, number: number): IdParts {
  return { split, number, hash: hashOf(split.key, number) };
}

/** Starts with no scope known. */
export function createIdScopes(mostScopes: number): IdScopes {
  const scopes = createSharedTexts(mostScopes);
  /**
   * Records whose scope has no number. As long as there are any, no other scope gets one: it might be theirs, and they
   * would not be found under it.
   */
  let unnumbered = 0;
  /** A request asks for one id several times over. */
  let latest: IdParts | null = null;
  const partsOf = (id: string): IdParts => {
    const split = splitId(id);
    // By identity: two ids of one length would be compared to their ends.
    if (latest?.split === split) return latest;
    latest = withNumber(split, scopes.numberOf(split.scope) ?? 0);
    return latest;
  };
  return {
    partsOf,
    take: (id) => {
      const parts = partsOf(id);
      const mayTake = parts.number > 0 || unnumbered === 0;
      const number = mayTake ? (scopes.take(parts.split.scope) ?? 0) : 0;
      if (number === 0) unnumbered += 1;
      if (number === parts.number) return parts;
      latest = withNumber(parts.split, number);
      return latest;
    },
    release: (number) => {
      latest = null;
      if (number === 0) unnumbered -= 1;
      else scopes.release(number);
    },
    textOf: scopes.textOf,
    clear: () => {
      scopes.clear();
      unnumbered = 0;
      latest = null;
    },
  };
}
