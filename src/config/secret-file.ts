import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { GcidemError } from "../core/errors.js";

const OTHERS_MAY_READ = 0o077;

/** A secret is a line; a PEM key is a page. */
const MOST_BYTES = 65_536;

/** A file that holds a secret, and what names it. */
export interface SecretFile {
  readonly path: string;
  /** The path as it was written. */
  readonly label: string;
  /** Where that stands: file, line and column. */
  readonly at: string;
}

/** A pipe that nobody writes to would be waited for without an end. Windows has no such flag. */
const AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

function cannotRead({ label, at }: SecretFile, error: unknown): GcidemError {
  const { code } = error as { readonly code?: string };
  const reason =
    code === "ENOENT"
      ? "there is no such file"
      : code === "EACCES"
        ? "this user may not read it"
        : (code ?? "it failed");
  return new GcidemError("usage", `${at}: cannot read ${label}: ${reason}; nothing was sent`, {
    cause: error,
  });
}

function readOpened(descriptor: number, { label, at }: SecretFile): string {
  const stat = fstatSync(descriptor);
  const { mode, size } = stat;
  if (!stat.isFile()) throw new GcidemError("usage", `${at}: ${label} is no file; nothing was sent`);
  // Windows has no such bits.
  if (process.platform !== "win32" && (mode & OTHERS_MAY_READ) !== 0) {
    const found = (mode & 0o777).toString(8).padStart(4, "0");
    throw new GcidemError(
      "refused",
      `${at}: ${label} holds a secret, and its group or others can read it (mode ${found}); nothing was sent`,
      { hint: `make it yours alone: chmod 600 ${label}` },
    );
  }
  if (size > MOST_BYTES)
    throw new GcidemError("usage", `${at}: ${label} has ${size} bytes, expected a secret; nothing was sent`);
  const buffer = Buffer.alloc(size);
  return buffer.subarray(0, readSync(descriptor, buffer, 0, size, 0)).toString("utf8");
}

/**
 * The text of a file that holds a secret. Permissions are asked of the open file, so that no other takes its place.
 * @throws GcidemError `refused` where others can read it, `usage` where it cannot be read
 */
export function readSecretFile(file: SecretFile): string {
  let descriptor: number;
  try {
    descriptor = openSync(file.path, AT_ONCE);
  } catch (error) {
    throw cannotRead(file, error);
  }
  try {
    return readOpened(descriptor, file);
  } finally {
    closeSync(descriptor);
  }
}
