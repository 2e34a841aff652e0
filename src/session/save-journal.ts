import { appendFileSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { GcidemError } from "../core/errors.js";
import { type ByteSource, chunksOf } from "../intake/byte-source.js";
import { createJournal, newRunId } from "../journal/create-journal.js";
import { openJournal } from "../journal/read-journal.js";
import type { FoundRun } from "./find-run.js";

/** Places in the copy are places in what was copied. */
function namedAfter(source: ByteSource, error: unknown): unknown {
  if (!(error instanceof GcidemError) || error.problems.length === 0) return error;
  const problems = error.problems.map((each) => ({ ...each, at: { ...each.at, file: source.name } }));
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return new GcidemError(error.code, `${source.name}: ${count}; nothing was sent`, {
    problems,
    cause: error,
  });
}

/**
 * Saves a journal that came through a pipe as a run, byte for byte: it was redacted when it was written. The runs folder must be there.
 * @throws GcidemError `invalid-file` for what is no journal, which is not kept; `output`
 */
export function saveJournal(source: ByteSource, runsFolder: string): FoundRun {
  const journal = createJournal(runsFolder, newRunId(`diagnose ${basename(source.name)}`, new Date()));
  journal.close();
  try {
    for (const { bytes } of chunksOf(source)) appendFileSync(journal.file, bytes);
    openJournal(journal.file).close();
  } catch (error) {
    rmSync(journal.folder, { recursive: true, force: true });
    throw namedAfter(source, error);
  }
  return { folder: journal.folder, file: journal.file };
}
