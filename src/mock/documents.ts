import { isObject } from "./json-shape.js";
import type {
  Conversation,
  Execution,
  Fields,
  Item,
  ItemTable,
  Participant,
  SecureAttributes,
  TableName,
  Tables,
  Tombstone,
} from "./org.js";
import { ITEM_TABLES } from "./org.js";
import { isInstantMs, type Versioned } from "./versioned.js";

/** A document of a table, as its table holds it. */
type DocumentOf<Name extends TableName> = Tables[Name] extends Map<string, infer Held> ? Held : never;

/** How the documents of a table become text and come back. */
interface Codec<Held> {
  readonly write: (held: Held) => unknown;
  /** What `write` gave, out of JSON. */
  readonly read: (written: never) => Held;
}

type WrittenVersioned = readonly [
  revision: number,
  changedAtEpochMs: number,
  salt: string,
  writers: readonly (readonly [principal: string, connection: string | null])[],
  memberRevisions: readonly (readonly [member: string, revision: number])[],
  wholeRevision: number,
  bornRevision: number,
];

function writeVersioned(versioned: Versioned): WrittenVersioned {
  const { revision, changedAtEpochMs, salt, writers, memberRevisions } = versioned;
  const named = writers.map(({ principal, connection }) => [principal, connection] as const);
  const { wholeRevision, bornRevision } = versioned;
  return [revision, changedAtEpochMs, salt, named, [...memberRevisions], wholeRevision, bornRevision];
}

/** An instant that `Date` can say. @throws TypeError for any other value */
function readEpochMs(value: number): number {
  if (!isInstantMs(value)) throw new TypeError("an instant is out of range");
  return value;
}

function readVersioned(written: WrittenVersioned): Versioned {
  const [revision, changedAtEpochMs, salt, writers, memberRevisions, wholeRevision, bornRevision] = written;
  return {
    revision,
    changedAtEpochMs: readEpochMs(changedAtEpochMs),
    salt,
    writers: writers.map(([principal, connection]) => ({ principal, connection })),
    wholeRevision,
    bornRevision,
    memberRevisions: new Map(memberRevisions),
  };
}

interface WrittenPast {
  readonly untilMs: number;
  readonly entity: never;
}

function writePast<T>(
  past: readonly { readonly untilMs: number; readonly entity: T }[],
  codec: Codec<T>,
): unknown {
  return past.map(({ untilMs, entity }) => ({ untilMs, entity: codec.write(entity) }));
}

function readPast<T>(
  past: readonly WrittenPast[],
  codec: Codec<T>,
): readonly { readonly untilMs: number; readonly entity: T }[] {
  return past.map(({ untilMs, entity }) => ({ untilMs, entity: codec.read(entity) }));
}

/** @throws TypeError for what is no map */
function readFields(written: Fields): Fields {
  if (!isObject(written)) throw new TypeError("the fields are no map");
  return written;
}

interface WrittenItem {
  readonly id: string;
  readonly fields: Fields;
  readonly stateSinceMs?: number;
  readonly past: readonly WrittenPast[];
  readonly versioned: WrittenVersioned;
}

const ITEM: Codec<Item> = {
  write: ({ id, fields, stateSinceMs, past, versioned }) => ({
    id,
    fields,
    stateSinceMs,
    past: writePast(past, ITEM_IF_ANY),
    versioned: writeVersioned(versioned),
  }),
  read: ({ id, fields, stateSinceMs = 0, past, versioned }: WrittenItem) => ({
    id,
    fields: readFields(fields),
    stateSinceMs,
    past: readPast(past, ITEM_IF_ANY),
    versioned: readVersioned(versioned),
  }),
};

/** Null: nothing was there. */
const ITEM_IF_ANY: Codec<Item | null> = {
  write: (item) => (item === null ? null : ITEM.write(item)),
  read: (written: WrittenItem | null) => (written === null ? null : ITEM.read(written as never)),
};

const TOMBSTONE: Codec<Tombstone> = {
  write: ({ past, versioned }) => ({
    past: writePast(past, ITEM_IF_ANY),
    versioned: writeVersioned(versioned),
  }),
  read: ({ past, versioned }: Omit<WrittenItem, "id" | "fields">) => ({
    past: readPast(past, ITEM_IF_ANY),
    versioned: readVersioned(versioned),
  }),
};

type Written<T extends { readonly versioned: Versioned }> = Omit<T, "versioned"> & {
  readonly versioned: WrittenVersioned;
};

function writeWithToken<T extends { readonly versioned: Versioned }>(value: T): Written<T> {
  return { ...value, versioned: writeVersioned(value.versioned) };
}

/** JSON leaves members out that are undefined, and a participant has all of its own. */
function readParticipant(written: Written<Participant>): Participant {
  return { ...written, wrapup: written.wrapup, versioned: readVersioned(written.versioned) };
}

function readSecure(written: Written<SecureAttributes>): SecureAttributes {
  return { attributes: written.attributes, versioned: readVersioned(written.versioned) };
}

type WrittenConversation = Omit<Conversation, "participants" | "secure" | "past" | "versioned"> & {
  readonly participants: readonly Written<Participant>[];
  readonly secure: Written<SecureAttributes>;
  readonly past: readonly WrittenPast[];
  readonly versioned: WrittenVersioned;
};

const CONVERSATION: Codec<Conversation> = {
  write: (conversation) => ({
    ...conversation,
    participants: [...conversation.participants.values()].map(writeWithToken),
    secure: writeWithToken(conversation.secure),
    past: writePast(conversation.past, CONVERSATION),
    versioned: writeVersioned(conversation.versioned),
  }),
  read: (written: WrittenConversation) => ({
    ...written,
    startedAtEpochMs: readEpochMs(written.startedAtEpochMs),
    participants: new Map(written.participants.map((each) => [each.id, readParticipant(each)])),
    secure: readSecure(written.secure),
    past: readPast(written.past, CONVERSATION),
    versioned: readVersioned(written.versioned),
  }),
};

const PLAIN = {
  executions: {
    write: (execution) => execution,
    read: (execution: Execution) => execution,
  } as Codec<Execution>,
  executionCounts: { write: (count) => count, read: (count: number) => count } as Codec<number>,
  guards: { write: (count) => count, read: (count: number) => count } as Codec<number>,
};

const CODECS: { readonly [Name in TableName]: Codec<DocumentOf<Name>> } = {
  ...(Object.fromEntries(ITEM_TABLES.map((table) => [table, ITEM])) as Record<ItemTable, Codec<Item>>),
  ...PLAIN,
  conversations: CONVERSATION,
  tombstones: TOMBSTONE,
};

/** All tables, in a steady order. */
export const TABLE_NAMES: readonly TableName[] = [
  ...ITEM_TABLES,
  "conversations",
  "tombstones",
  "executions",
  "executionCounts",
  "guards",
];

/** A document as text. Equal documents give equal texts. Pure. */
export function writeDocument(table: TableName, held: unknown): string {
  const codec = CODECS[table] as Codec<unknown>;
  return JSON.stringify(codec.write(held));
}

/** Puts a document, read from its text, into its table. @throws SyntaxError or TypeError for any other text */
export function readDocument(
  tables: Tables,
  table: TableName,
  of: { readonly id: string; readonly text: string },
): void {
  const codec = CODECS[table] as Codec<unknown>;
  const held = tables[table] as Map<string, unknown>;
  held.set(of.id, codec.read(JSON.parse(of.text) as never));
}
