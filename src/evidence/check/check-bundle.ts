import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { GcidemError } from "../../core/errors.js";
import { printable } from "../../core/printable.js";
import { MANIFEST_FILE, TICKET_FILE } from "../evidence.js";
import { createSecretSearch } from "./find-secrets.js";
import { type ListedFile, readManifest } from "./manifest.js";
import { DamagedEntry, readEntry } from "./read-entry.js";
import { type OpenZip, readDirectory } from "./zip-directory.js";
import type { ZipEntry } from "./zip-entry.js";

/** What is wrong with a bundle, a sentence each; none: it is as it was made, and nothing in it looks like a secret. */
export interface CheckedBundle {
  readonly title: string;
  readonly files: number;
  readonly problems: readonly string[];
}

interface OpenedZip extends OpenZip {
  readonly close: () => void;
}

function openZip(file: string): OpenedZip {
  try {
    // A pipe would be waited for.
    if (!statSync(file).isFile()) throw new Error("it is not a file");
    const descriptor = openSync(file, "r");
    const stat = fstatSync(descriptor);
    const readAt = (offset: number, length: number): Buffer => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(length, stat.size - offset)));
      const count = readSync(descriptor, buffer, 0, buffer.length, offset);
      return buffer.subarray(0, count);
    };
    return { file, size: stat.size, readAt, close: () => closeSync(descriptor) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GcidemError("invalid-file", `cannot read ${file}: ${reason}`, { cause: error });
  }
}

interface CheckedEntry {
  readonly sha256: string | null;
  readonly problems: readonly string[];
}

function checkEntry(entry: ZipEntry, zip: OpenZip, known: readonly string[]): CheckedEntry {
  const name = printable(entry.name);
  const hash = createHash("sha256");
  const search = createSecretSearch(known);
  try {
    for (const chunk of readEntry(entry, zip)) {
      hash.update(chunk);
      search.add(chunk);
    }
  } catch (error) {
    if (!(error instanceof DamagedEntry)) throw error;
    return { sha256: null, problems: [`${name} is damaged: ${error.message}`] };
  }
  const problems = search.finish().map(({ line, what }) => `${name}:${line}: there is ${what}`);
  return { sha256: hash.digest("hex"), problems };
}

function compared(
  entry: ZipEntry,
  { sha256 }: CheckedEntry,
  listed: readonly ListedFile[],
): readonly string[] {
  const name = printable(entry.name);
  if (entry.name === TICKET_FILE || entry.name === MANIFEST_FILE || sha256 === null) return [];
  const own = listed.find((each) => each.name === entry.name);
  if (own === undefined) return [`${name} is not in the manifest: it was added later`];
  return own.sha256 === sha256 ? [] : [`${name} was changed: its sha256 is not the manifest's`];
}

/**
 * Verifies a bundle against its manifest, all but the ticket, which people edit; and looks through every file for secrets.
 * Unpacks nothing to disk and no file as a whole. `known`: secrets that this environment holds.
 * @throws GcidemError `invalid-file` for what is no bundle, or a zip that nobody should unpack
 */
export function checkBundle(file: string, known: readonly string[]): CheckedBundle {
  const zip = openZip(file);
  try {
    const entries = readDirectory(zip);
    const { title, files } = readManifest(entries, zip);
    const problems = entries.flatMap((entry) => {
      const checked = checkEntry(entry, zip, known);
      return [...compared(entry, checked, files), ...checked.problems];
    });
    const names = new Set(entries.map(({ name }) => name));
    const missing = [...files.map(({ name }) => name), TICKET_FILE].filter((name) => !names.has(name));
    return {
      title,
      files: entries.length,
      problems: [...missing.map((name) => `${printable(name)} is missing`), ...problems],
    };
  } finally {
    zip.close();
  }
}
