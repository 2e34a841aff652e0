import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { GcidemError } from "../core/errors.js";

function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  if (code === "ENOENT") return "its folder does not exist";
  if (code === "EACCES" || code === "EPERM") return "this user may not";
  if (code === "EISDIR") return "it is a folder";
  return message ?? String(error);
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new GcidemError("invalid-file", `${file}: it is not UTF-8 text, expected a saved state`, {
      hint: "the file was left as it is; give another one, or move it away to start anew",
      cause: error,
    });
  }
}

/** A device may have no end, and a pipe no beginning. */
function readRegular(file: string): Buffer {
  const found = statSync(file);
  if (found.isFile() || found.isDirectory()) return readFileSync(file);
  throw new Error("it is a device, a pipe or a socket, expected a file");
}

/**
 * What a mock saved into a file; null where there is no such file yet. Sees to it that the state can be written there
 * at the end, since nobody wants to learn that then.
 * @throws GcidemError `invalid-file` where it cannot be read, `usage` where it could not be written.
 */
export function readStateFile(file: string): string | null {
  try {
    accessSync(dirname(file), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new GcidemError("usage", `--state: cannot write ${file}: ${reasonOf(error)}`, { cause: error });
  }
  if (!existsSync(file)) return null;
  let bytes: Buffer;
  try {
    bytes = readRegular(file);
  } catch (error) {
    throw new GcidemError("invalid-file", `cannot read ${file}: ${reasonOf(error)}`, { cause: error });
  }
  return decode(bytes, file);
}

/**
 * Writes a state so that the file holds the old one or the new one, whatever happens meanwhile. Only its owner may read it:
 * it holds what clients sent.
 * @throws GcidemError `output`
 */
export function writeStateFile(file: string, state: string): void {
  // A link keeps pointing to the file that it names.
  const real = existsSync(file) ? realpathSync(file) : file;
  const next = `${real}.${process.pid}.tmp`;
  try {
    rmSync(next, { force: true });
    const descriptor = openSync(next, "wx", 0o600);
    try {
      writeFileSync(descriptor, state);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(next, real);
  } catch (error) {
    rmSync(next, { force: true });
    throw new GcidemError("output", `cannot save the state in ${file}: ${reasonOf(error)}`, { cause: error });
  }
}
