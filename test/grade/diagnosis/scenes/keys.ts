import type { IdempotencyPolicy } from "../../../../src/policy/idempotency-policy.js";
import type { Policy } from "../../../../src/policy/policy.js";
import type { Draw } from "../draw.js";
import { withKeys, withVersions } from "../policies/dimension.js";
import type { Act, Send } from "../scenario.js";
import { type Body, otherBytes, otherValue } from "./body.js";
import { anyPlace, bodyFor, IDS, type Place } from "./places.js";
import type { ControlRequest, Provocation, Scene } from "./scene.js";
import { act, again, pause, request, type Stage, withKey, write } from "./stage.js";

const METHODS: IdempotencyPolicy["methods"] = ["POST", "PUT", "PATCH", "DELETE"];

/** A server that takes keys on every write and, mostly, demands no token. */
export function takesKeys(policy: Policy, draw: Draw): Policy {
  const keyed = withKeys(policy, {
    support: draw.mostly(["honoured", "required"]),
    methods: METHODS,
    claim: { kind: "atomic" },
  });
  if (draw.chance(0.1)) return { ...keyed, front: null };
  const accepted = { kind: "accepted" } as const;
  const absent = { POST: accepted, PUT: accepted, PATCH: accepted, DELETE: accepted };
  return withVersions({ ...keyed, front: null, rateLimit: null }, { absent });
}

/** A write with a key that is known to nobody yet. */
export interface Keyed {
  readonly place: Place;
  readonly body: Body;
  readonly key: string;
  readonly first: Send;
}

/** Draws a write and a key for it. */
export function keyedWrite(stage: Stage, place: Place = anyPlace(stage.draw)): Keyed {
  const body = bodyFor(stage.draw, place);
  const key = stage.draw.uuid();
  return { place, body, key, first: withKey(stage, write(stage, "first", { place, body }), key) };
}

/** A read that shows whether something was done. */
export function effectRead(stage: Stage, place: Place): Send {
  const path = place.readPath ?? (place.kind === "run" ? "/api/v2/mock/executions" : "/api/v2/mock/things");
  return request(stage, "read", { method: "GET", path });
}

/** Looks a key up where the server lets its clients, else reads. */
export function lookUp(stage: Stage, { place, key }: Keyed): Send {
  const { lookup } = stage.policy.idempotency;
  if (lookup === null) return effectRead(stage, place);
  const path = lookup.replace("{key}", encodeURIComponent(key));
  return request(stage, "lookUp", { method: "GET", path });
}

/** The same request under a key that nobody knows. */
export function fresh(stage: Stage, send: Send): ControlRequest {
  return { send: withKey(stage, again(stage, "fresh", send), stage.draw.uuid()) };
}

function reused(stage: Stage, keyed: Keyed, refused: Send): Scene {
  const { first } = keyed;
  const between = stage.draw.chance(0.4) ? [act(effectRead(stage, keyed.place))] : [];
  return {
    acts: [act(first), ...between, pause(stage.draw.between(5, 4_000)), act(refused)],
    refused,
    material: {
      again: { send: again(stage, "again", refused) },
      original: { send: again(stage, "original", first) },
      fresh: fresh(stage, refused),
    },
  };
}

function mismatches(policy: Policy, draw: Draw, body: IdempotencyPolicy["fingerprint"]["body"]): Policy {
  const { mismatch, fingerprint, outcomes } = policy.idempotency;
  return withKeys(takesKeys(policy, draw), {
    mismatch: { ...mismatch, outcome: "refuse" },
    mismatchKeeps: draw.mostly(["original", "overwritten", "dropped"], 0.9),
    fingerprint: { ...fingerprint, body },
    outcomes: { ...outcomes, "2xx": draw.mostly(["replay", "conflict"], 0.85) },
    ttlMs: 86_400_000,
  });
}

const bodyChanged: Provocation = {
  cause: "key-reused-body-changed",
  policy: (policy, draw) =>
    mismatches(
      policy,
      draw,
      draw.oneOf([{ kind: "canonical-json" }, { kind: "bytes" }, { kind: "serialised" }]),
    ),
  play: (stage) => {
    const keyed = keyedWrite(stage);
    const { place, body, key } = keyed;
    const changed = write(stage, "refused", { place, body: otherValue(stage.draw, body) });
    return reused(stage, keyed, withKey(stage, changed, key));
  },
};

const bytesChanged: Provocation = {
  cause: "key-reused-bytes-changed",
  policy: (policy, draw) =>
    mismatches(policy, draw, draw.oneOf([{ kind: "bytes" }, { kind: "bytes" }, { kind: "serialised" }])),
  play: (stage) => {
    const keyed = keyedWrite(stage);
    const { place, body, key } = keyed;
    const changed = write(stage, "refused", { place, body: otherBytes(stage.draw, body) });
    return reused(stage, keyed, withKey(stage, changed, key));
  },
};

const otherResource: Provocation = {
  cause: "key-reused-other-resource",
  policy: (policy, draw) => {
    const keyed = mismatches(
      policy,
      draw,
      draw.oneOf([{ kind: "canonical-json" }, { kind: "none" }, { kind: "bytes" }]),
    );
    const { fingerprint } = keyed.idempotency;
    return withKeys(keyed, {
      scope: draw.oneOf([[], ["account"], ["principal"]]),
      fingerprint: { ...fingerprint, method: true, path: true, query: true },
    });
  },
  play: (stage) => {
    const keyed = keyedWrite(stage);
    const { place, body, key, first } = keyed;
    const how = stage.draw.oneOf(["path", "path", "method", "query"] as const);
    const sameBody = stage.draw.chance(0.5) ? body : otherValue(stage.draw, body);
    const path = how === "path" ? place.otherPath : place.path;
    const method =
      how === "method" && place.kind === "thing" ? (place.method === "PUT" ? "PATCH" : "PUT") : place.method;
    const moved = write(stage, "refused", { place: { ...place, path, method }, body: sameBody });
    const isMoved = path !== place.path || method !== place.method;
    const elsewhere = isMoved
      ? moved
      : { ...moved, path: `${moved.path}?trace=${stage.draw.between(1, 99)}` };
    return reused(stage, { ...keyed, first }, withKey(stage, elsewhere, key));
  },
};

const inFlight: Provocation = {
  cause: "key-in-flight",
  policy: (policy, draw) => {
    const keyed = takesKeys(policy, draw);
    return {
      ...withKeys(keyed, {
        inFlight: { ...keyed.idempotency.inFlight, outcome: "refuse" },
        outcomes: { ...keyed.idempotency.outcomes, "2xx": draw.mostly(["replay", "conflict"], 0.9) },
      }),
      latency: { baseMs: draw.between(100, 900), jitterMs: 0 },
    };
  },
  play: (stage, withControl) => {
    const keyed = keyedWrite(stage);
    const { first, place, body, key } = keyed;
    const sameBody = stage.draw.chance(0.85);
    const repeated = sameBody
      ? again(stage, "refused", first)
      : withKey(stage, write(stage, "refused", { place, body: otherValue(stage.draw, body) }), key);
    const asWriters = stage.draw.chance(0.5);
    const refused = { ...repeated, writer: asWriters ? 1 : null };
    const { send } = fresh(stage, refused);
    const meanwhile = { ...send, writer: asWriters ? 2 : null };
    const sends = [
      { offsetMs: 0, send: { ...first, writer: asWriters ? 0 : null } },
      { offsetMs: stage.draw.between(5, 60), send: refused },
      ...(withControl ? [{ offsetMs: 62, send: meanwhile }] : []),
    ];
    const later = again(stage, "later", { ...refused, writer: null });
    return {
      acts: [{ kind: "together", sends }],
      refused,
      material: { meanwhile: { send: meanwhile, isSent: true }, later: { send: later } },
    };
  },
};

const missing: Provocation = {
  cause: "key-missing",
  policy: (policy, draw) => withKeys(takesKeys(policy, draw), { support: "required" }),
  play: (stage) => {
    const place = anyPlace(stage.draw);
    const refused = write(stage, "refused", { place, body: bodyFor(stage.draw, place) });
    return {
      acts: [act(refused)],
      refused,
      material: {
        again: { send: again(stage, "again", refused) },
        variant: { send: withKey(stage, again(stage, "withKey", refused), stage.draw.uuid()) },
      },
    };
  },
};

const unseen: Provocation = {
  cause: "key-first-use-unseen",
  policy: (policy, draw) => {
    const keyed = mismatches(policy, draw, draw.oneOf([{ kind: "canonical-json" }, { kind: "bytes" }]));
    const { outcomes } = keyed.idempotency;
    return withKeys(keyed, {
      scope: draw.oneOf([[], ["account"], ["account", "path"]]),
      outcomes: { ...outcomes, "2xx": draw.mostly(["conflict", "replay"], 0.4) },
    });
  },
  play: (stage) => {
    const { draw } = stage;
    const keyed = keyedWrite(stage);
    const { first, place, body, key } = keyed;
    const principal = draw.chance(0.5) ? "rival" : null;
    const hidden: Act = act({ ...first, recorded: false, principal });
    const changed = draw.chance(0.7) ? otherValue(draw, body) : body;
    const refused = withKey(stage, write(stage, "refused", { place, body: changed }), key);
    const earlier = draw.chance(0.5) ? [act(effectRead(stage, place))] : [];
    return {
      acts: [hidden, pause(draw.between(50, 30_000)), ...earlier, act(refused)],
      refused,
      material: { again: { send: again(stage, "again", refused) }, fresh: fresh(stage, refused) },
    };
  },
};

/** An id that nothing in the world has. */
export const NOBODY: string = IDS.user.replace("7c6b", "0000");

/** Refusals that a key alone brings about. */
export const KEY_PROVOCATIONS: readonly Provocation[] = [
  bodyChanged,
  bytesChanged,
  otherResource,
  inFlight,
  missing,
  unseen,
];
