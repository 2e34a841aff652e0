/** Two lines side by side; null where one side has none. */
export interface LinePair {
  readonly base: string | null;
  readonly other: string | null;
}

/** More lines than this are put side by side as they come: the table of the longest common part would not fit. */
const MOST_CELLS = 1_000_000;

function commonLengths(base: readonly string[], other: readonly string[]): readonly Uint32Array[] {
  const lengths = Array.from({ length: base.length + 1 }, () => new Uint32Array(other.length + 1));
  for (let i = base.length - 1; i >= 0; i--)
    for (let j = other.length - 1; j >= 0; j--) {
      const [row, next] = [lengths[i], lengths[i + 1]];
      if (row === undefined || next === undefined) continue;
      row[j] = base[i] === other[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  return lengths;
}

/** Removed lines stand beside added ones, so that a changed line is one row. */
function zipped(base: readonly string[], other: readonly string[]): readonly LinePair[] {
  return Array.from({ length: Math.max(base.length, other.length) }, (_, at) => ({
    base: base[at] ?? null,
    other: other[at] ?? null,
  }));
}

function aligned(base: readonly string[], other: readonly string[]): readonly LinePair[] {
  const lengths = commonLengths(base, other);
  const pairs: LinePair[] = [];
  let [i, j] = [0, 0];
  let [gone, come]: [string[], string[]] = [[], []];
  const flush = (): void => {
    pairs.push(...zipped(gone, come));
    [gone, come] = [[], []];
  };
  while (i < base.length || j < other.length) {
    const [one, two] = [base[i], other[j]];
    if (one !== undefined && one === two) {
      flush();
      pairs.push({ base: one, other: two });
      [i, j] = [i + 1, j + 1];
      continue;
    }
    const down = lengths[i + 1]?.[j] ?? -1;
    const right = lengths[i]?.[j + 1] ?? -1;
    if (one !== undefined && (two === undefined || down >= right)) {
      gone.push(one);
      i += 1;
    } else if (two !== undefined) {
      come.push(two);
      j += 1;
    }
  }
  flush();
  return pairs;
}

/** Puts the lines of two texts side by side, equal ones in one row. Pure. */
export function pairLines(base: readonly string[], other: readonly string[]): readonly LinePair[] {
  let start = 0;
  const least = Math.min(base.length, other.length);
  while (start < least && base[start] === other[start]) start += 1;
  let end = 0;
  while (end < least - start && base.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [one, two] = [base.slice(start, base.length - end), other.slice(start, other.length - end)];
  const middle = one.length * two.length > MOST_CELLS ? zipped(one, two) : aligned(one, two);
  const same = (line: string): LinePair => ({ base: line, other: line });
  return [...base.slice(0, start).map(same), ...middle, ...base.slice(base.length - end).map(same)];
}
