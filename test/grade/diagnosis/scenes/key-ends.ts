import type { FaultKind, Policy } from "../../../../src/policy/policy.js";
import type { Draw } from "../draw.js";
import { withKeys } from "../policies/dimension.js";
import { faultOn } from "../scenario.js";
import { effectRead, fresh, keyedWrite, lookUp, takesKeys } from "./keys.js";
import { anyPlace, bodyFor } from "./places.js";
import type { Provocation, Scene } from "./scene.js";
import { act, again, pause, type Stage, withKey, withRawKey, write } from "./stage.js";

/** The name of the step that these scenes lose: their policies' faults name it before it is there. */
const LOST_STEP = "first1";

function outcomes(policy: Policy, change: Partial<Policy["idempotency"]["outcomes"]>): Policy {
  return withKeys(policy, { outcomes: { ...policy.idempotency.outcomes, ...change } });
}

function spentKey(stage: Stage, keyed: ReturnType<typeof keyedWrite>): Scene {
  const { draw } = stage;
  const refused = again(stage, "refused", keyed.first);
  const between = draw.chance(0.4) ? [act(effectRead(stage, keyed.place))] : [];
  return {
    acts: [act(keyed.first), ...between, pause(draw.between(20, 5_000)), act(refused)],
    refused,
    material: {
      again: { send: again(stage, "again", refused) },
      lookUp: { send: lookUp(stage, keyed) },
      fresh: fresh(stage, refused),
    },
  };
}

const bound: Provocation = {
  cause: "key-bound-to-unacknowledged-attempt",
  policy: (policy, draw) => {
    const kind: FaultKind = draw.oneOf([
      "5xx-after",
      "5xx-after",
      "5xx-before",
      "drop-response",
      "reset-after",
      "truncate",
    ]);
    const keyed = outcomes(takesKeys(policy, draw), {
      "5xx": "conflict",
      "2xx": kind.startsWith("5xx") ? draw.oneOf(["replay", "conflict"]) : "conflict",
    });
    return { ...keyed, faults: [faultOn(LOST_STEP, kind)] };
  },
  play: (stage) => spentKey(stage, keyedWrite(stage)),
};

const notReplayed: Provocation = {
  cause: "conflict-not-replay",
  policy: (policy, draw) => outcomes(takesKeys(policy, draw), { "2xx": "conflict" }),
  play: (stage) => spentKey(stage, keyedWrite(stage)),
};

const stuck: Provocation = {
  cause: "key-stuck",
  policy: (policy, draw) => {
    const keyed = takesKeys(policy, draw);
    return {
      ...withKeys(keyed, {
        onDisconnect: "sticks",
        inFlight: { ...keyed.idempotency.inFlight, outcome: draw.oneOf(["refuse", "wait"]) },
        ttlMs: 86_400_000,
        lookup: draw.chance(0.9) ? "/idempotency-keys/{key}" : null,
      }),
      latency: { baseMs: draw.between(300, 3_000), jitterMs: 0 },
    };
  },
  play: (stage) => {
    const { draw } = stage;
    const keyed = keyedWrite(stage);
    const first = { ...keyed.first, hangUpAfterMs: draw.between(20, 250) };
    const refused = { ...again(stage, "refused", keyed.first) };
    return {
      acts: [act(first), pause(draw.between(10, 60_000)), act(refused)],
      refused,
      material: {
        lookUp: { send: lookUp(stage, keyed) },
        later: { send: again(stage, "later", refused), afterMs: 600_000 },
        fresh: fresh(stage, refused),
      },
    };
  },
};

/** A form that the server does not take, and the one that it takes; null: it takes no key at all. */
function forms(
  { idempotency }: Policy,
  draw: Draw,
): { readonly bad: (key: string) => string; readonly isAnyBad: boolean } {
  const { syntax, maxLength, support } = idempotency;
  const tooLong = (key: string): string => `${key}${"0123456789abcdef".repeat(20)}`.slice(0, maxLength + 7);
  if (support === "rejected")
    return { bad: (key) => (syntax === "quoted" ? `"${key}"` : key), isAnyBad: true };
  if (syntax === "quoted" && draw.chance(0.7)) return { bad: (key) => key, isAnyBad: false };
  return { bad: (key) => (syntax === "quoted" ? `"${tooLong(key)}"` : tooLong(key)), isAnyBad: false };
}

const malformed: Provocation = {
  cause: "key-malformed",
  policy: (policy, draw) =>
    withKeys(takesKeys(policy, draw), {
      support: draw.oneOf(["honoured", "required", "rejected"]),
      carrier: draw.mostly([{ kind: "header", name: "Idempotency-Key" }, policy.idempotency.carrier]),
      syntax: draw.oneOf(["quoted", "quoted", "bare"]),
    }),
  play: (stage) => {
    const { draw, policy } = stage;
    const { bad, isAnyBad } = forms(policy, draw);
    const place = anyPlace(draw);
    const plain = write(stage, "refused", { place, body: bodyFor(draw, place) });
    const key = draw.uuid();
    const refused = withRawKey(stage, plain, bad(key));
    const right = isAnyBad
      ? again(stage, "without", plain)
      : withKey(stage, again(stage, "rightForm", plain), key);
    return {
      acts: [act(refused)],
      refused,
      material: {
        other: { send: withRawKey(stage, again(stage, "otherKey", plain), bad(draw.uuid())) },
        variant: { send: right },
      },
    };
  },
};

/** Refusals of a key for how its first attempt ended, or for its form. */
export const KEY_END_PROVOCATIONS: readonly Provocation[] = [bound, notReplayed, stuck, malformed];
