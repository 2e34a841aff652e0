import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Problem } from "../core/errors.js";
import { VERSION } from "../core/version.js";
import { chunksOf, fileSource } from "../intake/byte-source.js";
import type { DiagnoseFolders, SavedSource } from "../session/diagnose-recording.js";
import { findSource, isFile } from "./find-source.js";

/** Stands beside the journal of a recording that was saved for its evidence. */
const MARK_FILE = "evidence-of.json";

interface Mark {
  readonly source: string;
  readonly problems: readonly Problem[];
}

/** What must be the same for a recording to become the same run: its bytes, its name, and who reads it. */
function identityOf(file: string): string {
  const source = fileSource(file);
  try {
    const hash = createHash("sha256").update(`${VERSION}\n${file}\n`);
    for (const { bytes } of chunksOf(source)) hash.update(bytes);
    return hash.digest("hex");
  } finally {
    source.close();
  }
}

function markIn(folder: string): Mark | null {
  try {
    const mark = JSON.parse(readFileSync(join(folder, MARK_FILE), "utf8")) as Partial<Mark> | null;
    return typeof mark?.source === "string" && Array.isArray(mark.problems) ? (mark as Mark) : null;
  } catch {
    return null;
  }
}

function earlierRun(source: string, runsFolder: string): SavedSource | null {
  if (!existsSync(runsFolder)) return null;
  for (const name of readdirSync(runsFolder).toSorted()) {
    const folder = join(runsFolder, name);
    const file = join(folder, "journal.ndjson");
    const mark = markIn(folder);
    if (mark?.source === source && existsSync(file))
      return { saved: { folder, file }, problems: mark.problems };
  }
  return null;
}

/**
 * The run that evidence is made of. A recording is saved as a run once: the same file gives the same evidence again. Where a
 * config file says what is hidden it is saved anew each time, since that may have changed.
 * @throws GcidemError `invalid-file`, `usage` or `output`
 */
export async function evidenceSource(word: string, folders: DiagnoseFolders): Promise<SavedSource> {
  if (word === "-" || !isFile(word) || folders.rules !== null) return await findSource(word, folders);
  const source = identityOf(word);
  const earlier = earlierRun(source, folders.runsFolder);
  if (earlier !== null) return earlier;
  const found = await findSource(word, folders);
  // A journal that was named by its path is a run already.
  if (resolve(found.saved.file) === resolve(word)) return found;
  const mark: Mark = { source, problems: found.problems };
  writeFileSync(join(found.saved.folder, MARK_FILE), `${JSON.stringify(mark)}\n`);
  return found;
}
