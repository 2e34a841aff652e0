import { createHash } from "node:crypto";
import { Zip, ZipDeflate } from "fflate";
import { GcidemError } from "../core/errors.js";
import { printableJson } from "../core/printable.js";
import { BUNDLE_SCHEMA, type BundleFile, MANIFEST_FILE, TICKET_FILE } from "./evidence.js";

/** Small pieces are packed together. In characters. */
const MOST_PENDING = 1 << 16;

/** Sizes in a zip without its 64-bit extension, which not every ticket portal can read, have 32 bits. */
const MOST_BYTES = 0xffff_ffff;

/**
 * The same for every file of every bundle, so that a run gives the same bytes twice. The format has no time zone, and
 * fflate writes the local time: this is the same clock time everywhere.
 */
const MODIFIED_AT = new Date(1980, 0, 1, 12);

/** A Unix file, readable by all; the upper half of the attributes is its mode. */
const MADE_ON_UNIX = 3;
const FILE_MODE = 0o100644 * 0x10000;
const PROGRAM_MODE = 0o100755 * 0x10000;

/** A file as the manifest lists it. */
export interface PackedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What the manifest says besides the files. */
export interface BundleTitle {
  readonly title: string;
  readonly run: string;
  readonly tool: string;
}

function tooLarge(name: string): GcidemError {
  return new GcidemError("output", `the bundle cannot hold ${name}: a zip file ends at 4 GiB`, {
    hint: "gcidem report <run> --format har -o run.har writes the traffic as a file of its own",
  });
}

function* chunksOf(pieces: Iterable<string>): Generator<Buffer> {
  let pending = "";
  for (const piece of pieces) {
    pending += piece;
    if (pending.length < MOST_PENDING) continue;
    yield Buffer.from(pending);
    pending = "";
  }
  if (pending !== "") yield Buffer.from(pending);
}

function pack(zip: Zip, { name, pieces, executable }: BundleFile): PackedFile {
  const entry = new ZipDeflate(name, { level: 6 });
  entry.mtime = MODIFIED_AT;
  entry.os = MADE_ON_UNIX;
  entry.attrs = executable ? PROGRAM_MODE : FILE_MODE;
  zip.add(entry);
  const hash = createHash("sha256");
  let bytes = 0;
  for (const chunk of chunksOf(pieces)) {
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw tooLarge(name);
    entry.push(chunk);
  }
  entry.push(new Uint8Array(0), true);
  return { name, bytes, sha256: hash.digest("hex") };
}

function manifestText({ title, run, tool }: BundleTitle, files: readonly PackedFile[]): string {
  const listed = files.filter(({ name }) => name !== TICKET_FILE);
  const manifest = { schema: BUNDLE_SCHEMA, title, run, tool, files: listed, notListed: [TICKET_FILE] };
  return `${printableJson(JSON.stringify(manifest, null, 2))}\n`;
}

/**
 * Packs the files in their order, and the manifest after them, piece by piece: a file of any length takes no more memory
 * than a short one. `write` takes the bytes of the zip as they come. Gives what was packed, the manifest last.
 * @throws GcidemError `output` where a zip cannot hold it; whatever `write` or a file's pieces throw.
 */
export function writeBundle(
  files: Iterable<BundleFile>,
  title: BundleTitle,
  write: (bytes: Uint8Array) => void,
): readonly PackedFile[] {
  let written = 0;
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    written += chunk.length;
    if (written > MOST_BYTES) throw tooLarge("all of its files");
    write(chunk);
  });
  const packed: PackedFile[] = [];
  for (const file of files) packed.push(pack(zip, file));
  packed.push(pack(zip, { name: MANIFEST_FILE, pieces: [manifestText(title, packed)] }));
  zip.end();
  return packed;
}
