import type { Random } from "../core/random.js";
import { seededRandom } from "../core/random.js";
import type { World } from "../core/world.js";
import { newVersioned, type Versioned } from "./versioned.js";

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
export interface Conversation {
  readonly id: string;
  state: string;
  stateSinceMs: number;
  readonly startedAtEpochMs: number;
  readonly participants: Map<string, Participant>;
  readonly secure: SecureAttributes;
  /** Events of the platform's own, DTMF for one: a part of the content that no view shows. */
  platformEvents: number;
  past: readonly Past<Conversation>[];
  readonly versioned: Versioned;
}

/** A user, or a member of the generic collection. */
export interface Item {
  readonly id: string;
  fields: Fields;
  platformEvents: number;
  past: readonly Past<Item>[];
  readonly versioned: Versioned;
}

/** One time that something ran which a client cannot undo. */
export interface Execution {
  readonly id: string;
  /** What ran, such as `actions/ID` or `charges`. */
  readonly operation: string;
  readonly key: string | null;
  /** How often this operation ran so far, this time included. */
  readonly count: number;
}

/** Everything that exists. */
export interface Org {
  /** False: only what the world lists or a client created exists. */
  readonly firstSight: boolean;
  readonly conversations: Map<string, Conversation>;
  readonly users: Map<string, Item>;
  readonly things: Map<string, Item>;
  readonly actions: Set<string>;
  readonly executions: Map<string, Execution>;
  readonly executionCounts: Map<string, number>;
  readonly random: Random;
}

/** An instant on the mock's clock and on the calendar. */
export interface Instant {
  readonly nowMs: number;
  readonly epochMs: number;
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

function addParticipant(conversation: Conversation, id: string, instant: Instant): Participant {
  const participant: Participant = {
    id,
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

function addConversation(
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
    past: [],
    versioned: newVersioned(`conversations/${of.id}`, instant.epochMs),
  };
  org.conversations.set(of.id, conversation);
  return conversation;
}

/** A resource of a flat collection, existing from now on. `identity` is unique in the org. */
export function newItem(identity: string, fields: Readonly<Record<string, unknown>>, instant: Instant): Item {
  const { id, ...rest } = fields;
  return {
    id: String(id),
    fields: fieldsOf(rest),
    platformEvents: 0,
    past: [],
    versioned: newVersioned(`${identity}/${String(id)}`, instant.epochMs),
  };
}

function addUser(org: Org, fields: Readonly<Record<string, unknown>>, instant: Instant): Item {
  const id = String(fields.id);
  const name = `User ${id.slice(0, 8)}`;
  const email = `${id.slice(0, 8)}@example.com`;
  const user = newItem("users", { name, email, username: email, state: "active", ...fields }, instant);
  org.users.set(id, user);
  return user;
}

/** A conversation; without a world it comes into being at first sight of a UUID. Null: there is none. */
export function findConversation(org: Org, id: string, instant: Instant): Conversation | null {
  const found = org.conversations.get(id);
  if (found !== undefined) return found;
  return org.firstSight && UUID.test(id) ? addConversation(org, { id, state: "connected" }, instant) : null;
}

/** A participant; without a world it comes into being at first sight of a UUID. Null: there is none. */
export function findParticipant(
  org: Org,
  conversation: Conversation,
  at: { readonly id: string; readonly instant: Instant },
): Participant | null {
  const found = conversation.participants.get(at.id);
  if (found !== undefined) return found;
  return org.firstSight && UUID.test(at.id) ? addParticipant(conversation, at.id, at.instant) : null;
}

/** A user; without a world it comes into being at first sight of a UUID. Null: there is none. */
export function findUser(org: Org, id: string, instant: Instant): Item | null {
  const found = org.users.get(id);
  if (found !== undefined) return found;
  return org.firstSight && UUID.test(id) ? addUser(org, { id }, instant) : null;
}

/** The user that a caller is: made when first asked for, in any world. */
export function userOfCaller(
  org: Org,
  caller: { readonly userId: string; readonly name: string },
  instant: Instant,
): Item {
  const found = org.users.get(caller.userId);
  return found ?? addUser(org, { id: caller.userId, name: caller.name }, instant);
}

/** True where an action exists; without a world any does. */
export function hasAction(org: Org, id: string): boolean {
  return org.firstSight || org.actions.has(id);
}

/** Makes the org that a world describes (null: an empty one that grows at first sight). */
export function createOrg(seed: number, world: World | null, instant: Instant): Org {
  const org: Org = {
    firstSight: world === null,
    conversations: new Map(),
    users: new Map(),
    things: new Map(),
    actions: new Set(world?.actions.map((action) => action.id)),
    executions: new Map(),
    executionCounts: new Map(),
    random: seededRandom(seed, "resources"),
  };
  for (const listed of world?.conversations ?? []) {
    const conversation = addConversation(org, listed, instant);
    for (const id of listed.participants) addParticipant(conversation, id, instant);
  }
  for (const user of world?.users ?? []) addUser(org, user, instant);
  for (const thing of world?.things ?? []) org.things.set(thing.id, newItem("things", thing, instant));
  return org;
}
