import type { ConcurrencyPolicy } from "../../../../src/policy/concurrency-policy.js";
import type { Policy } from "../../../../src/policy/policy.js";
import type { Draw } from "../draw.js";
import { withKeys, withVersions } from "../policies/dimension.js";
import { type Act, faultOn, type Send } from "../scenario.js";
import { bodyFor, type Place, partyPlace, RIVAL, versionedPlace } from "./places.js";
import type { Provocation, Scene } from "./scene.js";
import {
  act,
  again,
  pause,
  readToken,
  type Stage,
  type TokenWay,
  tokenOf,
  tokenWay,
  write,
} from "./stage.js";

const ACCEPTED = { kind: "accepted" } as const;
/** Writes without a token are taken, mostly. */
const ABSENT: ConcurrencyPolicy["absent"] = {
  POST: ACCEPTED,
  PUT: ACCEPTED,
  PATCH: ACCEPTED,
  DELETE: ACCEPTED,
};

const IF_MATCH = { kind: "if-match" } as const;

/** A server that looks at tokens and not at keys. */
export function looksAt(policy: Policy, draw: Draw, versions: Partial<ConcurrencyPolicy>): Policy {
  const support = draw.mostly(["ignored", "honoured"]);
  const { stale, absent } = policy.concurrency;
  return withVersions(
    { ...withKeys(policy, { support }), front: null, rateLimit: null, locks: null, terminal: null },
    {
      check: { kind: "atomic" },
      readLagMs: draw.mostly([0, 200], 0.95),
      stale: { ...stale, outcome: draw.mostly(["refuse", "200-with-error"], 0.92) },
      absent: draw.chance(0.7) ? ABSENT : absent,
      ...versions,
    },
  );
}

/** A server with ETags, read in If-Match. */
export function tagged(policy: Policy, draw: Draw, more: Partial<ConcurrencyPolicy> = {}): Policy {
  const validator = draw.mostly([
    { kind: "etag-strong" },
    { kind: "revision", name: "_rev", form: "opaque", etag: "strong" },
    { kind: "version", name: "version", form: "integer", etag: "strong" },
  ]);
  return looksAt(policy, draw, {
    validator,
    readFrom: [IF_MATCH],
    granularity: "resource",
    comparison: draw.mostly(["strong", "weak", "textual", "sloppy"]),
    ...more,
  });
}

/** A server with a version in its bodies. */
function versioned(policy: Policy, draw: Draw): Policy {
  const name = draw.mostly(["version", "_rev", "resourceVersion"]);
  const form = name === "version" ? "integer" : "opaque";
  const inQuery = draw.chance(0.15);
  return looksAt(policy, draw, {
    validator: { kind: name === "_rev" ? "revision" : "version", name, form, etag: "none" },
    readFrom: [inQuery ? { kind: "query", name: "rev" } : { kind: "body", name }],
    granularity: "resource",
  });
}

/** A read that gives a token, and the way in which writes use it. */
export interface Held {
  readonly place: Place;
  readonly way: TokenWay | null;
  readonly read: Send;
}

/** Reads the token of a place. */
export function hold(stage: Stage, place: Place): Held {
  const way = tokenWay(stage.policy, place);
  return { place, way, read: readToken(stage, "read", { path: place.readPath ?? place.path, way }) };
}

/** A write under a token that was read. */
export function writeUnder(stage: Stage, role: string, held: Held): Send {
  const { place, way, read } = held;
  const body = bodyFor(stage.draw, place);
  return write(stage, role, { place, body, way, token: tokenOf(read) });
}

type MoverKind = "own" | "other" | "hidden" | "platform";

/** What moves a token between a read and a write. */
function moverActs(stage: Stage, held: Held, mover: MoverKind): readonly Act[] {
  const { draw } = stage;
  if (mover === "platform") return [pause(draw.between(6_000, 20_000))];
  const move = writeUnder(stage, "move", held);
  if (mover === "own") return [act(move)];
  return [act({ ...move, principal: RIVAL, recorded: mover === "other" })];
}

/** The same write as another one, under the token that another read gives. */
export function under(refused: Send, held: Held, read: Send): Send {
  const swap = (text: string): string => text.replaceAll(tokenOf(held.read), tokenOf(read));
  return {
    ...refused,
    path: swap(refused.path),
    body: refused.body === null ? null : swap(refused.body),
    headers: refused.headers.map(([name, value]) => [name, swap(value)] as const),
  };
}

/** The material of a control about a token. */
export function tokenMaterial(stage: Stage, refused: Send, held: Held): Scene["material"] {
  const { way, place } = held;
  const readAfter = readToken(stage, "readAfter", { path: place.readPath ?? place.path, way });
  return {
    again: { send: again(stage, "again", refused) },
    readAfter: { send: readAfter },
    current: { send: again(stage, "current", under(refused, held, readAfter)) },
  };
}

/** Two writers read, then both write: the second one is late. */
function laneRace(stage: Stage, place: Place): Scene {
  const held = hold(stage, place);
  const first = { ...writeUnder(stage, "move", held), writer: 0 };
  const refused = { ...writeUnder(stage, "refused", held), writer: 1 };
  return {
    acts: [
      act(held.read),
      {
        kind: "together",
        sends: [
          { offsetMs: 0, send: first },
          { offsetMs: stage.draw.between(0, 4), send: refused },
        ],
      },
    ],
    refused,
    material: tokenMaterial(stage, { ...refused, writer: null }, held),
  };
}

function staleScene(stage: Stage): Scene {
  const { draw, policy } = stage;
  const isParty = policy.concurrency.granularity === "parent";
  const place = isParty ? partyPlace() : versionedPlace(draw);
  if (!isParty && draw.chance(0.12)) return laneRace(stage, place);
  const held = hold(stage, place);
  const mover =
    isParty && policy.churn !== null
      ? draw.oneOf(["platform", "platform", "own", "other"] as const)
      : draw.oneOf(["own", "own", "other", "other", "hidden", "hidden"] as const);
  const refused = writeUnder(stage, "refused", held);
  return {
    acts: [act(held.read), ...moverActs(stage, held, mover), pause(draw.between(5, 900)), act(refused)],
    refused,
    material: tokenMaterial(stage, refused, held),
  };
}

/** A quarter of the servers let the platform write: then a participant's token is its conversation's. */
function withChurn(policy: Policy, draw: Draw): Policy {
  if (!draw.chance(0.25)) return policy;
  const everyMs = draw.oneOf([1_000, 5_000, 9_000]);
  const churned: Policy = { ...policy, churn: { everyMs, jitterMs: everyMs / 5, on: "conversations" } };
  return withVersions(churned, { granularity: "parent", meaning: "revision" });
}

const staleEtag: Provocation = {
  cause: "stale-etag",
  policy: (policy, draw) => withChurn(tagged(policy, draw), draw),
  play: staleScene,
};

const staleVersion: Provocation = {
  cause: "stale-version",
  policy: (policy, draw) => withChurn(versioned(policy, draw), draw),
  play: staleScene,
};

const preconditionMissing: Provocation = {
  cause: "precondition-missing",
  policy: (policy, draw) => {
    const demanding = draw.chance(0.7) ? tagged(policy, draw) : versioned(policy, draw);
    const refuse = { kind: "refuse", status: draw.oneOf([428, 428, 400, 409]) } as const;
    return withVersions(demanding, {
      absent: { POST: ACCEPTED, PUT: refuse, PATCH: refuse, DELETE: refuse },
    });
  },
  play: (stage) => {
    const place = versionedPlace(stage.draw);
    const held = hold(stage, place);
    const body = bodyFor(stage.draw, place);
    const refused = write(stage, "refused", { place, body });
    const isRead = stage.draw.chance(0.5);
    const read = again(stage, "readAfter", held.read);
    const withToken = write(stage, "withToken", { place, body, way: held.way, token: `$(${read.id}.token)` });
    const { way } = held;
    const captures = way === null ? {} : { token: way.source };
    return {
      acts: [...(isRead ? [act(held.read)] : []), act(refused), act({ ...read, captures })],
      refused,
      material: { again: { send: again(stage, "again", refused) }, variant: { send: withToken } },
    };
  },
};

const spurious: Provocation = {
  cause: "spurious-conflict",
  policy: (policy, draw) => ({
    ...(draw.chance(0.75) ? tagged(policy, draw) : versioned(policy, draw)),
    faults: [faultOn("refused1", "spurious-conflict")],
  }),
  play: (stage) => {
    const held = hold(stage, versionedPlace(stage.draw));
    const refused = writeUnder(stage, "refused", held);
    const { readAfter } = tokenMaterial(stage, refused, held);
    return {
      acts: [act(held.read), pause(stage.draw.between(1, 50)), act(refused)],
      refused,
      material: {
        ...(readAfter === undefined ? {} : { readAfter }),
        later: { send: again(stage, "later", refused) },
      },
    };
  },
};

/** Refusals of a token for its age, or for not being there; and those that only look like one. */
export const TOKEN_PROVOCATIONS: readonly Provocation[] = [
  staleEtag,
  staleVersion,
  preconditionMissing,
  spurious,
];
