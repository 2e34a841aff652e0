import type { World } from "../../../../src/core/world.js";
import type { Draw } from "../draw.js";
import { type Body, type Member, PLAIN } from "./body.js";

/** Ids of the world of every scenario. */
export const IDS = {
  conversation: "5b7f3f0e-1111-4a6b-8d53-0c1d2e3f4a01",
  dialing: "5b7f3f0e-2222-4a6b-8d53-0c1d2e3f4a02",
  ended: "5b7f3f0e-3333-4a6b-8d53-0c1d2e3f4a03",
  participant: "9a1c2d3e-4444-4b5c-9e6f-102030405060",
  user: "7c6b5a49-5555-4d3c-8b2a-1f0e9d8c7b6a",
  otherUser: "7c6b5a49-6666-4d3c-8b2a-1f0e9d8c7b6b",
  group: "3d2c1b0a-7777-4e5f-8a9b-aabbccddeeff",
  emptyGroup: "3d2c1b0a-8888-4e5f-8a9b-aabbccddee00",
} as const;

/** Callers of the world: the default one may do everything. */
export const RIVAL = "rival";
export const READER = "reader";
export const SHORT = "short";

/** How long the tokens of {@link SHORT} live. */
export const SHORT_LIFE_MS = 60_000;

/** What exists at the start of every scenario. */
export const WORLD: World = {
  principals: {
    [RIVAL]: { account: "default", scopes: null, tokenLifeMs: 86_400_000 },
    [READER]: { account: "default", scopes: ["quality"], tokenLifeMs: 86_400_000 },
    [SHORT]: { account: "default", scopes: null, tokenLifeMs: SHORT_LIFE_MS },
  },
  conversations: [
    { id: IDS.conversation, state: "connected", participants: [IDS.participant] },
    { id: IDS.dialing, state: "dialing", participants: [IDS.participant] },
    { id: IDS.ended, state: "disconnected", participants: [IDS.participant] },
  ],
  things: [
    { id: "1", a: "first", n: 1 },
    { id: "2", a: "second", n: 2 },
    { id: "3", a: "third", parentId: "2" },
    { id: "4", a: "fourth", state: "alerting" },
    { id: "5", a: "fifth", state: "terminated" },
  ],
  users: [
    { id: IDS.user, name: "Ada", email: "ada@example.com" },
    { id: IDS.otherUser, name: "Ben", email: "ben@example.com" },
  ],
  groups: [
    { id: IDS.group, name: "Support" },
    { id: IDS.emptyGroup, name: "Sales" },
  ],
  actions: [{ id: "a1" }, { id: "a2" }],
};

/** Something that can be written, and where its state and token can be read. */
export interface Place {
  readonly kind: "run" | "make" | "thing" | "user" | "secure" | "party";
  readonly method: string;
  readonly path: string;
  /** Another resource of the same kind. */
  readonly otherPath: string;
  /** Null: nothing has a token here. */
  readonly readPath: string | null;
  /** The member that the content lies in; null: at the top. */
  readonly inside: string | null;
}

const THINGS = "/api/v2/mock/things";

function conversationPath(id: string, rest: string): string {
  return `/api/v2/conversations/${id}${rest}`;
}

function partyPath(id: string): string {
  return conversationPath(id, `/participants/${IDS.participant}/attributes`);
}

/** A run that a server counts, or a creation: nothing there has a version. */
export function effectPlace(draw: Draw): Place {
  if (draw.chance(0.3))
    return {
      kind: "make",
      method: "POST",
      path: THINGS,
      otherPath: THINGS,
      readPath: null,
      inside: null,
    };
  return {
    kind: "run",
    method: "POST",
    path: "/api/v2/integrations/actions/a1/execute",
    otherPath: "/api/v2/integrations/actions/a2/execute",
    readPath: null,
    inside: null,
  };
}

/** A write to a resource of its own, with its token. */
export function versionedPlace(draw: Draw): Place {
  switch (draw.oneOf(["thing", "thing", "thing", "user", "secure"] as const)) {
    case "thing":
      return {
        kind: "thing",
        method: draw.oneOf(["PUT", "PATCH"]),
        path: `${THINGS}/1`,
        otherPath: `${THINGS}/2`,
        readPath: `${THINGS}/1`,
        inside: null,
      };
    case "user":
      return {
        kind: "user",
        method: "PATCH",
        path: `/api/v2/users/${IDS.user}`,
        otherPath: `/api/v2/users/${IDS.otherUser}`,
        readPath: `/api/v2/users/${IDS.user}`,
        inside: null,
      };
    case "secure":
      return {
        kind: "secure",
        method: draw.oneOf(["PUT", "PATCH"]),
        path: conversationPath(IDS.conversation, "/secureattributes"),
        otherPath: conversationPath(IDS.dialing, "/secureattributes"),
        readPath: conversationPath(IDS.conversation, "/secureattributes"),
        inside: "attributes",
      };
  }
}

/** A participant, whose token is its conversation's where the policy says so. */
export function partyPlace(conversation: string = IDS.conversation): Place {
  return {
    kind: "party",
    method: "PATCH",
    path: partyPath(conversation),
    otherPath: partyPath(conversation === IDS.conversation ? IDS.dialing : IDS.conversation),
    readPath: conversationPath(conversation, ""),
    inside: "attributes",
  };
}

/** Any place. */
export function anyPlace(draw: Draw): Place {
  if (draw.chance(0.5)) return effectPlace(draw);
  return draw.chance(0.8) ? versionedPlace(draw) : partyPlace();
}

/** A body that fits a place. */
export function bodyFor(draw: Draw, place: Place): Body {
  if (place.kind === "user") {
    const members: readonly Member[] = [
      { name: "title", value: draw.word() },
      { name: "department", value: draw.word() },
    ];
    return { inside: null, members, spelling: PLAIN, raw: [] };
  }
  const words: readonly Member[] = [
    { name: "a", value: draw.word() },
    { name: "b", value: draw.word() },
  ];
  const members = place.inside === null ? [...words, { name: "n", value: draw.between(1, 99) }] : words;
  return { inside: place.inside, members, spelling: PLAIN, raw: [] };
}
