import type { World } from "../../../../src/core/world.js";

/** Who calls: two of one account, one of another, and the default principal (null). */
export const ACCOUNTS: Readonly<Record<string, string>> = {
  ada: "north",
  ben: "north",
  cyd: "south",
  default: "default",
};

/** A day and a bit: no token of these expires within a run unless a test wants it to. */
const LONG_MS = 1e10;

function principal(account: string): World["principals"][string] {
  return { account, scopes: null, tokenLifeMs: LONG_MS };
}

/** What thing 1 is at the start. */
export const FIRST_CONTENT = { a: 1, b: "x" } as const;

/** Two actions, three callers, one thing. */
export const WORLD: World = {
  principals: { ada: principal("north"), ben: principal("north"), cyd: principal("south") },
  conversations: [],
  things: [{ id: "1", ...FIRST_CONTENT }],
  users: [],
  groups: [],
  actions: [{ id: "a1" }, { id: "a2" }],
};
