import { closeSync, existsSync, openSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { GcidemError } from "../core/errors.js";

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function existsAlready(path: string): GcidemError {
  return new GcidemError("output", `${path} exists already; nothing was written`, {
    hint: "its ticket may have been filled in: give another name with -o, or remove it first",
  });
}

/** Looks whether a bundle can be written there, before anything else is done. @throws GcidemError `output` */
export function checkBundlePath(path: string): void {
  if (existsSync(path)) throw existsAlready(path);
  if (!existsSync(dirname(path)))
    throw new GcidemError("output", `cannot write ${path}: there is no folder ${dirname(path)}`, {
      hint: "make it first",
    });
}

function openNew(path: string): number {
  try {
    return openSync(path, "wx", 0o600);
  } catch (error) {
    if (existsSync(path)) throw existsAlready(path);
    throw new GcidemError("output", `cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Writes a new file by way of `fill`, which is given what appends bytes. Only its owner may read it.
 * @throws GcidemError `output`, or what `fill` throws; a file that could not be finished is removed.
 */
export function writeNewFile<Result>(
  path: string,
  fill: (write: (bytes: Uint8Array) => void) => Result,
): Result {
  const descriptor = openNew(path);
  try {
    const result = fill((bytes) => writeFileSync(descriptor, bytes));
    closeSync(descriptor);
    return result;
  } catch (error) {
    try {
      closeSync(descriptor);
    } finally {
      unlinkSync(path);
    }
    if (error instanceof GcidemError) throw error;
    const systemSays = error instanceof Error && "syscall" in error;
    throw systemSays
      ? new GcidemError("output", `cannot write ${path}: ${reasonOf(error)}`, {
          hint: "the run itself is saved as it was",
          cause: error,
        })
      : error;
  }
}
