const UNITS: readonly (readonly [word: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
];

/** `23 h 59 min`, `1.4 s`: two units at most, since nobody needs more of a clock or a token; up to two days in hours, as lives of tokens are set. Pure. */
export function durationWords(durationMs: number): string {
  const whole = Math.round(durationMs / 1000) * 1000;
  if (whole < 60_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const first = UNITS.findIndex(([word, ms]) => whole >= (word === "d" ? 2.5 * ms : ms));
  let leftMs = whole;
  const parts: string[] = [];
  for (const [word, ms] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(leftMs / ms);
    leftMs -= count * ms;
    if (count > 0) parts.push(`${count} ${word}`);
  }
  return parts.join(" ");
}
