import { editDistance } from "../core/edit-distance.js";

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
