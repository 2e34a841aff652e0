import type { World } from "../core/world.js";
import type { Policy } from "../policy/policy.js";

/** The conversation that all writers of a run write to, and its one participant. */
const CONVERSATION = "7b6f2c1e-3f5a-4e0b-9d52-1a8c0e4f6b21";
export const PARTICIPANT = "00b1a2c3-4d5e-4f7a-8b9c-0d1e2f3a4b5c";

export const READ_PATH: string = `/api/v2/conversations/${CONVERSATION}`;

/**
 * What forum threads write through, made up by them: of the mock's operations the only one whose token the platform's own
 * writes move. Nothing that the vendor documents is both versioned and churned.
 */
export const CONVERSATION_PATH: string = `/api/v2/conversations/voice/${CONVERSATION}`;

export const ATTRIBUTES_PATH: string = `${READ_PATH}/participants/${PARTICIPANT}/attributes`;

/** The attribute that all writers add their mark to. */
export const SHARED_ATTRIBUTE = "notes";

/** What a writer executes: each its own action, so that the trace tells the writers apart. Pure. */
export function executePath(mark: string): string {
  return `/api/v2/integrations/actions/${mark}/execute`;
}

/** What exists before a run. Pure. */
export function worldOf(marks: readonly string[]): World {
  return {
    principals: {},
    conversations: [{ id: CONVERSATION, state: "connected", participants: [PARTICIPANT] }],
    things: [],
    users: [],
    actions: marks.map((id) => ({ id })),
  };
}

/**
 * A policy with the conditions of a cell laid over it: the platform's own writes at a rate (its own are replaced), answers
 * that get lost (besides its own faults), and the path that forum threads write through. Pure.
 */
export function policyFor(policy: Policy, churnPerSecond: number, lostShare: number): Policy {
  const everyMs = 1_000 / churnPerSecond;
  const lost = {
    on: { route: null, step: null, nth: null },
    kind: "drop-response",
    probability: lostShare,
    forMs: 0,
    status: 503,
  } as const;
  return {
    ...policy,
    paths: "forum-lore",
    churn: churnPerSecond > 0 ? { everyMs, jitterMs: everyMs, on: "conversations" } : null,
    faults: lostShare > 0 ? [...policy.faults, lost] : policy.faults,
  };
}
