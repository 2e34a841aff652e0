import type { Random } from "../core/random.js";
import type { World } from "../core/world.js";
import type { Churned, PlatformLife } from "./churn.js";
import { type Instant, newVersioned, type Versioned } from "./versioned.js";

/** Members of a resource that clients may write. Set them with {@link setMember}. */
export type Fields = Record<string, unknown>;

/** Names and text values. Set them with {@link setMember}. */
export type Attributes = Record<string, string>;

/** What earlier readers may still see (C8). */
interface Past<T> {
  readonly untilMs: number;
  readonly entity: T;
}

/** One party of a conversation. */
export interface Participant {
  readonly id: string;
  /** The vendor's word for its part: `agent`, `customer`, `acd`. */
  readonly purpose: string;
  /** What its callback has besides; null for a party of a call. */
  readonly callback: Readonly<Fields> | null;
  state: string;
  stateSinceMs: number;
  held: boolean;
  muted: boolean;
  confined: boolean;
  recording: boolean;
  wrapup: unknown;
  attributes: Attributes;
  /** What the forum posts' PUT leaves in it besides. */
  extra: Fields;
  readonly versioned: Versioned;
}

/** Attributes that the platform keeps apart, with a version of their own. */
export interface SecureAttributes {
  attributes: Attributes;
  readonly versioned: Versioned;
}

/** A conversation with its participants in the order in which they came. */
export interface Conversation extends Churned {
  readonly id: string;
  state: string;
  stateSinceMs: number;
  readonly startedAtEpochMs: number;
  readonly participants: Map<string, Participant>;
  readonly secure: SecureAttributes;
  past: readonly Past<Conversation>[];
}

/** A member of a flat collection: a user, a group, a thing. */
export interface Item {
  readonly id: string;
  /** Write them with {@link setFields}. */
  fields: Fields;
  /** Since when the member `state`, where there is one, has been what it is. */
  stateSinceMs: number;
  /** Null: nothing was there. */
  past: readonly Past<Item | null>[];
  readonly versioned: Versioned;
}

/** What is left of an item that was deleted: what its tokens go on from, and what trailing readers still see. */
export type Tombstone = Pick<Item, "past" | "versioned">;

/** One time that something ran which a client cannot undo. */
export interface Execution {
  readonly id: string;
  /** What ran, such as `actions/ID` or `charges`. */
  readonly operation: string;
  readonly key: string | null;
  /** How often this operation ran so far, this time included. */
  readonly count: number;
}

/** The flat collections. */
export const ITEM_TABLES = ["users", "groups", "actions", "drafts", "evaluations", "things"] as const;

/** A flat collection. */
export type ItemTable = (typeof ITEM_TABLES)[number];

/** Those from which a client can delete. */
export type DeletableTable = "groups" | "drafts" | "things";

/** All collections of the org, of which each document has an id of its own. */
export type TableName =
  | ItemTable
  | "conversations"
  | "tombstones"
  | "executions"
  | "executionCounts"
  | "guards";

/** What a document of each collection is. */
export type Tables = Readonly<Record<ItemTable, Map<string, Item>>> & {
  readonly conversations: Map<string, Conversation>;
  /** By the collection and the id of what was deleted. */
  readonly tombstones: Map<string, Tombstone>;
  readonly executions: Map<string, Execution>;
  readonly executionCounts: Map<string, number>;
  /** Nothing is read here. Two writes that must not both pass change one guard: see {@link guard}. */
  readonly guards: Map<string, number>;
};

/** Everything that exists, or as much of it as one request needs. */
export interface Org extends Tables {
  /** False: only what the world lists or a client created exists. */
  readonly firstSight: boolean;
  readonly random: Random;
  readonly life: PlatformLife;
  /** True where other servers may write too, so that writes need guards. */
  readonly shared: boolean;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Sets a member whatever its name: plain assignment would make a client's `__proto__` the prototype. Objects without one
 * would do as well, but V8 keeps them as hash tables, and writing those as JSON took twice the time (2026-11-22).
 */
export function setMember<T>(record: Record<string, T>, name: string, value: T): void {
  if (name !== "__proto__") record[name] = value;
  else Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

/** A copy of some values as a record of its own. */
export function fieldsOf(values: Readonly<Record<string, unknown>> = {}): Fields {
  const fields: Fields = {};
  for (const name of Object.keys(values)) setMember(fields, name, values[name]);
  return fields;
}

/** Adds a party to a conversation: by default an agent's, of a call. */
export function addParticipant(
  conversation: Conversation,
  of: Pick<Participant, "id"> & Partial<Pick<Participant, "purpose" | "callback">>,
  instant: Instant,
): Participant {
  const { id, purpose = "agent", callback = null } = of;
  const participant: Participant = {
    id,
    purpose,
    callback,
    state: conversation.state,
    stateSinceMs: instant.nowMs,
    held: false,
    muted: false,
    confined: false,
    recording: false,
    wrapup: undefined,
    attributes: {},
    extra: fieldsOf(),
    versioned: newVersioned(`conversations/${conversation.id}/participants/${id}`, instant.epochMs),
  };
  conversation.participants.set(id, participant);
  return participant;
}

/** Adds a conversation, existing from now on. */
export function addConversation(
  org: Org,
  of: { readonly id: string; readonly state: string },
  instant: Instant,
): Conversation {
  const conversation: Conversation = {
    id: of.id,
    state: of.state,
    stateSinceMs: instant.nowMs,
    startedAtEpochMs: instant.epochMs,
    participants: new Map(),
    secure: {
      attributes: {},
      versioned: newVersioned(`conversations/${of.id}/secureattributes`, instant.epochMs),
    },
    platformEvents: 0,
    caughtUpMs: instant.nowMs,
    past: [],
    versioned: newVersioned(`conversations/${of.id}`, instant.epochMs),
  };
  org.conversations.set(of.id, conversation);
  return conversation;
}

/** A resource of a flat collection, existing from now on. `identity` is unique in the org. */
function newItem(identity: string, fields: Readonly<Record<string, unknown>>, instant: Instant): Item {
  const { id, ...rest } = fields;
  return {
    id: String(id),
    fields: fieldsOf(rest),
    stateSinceMs: instant.nowMs,
    past: [],
    versioned: newVersioned(`${identity}/${String(id)}`, instant.epochMs),
  };
}

/** Replaces the members of an item that clients may write. Another state begins now. */
export function setFields(item: Item, fields: Fields, { nowMs }: Pick<Instant, "nowMs">): void {
  if (fields.state !== item.fields.state) item.stateSinceMs = nowMs;
  item.fields = fields;
}

/** Adds a resource to its collection, existing from now on. `fields` has its id. */
export function addItem(
  org: Tables,
  table: ItemTable,
  of: { readonly fields: Readonly<Record<string, unknown>>; readonly instant: Instant },
): Item {
  const item = newItem(table, of.fields, of.instant);
  org[table].set(item.id, item);
  return item;
}

function userFields(fields: Readonly<Record<string, unknown>>): Fields {
  const id = String(fields.id);
  const email = `${id.slice(0, 8)}@example.com`;
  return { name: `User ${id.slice(0, 8)}`, email, username: email, state: "active", ...fields };
}

function groupFields(fields: Readonly<Record<string, unknown>>): Fields {
  const id = String(fields.id);
  return {
    name: `Group ${id.slice(0, 8)}`,
    type: "official",
    rulesVisible: true,
    visibility: "public",
    ...fields,
  };
}

function actionFields(fields: Readonly<Record<string, unknown>>): Fields {
  const id = String(fields.id);
  return { name: `Action ${id}`, integrationId: "gcidem", category: "gcidem", secure: false, ...fields };
}

/** What a resource has that a world lists or that comes into being at first sight, but for what is said of it. */
const DEFAULT_FIELDS: Partial<
  Readonly<Record<ItemTable, (fields: Readonly<Record<string, unknown>>) => Fields>>
> = { users: userFields, groups: groupFields, actions: actionFields };

function addWithDefaults(
  org: Tables,
  table: ItemTable,
  of: { readonly fields: Readonly<Record<string, unknown>>; readonly instant: Instant },
): Item {
  const withDefaults = DEFAULT_FIELDS[table];
  const fields = withDefaults === undefined ? of.fields : withDefaults(of.fields);
  return addItem(org, table, { fields, instant: of.instant });
}

/** Collections whose members come into being at first sight of such an id, where there is no world. */
const AT_FIRST_SIGHT: Partial<Readonly<Record<ItemTable, RegExp>>> = {
  users: UUID,
  groups: UUID,
  actions: /./,
};

/** A conversation, with the platform's own writes; without a world it comes into being at first sight of a UUID. */
export function findConversation(org: Org, id: string, instant: Instant): Conversation | null {
  const found = org.conversations.get(id);
  if (found === undefined)
    return org.firstSight && UUID.test(id) ? addConversation(org, { id, state: "connected" }, instant) : null;
  org.life.catchUp(found, instant);
  return found;
}

/** A participant; without a world it comes into being at first sight of a UUID. Null: there is none. */
export function findParticipant(
  org: Org,
  conversation: Conversation,
  at: { readonly id: string; readonly instant: Instant },
): Participant | null {
  const found = conversation.participants.get(at.id);
  if (found !== undefined) return found;
  return org.firstSight && UUID.test(at.id) ? addParticipant(conversation, at, at.instant) : null;
}

/** The name of what is left of something that was deleted. Pure. */
export function tombstoneName(table: DeletableTable, id: string): string {
  return `${table}/${id}`;
}

function wasDeleted(org: Org, table: ItemTable, id: string): boolean {
  return table === "groups" && org.tombstones.has(tombstoneName(table, id));
}

/**
 * A member of a flat collection, which may come into being at first sight where there is no world: what was deleted does
 * not. Null: there is none.
 */
export function findItem(
  org: Org,
  table: ItemTable,
  at: { readonly id: string; readonly instant: Instant },
): Item | null {
  const found = org[table].get(at.id);
  if (found !== undefined) return found;
  const appears =
    org.firstSight && AT_FIRST_SIGHT[table]?.test(at.id) === true && !wasDeleted(org, table, at.id);
  return appears ? addWithDefaults(org, table, { fields: { id: at.id }, instant: at.instant }) : null;
}

/** The user that a caller is: made when first asked for, in any world. */
export function userOfCaller(
  org: Org,
  caller: { readonly userId: string; readonly name: string },
  instant: Instant,
): Item {
  const fields = { id: caller.userId, name: caller.name };
  return org.users.get(caller.userId) ?? addWithDefaults(org, "users", { fields, instant });
}

/**
 * Makes sure that of two writes under the same guard at the same time only one passes, whatever else they touch. One
 * server alone takes one write after another and needs none.
 */
export function guard(org: Org, name: string): void {
  if (org.shared) org.guards.set(name, (org.guards.get(name) ?? 0) + 1);
}

/** Collections without anything in them. */
export function emptyTables(): Tables {
  return {
    users: new Map(),
    groups: new Map(),
    actions: new Map(),
    drafts: new Map(),
    evaluations: new Map(),
    things: new Map(),
    conversations: new Map(),
    tombstones: new Map(),
    executions: new Map(),
    executionCounts: new Map(),
    guards: new Map(),
  };
}

/** What an org lives by besides its collections. */
export type OrgParts = Pick<Org, "random" | "life"> & { readonly world: World | null };

/** Makes the org that a world describes (null: an empty one that grows at first sight). */
export function createOrg({ random, life, world }: OrgParts, instant: Instant): Org {
  const org: Org = { ...emptyTables(), firstSight: world === null, random, life, shared: false };
  for (const listed of world?.conversations ?? []) {
    const conversation = addConversation(org, listed, instant);
    for (const id of listed.participants) addParticipant(conversation, { id }, instant);
  }
  for (const table of ["users", "groups", "actions", "things"] as const) {
    for (const fields of world?.[table] ?? []) addWithDefaults(org, table, { fields, instant });
  }
  return org;
}
