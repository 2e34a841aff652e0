import type { Cause } from "../core/causes.js";
import type { SourcePosition } from "../core/errors.js";
import type { AuthKind } from "../core/target.js";
import type { Policy } from "../policy/policy.js";

/** A text with places to fill in. A text without any has one literal part (or none when empty). */
export interface Template {
  readonly parts: readonly (string | TemplateExpression)[];
  readonly at: SourcePosition;
}

/** What stands between `$(` and `)`. */
export type TemplateExpression =
  /** `$(name)`: a var, or `writer` in a race. */
  | { readonly kind: "var"; readonly name: string }
  /** `$(step.capture)` */
  | { readonly kind: "capture"; readonly step: string; readonly name: string }
  /** `$(env.NAME)` */
  | { readonly kind: "env"; readonly name: string }
  /** `$(uuid())`, `$(now())`, `$(sha256(x))` */
  | {
      readonly kind: "call";
      readonly function: "uuid" | "now" | "sha256";
      readonly argument: TemplateExpression | string | null;
    };

/** JSON with templates, members in source order, numbers as their JSON text. */
export type JsonTemplate =
  /** Compact JSON text of a number, boolean or null. */
  | { readonly kind: "literal"; readonly json: string }
  /** A string; one that is exactly one template keeps the type of its value. */
  | { readonly kind: "string"; readonly template: Template }
  | { readonly kind: "array"; readonly items: readonly JsonTemplate[] }
  | {
      readonly kind: "object";
      readonly members: readonly (readonly [name: Template, value: JsonTemplate])[];
    };

/** What a request carries. `bytes` is the content of a file beside the scenario. */
export type BodyTemplate =
  | { readonly kind: "json"; readonly json: JsonTemplate }
  | { readonly kind: "text"; readonly text: Template }
  | { readonly kind: "form"; readonly fields: readonly (readonly [name: string, value: Template])[] }
  | { readonly kind: "file"; readonly path: string; readonly at: SourcePosition };

/** How an idempotency key travels. `quoted` is the draft's structured-field string. */
export interface KeyTemplate {
  readonly value: Template;
  /** Null: as the target's profile says, else bare. */
  readonly syntax: "bare" | "quoted" | null;
  /** Null: the header that the repeated request's key is in, else the profile's, else Idempotency-Key. */
  readonly header: string | null;
}

/** Where a captured value comes from. `json` is an RFC 9535 JSONPath. */
export interface Capture {
  readonly name: string;
  readonly from:
    | { readonly kind: "header"; readonly name: string }
    | { readonly kind: "json"; readonly path: string }
    | { readonly kind: "status" }
    | { readonly kind: "correlationId" };
  /** First group of the match, or the whole match where there is no group. */
  readonly regex: string | null;
  readonly at: SourcePosition;
}

/** One change to a repeated request. */
export type Mutation =
  | { readonly kind: "patch"; readonly operations: JsonTemplate; readonly at: SourcePosition }
  | { readonly kind: "reserialize"; readonly form: ReserializeForm; readonly at: SourcePosition }
  | { readonly kind: "set"; readonly set: RequestChange; readonly at: SourcePosition };

/** The same JSON value in other bytes. */
export type ReserializeForm = "whitespace" | "key-order" | "number-format" | "unicode-escapes";

/** Parts of a request that a mutation replaces; null removes. An absent member leaves the part alone. */
export interface RequestChange {
  readonly method?: string;
  readonly path?: Template;
  readonly idempotencyKey?: KeyTemplate | null;
  readonly ifMatch?: Template | null;
  readonly headers: readonly (readonly [name: string, value: Template | null])[];
}

/** What a status is compared with: `200`, `2xx`, a list of either, or `not`. */
export type StatusPattern = number | `${1 | 2 | 3 | 4 | 5}xx`;

/** What a header or JSON value is compared with. */
export type ValueMatcher =
  | { readonly kind: "equals"; readonly value: JsonTemplate }
  | { readonly kind: "present" }
  | { readonly kind: "absent" }
  | { readonly kind: "regex"; readonly source: string };

/** One expectation of one step, with its place in the file. */
export type Expectation = { readonly at: SourcePosition } & (
  | { readonly what: "status"; readonly any: readonly StatusPattern[]; readonly negated: boolean }
  | { readonly what: "header"; readonly name: string; readonly matcher: ValueMatcher }
  | { readonly what: "json"; readonly path: string; readonly matcher: ValueMatcher }
  | { readonly what: "replayOf"; readonly step: string }
  | { readonly what: "attempts"; readonly statuses: readonly (StatusPattern | "network")[] }
  /** How many answers of a step with `times` had each status. */
  | {
      readonly what: "statuses";
      readonly counts: readonly (readonly [status: StatusPattern, count: string])[];
    }
  /** `any`, an error code, or a phase. */
  | { readonly what: "error"; readonly error: string }
  | { readonly what: "executed"; readonly executed: boolean }
  /** How many writers of a race got each status on the last attempt of an inner step (its full id). */
  | {
      readonly what: "raceStatuses";
      readonly step: string;
      readonly counts: readonly (readonly [status: StatusPattern, count: string])[];
    }
  | { readonly what: "invariant"; readonly invariant: Invariant }
  | {
      readonly what: "cause";
      readonly cause: Cause;
      readonly certainty: "certain" | "likely" | "possible" | null;
    }
);

/** When and how a step is tried again. Nothing is retried unless a step says so. */
export interface Retry {
  /** Statuses, classes, or `network` for an exchange without a response. */
  readonly on: readonly (StatusPattern | "network")[];
  /** Retries after the first attempt. */
  readonly max: number;
  readonly backoff: {
    readonly initialMs: number;
    readonly factor: number;
    readonly maxMs: number;
    readonly jitter: "none" | "full";
  };
  readonly respectRetryAfter: boolean;
  readonly reread: string | null;
  readonly newKey: boolean;
}

/** What every step that sends has in common. */
export interface StepOptions {
  readonly id: string;
  readonly at: SourcePosition;
  readonly captures: readonly Capture[];
  readonly expectations: readonly Expectation[];
  readonly retry: Retry | null;
  readonly times: number;
  readonly timeoutMs: number | null;
  readonly abort: "sent" | number | null;
  /** A principal of the world. */
  readonly as: string | null;
  readonly auth: AuthKind;
  /** A fault of policy.md, for this step's first attempt. Mock only. */
  readonly fault: string | null;
}

/** Parts of a request before their templates are filled in. Headers include the scenario's defaults. */
export interface RequestTemplate {
  readonly method: string;
  readonly path: Template;
  readonly headers: readonly (readonly [name: string, value: Template])[];
  readonly idempotencyKey: KeyTemplate | null;
  readonly ifMatch: Template | null;
  readonly body: BodyTemplate | null;
}

/** How the writers of a race leave a barrier. `as-ready`: there is none. */
export type Release =
  | { readonly kind: "together" }
  | { readonly kind: "staggered"; readonly everyMs: number }
  | { readonly kind: "as-ready" }
  /** For each writer its delay from the release; a writer beyond the list leaves with the last of it. */
  | { readonly kind: "offsets"; readonly offsetsMs: readonly number[] };

/** What must hold of everything that happened in a race. */
export type Invariant =
  | "no-lost-update"
  | "at-most-once"
  | "read-your-writes"
  | "monotonic-reads"
  | "linearizable"
  | "one-winner";

/** Writers that send at the same time. Inner steps have ids `RACE/STEP`; each writer has captures of its own. */
export interface RaceStep {
  readonly kind: "race";
  readonly id: string;
  readonly at: SourcePosition;
  readonly release: Release;
  /** Evaluated once for each writer, in order; `$(writer)` is its number from 0. */
  readonly variables: readonly Variable[];
  /** For each writer its steps, sent one after another; the k-th steps of all writers leave one barrier. */
  readonly writers: readonly (readonly SendingStep[])[];
  /** True where all writers have the same steps; false for `lanes`. */
  readonly alike: boolean;
  /** False: others write these resources too, so versions of unknown origin are theirs. */
  readonly exclusive: boolean;
  /** Only `statuses` of inner steps and `invariant`. */
  readonly expectations: readonly Expectation[];
}

/** One step of a scenario. */
export type Step =
  | RaceStep
  | ({ readonly kind: "request"; readonly request: RequestTemplate } & StepOptions)
  | ({ readonly kind: "repeat"; readonly of: string; readonly mutations: readonly Mutation[] } & StepOptions)
  | { readonly kind: "wait"; readonly id: string; readonly at: SourcePosition; readonly durationMs: number }
  | {
      readonly kind: "compare";
      readonly id: string;
      readonly at: SourcePosition;
      readonly steps: readonly string[];
    };

/** A step that sends a request. */
export type SendingStep = Extract<Step, { kind: "request" | "repeat" }>;

/** A name that templates may use. `mock` is used on the mock, `ask` is what a person must give elsewhere. */
export interface Variable {
  readonly name: string;
  readonly at: SourcePosition;
  /** The value on every target, or on the mock only where `ask` is set. Null: there is no value but the user's. */
  readonly value: JsonTemplate | null;
  readonly ask: string | null;
}

/** Which policy the mock obeys. `file` is resolved and read by whoever does I/O. */
export type PolicyChoice =
  | { readonly kind: "preset"; readonly name: string; readonly at: SourcePosition }
  | { readonly kind: "file"; readonly path: string; readonly at: SourcePosition }
  | { readonly kind: "inline"; readonly policy: Policy; readonly at: SourcePosition };

/** A scenario file, checked: every name resolves, every duration is a number, every field knows its place. */
export interface Scenario {
  readonly file: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly policy: PolicyChoice | null;
  readonly seed: number | null;
  readonly variables: readonly Variable[];
  /** What exists on the mock before the first step, templates and all; shaped like `World` of core. */
  readonly world: JsonTemplate | null;
  readonly defaultTimeoutMs: number | null;
  readonly setUp: readonly Step[];
  readonly steps: readonly Step[];
  readonly cleanUp: readonly Step[];
  readonly effects: {
    readonly request: RequestTemplate;
    readonly count: string;
    readonly at: SourcePosition;
  } | null;
  /** Names of `env.NAME` used anywhere, for the check against `--allow-env`. */
  readonly envNames: readonly { readonly name: string; readonly at: SourcePosition }[];
}
