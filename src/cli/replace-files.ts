import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { GcidemError } from "../core/errors.js";

/** A file that is to be written whole. */
export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface Written extends NewFile {
  readonly next: string;
  /** It held something else. */
  readonly replaced: boolean;
}

function holdsElse(path: string, bytes: Uint8Array): boolean {
  return existsSync(path) && !readFileSync(path).equals(bytes);
}

/** Null: the path is a device or a pipe, which got the bytes as they are. */
function writeBeside({ path, bytes }: NewFile): Written | null {
  if (existsSync(path) && !statSync(path).isFile()) {
    writeFileSync(path, bytes);
    return null;
  }
  // A link keeps pointing to the file that it names.
  const real = existsSync(path) ? realpathSync(path) : path;
  const next = `${real}.${process.pid}.tmp`;
  const written = { path: real, bytes, next, replaced: holdsElse(real, bytes) };
  try {
    writeFileSync(next, bytes, { flag: "wx" });
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
  return written;
}

/**
 * Writes files so that either all of them are there or, on a full disk, what was there before. Gives the paths that held
 * something else. @throws GcidemError `output`
 */
export function replaceFiles(files: readonly NewFile[]): readonly string[] {
  const written: Written[] = [];
  let current = "";
  try {
    for (const file of files) {
      current = file.path;
      const one = writeBeside(file);
      if (one !== null) written.push(one);
    }
    for (const { next, path } of written) renameSync(next, path);
  } catch (error) {
    for (const { next } of written) rmSync(next, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new GcidemError("output", `cannot write ${current}: ${reason}`, { cause: error });
  }
  return written.filter(({ replaced }) => replaced).map(({ path }) => path);
}
