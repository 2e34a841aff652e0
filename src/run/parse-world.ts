import { parseDuration } from "../core/duration.js";
import type { Principal, World } from "../core/world.js";

/** The scope that stands for all. */
const EVERYTHING = "*";
const DEFAULT_TOKEN_LIFE_MS = 86_400_000;

interface RawPrincipal {
  readonly account?: string;
  readonly scopes?: readonly string[];
  readonly tokenLife?: string;
}

interface RawWorld {
  readonly principals?: Readonly<Record<string, RawPrincipal>>;
  readonly conversations?: readonly {
    readonly id: string;
    readonly state?: string;
    readonly participants?: readonly string[];
  }[];
  readonly things?: World["things"];
  readonly users?: World["users"];
  readonly groups?: World["groups"];
  readonly actions?: World["actions"];
}

function parsePrincipal(raw: RawPrincipal): Principal {
  return {
    account: raw.account ?? "default",
    scopes: raw.scopes === undefined || raw.scopes.includes(EVERYTHING) ? null : raw.scopes,
    tokenLifeMs:
      raw.tokenLife === undefined
        ? DEFAULT_TOKEN_LIFE_MS
        : (parseDuration(raw.tokenLife) ?? DEFAULT_TOKEN_LIFE_MS),
  };
}

/** A template that is a whole value keeps its type, and a path has texts only. */
function withTextId<T extends { readonly id: string }>(members: readonly T[] | undefined): readonly T[] {
  return (members ?? []).map((member) => ({ ...member, id: String(member.id) }));
}

/** Reads a scenario's world once its templates are filled in; the loader has checked its shape. Pure. */
export function parseWorld(json: string): World {
  const raw = JSON.parse(json) as RawWorld;
  const principals = Object.entries(raw.principals ?? {}).map(
    ([name, principal]) => [name, parsePrincipal(principal)] as const,
  );
  return {
    principals: Object.fromEntries(principals),
    conversations: (raw.conversations ?? []).map(({ id, state, participants }) => ({
      id: String(id),
      state: state ?? "connected",
      participants: (participants ?? []).map(String),
    })),
    things: withTextId(raw.things),
    users: withTextId(raw.users),
    groups: withTextId(raw.groups),
    actions: withTextId(raw.actions),
  };
}
