import { GcidemError } from "../../core/errors.js";
import { printable } from "../../core/printable.js";

/** One file of a zip, as its directory has it. */
export interface ZipEntry {
  readonly name: string;
  /** 0: as it is, 8: deflated. */
  readonly method: 0 | 8;
  readonly packedBytes: number;
  readonly bytes: number;
  /** CRC-32 of the unpacked bytes. */
  readonly crc: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/** Reads so many bytes of a file from a place. */
export type ReadAt = (offset: number, length: number) => Buffer;

/** No bundle that gcidem makes comes near these. */
const MOST_BYTES = 8 * 2 ** 30;
const MOST_RATIO = 250;
/** Small files may be as dense as they like. */
const RATIO_FROM_BYTES = 64 * 2 ** 20;

/** A zip that nobody should open. Exit 3. */
export function refusedZip(file: string, what: string): GcidemError {
  return new GcidemError("invalid-file", `${file}: ${what}; nothing was unpacked`, {
    hint: "expected a bundle as gcidem evidence writes it",
  });
}

function oddName(name: string): string | null {
  if (name === "") return "an empty name";
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u.test(name)) return "a control or unreadable character";
  if (name.startsWith("/") || /^[a-z]:/i.test(name)) return "an absolute path";
  if (name.includes("\\")) return "a backslash";
  if (name.split("/").some((part) => part === ".." || part === ".")) return "a path that leads elsewhere";
  return null;
}

const LONGEST_SHOWN = 100;

/** What is wrong with the names, in words that end a sentence; null where nothing is. Pure. */
export function nameProblem(names: readonly string[]): string | null {
  for (const name of names) {
    const odd = oddName(name);
    if (odd !== null) return `the name "${printable(name.slice(0, LONGEST_SHOWN))}" in it has ${odd}`;
  }
  const seen = new Set<string>();
  for (const name of names) {
    const folded = name.normalize("NFC").toLowerCase();
    if (seen.has(folded)) return `the name "${printable(name.slice(0, LONGEST_SHOWN))}" is in it twice`;
    seen.add(folded);
  }
  return null;
}

/** Whether it would unpack to more than anybody can want, in words; null where not. Pure. */
export function sizeProblem(entries: readonly ZipEntry[]): string | null {
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > MOST_BYTES) return `it would unpack to ${total} bytes, more than ${MOST_BYTES}`;
  const dense = entries.find(
    ({ bytes, packedBytes }) => bytes > RATIO_FROM_BYTES && bytes > packedBytes * MOST_RATIO,
  );
  return dense === undefined
    ? null
    : `"${printable(dense.name)}" would unpack to ${dense.bytes} bytes from ${dense.packedBytes}, which is what zip bombs do`;
}
