import type { Cause, Refusal } from "../../../src/core/causes.js";
import type { AuthKind } from "../../../src/core/target.js";
import type { World } from "../../../src/core/world.js";
import type { FaultKind, Policy } from "../../../src/policy/policy.js";

/** Where a value comes from that a later request uses: a header or member of an answer. */
export type CaptureSource = { readonly kind: "etag" } | { readonly kind: "member"; readonly name: string };

/**
 * One request as its client means it. `$(step.name)` in path, headers and body stands for a value that an earlier answer
 * gave; in a body it is JSON, elsewhere text. Where that answer gave none, the header or member is left out.
 */
export interface Send {
  /** The step's name: unique in its scenario. */
  readonly id: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Null: no body. */
  readonly body: string | null;
  /** Header that carries the key, where one does; the journal is told its name. */
  readonly keyHeader: string | null;
  readonly principal: string | null;
  readonly auth: AuthKind;
  /** The lane of a race; null outside one. */
  readonly writer: number | null;
  /** False: another client sent it, of which the recording has nothing. */
  readonly recorded: boolean;
  /** The client hangs up so long after it sent the request; null: never. */
  readonly hangUpAfterMs: number | null;
  readonly captures: Readonly<Record<string, CaptureSource>>;
}

/** What happens next in a scenario. */
export type Act =
  | { readonly kind: "send"; readonly send: Send }
  | { readonly kind: "wait"; readonly durationMs: number }
  /** Requests that are under way at the same time. */
  | {
      readonly kind: "together";
      readonly sends: readonly { readonly offsetMs: number; readonly send: Send }[];
    };

/** What a control has to come to, so that it speaks for the cause and against its rivals. */
export type Outcome = "passes" | "refused" | "shows";

/** A refused request, and the steps that are its control. */
export interface Control {
  readonly refused: string;
  readonly cause: Refusal;
  readonly steps: readonly { readonly id: string; readonly expect: Outcome }[];
}

/** A policy, a world and what clients do in it. */
export interface Scenario {
  readonly seed: number;
  /** What it was drawn to provoke, or `random`. What came of it the trace says. */
  readonly target: Cause | "random";
  readonly policy: Policy;
  readonly world: World;
  readonly acts: readonly Act[];
  /** Null: it contains no control. */
  readonly control: Control | null;
  /** The habits that its clients were given; null: nobody says which ones it shows. */
  readonly patterns: readonly Cause[] | null;
}

/** A fault that hits one step. */
export function faultOn(step: string, kind: FaultKind): Policy["faults"][number] {
  return { on: { route: null, step, nth: null }, kind, probability: 1, forMs: 200, status: 503 };
}
