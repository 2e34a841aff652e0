import type { Figures } from "./strategies.js";

/** Whole percents, never rounded up to all or down to none. Pure. */
export function percent({ told, writers }: Pick<Figures, "told" | "writers">): string {
  if (writers === 0 || told === 0) return "0%";
  if (told === writers) return "100%";
  const whole = Math.floor((100 * told) / writers);
  return whole === 0 ? "<1%" : `${whole}%`;
}

/** `250 ms`, `1.2 s`; a dash where there is none. Pure. */
export function duration(ms: number | null): string {
  if (ms === null) return "-";
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** `no churn`, `churn 5/s`. Pure. */
export function churnWords(perSecond: number): string {
  return perSecond === 0 ? "no churn" : `churn ${perSecond}/s`;
}
