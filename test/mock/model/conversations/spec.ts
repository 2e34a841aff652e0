import type { ConcurrencyPolicy } from "../../../../src/policy/concurrency-policy.js";
import type { Dimensions, OrderWord } from "../../../../src/policy/policy.js";

/** The dimensions that show on conversations: states, the parent's token, scopes and the life of tokens. */
export interface CallPolicy
  extends Pick<Dimensions, "order" | "locks" | "terminal" | "permissions">,
    Pick<ConcurrencyPolicy, "granularity" | "noOpWrite" | "patchMerges"> {}

type Attributes = Readonly<Record<string, string>>;

/** One write of the only participant: its attributes, or its state and whether it is held. */
export interface CallWrite {
  readonly by: Caller;
  readonly attributes: Attributes | null;
  readonly state: string | null;
  readonly held: boolean | null;
  /** A member of a type that no such request has. */
  readonly isIllTyped: boolean;
}

/** The default principal, one that may only read, and one whose token lives for a short time. */
export type Caller = null | "reader" | "brief";

/** The life of that token: an instant that no wait of this test ends at. */
export const BRIEF_MS = 600_007;

/** A conversation with one participant, and what is known of tokens. */
export interface Call {
  readonly policy: CallPolicy;
  nowMs: number;
  state: string;
  stateSince: number;
  attributes: Attributes;
  held: boolean;
  /** How often the conversation's token has moved. */
  moves: number;
  /** When the short-lived token was given out; null: the next one is new. */
  issuedAt: number | null;
}

/** A connected conversation, as nobody has touched it. */
export function newCall(policy: CallPolicy): Call {
  const start = { state: "connected", stateSince: 0, attributes: {}, held: false, moves: 0, issuedAt: null };
  return { policy, nowMs: 0, ...start };
}

/** What a write gets. `take` is what it does. */
export interface Expected {
  readonly status: number;
  readonly cause: string | null;
  readonly take: () => void;
}

const NOTHING = (): void => {};

/** Asks for a token, which is a new one where the last was refused. */
function takeToken(call: Call, by: Caller): void {
  if (by === "brief") call.issuedAt ??= call.nowMs;
}

/** True where the token that a caller has has died. */
export function hasOldToken({ nowMs, issuedAt }: Call, by: Caller): boolean {
  return by === "brief" && nowMs > (issuedAt ?? nowMs) + BRIEF_MS;
}

function judgeAuth(call: Call, { by }: Pick<CallWrite, "by">, writes: boolean): Expected | null {
  if (hasOldToken(call, by)) {
    return {
      status: 401,
      cause: "token-expired",
      take: () => {
        call.issuedAt = null;
      },
    };
  }
  if (by !== "reader" || !writes) return null;
  const status = call.policy.permissions.missingScope;
  return { status, cause: status === 403 ? "permission-missing" : "permission-shown-as-409", take: NOTHING };
}

/** A locked state clears by itself or by a write of the state; an ended one never does. */
function judgeLock(call: Call, write: CallWrite): Expected | null {
  const { locks, terminal } = call.policy;
  if (terminal?.states.includes(call.state) === true) {
    return { status: terminal.status, cause: "state-terminal", take: NOTHING };
  }
  if (locks === null || write.state !== null || !locks.states.includes(call.state)) return null;
  const isOver = locks.forMs !== null && call.nowMs >= call.stateSince + locks.forMs;
  return isOver ? null : { status: locks.status, cause: "state-locked", take: NOTHING };
}

function carryOut(call: Call, write: CallWrite): void {
  const { policy } = call;
  const before = JSON.stringify([call.state, call.attributes, call.held]);
  if (write.attributes !== null) {
    call.attributes =
      policy.patchMerges === "replace" ? write.attributes : { ...call.attributes, ...write.attributes };
  }
  call.held = write.held ?? call.held;
  if (write.state !== null) {
    call.state = write.state;
    call.stateSince = call.nowMs;
  }
  const changed = JSON.stringify([call.state, call.attributes, call.held]) !== before;
  if (policy.granularity === "parent" && (changed || policy.noOpWrite === "bump")) call.moves++;
}

const PASSES: Readonly<Record<OrderWord, (call: Call, write: CallWrite) => Expected | null>> = {
  auth: (call, write) => judgeAuth(call, write, true),
  rateLimit: () => null,
  key: () => null,
  validation: (_call, { isIllTyped }) =>
    isIllTyped ? { status: 400, cause: "invalid-request", take: NOTHING } : null,
  precondition: () => null,
  lock: judgeLock,
};

/** What a write gets: the first rule of the order that says no, or its effect. */
export function expectWrite(call: Call, write: CallWrite): Expected {
  takeToken(call, write.by);
  for (const word of call.policy.order) {
    const said = PASSES[word](call, write);
    if (said !== null) return said;
  }
  return { status: 200, cause: null, take: () => carryOut(call, write) };
}

/** What a read gets; everybody here may read. */
export function expectRead(call: Call, by: Caller): Expected {
  takeToken(call, by);
  return judgeAuth(call, { by }, false) ?? { status: 200, cause: null, take: NOTHING };
}
