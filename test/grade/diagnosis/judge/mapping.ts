import type { Cause, Mover } from "../../../../src/core/causes.js";
import type { Happened } from "../drive/happened.js";

/** What an exchange really was, as far as the exchanges that are given can show it. */
export interface Truth {
  /** `apart`: refused or failed for a reason that no id names; nothing is graded there. */
  readonly kind: "refusal" | "anomaly" | "plain" | "apart";
  readonly cause: Cause | null;
  readonly movedBy: Mover | null;
}

/** One way in which the trace knows more than the exchanges can show. */
export interface Mapping {
  readonly because: string;
  /** Undefined: it does not apply. */
  readonly map: (one: Happened, all: readonly Happened[], traced: Truth) => Truth | undefined;
}
