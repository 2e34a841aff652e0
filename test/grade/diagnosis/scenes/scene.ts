import type { Cause, Refusal } from "../../../../src/core/causes.js";
import type { Policy } from "../../../../src/policy/policy.js";
import type { Draw } from "../draw.js";
import type { Act, Outcome, Send } from "../scenario.js";
import type { Stage } from "./stage.js";

/** The requests that a control may be made of, as a scene can offer them. */
type ControlName =
  | "again"
  | "original"
  | "fresh"
  | "meanwhile"
  | "readAfter"
  | "current"
  | "variant"
  | "lookUp"
  | "later"
  | "other"
  | "undo";

/** A request of a control, and how long its client waits before it. */
export interface ControlRequest {
  readonly send: Send;
  readonly afterMs?: number;
  /** It is among the scene's own acts already. */
  readonly isSent?: true;
}

/** What a scene does, up to the request that it wants to see refused, and what its control can be made of. */
export interface Scene {
  readonly acts: readonly Act[];
  readonly refused: Send;
  readonly material: Readonly<Partial<Record<ControlName, ControlRequest>>>;
}

/** How a cause is provoked: what the policy must be like, and what the clients do. */
export interface Provocation {
  readonly cause: Cause;
  readonly policy: (policy: Policy, draw: Draw) => Policy;
  readonly play: (stage: Stage, withControl: boolean) => Scene;
}

/** A step of a control, in the words of the table. */
type ControlStep = readonly [name: ControlName, expect: Outcome];

/** Which requests settle a refusal, and what they say. */
export interface ControlRule {
  readonly steps: readonly ControlStep[];
  readonly why: string;
}

/** One rule for each refusal that anything settles. */
export type ControlTable = Readonly<Record<Exclude<Refusal, "unexplained">, ControlRule>>;
