import type { Cause } from "../../../../src/core/causes.js";
import type { FaultKind, Policy } from "../../../../src/policy/policy.js";
import type { Draw } from "../draw.js";
import { withKeys } from "../policies/dimension.js";
import { ADDED_MEMBER } from "../policies/server-dimensions.js";
import { type Act, faultOn, type Send } from "../scenario.js";
import { otherValue } from "./body.js";
import { effectRead, keyedWrite, takesKeys } from "./keys.js";
import { bodyFor, effectPlace, partyPlace, versionedPlace } from "./places.js";
import type { Provocation, Scene } from "./scene.js";
import { act, again, pause, type Stage, withKey, write } from "./stage.js";
import { hold, looksAt, tokenMaterial, writeUnder } from "./tokens.js";

/** Nothing is refused here: what is wanted is a success that is none, and mostly something that shows it. */
function shown(acts: readonly Act[], last: Send): Scene {
  return { acts, refused: last, material: {} };
}

/** The same key twice, with the same body or another one, and a read before and after. */
function twice(stage: Stage, same: boolean): Scene {
  const { draw } = stage;
  const keyed = keyedWrite(stage, draw.chance(0.7) ? effectPlace(draw) : versionedPlace(draw));
  const { place, body, key, first } = keyed;
  const second = same
    ? again(stage, "second", first)
    : withKey(stage, write(stage, "second", { place, body: otherValue(draw, body) }), key);
  const before = draw.chance(0.5) ? [act(effectRead(stage, place))] : [];
  const after = draw.chance(0.8) ? [act(effectRead(stage, place))] : [];
  return shown([...before, act(first), pause(draw.between(5, 9_000)), act(second), ...after], second);
}

function replays(policy: Policy, draw: Draw): Policy {
  const keyed = takesKeys(policy, draw);
  return withKeys(keyed, { outcomes: { ...keyed.idempotency.outcomes, "2xx": "replay" }, ttlMs: 86_400_000 });
}

const stored: Provocation = {
  cause: "stored-answer-returned",
  policy: replays,
  play: (stage) => twice(stage, true),
};

const replayOfOther: Provocation = {
  cause: "replay-of-other-body",
  policy: (policy, draw) => {
    const keyed = replays(policy, draw);
    const { fingerprint, mismatch } = keyed.idempotency;
    return draw.chance(0.5)
      ? withKeys(keyed, { fingerprint: { ...fingerprint, body: { kind: "none" } } })
      : withKeys(keyed, { mismatch: { ...mismatch, outcome: "replay-first" } });
  },
  play: (stage) => twice(stage, false),
};

function executesAgain(policy: Policy, draw: Draw): Policy {
  const keyed = takesKeys(policy, draw);
  if (draw.chance(0.5)) return withKeys(keyed, { support: "ignored" });
  if (draw.chance(0.5)) return withKeys(keyed, { ttlMs: 1 });
  const { mismatch, outcomes } = keyed.idempotency;
  return withKeys(keyed, {
    mismatch: { ...mismatch, outcome: "execute-again" },
    outcomes: { ...outcomes, "2xx": "forget" },
  });
}

const executedTwice: Provocation = {
  cause: "executed-twice",
  policy: executesAgain,
  play: (stage) => twice(stage, true),
};

const executedOther: Provocation = {
  cause: "executed-other-body",
  policy: executesAgain,
  play: (stage) => twice(stage, false),
};

const preconditionIgnored: Provocation = {
  cause: "precondition-ignored",
  policy: (policy, draw) => {
    const { stale } = policy.concurrency;
    const base = { validator: { kind: "etag-strong" }, granularity: "resource" } as const;
    return draw.chance(0.5)
      ? looksAt(policy, draw, {
          ...base,
          readFrom: [{ kind: "if-match" }],
          stale: { ...stale, outcome: "accepted" },
        })
      : looksAt(policy, draw, { ...base, readFrom: [] });
  },
  play: (stage) => {
    const place = versionedPlace(stage.draw);
    const held = { ...hold(stage, place), way: { source: { kind: "etag" }, place: "if-match" } } as const;
    const read = { ...held.read, captures: { token: { kind: "etag" } } } as const;
    const withRead = { ...held, read };
    const move = writeUnder(stage, "move", withRead);
    const late = writeUnder(stage, "late", withRead);
    const { readAfter } = tokenMaterial(stage, late, withRead);
    const after = readAfter === undefined ? [] : [act(readAfter.send)];
    return shown([act(read), act(move), act(late), ...after], late);
  },
};

function lossScene(stage: Stage): Scene {
  const { draw } = stage;
  const keyed = keyedWrite(stage, draw.chance(0.6) ? effectPlace(draw) : versionedPlace(draw));
  const { place, first } = keyed;
  const before = draw.chance(0.7) ? [act(effectRead(stage, place))] : [];
  const retry = draw.chance(0.4) ? [act(again(stage, "retry", first))] : [];
  const after = draw.chance(0.85) ? [act(effectRead(stage, place))] : [];
  return shown([...before, act(first), ...retry, ...after], first);
}

function faulty(kinds: readonly [FaultKind, ...FaultKind[]]): Provocation["policy"] {
  return (policy, draw) => ({ ...takesKeys(policy, draw), faults: [faultOn("first1", draw.oneOf(kinds))] });
}

const lost: Provocation = {
  cause: "response-lost",
  policy: faulty(["drop-response", "reset-after", "truncate", "garbage", "bad-gzip"]),
  play: lossScene,
};

const duplicated: Provocation = {
  cause: "duplicate-delivery",
  policy: (policy, draw) =>
    withKeys(faulty(["duplicate-delivery"])(policy, draw), { support: draw.mostly(["ignored", "honoured"]) }),
  play: lossScene,
};

const byMiddleware: Provocation = {
  cause: "answered-by-intermediary",
  policy: (policy, draw) => {
    const keyed = withKeys(takesKeys(policy, draw), { carrier: { kind: "header", name: "Idempotency-Key" } });
    return { ...keyed, front: { kind: "cache", by: "key" } };
  },
  play: (stage) => twice(stage, stage.draw.chance(0.6)),
};

const altered: Provocation = {
  cause: "altered-in-transit",
  policy: (policy, draw) => ({
    ...looksAt(policy, draw, {}),
    front: { kind: "rewrite", what: "add-field", name: ADDED_MEMBER },
  }),
  play: lossScene,
};

const TRAILING_MS = [200, 3_000] as const;

/** A write, a read that trails it, and mostly one before and one that is up to date again. */
function trailingScene(stage: Stage): Scene {
  const { draw, policy } = stage;
  const place = draw.chance(0.8) ? versionedPlace(draw) : partyPlace();
  const held = hold(stage, place);
  const lagMs = policy.concurrency.readLagMs;
  const blind = write(stage, "move", { place, body: bodyFor(draw, place) });
  const moves = draw.chance(0.7) ? [act(held.read), act(writeUnder(stage, "move", held))] : [act(blind)];
  const late = again(stage, "late", held.read);
  const later = again(stage, "later", held.read);
  const current = draw.chance(0.7) ? [pause(lagMs + draw.between(1, 500)), act(later)] : [];
  return shown([...moves, pause(draw.between(1, lagMs / 2)), act(late), ...current], late);
}

const trailing: Provocation = {
  cause: "stale-read",
  policy: (policy, draw) => looksAt(policy, draw, { readLagMs: draw.oneOf(TRAILING_MS) }),
  play: trailingScene,
};

/** Successes that are none. */
export const ANOMALY_PROVOCATIONS: readonly Provocation[] = [
  stored,
  replayOfOther,
  executedTwice,
  executedOther,
  preconditionIgnored,
  lost,
  duplicated,
  byMiddleware,
  altered,
  trailing,
];

/** The anomalies that the mock's trace can name: the others are history's, and graded by its own tests. */
export const TRACED_ANOMALIES: readonly Cause[] = ANOMALY_PROVOCATIONS.map(({ cause }) => cause);
