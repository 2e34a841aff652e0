import { closeSync, fstatSync, openSync, unlinkSync, writeFileSync } from "node:fs";
import { GcidemError } from "../core/errors.js";

/** A file that is open for writing. */
export interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
}

/** True where two are one file, whatever their paths say: a link leads to it too. Devices may be written to twice. */
export function isSameFile(a: OpenFile, b: OpenFile): boolean {
  const [one, other] = [fstatSync(a.descriptor), fstatSync(b.descriptor)];
  return one.isFile() && one.dev === other.dev && one.ino === other.ino;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Opens a file for a report; `append` keeps what it holds. @throws GcidemError `output` */
export function openFile(path: string, mode: "replace" | "append" = "replace"): OpenFile {
  try {
    return { path, descriptor: openSync(path, mode === "append" ? "a" : "w") };
  } catch (error) {
    throw new GcidemError("output", `cannot write the report ${path}: ${reasonOf(error)}; nothing was sent`, {
      cause: error,
    });
  }
}

/** Half a report is none; a device or a pipe is not ours to remove. */
function removePartial({ path, descriptor }: OpenFile): void {
  const removable = fstatSync(descriptor).isFile();
  closeSync(descriptor);
  if (removable) unlinkSync(path);
}

/** Small pieces are written together: a report of 100,000 exchanges has as many. In characters. */
const MOST_PENDING = 1 << 16;

/** Writes pieces to an open file, which stays open. @throws whatever the system says. */
export function writePieces(pieces: Iterable<string>, { descriptor }: OpenFile): void {
  let pending = "";
  for (const piece of pieces) {
    pending += piece;
    if (pending.length < MOST_PENDING) continue;
    writeFileSync(descriptor, pending);
    pending = "";
  }
  if (pending !== "") writeFileSync(descriptor, pending);
}

/** Says that a report could not be written. Pure. */
export function notWritten(path: string, cause: unknown): GcidemError {
  return new GcidemError("output", `cannot write the report ${path}: ${reasonOf(cause)}`, {
    hint: "what was sent is in the journal",
    cause,
  });
}

/** Writes all of a report and closes its file. @throws GcidemError `output`; what could not be finished is removed. */
export function writeFile(pieces: Iterable<string>, file: OpenFile): void {
  try {
    writePieces(pieces, file);
  } catch (error) {
    removePartial(file);
    throw error instanceof GcidemError ? error : notWritten(file.path, error);
  }
  closeSync(file.descriptor);
}
