import type { OutcomeClass } from "../../../../src/policy/idempotency-policy.js";
import { type Content, contentText } from "./bodies.js";
import { FIRST_CONTENT } from "./cast.js";
import type { ModelPolicy } from "./rules.js";
import type { Sent } from "./sent.js";

/** What a client saw of an answer. `status` null: the connection ended without one. */
export interface Seen {
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** One state of a thing. Equal `version`s are states that the policy's token cannot tell apart. */
export interface Revision {
  readonly at: number;
  /** Null: it does not exist. */
  readonly content: Content | null;
  readonly number: number;
  readonly version: string;
  readonly by: string | null;
  /** Members that a request wrote; null: all, as one does that replaces or removes the thing. */
  readonly named: readonly string[] | null;
}

/** A token as it was seen: in the ETag, in the body. */
export interface Token {
  readonly etag: string | null;
  readonly member: string | number | null;
}

/** What is remembered of a key. */
export interface KeyRecord {
  /** The request that a repeat is compared with, and the one whose answer is kept. */
  readonly first: Sent;
  readonly answered: Sent;
  readonly bornAt: number;
  readonly usedAt: number;
  readonly end: OutcomeClass;
  /** Null where the client never saw it. */
  readonly answer: Seen | null;
  readonly executed: boolean;
  /** The thing that the first request wrote, and whether it made it. */
  readonly thing: string | null;
  readonly made: boolean;
  /** The thing was deleted meanwhile: the key went with it, or the documents do not say whether it did. */
  readonly went: "no" | "yes" | "perhaps";
}

/** A request that had its effect, and under which identity of its key. */
export interface Effect {
  readonly identity: string | null;
  readonly rawKey: string | null;
  readonly sent: Sent;
  readonly at: number;
}

/** The minute that a token is in, and how much of it is used. */
interface Minute {
  readonly startedAt: number;
  readonly count: number;
}

/** Everything that the specification knows. It is changed by {@link Prediction.settle} alone. */
export interface Model {
  readonly policy: ModelPolicy;
  nowMs: number;
  readonly things: Map<string, readonly Revision[]>;
  /** By thing and version. */
  readonly tokens: Map<string, Token>;
  readonly records: Map<string, KeyRecord>;
  readonly effects: Effect[];
  /** Keys under which a request was let in. */
  readonly attempted: Set<string>;
  /** Executions by action. */
  readonly executions: { readonly action: string; readonly key: string | null }[];
  readonly sent: Sent[];
  /** Start and use of each token's minute. */
  readonly minutes: Map<string, Minute>;
  readonly faultCounts: number[];
  revisions: number;
  /** One line for each request and its answer. */
  readonly transcript: string[];
}

/** What of a state its token is made of (C2): states with one name have one token. */
export function versionName(
  { content, at, number }: Pick<Revision, "content" | "at" | "number">,
  { concurrency: { meaning } }: Pick<ModelPolicy, "concurrency">,
): string {
  if (meaning === "revision") return `revision ${number}`;
  if (meaning === "content-hash") return `content ${content === null ? "" : contentText(content)}`;
  return `second ${Math.floor(at / 1000)}`;
}

/** The thing that the world has at the start. */
function firstState(policy: ModelPolicy): Revision {
  const state = { at: 0, content: FIRST_CONTENT, number: 0, by: null, named: null };
  return { ...state, version: versionName(state, policy) };
}

/** What is known before the first request. */
export function newModel(policy: ModelPolicy): Model {
  return {
    policy,
    nowMs: 0,
    things: new Map([["1", [firstState(policy)]]]),
    tokens: new Map(),
    records: new Map(),
    effects: [],
    attempted: new Set(),
    executions: [],
    sent: [],
    minutes: new Map(),
    faultCounts: policy.faults.map(() => 0),
    revisions: 0,
    transcript: [],
  };
}

/** Which causes a decision may be traced under; null is a plain success; `any`: nothing says. */
export type Causes = readonly (string | null)[] | "any";

/** What the specification demands of one exchange. */
export interface Expected {
  readonly statuses: readonly (number | null)[];
  readonly executed: boolean;
  readonly causes: Causes;
  /** By name in lower case: a value, or whether it is there. */
  readonly headers: Readonly<Record<string, string | "present" | "absent">>;
  /** Null: anything. */
  readonly body: { readonly text: string } | { readonly json: Readonly<Record<string, unknown>> } | null;
  /** Members of the body that are not compared. */
  readonly ignoring: readonly string[];
  readonly movedBy: readonly string[] | "any";
  /** Judges what the rest cannot say; its sentence is the failure. */
  readonly also: ((seen: Seen) => string | null) | null;
}

/** What is expected, and what the specification learns from the answer. */
export interface Prediction {
  readonly expected: Expected;
  readonly settle: (seen: Seen) => void;
}

/** The documents do not say what happens: such a request is not sent. */
export const UNCLEAR = "unclear";
export type Unclear = typeof UNCLEAR;

/** How far apart two instants must be to be told apart: what a request spends on its way. */
export function blurMs({ latency, idempotency: { claim }, concurrency: { check } }: ModelPolicy): number {
  const windows = [claim, check].map((each) => (each.kind === "atomic" ? 0 : each.windowMs));
  return latency.baseMs + latency.jitterMs + windows.reduce((sum, each) => sum + each, 0);
}

/** Whether an instant has come; unclear where a request's own duration decides. */
export function hasCome(model: Model, dueAt: number): boolean | Unclear {
  const blur = blurMs(model.policy);
  if (blur > 0 && Math.abs(model.nowMs - dueAt) <= blur) return UNCLEAR;
  return model.nowMs >= dueAt;
}
