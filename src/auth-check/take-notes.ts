import type { ClockSkew, Finding, Notes, Tried } from "./auth-check.js";

/** What was written down so far. */
interface NotesTaken {
  readonly findings: readonly Finding[];
  readonly tried: readonly Tried[];
  readonly clock: ClockSkew | null;
}

/** An empty notebook, and how to read it. A finding that was made before is not written twice. */
export function takeNotes(): { readonly notes: Notes; readonly taken: () => NotesTaken } {
  const findings: Finding[] = [];
  const tried: Tried[] = [];
  let clock: ClockSkew | null = null;
  const notes: Notes = {
    find: (finding) => {
      // A proxy shows in every answer: the first says all.
      const known = findings.some(
        ({ code, message }) =>
          code === finding.code && (message === finding.message || code === "intermediary"),
      );
      if (!known) findings.push(finding);
    },
    tell: (each) => void tried.push(each),
    measure: (skew) => {
      if (clock === null || skew.marginMs < clock.marginMs) clock = skew;
    },
  };
  return { notes, taken: () => ({ findings, tried, clock }) };
}
