import { randomUUID } from "node:crypto";

/** One party of a conversation. */
export interface Participant {
  readonly id: string;
  readonly purpose: string;
  state: string;
  attributes: Record<string, string>;
}

export interface Conversation {
  readonly id: string;
  readonly media: "calls" | "callbacks";
  readonly startTime: string;
  /** What the vendor's `CreateCallbackCommand` said; empty for a call. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly participants: Participant[];
  readonly secure: { attributes: Record<string, string>; version: number };
}

export interface User {
  readonly id: string;
  readonly email: string;
  version: number;
  fields: Record<string, unknown>;
}

export interface Queue {
  readonly id: string;
  readonly name: string;
  readonly memberCount: number;
}

/** Everything that the organisation has. Tests may look at it and change it. */
export interface Org {
  readonly organization: { readonly id: string; readonly name: string; readonly version: number };
  readonly conversations: Map<string, Conversation>;
  readonly users: Map<string, User>;
  readonly queues: Map<string, Queue>;
  /** How often each data action ran. */
  readonly executions: Map<string, number>;
}

function participant(purpose: string, state: string): Participant {
  return { id: randomUUID(), purpose, state, attributes: {} };
}

/** A live call of a customer and an agent. */
export function addCall(org: Org): Conversation {
  const call: Conversation = {
    id: randomUUID(),
    media: "calls",
    startTime: new Date().toISOString(),
    details: {},
    participants: [participant("customer", "connected"), participant("agent", "connected")],
    secure: { attributes: {}, version: 1 },
  };
  org.conversations.set(call.id, call);
  return call;
}

/** A callback that waits for its time. */
export function addCallback(org: Org, details: Readonly<Record<string, unknown>>): Conversation {
  const customer = participant("customer", "scheduled");
  if (typeof details.data === "object" && details.data !== null)
    customer.attributes = { ...(details.data as Record<string, string>) };
  const callback: Conversation = {
    id: randomUUID(),
    media: "callbacks",
    startTime: new Date().toISOString(),
    details,
    participants: [customer, participant("acd", "scheduled")],
    secure: { attributes: {}, version: 1 },
  };
  org.conversations.set(callback.id, callback);
  return callback;
}

/** A person of the directory. */
export function addUser(org: Org, name: string): User {
  const email = `${name.toLowerCase().replaceAll(/\W+/g, ".")}@example.com`;
  const user: User = { id: randomUUID(), email, version: 1, fields: { name, email, state: "active" } };
  org.users.set(user.id, user);
  return user;
}

/** A queue that nobody works on, unless a number of members is given. */
export function addQueue(org: Org, name: string, memberCount = 0): Queue {
  const queue: Queue = { id: randomUUID(), name, memberCount };
  org.queues.set(queue.id, queue);
  return queue;
}

/** An organisation with nothing in it. */
export function createOrg(): Org {
  return {
    organization: { id: randomUUID(), name: "A stand-in", version: 1 },
    conversations: new Map(),
    users: new Map(),
    queues: new Map(),
    executions: new Map(),
  };
}
