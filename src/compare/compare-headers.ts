import type { HeaderList } from "../core/http.js";
import type { HeaderDiff } from "./compare.js";

interface NamedHeader {
  readonly name: string;
  readonly value: string;
}

function byLowerName(headers: HeaderList): ReadonlyMap<string, NamedHeader> {
  const named = new Map<string, NamedHeader>();
  for (const [name, value] of headers) {
    const before = named.get(name.toLowerCase());
    // RFC 9110, section 5.3: lines of one name are one list, in their order.
    named.set(
      name.toLowerCase(),
      before === undefined ? { name, value } : { name, value: `${before.value}, ${value}` },
    );
  }
  return named;
}

/** Headers that differ, and how many others were only counted. */
export interface ComparedHeaders {
  readonly headers: readonly HeaderDiff[];
  readonly folded: number;
}

/**
 * Headers that differ, names compared without case. Those that `folds` accepts, by name in lower case and by whether
 * both sides have one, are only counted. Pure.
 */
export function compareHeaders(
  base: HeaderList,
  other: HeaderList,
  folds: (name: string, onBothSides: boolean) => boolean,
): ComparedHeaders {
  const [before, after] = [byLowerName(base), byLowerName(other)];
  const headers: HeaderDiff[] = [];
  let folded = 0;
  for (const lower of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(lower), after.get(lower)];
    if (from?.value === to?.value) continue;
    if (folds(lower, from !== undefined && to !== undefined)) folded++;
    else
      headers.push({
        name: (to ?? from)?.name ?? lower,
        base: from?.value ?? null,
        other: to?.value ?? null,
      });
  }
  return { headers, folded };
}
