import type { SourcePosition } from "../core/errors.js";
import type { HeaderList } from "../core/http.js";
import type { Scenario, SendingStep, Step } from "../scenario/scenario.js";

/** What the requests that count a scenario's effects are called; no step may have this id. */
export const EFFECTS_STEP = "effects";

/** Which of a scenario's lists a step stands in. */
export type Section = "setUp" | "steps" | "cleanUp";

/** A step in the order of execution. */
export interface PlannedStep {
  readonly step: Step;
  readonly section: Section;
  /** True where a later step repeats this one, so that its bytes must be kept. */
  readonly repeated: boolean;
  /** True where the scenario's `effects` are counted after this step, because an expectation depends on them. */
  readonly countsEffects: boolean;
}

/** What will happen, in order. Values that only a run can know are still templates. */
export interface RunPlan {
  readonly scenario: Scenario;
  readonly steps: readonly PlannedStep[];
  /** Every step that sends, those inside races by their full id. */
  readonly stepById: ReadonlyMap<string, SendingStep>;
  /** Ids of steps that others repeat. */
  readonly repeated: ReadonlySet<string>;
}

/** A request whose templates are filled in: the same bytes whenever it is sent. Credentials are not part of it. */
export interface MaterialRequest {
  readonly method: string;
  /** Absolute, on the target's origin. */
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array | null;
  /** The header that carries the idempotency key, where the scenario names one. */
  readonly keyHeader?: string;
}

/** Gives the values of names while a step is made. */
export interface Scope {
  readonly variable: (name: string) => unknown;
  readonly capture: (step: string, name: string) => unknown;
  readonly env: (name: string) => string;
  readonly uuid: () => string;
  readonly now: () => string;
  /** How a value stands in a path or query; a dry run shows later values as they are. */
  readonly encode: (value: string) => string;
  /** Bytes of a file beside the scenario. */
  readonly readFile: (path: string) => Uint8Array;
  /** The target's origin and path prefix. */
  readonly baseUrl: string;
  /** Other origins that a whole URL may name. Absent: none. */
  readonly allowedOrigins?: readonly string[];
  readonly userAgent: string;
  /** What a key is sent in, and how, where the step does not say. Absent: bare, in Idempotency-Key. */
  readonly keys?: { readonly header: string; readonly syntax: "bare" | "quoted" };
}

/** A value that a step needs and that is not there: the step is skipped and the run inconclusive. */
export class MissingValue extends Error {
  override readonly name = "MissingValue";
}

/** A request that gcidem will not send: another host, a control character in a header. */
export class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";
  readonly code: string;
  readonly at: SourcePosition;

  constructor(code: string, message: string, at: SourcePosition) {
    super(message);
    this.code = code;
    this.at = at;
  }
}
