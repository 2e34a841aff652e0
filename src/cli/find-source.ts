import { existsSync, statSync } from "node:fs";
import { GcidemError } from "../core/errors.js";
import { bufferSource, fileSource } from "../intake/byte-source.js";
import { type DiagnoseFolders, type SavedSource, saveSource } from "../session/diagnose-recording.js";
import { findRun } from "../session/find-run.js";

/** All of standard input, however long. */
export async function readAll(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** True for a path of something that is no folder. */
export function isFile(path: string): boolean {
  return existsSync(path) && !statSync(path).isDirectory();
}

function noRecording(word: string, cause: GcidemError): GcidemError {
  return new GcidemError("invalid-file", `${word}: there is no such file and no such run`, {
    hint: cause.hint ?? cause.message,
    cause,
  });
}

/**
 * What a word of the command line means: a file by its path, `-` for standard input, else a run by its name. A recording is
 * saved as a run. @throws GcidemError `invalid-file`, `usage` or `output`
 */
export async function findSource(word: string, folders: DiagnoseFolders): Promise<SavedSource> {
  if (word !== "-" && !isFile(word)) {
    try {
      return { saved: findRun(word, folders.runsFolder), problems: [] };
    } catch (error) {
      const unknown = error instanceof GcidemError && error.code === "invalid-file" && !existsSync(word);
      throw unknown && word !== "last" ? noRecording(word, error) : error;
    }
  }
  const source = word === "-" ? bufferSource(await readAll(), "<stdin>") : fileSource(word);
  try {
    return saveSource(source, folders);
  } finally {
    source.close();
  }
}
