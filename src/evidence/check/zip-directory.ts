import { nameProblem, type ReadAt, refusedZip, sizeProblem, type ZipEntry } from "./zip-entry.js";

/** Sizes and marks of PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16. */
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const END_MARK = 0x06054b50;
const DIRECTORY_MARK = 0x02014b50;
const DIRECTORY_BYTES = 46;
const LOCAL_MARK = 0x04034b50;
const LOCAL_BYTES = 30;

const MOST_ENTRIES = 1000;
const MOST_DIRECTORY_BYTES = 1 << 20;
const SYMBOLIC_LINK = 0o12;
const NEEDS_64_BITS = 0xffff_ffff;

/** A zip that is open for reading. */
export interface OpenZip {
  readonly file: string;
  readonly size: number;
  readonly readAt: ReadAt;
}

interface End {
  readonly count: number;
  readonly bytes: number;
  readonly offset: number;
}

function findEnd({ file, size, readAt }: OpenZip): End {
  const length = Math.min(size, END_BYTES + LONGEST_COMMENT);
  const tail = readAt(size - length, length);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END_MARK) continue;
    if (at + END_BYTES + tail.readUInt16LE(at + 20) !== tail.length) continue;
    const [count, bytes, offset] = [
      tail.readUInt16LE(at + 10),
      tail.readUInt32LE(at + 12),
      tail.readUInt32LE(at + 16),
    ];
    const parts = [tail.readUInt16LE(at + 4), tail.readUInt16LE(at + 6), tail.readUInt16LE(at + 8) - count];
    if (parts.some((each) => each !== 0)) throw refusedZip(file, "it is one part of several");
    if (offset === NEEDS_64_BITS || count === 0xffff) throw refusedZip(file, "it is a 64-bit zip");
    if (offset + bytes !== size - length + at) throw refusedZip(file, "its directory is not where it says");
    return { count, bytes, offset };
  }
  throw refusedZip(file, "it is no zip file, or its end is missing");
}

function entryAt(directory: Buffer, at: number, file: string): { entry: ZipEntry; next: number } {
  if (at + DIRECTORY_BYTES > directory.length || directory.readUInt32LE(at) !== DIRECTORY_MARK)
    throw refusedZip(file, "its directory is damaged");
  const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) =>
    directory.readUInt16LE(at + place),
  ) as [number, number, number];
  const next = at + DIRECTORY_BYTES + nameBytes + extraBytes + commentBytes;
  if (next > directory.length) throw refusedZip(file, "its directory is damaged");
  const name = directory.subarray(at + DIRECTORY_BYTES, at + DIRECTORY_BYTES + nameBytes).toString("utf8");
  if ((directory.readUInt16LE(at + 8) & 1) !== 0) throw refusedZip(file, `"${name}" in it is encrypted`);
  if (directory.readUInt16LE(at + 40) >>> 12 === SYMBOLIC_LINK)
    throw refusedZip(file, "there is a symbolic link in it");
  const method = directory.readUInt16LE(at + 10);
  if (method !== 0 && method !== 8) throw refusedZip(file, `it is packed by method ${method}`);
  const entry: ZipEntry = {
    ...{ name, method },
    crc: directory.readUInt32LE(at + 16),
    packedBytes: directory.readUInt32LE(at + 20),
    bytes: directory.readUInt32LE(at + 24),
    offset: directory.readUInt32LE(at + 42),
  };
  return { entry, next };
}

/** Where the data of an entry begins. @throws GcidemError `invalid-file` where its own header says otherwise */
export function dataOffsetOf({ name, method, offset }: ZipEntry, { file, size, readAt }: OpenZip): number {
  if (offset + LOCAL_BYTES > size) throw refusedZip(file, `"${name}" in it is cut off`);
  const header = readAt(offset, LOCAL_BYTES);
  if (header.readUInt32LE(0) !== LOCAL_MARK) throw refusedZip(file, `"${name}" in it has no header`);
  const nameBytes = header.readUInt16LE(26);
  const own = readAt(offset + LOCAL_BYTES, nameBytes).toString("utf8");
  if (own !== name) throw refusedZip(file, "a file in it has two names");
  if (header.readUInt16LE(8) !== method) throw refusedZip(file, `"${name}" in it is packed in two ways`);
  return offset + LOCAL_BYTES + nameBytes + header.readUInt16LE(28);
}

/** Files that share bytes are how small bombs grow large. */
function checkOverlap(entries: readonly ZipEntry[], end: End, zip: OpenZip): void {
  const sorted = entries.toSorted((a, b) => a.offset - b.offset);
  for (const [index, entry] of sorted.entries()) {
    const until = sorted[index + 1]?.offset ?? end.offset;
    if (dataOffsetOf(entry, zip) + entry.packedBytes > until)
      throw refusedZip(zip.file, "files in it overlap");
  }
}

/**
 * The files of a zip, folders left out. Nothing is unpacked.
 * @throws GcidemError `invalid-file` for what is no zip, and for one with odd names, links, overlaps or absurd sizes
 */
export function readDirectory(zip: OpenZip): readonly ZipEntry[] {
  const { file, readAt } = zip;
  const end = findEnd(zip);
  if (end.count > MOST_ENTRIES || end.bytes > MOST_DIRECTORY_BYTES)
    throw refusedZip(file, `there are ${end.count} files in it`);
  const directory = readAt(end.offset, end.bytes);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < end.count; index++) {
    const { entry, next } = entryAt(directory, at, file);
    entries.push(entry);
    at = next;
  }
  if (at !== directory.length) throw refusedZip(file, "its directory is damaged");
  const problem = nameProblem(entries.map(({ name }) => name)) ?? sizeProblem(entries);
  if (problem !== null) throw refusedZip(file, problem);
  checkOverlap(entries, end, zip);
  return entries.filter(({ name }) => !name.endsWith("/"));
}
