import type { SourcePosition } from "../core/errors.js";

/** One expectation, judged. `ok` is null where it could not be decided; `note` then says why. */
export interface CheckResult {
  readonly step: string;
  readonly round: number;
  /** The exchange that decided; null where the step sent none. */
  readonly exchange: string | null;
  /** `status`, `header NAME`, `json PATH`, `replayOf`, `attempts`, `statuses`, `error`, `executed`, `cause`. */
  readonly what: string;
  /** JSON values, or the words of the scenario (`2xx`, `present`). */
  readonly expected: unknown;
  readonly actual: unknown;
  readonly ok: boolean | null;
  readonly note: string | null;
  readonly at: SourcePosition;
}
