import { BUNDLE_SCHEMA, MANIFEST_FILE } from "../evidence.js";
import { DamagedEntry, readEntry } from "./read-entry.js";
import type { OpenZip } from "./zip-directory.js";
import { refusedZip, type ZipEntry } from "./zip-entry.js";

/** A file as the manifest lists it. */
export interface ListedFile {
  readonly name: string;
  readonly sha256: string;
}

/** What `--check` needs of a manifest. */
export interface Manifest {
  readonly title: string;
  readonly files: readonly ListedFile[];
}

const MOST_BYTES = 1 << 20;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(entry: ZipEntry, zip: OpenZip): string {
  try {
    return Buffer.concat([...readEntry(entry, zip)]).toString("utf8");
  } catch (error) {
    if (error instanceof DamagedEntry)
      throw refusedZip(zip.file, `its manifest is damaged: ${error.message}`);
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function listed(value: unknown): readonly ListedFile[] | null {
  if (!Array.isArray(value)) return null;
  const files = value.filter(
    (each): each is ListedFile =>
      isObject(each) && typeof each.name === "string" && typeof each.sha256 === "string",
  );
  return files.length === value.length ? files : null;
}

/** Reads the manifest of a bundle. @throws GcidemError `invalid-file` where there is none, or one of a later version */
export function readManifest(entries: readonly ZipEntry[], zip: OpenZip): Manifest {
  const entry = entries.find(({ name }) => name === MANIFEST_FILE);
  if (entry === undefined) throw refusedZip(zip.file, `there is no ${MANIFEST_FILE} in it`);
  if (entry.bytes > MOST_BYTES) throw refusedZip(zip.file, `its manifest has ${entry.bytes} bytes`);
  const manifest = parsed(textOf(entry, zip));
  const files = isObject(manifest) ? listed(manifest.files) : null;
  if (!isObject(manifest) || files === null) throw refusedZip(zip.file, "its manifest cannot be read");
  if (manifest.schema !== BUNDLE_SCHEMA)
    throw refusedZip(zip.file, `its manifest is of an unknown version, ${String(manifest.schema)}`);
  return { title: typeof manifest.title === "string" ? manifest.title : "", files };
}
