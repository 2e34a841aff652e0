import type { Mover } from "../core/causes.js";
import type { Connection } from "./connections.js";

/** An instant on the mock's clock and on the calendar. */
export interface Instant {
  readonly nowMs: number;
  readonly epochMs: number;
}

/** The furthest instant from 1970 that `Date` can say, either way. */
const FURTHEST_MS = 8.64e15;

/** True for milliseconds that `Date` can say. Pure. */
export function isInstantMs(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= FURTHEST_MS;
}

/** Who wrote: a principal on the connection of that id, or (without a connection) the platform. */
export interface Writer {
  readonly principal: string;
  readonly connection: string | null;
}

/** Who asks: a principal on one of its connections. */
export interface Asker {
  readonly principal: string;
  readonly connection: Connection;
}

/** The asker as its writes are remembered. Pure. */
export function asWriter({ principal, connection }: Asker): Writer {
  return { principal, connection: connection.id };
}

/** The platform itself: churn, and nothing else. */
const PLATFORM: Writer = { principal: "platform", connection: null };

/** How many of the latest writers are remembered for the trace. */
const REMEMBERED_WRITERS = 64;

/** The history of one resource, as far as tokens need it. */
export interface Versioned {
  /** 1 when the resource came into being; one more with each write that counts. */
  revision: number;
  changedAtEpochMs: number;
  /** The revision with which this one came into being: higher than those of what was deleted under its name before. */
  bornRevision: number;
  /** Four hexadecimal digits that make tokens of different resources differ, so that the trace can tell them apart. */
  readonly salt: string;
  /** Who made the latest revisions, newest last. */
  readonly writers: Writer[];
  /** The revision at which all of it was last written: by its creation, a replacement or its deletion. */
  wholeRevision: number;
  /** The revision at which a member was last written by itself, where that was later. */
  readonly memberRevisions: Map<string, number>;
}

/** FNV-1a, folded to 16 bits. */
function saltOf(identity: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < identity.length; index++) {
    hash = Math.imul(hash ^ identity.charCodeAt(index), 0x01000193);
  }
  return ((hash ^ (hash >>> 16)) & 0xffff).toString(16).padStart(4, "0");
}

/** The history of a resource that came into being now. `identity` is unique in the org, such as `users/ID`. */
export function newVersioned(identity: string, epochMs: number): Versioned {
  return {
    revision: 1,
    changedAtEpochMs: epochMs,
    bornRevision: 1,
    salt: saltOf(identity),
    writers: [],
    wholeRevision: 1,
    memberRevisions: new Map(),
  };
}

/** The history of what was never there: its mark tells tokens of other resources apart. */
export function noHistory(identity: string, epochMs: number): Versioned {
  return { ...newVersioned(identity, epochMs), revision: 0 };
}

/**
 * Lets what was made anew go on from what was deleted before. The deletion's own revision serves for it: nobody was ever
 * shown a token of that one, and whoever holds an older one missed the deletion first.
 */
export function goOnFrom(before: Versioned, versioned: Versioned): void {
  versioned.revision = before.revision;
  versioned.bornRevision = before.revision;
  versioned.wholeRevision = before.revision;
  versioned.writers.push(...before.writers);
}

/** A write: who made it, when, and which members it touched; null stands for all, those that are not there included. */
export interface Write {
  readonly writer: Writer;
  readonly epochMs: number;
  readonly members: readonly string[] | null;
}

/** Who writes again is remembered by the same object: most resources have one writer. */
function remember(versioned: Versioned, writer: Writer): void {
  const last = versioned.writers.at(-1);
  const isSame = last?.principal === writer.principal && last.connection === writer.connection;
  versioned.writers.push(isSame ? last : writer);
  if (versioned.writers.length > 2 * REMEMBERED_WRITERS) versioned.writers.splice(0, REMEMBERED_WRITERS);
}

/** Moves the token by some writes of the platform's own, the last of them at `epochMs`. */
export function bumpByPlatform(versioned: Versioned, writes: number, epochMs: number): void {
  versioned.revision += writes;
  versioned.changedAtEpochMs = epochMs;
  for (let index = 0; index < Math.min(writes, REMEMBERED_WRITERS); index++) remember(versioned, PLATFORM);
}

/** Moves the token. */
export function bump(versioned: Versioned, write: Write): void {
  versioned.revision += 1;
  versioned.changedAtEpochMs = write.epochMs;
  remember(versioned, write.writer);
  if (write.members === null) {
    versioned.wholeRevision = versioned.revision;
    // An empty map is made anew, too: a third of a microsecond.
    if (versioned.memberRevisions.size > 0) versioned.memberRevisions.clear();
  } else for (const member of write.members) versioned.memberRevisions.set(member, versioned.revision);
}

/** Servers that share a store see only their own connections: which of two on two servers came first nobody knows. */
function serverOf(connectionId: string): string {
  return connectionId.slice(0, connectionId.lastIndexOf("/"));
}

function moverOf(writer: Writer, asker: Asker): Mover {
  if (writer.connection === null) return "not-ours";
  if (writer.principal !== asker.principal) return "other-writer";
  if (asker.connection.rivals.has(writer.connection)) return "other-writer";
  return serverOf(writer.connection) === serverOf(asker.connection.id) ? "own-write" : "unknown";
}

/**
 * Who moved the token since `seenRevision`, as `asker` would say it: the first write that it had not seen. Null stands
 * for a token whose revision cannot be told; then the latest write is named. Pure.
 */
export function moverSince(versioned: Versioned, seenRevision: number | null, asker: Asker): Mover {
  const behind = seenRevision === null ? 1 : versioned.revision - seenRevision;
  if (behind <= 0) return "unknown";
  const writer = versioned.writers.at(-behind);
  return writer === undefined ? "unknown" : moverOf(writer, asker);
}
