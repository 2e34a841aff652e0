import type { Principal, World } from "../../core/world.js";
import { listOf, mapOf, object, orNull, type Shape, text, that } from "./shape.js";

/** As a client's token lives by the vendor's default. */
const DEFAULT_TOKEN_LIFE_MS = 86_400_000;

const lifeMs: Shape = that("ms from 0 on", (value) => Number.isFinite(value) && Number(value) >= 0);
const principal: Shape = object({}, { account: text, scopes: orNull(listOf(text)), tokenLifeMs: lifeMs });
const conversation: Shape = object({ id: text }, { state: text, participants: listOf(text) });
const listed: Shape = listOf(object({ id: text }, {}, { open: true }));

/** By name, so that a member which a world gains cannot be forgotten here. */
const MEMBERS: Readonly<Record<keyof World, Shape>> = {
  principals: mapOf(principal),
  conversations: listOf(conversation),
  things: listed,
  users: listed,
  groups: listed,
  actions: listed,
};

/** A world as `POST reset` takes it: every member may be left out. */
export const worldShape: Shape = object({}, MEMBERS);

/** A world after {@link worldShape} had nothing against it. */
export interface WorldInput extends Partial<Omit<World, "principals" | "conversations">> {
  readonly principals?: Readonly<Record<string, Partial<Principal>>>;
  readonly conversations?: readonly (Pick<World["conversations"][number], "id"> &
    Partial<World["conversations"][number]>)[];
}

/** Fills in what was left out. Pure. */
export function toWorld(input: WorldInput): World {
  const { principals = {}, conversations = [], things = [], users = [], groups = [], actions = [] } = input;
  const named = Object.entries(principals).map(
    ([name, { account = "default", scopes = null, tokenLifeMs = DEFAULT_TOKEN_LIFE_MS }]) =>
      [name, { account, scopes, tokenLifeMs }] as const,
  );
  return {
    principals: Object.fromEntries(named),
    conversations: conversations.map(({ id, state = "connected", participants = [] }) => ({
      id,
      state,
      participants,
    })),
    things,
    users,
    groups,
    actions,
  };
}
