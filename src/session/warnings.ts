import type { SourcePosition } from "../core/errors.js";

/** Something that a reader of a scenario should know before it runs. It is no error, and changes no exit code. */
export interface Warning {
  /** Stable, for scripts: `at-most-once-undecided`, `weak-key`, the id of a documented fact. */
  readonly code: string;
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
  readonly position: SourcePosition;
}

/** A warning, and in how many further places it holds. */
export interface FoldedWarning extends Warning {
  readonly morePlaces: number;
}

/** Equal warnings once, at their first place. Pure. */
export function foldWarnings(warnings: readonly Warning[]): readonly FoldedWarning[] {
  const folded = new Map<string, FoldedWarning>();
  for (const warning of warnings) {
    const name = JSON.stringify([warning.code, warning.message, warning.hint]);
    const before = folded.get(name);
    folded.set(
      name,
      before === undefined ? { ...warning, morePlaces: 0 } : { ...before, morePlaces: before.morePlaces + 1 },
    );
  }
  return [...folded.values()];
}
