import type { Policy } from "../../../../src/policy/policy.js";
import type { Draw } from "../draw.js";
import { withKeys, withVersions } from "../policies/dimension.js";
import { type Act, faultOn, type Send } from "../scenario.js";
import { otherValue } from "./body.js";
import { NOBODY } from "./keys.js";
import { bodyFor, IDS, type Place, partyPlace, READER, SHORT, SHORT_LIFE_MS } from "./places.js";
import type { Provocation, Scene } from "./scene.js";
import { act, again, pause, request, type Stage, withKey, write } from "./stage.js";

/** A server on which a plain write passes. */
function open(policy: Policy, draw: Draw): Policy {
  const accepted = { kind: "accepted" } as const;
  const support = draw.mostly(["ignored", "honoured"], 0.5);
  return withVersions(withKeys({ ...policy, front: null, rateLimit: null, faults: [] }, { support }), {
    absent: { POST: accepted, PUT: accepted, PATCH: accepted, DELETE: accepted },
  });
}

function scopedPlace(draw: Draw): Place {
  if (draw.chance(0.5)) return partyPlace();
  const path = `/api/v2/users/${IDS.user}`;
  return { kind: "user", method: "PATCH", path, otherPath: path, readPath: path, inside: null };
}

function permissionScene(stage: Stage): Scene {
  const { draw } = stage;
  const place = scopedPlace(draw);
  const body = bodyFor(draw, place);
  const bare = { ...write(stage, "refused", { place, body }), principal: READER };
  const refused = draw.chance(0.3) ? withKey(stage, bare, draw.uuid()) : bare;
  const changed = write(stage, "otherBody", { place, body: otherValue(draw, body) });
  return {
    acts: [act(refused)],
    refused,
    material: {
      again: { send: again(stage, "again", refused) },
      variant: { send: { ...changed, principal: READER } },
      other: {
        send: { ...again(stage, "otherCaller", write(stage, "x", { place, body })), principal: null },
      },
    },
  };
}

const masked: Provocation = {
  cause: "permission-shown-as-409",
  policy: (policy, draw) => ({ ...open(policy, draw), permissions: { missingScope: 409 } }),
  play: permissionScene,
};

const forbidden: Provocation = {
  cause: "permission-missing",
  policy: (policy, draw) => ({ ...open(policy, draw), permissions: { missingScope: 403 } }),
  play: permissionScene,
};

function loginScene(stage: Stage, before: readonly Act[], refused: Send): Scene {
  const valid = { ...again(stage, "valid", refused), auth: "valid" as const };
  return {
    acts: [...before, act(refused)],
    refused,
    material: { again: { send: again(stage, "again", refused) }, variant: { send: valid } },
  };
}

/**
 * Where refusals say nothing, an expired access token is told from one that never was any by its past alone: it was
 * accepted before. Only where they say it does a client come with one that nobody has seen.
 */
const expired: Provocation = {
  cause: "token-expired",
  policy: (policy, draw) => {
    const opened = open(policy, draw);
    return draw.chance(0.5) ? opened : { ...opened, faults: [faultOn("refused1", "expire-token")] };
  },
  play: (stage) => {
    const { draw, policy } = stage;
    const place = scopedPlace(draw);
    const plain = write(stage, "refused", { place, body: bodyFor(draw, place) });
    if (policy.errors !== "opaque" && draw.chance(0.3))
      return loginScene(stage, [], { ...plain, auth: "expired" });
    const isEnded = policy.faults.length > 0;
    const principal = isEnded ? null : SHORT;
    const early = write(stage, "early", { place, body: bodyFor(draw, place) });
    const laterMs = isEnded ? draw.between(10, 9_000) : SHORT_LIFE_MS + draw.between(1_000, 60_000);
    const refused = { ...plain, principal };
    return {
      acts: [act({ ...early, principal }), pause(laterMs), act(refused)],
      refused,
      // Its client logs in again once it was told.
      material: { variant: { send: again(stage, "valid", refused) } },
    };
  },
};

const invalid: Provocation = {
  cause: "token-invalid",
  policy: open,
  play: (stage) => {
    const place = scopedPlace(stage.draw);
    const plain = write(stage, "refused", { place, body: bodyFor(stage.draw, place) });
    return loginScene(stage, [], { ...plain, auth: stage.draw.oneOf(["invalid", "none"]) });
  },
};

const limited: Provocation = {
  cause: "rate-limited",
  policy: (policy, draw) => {
    const opened = open(policy, draw);
    if (draw.chance(0.2)) return { ...opened, faults: [faultOn("refused1", "429")] };
    return { ...opened, rateLimit: { perMinute: draw.between(2, 5), retryAfter: draw.chance(0.7) } };
  },
  play: (stage) => {
    const { draw, policy } = stage;
    const place = scopedPlace(draw);
    const readPath = place.readPath ?? place.path;
    const count = policy.rateLimit?.perMinute ?? 1;
    const reads = Array.from({ length: count }, () =>
      act(request(stage, "read", { method: "GET", path: readPath })),
    );
    const plain = write(stage, "refused", { place, body: bodyFor(draw, place) });
    const refused = draw.chance(0.5) ? withKey(stage, plain, draw.uuid()) : plain;
    return {
      acts: [...reads, act(refused)],
      refused,
      material: { later: { send: again(stage, "later", refused), afterMs: 61_000 } },
    };
  },
};

/** What is wrong with a request, and the request without that. */
function mistake(stage: Stage): {
  readonly wrong: Send;
  readonly right: Send;
  readonly before: readonly Act[];
} {
  const { draw } = stage;
  const place = scopedPlace(draw);
  const right = write(stage, "right", { place, body: bodyFor(draw, place) });
  const of = (change: Partial<Send>): Send => ({ ...right, id: stage.nextId("refused"), ...change });
  switch (draw.oneOf(["cut", "type", "list", "nowhere"] as const)) {
    case "cut":
      return { wrong: of({ body: (right.body ?? "{}").slice(0, -1) }), right, before: [] };
    case "type":
      return {
        wrong: of({ body: place.kind === "user" ? '{"title":42}' : '{"attributes":{"a":7}}' }),
        right,
        before: [],
      };
    case "list":
      return { wrong: of({ body: `[${right.body ?? "{}"}]` }), right, before: [] };
    case "nowhere":
      return {
        wrong: of({ method: "PATCH", path: "/api/v2/mock/things/nowhere", body: '{"a":"x"}' }),
        right: of({ method: "PATCH", path: "/api/v2/mock/things/1", body: '{"a":"x"}' }),
        before: [],
      };
  }
}

const wrong: Provocation = {
  cause: "invalid-request",
  policy: open,
  play: (stage) => {
    const { wrong: refused, right, before } = mistake(stage);
    return {
      acts: [...before, act(refused)],
      refused,
      material: {
        again: { send: again(stage, "again", refused) },
        variant: { send: again(stage, "corrected", right) },
      },
    };
  },
};

/** Paths that no document of the platform has, and the operation that was meant. */
const NO_OPERATIONS: readonly (readonly [method: string, path: string, meant: string, to: string])[] = [
  ["PUT", `/api/v2/users/${NOBODY}/profile/x`, "PATCH", `/api/v2/users/${IDS.user}`],
  ["POST", `/api/v2/user/${IDS.user}`, "PATCH", `/api/v2/users/${IDS.user}`],
  [
    "PUT",
    `/api/v2/conversations/${IDS.conversation}`,
    "PUT",
    `/api/v2/conversations/${IDS.conversation}/secureattributes`,
  ],
  [
    "PATCH",
    `/api/v2/conversations/voice/${IDS.conversation}`,
    "PATCH",
    `/api/v2/conversations/${IDS.conversation}/secureattributes`,
  ],
  [
    "DELETE",
    `/api/v2/conversations/${IDS.conversation}/participants/${IDS.participant}`,
    "PUT",
    `/api/v2/conversations/${IDS.conversation}/secureattributes`,
  ],
  ["POST", "/api/v2/dataactions/actions/a1/invoke", "POST", "/api/v2/integrations/actions/a1/execute"],
  [
    "PUT",
    `/api/v2/conversations/${IDS.conversation}/participants/${IDS.participant}`,
    "PATCH",
    `/api/v2/conversations/${IDS.conversation}/participants/${IDS.participant}/attributes`,
  ],
];

const noOperation: Provocation = {
  cause: "no-such-operation",
  policy: open,
  play: (stage) => {
    const [first, ...others] = NO_OPERATIONS;
    if (first === undefined) throw new Error("no operations");
    const [method, path, meant, to] = stage.draw.oneOf([first, ...others]);
    const body = to.startsWith("/api/v2/users") ? '{"title":"lead"}' : '{"attributes":{"a":"x"}}';
    const refused = request(stage, "refused", { method, path, body });
    return {
      acts: [act(refused)],
      refused,
      material: {
        again: { send: again(stage, "again", refused) },
        variant: { send: request(stage, "meant", { method: meant, path: to, body }) },
      },
    };
  },
};

/** Refusals of the caller, or of what it asks for at all. */
export const ACCESS_PROVOCATIONS: readonly Provocation[] = [
  masked,
  forbidden,
  expired,
  invalid,
  limited,
  wrong,
  noOperation,
];
