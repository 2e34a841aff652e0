import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { GcidemError } from "../core/errors.js";
import { printableJson } from "../core/printable.js";
import type { JournalRecord } from "./journal.js";
import { createJournalMemory, type FirstEntries, type Room } from "./journal-memory.js";

/** Appends records as they happen. They are with the system before `append` returns, so a killed process loses none. */
export interface JournalWriter {
  readonly folder: string;
  readonly file: string;
  readonly append: (...records: readonly JournalRecord[]) => void;
  readonly close: () => void;
}

/** A journal of which something may stay in memory. */
export interface JournalInMemory extends JournalWriter {
  readonly first: () => FirstEntries;
}

const LONGEST_SLUG = 40;

/** A name as a part of a folder's name: lower case, letters, digits and hyphens. Pure. */
function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST_SLUG)
    .replace(/^-+|-+$/g, "");
  return slug === "" ? "run" : slug;
}

/** `<utc time>-<scenario slug>-<id>`: sorts by time and reads as what it is. */
export function newRunId(scenarioName: string, startedAt: Date): string {
  const time = startedAt
    .toISOString()
    .replace(/[-:]/g, "")
    .replace(/\.\d+Z$/, "Z");
  return `${time}-${slugOf(scenarioName)}-${randomBytes(3).toString("hex")}`;
}

function outputError(what: string, cause: unknown): GcidemError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new GcidemError("output", `${what}: ${reason}`, {
    hint: "choose another folder with --out <dir>",
    cause,
  });
}

/** One level at a time: Node's own recursive form never returns where a file system refuses new folders (seen with /proc on Node 20). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(resolve(folder)));
  mkdirSync(folder);
}

/**
 * Makes the runs folder before anything is sent. The default folder carries a `.gitignore`, since journals are evidence and not source.
 * @throws GcidemError `output` where the folder cannot be made.
 */
export function prepareRunsFolder(runsFolder: string, ignored: boolean): void {
  try {
    makeFolder(runsFolder);
    if (ignored) writeFileSync(join(runsFolder, ".gitignore"), "*\n", { flag: "w" });
  } catch (error) {
    throw outputError(`cannot write to ${runsFolder}; nothing was sent`, error);
  }
}

/**
 * Opens `<runsFolder>/<run>/journal.ndjson` for appending. `room`: how much of it may be kept in memory besides; by default
 * nothing is.
 * @throws GcidemError `output` where the folder cannot be made or, later, a record cannot be written.
 */
export function createJournal(runsFolder: string, run: string, room: Room = () => false): JournalInMemory {
  const folder = join(runsFolder, run);
  const file = join(folder, "journal.ndjson");
  const memory = createJournalMemory(room);
  let descriptor: number;
  try {
    makeFolder(folder);
    descriptor = openSync(file, "ax", 0o600);
  } catch (error) {
    throw outputError(`cannot write the journal ${file}; nothing was sent`, error);
  }
  return {
    folder,
    file,
    append: (...records) => {
      try {
        const lines = records.map((record) => `${printableJson(JSON.stringify(record))}\n`);
        // Unlike writeSync it goes on until every byte is written or an error says why not.
        writeFileSync(descriptor, lines.join(""));
        for (const [index, record] of records.entries()) memory.keep(record, lines[index] ?? "");
      } catch (error) {
        throw outputError(`cannot write the journal ${file}; what was sent until now is in it`, error);
      }
    },
    first: memory.first,
    close: () => closeSync(descriptor),
  };
}
