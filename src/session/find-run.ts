import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { GcidemError } from "../core/errors.js";

const JOURNAL = "journal.ndjson";

/** A saved run. */
export interface FoundRun {
  readonly folder: string;
  readonly file: string;
}

function foundIn(folder: string): FoundRun {
  return { folder, file: join(folder, JOURNAL) };
}

/** Whether a folder is that of one run. */
export function hasJournal(folder: string): boolean {
  return existsSync(join(folder, JOURNAL));
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const TO_SECONDS = "20261122T052057Z".length;

/**
 * The runs in a folder, the oldest first. Names begin with the time in UTC, to the second; of runs of one second
 * the one whose journal was written to last is the newest.
 */
export function runsIn(runsFolder: string): readonly FoundRun[] {
  if (!existsSync(runsFolder)) return [];
  return readdirSync(runsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && hasJournal(join(runsFolder, entry.name)))
    .map(({ name }) => ({
      second: name.slice(0, TO_SECONDS),
      writtenMs: statSync(foundIn(join(runsFolder, name)).file).mtimeMs,
      run: foundIn(join(runsFolder, name)),
    }))
    .sort((a, b) => order(a.second, b.second) || a.writtenMs - b.writtenMs)
    .map(({ run }) => run);
}

function noRun(message: string, hint: string): GcidemError {
  return new GcidemError("invalid-file", message, { hint });
}

const MOST_SHOWN = 5;

function severalRuns(word: string, names: readonly string[]): GcidemError {
  const shown = names.slice(-MOST_SHOWN).map((name) => `  ${name}`);
  const left = names.length > MOST_SHOWN ? [`  and ${names.length - MOST_SHOWN} older ones`] : [];
  return new GcidemError(
    "usage",
    [`${names.length} runs begin with "${word}", expected one:`, ...shown, ...left].join("\n"),
    { hint: "give more of the name, a folder, or last" },
  );
}

/** A folder that was named by its path, or the journal in it; null where the word is no path that exists. */
function byPath(word: string): FoundRun | null {
  if (!existsSync(word)) return null;
  if (!statSync(word).isDirectory()) return { folder: dirname(word), file: word };
  if (hasJournal(word)) return foundIn(word);
  throw noRun(`${word}: there is no ${JOURNAL} in this folder`, "expected the folder of one run");
}

/**
 * The run that `<run>` means: `last`, the whole name or the unique beginning of a name in `runsFolder`, or a path.
 * @throws GcidemError `invalid-file` where there is none, `usage` where several names begin so.
 */
export function findRun(word: string, runsFolder: string): FoundRun {
  const runs = runsIn(runsFolder);
  const names = runs.map(({ folder }) => basename(folder));
  if (word === "last") {
    const last = runs.at(-1);
    if (last !== undefined) return last;
    throw noRun(
      `there is no run in ${runsFolder}`,
      "gcidem replay saves one; --out <dir> says where they are",
    );
  }
  if (word !== "" && word === basename(word)) {
    const alike = names.includes(word) ? [word] : names.filter((name) => name.startsWith(word));
    const [only, ...others] = alike;
    if (only !== undefined && others.length === 0) return foundIn(join(runsFolder, only));
    if (others.length > 0) throw severalRuns(word, alike);
  }
  const named = byPath(word);
  if (named !== null) return named;
  const hint = names.length === 0 ? `there are no runs in ${runsFolder}` : `the newest is ${names.at(-1)}`;
  throw noRun(`there is no run "${word}" in ${runsFolder}, and no such folder`, hint);
}
