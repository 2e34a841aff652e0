import type { Policy } from "../../../../src/policy/policy.js";
import type { Draw } from "../draw.js";
import { withKeys, withVersions } from "../policies/dimension.js";
import type { Send } from "../scenario.js";
import { bodyFor, IDS, type Place, partyPlace } from "./places.js";
import type { Provocation, Scene } from "./scene.js";
import { act, again, pause, request, type Stage, withKey, write } from "./stage.js";

const THINGS = "/api/v2/mock/things";

/** A server on which neither keys nor tokens stand in the way. */
function plain(policy: Policy, draw: Draw): Policy {
  const open = withKeys(
    { ...policy, front: null, rateLimit: null },
    { support: draw.mostly(["ignored", "honoured"], 0.5) },
  );
  const accepted = { kind: "accepted" } as const;
  const absent = { POST: accepted, PUT: accepted, PATCH: accepted, DELETE: accepted };
  return draw.chance(0.85) ? withVersions(open, { absent }) : open;
}

function thingPlace(id: string): Place {
  const path = `${THINGS}/${id}`;
  return { kind: "thing", method: "PATCH", path, otherPath: `${THINGS}/1`, readPath: path, inside: null };
}

function maybeKeyed(stage: Stage, send: Send): Send {
  return stage.draw.chance(0.4) ? withKey(stage, send, stage.draw.uuid()) : send;
}

function stateScene(stage: Stage, place: Place, laterMs: number): Scene {
  const { draw } = stage;
  const body = bodyFor(draw, place);
  const refused = maybeKeyed(stage, write(stage, "refused", { place, body }));
  const readPath = place.readPath ?? place.path;
  const read = request(stage, "read", { method: "GET", path: readPath });
  const elsewhere = write(stage, "elsewhere", { place: { ...place, path: place.otherPath }, body });
  return {
    acts: [...(draw.chance(0.5) ? [act(read)] : []), act(refused)],
    refused,
    material: {
      readAfter: { send: { ...read, id: stage.nextId("readAfter") } },
      again: { send: again(stage, "again", refused) },
      later: { send: again(stage, "later", refused), afterMs: laterMs },
      other: { send: elsewhere },
    },
  };
}

const locked: Provocation = {
  cause: "state-locked",
  policy: (policy, draw) => ({
    ...plain(policy, draw),
    latency: { baseMs: 0, jitterMs: 0 },
    terminal: null,
    locks: {
      states: ["dialing", "alerting"],
      status: draw.oneOf([409, 423]),
      code: "locked",
      forMs: draw.oneOf([3_000, 10_000]),
    },
  }),
  play: (stage) =>
    stateScene(stage, stage.draw.chance(0.7) ? partyPlace(IDS.dialing) : thingPlace("4"), 12_000),
};

const terminal: Provocation = {
  cause: "state-terminal",
  policy: (policy, draw) => ({
    ...plain(policy, draw),
    locks: null,
    terminal: { states: ["disconnected", "terminated"], status: draw.oneOf([409, 409, 400]) },
  }),
  play: (stage) =>
    stateScene(stage, stage.draw.chance(0.7) ? partyPlace(IDS.ended) : thingPlace("5"), 600_000),
};

/** Something with a natural identity: how it is made, with another identity, and how it is found. */
interface Identity {
  readonly path: string;
  readonly taken: Readonly<Record<string, unknown>>;
  readonly free: Readonly<Record<string, unknown>>;
  readonly lookUp: string;
}

function identityOf(draw: Draw): Identity {
  const name = draw.word();
  switch (draw.oneOf(["thing-id", "thing-name", "user", "group"] as const)) {
    case "thing-id":
      return {
        path: THINGS,
        taken: { id: name, a: "x" },
        free: { id: `${name}-2`, a: "x" },
        lookUp: `${THINGS}/${name}`,
      };
    case "thing-name":
      return {
        path: THINGS,
        taken: { name, a: "x" },
        free: { name: `${name}-2`, a: "x" },
        lookUp: `${THINGS}?name=${name}`,
      };
    case "user": {
      const email = `${name}@example.com`;
      return {
        path: "/api/v2/users",
        taken: { name, email },
        free: { name, email: `2-${email}` },
        lookUp: `/api/v2/users/${IDS.user}`,
      };
    }
    case "group": {
      const group = { name, type: "official", rulesVisible: true, visibility: "public" };
      return {
        path: "/api/v2/groups",
        taken: group,
        free: { ...group, name: `${name}-2` },
        lookUp: `/api/v2/groups/${IDS.group}`,
      };
    }
  }
}

const duplicate: Provocation = {
  cause: "duplicate-entity",
  policy: (policy, draw) => ({
    ...plain(policy, draw),
    unique: (["users.email", "groups.name", "things.name"] as const).map((on) => ({
      on,
      status: draw.oneOf([409, 409, 412, 400]),
      code: "general.conflict",
    })),
  }),
  play: (stage) => {
    const { draw } = stage;
    const { path, taken, free, lookUp } = identityOf(draw);
    const make = (role: string, body: Identity["taken"]): Send =>
      maybeKeyed(stage, request(stage, role, { method: "POST", path, body: JSON.stringify(body) }));
    const first = make("first", taken);
    const isSeen = draw.chance(0.8);
    const refused = make("refused", { ...taken, ...(draw.chance(0.3) && "a" in taken ? { a: "y" } : {}) });
    return {
      acts: [act({ ...first, recorded: isSeen }), pause(draw.between(10, 5_000)), act(refused)],
      refused,
      material: {
        again: { send: make("again", taken) },
        lookUp: { send: request(stage, "lookUp", { method: "GET", path: lookUp }) },
        variant: { send: make("otherName", free) },
      },
    };
  },
};

const createOnly: Provocation = {
  cause: "duplicate-entity",
  policy: (policy, draw) =>
    withVersions(plain(policy, draw), {
      validator: { kind: "etag-strong" },
      readFrom: [{ kind: "if-match" }],
      createOnly: draw.oneOf([412, 409]),
    }),
  play: (stage) => {
    const put = (role: string, id: string): Send =>
      request(stage, role, {
        method: "PUT",
        path: `${THINGS}/${id}`,
        body: JSON.stringify({ a: stage.draw.word() }),
        headers: [["If-None-Match", "*"]],
      });
    const refused = put("refused", "1");
    return {
      acts: [act(refused)],
      refused,
      material: {
        again: { send: again(stage, "again", refused) },
        lookUp: { send: request(stage, "lookUp", { method: "GET", path: `${THINGS}/1` }) },
        variant: { send: put("otherName", stage.draw.word()) },
      },
    };
  },
};

const referenced: Provocation = {
  cause: "referenced-entity",
  policy: (policy, draw) => ({
    ...plain(policy, draw),
    references: [
      { on: "groups", status: draw.oneOf([409, 409, 400]) },
      { on: "things", status: draw.oneOf([409, 409, 422]) },
    ],
  }),
  play: (stage) => {
    const { draw } = stage;
    const isThing = draw.chance(0.6);
    const path = isThing ? `${THINGS}/2` : `/api/v2/groups/${IDS.group}`;
    const refused = maybeKeyed(stage, request(stage, "refused", { method: "DELETE", path }));
    const member = request(stage, "member", {
      method: "POST",
      path: `${path}/members`,
      body: JSON.stringify({ memberIds: [IDS.user], version: 1 }),
    });
    const undo = isThing
      ? request(stage, "undo", { method: "DELETE", path: `${THINGS}/3` })
      : request(stage, "undo", { method: "DELETE", path: `${path}/members?ids=${IDS.user}` });
    return {
      acts: [...(isThing ? [] : [act(member)]), act(refused)],
      refused,
      material: {
        again: { send: again(stage, "again", refused) },
        undo: { send: undo },
        later: { send: again(stage, "later", refused) },
      },
    };
  },
};

/** Refusals for the state of things. */
export const STATE_PROVOCATIONS: readonly Provocation[] = [
  locked,
  terminal,
  duplicate,
  createOnly,
  referenced,
];
