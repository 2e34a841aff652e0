/** Optimal string alignment distance, where swapping two neighbours counts once: the usual slips of typing. */
function editDistance(a: string, b: string): number {
  let beforePrevious: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current: number[] = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (beforePrevious[j - 2] ?? best) + 1);
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

function folded(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, "");
}

/** Longer words are no slip of the finger, and comparing them would cost the square of their length. */
const LONGEST_WORD = 64;

/** The candidate that a person who typed `word` most likely meant; null when none is near. Pure. */
export function didYouMean(word: string, candidates: readonly string[]): string | null {
  if (word.length > LONGEST_WORD) return null;
  const typed = folded(word);
  let nearest: string | null = null;
  let nearestDistance = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const candidate of candidates) {
    const meant = folded(candidate);
    if (Math.abs(meant.length - typed.length) >= nearestDistance) continue;
    const distance = editDistance(typed, meant);
    if (distance < nearestDistance && distance < meant.length)
      [nearest, nearestDistance] = [candidate, distance];
  }
  return nearest;
}

/** `did you mean X?` as a problem's hint; an empty object when nothing is near. Pure. */
export function didYouMeanHint(word: string, candidates: readonly string[]): { readonly hint?: string } {
  const meant = didYouMean(word, candidates);
  return meant === null ? {} : { hint: `did you mean \`${meant}\`?` };
}
