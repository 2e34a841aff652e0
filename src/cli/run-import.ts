import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { formatPosition, GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { fromJournal } from "../import/from-journal.js";
import type { Imported, Traffic } from "../import/import.js";
import { importScenario } from "../import/import-scenario.js";
import { openTraffic } from "../import/open-traffic.js";
import { bufferSource, fileSource } from "../intake/byte-source.js";
import type { ReadBeside } from "../intake/written.js";
import { buildPlan } from "../plan/build-plan.js";
import { loadScenario } from "../scenario/load-scenario.js";
import { findRun } from "../session/find-run.js";
import { openRunJournal } from "../session/open-run-journal.js";
import { isFile, readAll } from "./find-source.js";
import { replayCommands } from "./import-command.js";
import type { ImportFlags } from "./import-flags.js";
import { replaceFiles } from "./replace-files.js";
import { DEFAULT_RUNS_FOLDER } from "./replay-flags.js";
import { writeOut } from "./standard-output.js";

/** A paste may come from anybody: files outside of its folder are not read into a scenario that is sent somewhere. */
function readBesideIn(folder: string): ReadBeside {
  return (path) => {
    if (path === "-") return "standard input is not read";
    if (isAbsolute(path) || /^~/.test(path)) return "only files beside the source are read";
    try {
      const real = realpathSync(resolve(folder, path));
      const inside = relative(realpathSync(folder), real);
      if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside))
        return "only files beside the source are read";
      return statSync(real).isFile() ? readFileSync(real) : "it is no file";
    } catch (error) {
      const { code } = error as { readonly code?: string };
      return code === "ENOENT" ? "there is no such file" : `it cannot be read (${code ?? "unknown"})`;
    }
  };
}

interface Opened {
  readonly traffic: Traffic;
  readonly close: () => void;
}

function openRun(file: string, name: string): Opened {
  const journal = openRunJournal(file);
  return { traffic: fromJournal(journal, name), close: journal.close };
}

function unknownSource(word: string, cause: unknown): unknown {
  const unknown =
    cause instanceof GcidemError && cause.code === "invalid-file" && !existsSync(word) && word !== "last";
  if (!unknown) return cause;
  return new GcidemError("invalid-file", `${word}: there is no such file and no such run`, {
    hint: cause.hint ?? cause.message,
    cause,
  });
}

async function open(word: string, runsFolder: string): Promise<Opened> {
  if (word !== "-" && !isFile(word)) {
    try {
      const { file, folder } = findRun(word, runsFolder);
      return openRun(file, basename(folder));
    } catch (error) {
      throw unknownSource(word, error);
    }
  }
  const source = word === "-" ? bufferSource(await readAll(), "<stdin>") : fileSource(word);
  try {
    const traffic = openTraffic(source, readBesideIn(word === "-" ? "." : dirname(word)));
    if (traffic !== null) return { traffic, close: source.close };
    if (word === "-")
      throw new GcidemError("usage", "a saved run comes by its name, not on standard input", {
        hint: "gcidem import last",
      });
  } catch (error) {
    source.close();
    throw error;
  }
  source.close();
  return openRun(word, word);
}

/** What gcidem makes must pass its own check: anything else is a mistake of gcidem's. */
function checked({ text }: Imported, file: string): ReturnType<typeof buildPlan> {
  try {
    return buildPlan(loadScenario(text, file));
  } catch (error) {
    if (!(error instanceof GcidemError)) throw error;
    const problems = error.problems.map(({ at, message }) => `${formatPosition(at)}: ${message}`);
    throw new Error(`the scenario made of it is not valid\n${problems.join("\n")}`, { cause: error });
  }
}

function checkOutput(word: string, output: string | undefined): void {
  if (output === undefined || !isFile(word) || !existsSync(output)) return;
  if (realpathSync(word) === realpathSync(output))
    throw new GcidemError("usage", `${output} is what is imported; nothing was written`, {
      hint: "name another file with -o",
    });
}

function writeFiles({ files, text }: Imported, output: string): readonly string[] {
  const beside = files.map(({ name, bytes }) => ({ path: join(dirname(output), name), bytes }));
  return replaceFiles([...beside, { path: output, bytes: Buffer.from(text) }]);
}

const MOST_NOTES = 200;

function tell(imported: Imported, commands: readonly string[], quiet: boolean): void {
  const { notes } = imported;
  const shown = quiet ? [] : notes.slice(0, MOST_NOTES);
  const lines = [
    ...shown.map(({ place, text }) => `${place}: ${text}`),
    ...(quiet || notes.length <= MOST_NOTES ? [] : [`and ${notes.length - MOST_NOTES} more of these`]),
    ...commands.map((command) => `next:  ${command}`),
    ...(commands.some((command) => command.includes("--vars vars.yaml"))
      ? [`       vars.yaml is a map that you write, of ${[...imported.asked.keys()].join(", ")}`]
      : []),
  ];
  process.stderr.write(`${lines.map(printable).join("\n")}\n`);
}

/** Runs `gcidem import`. Sends nothing. @throws GcidemError */
export async function importSource(word: string, { output, out, quiet }: ImportFlags): Promise<void> {
  checkOutput(word, output);
  const { traffic, close } = await open(word, out ?? DEFAULT_RUNS_FOLDER);
  try {
    const file = output ?? "scenario.yaml";
    const imported = importScenario(traffic, { stem: basename(file, extname(file)) });
    const plan = checked(imported, file);
    if (output === undefined && imported.files.length > 0)
      throw new GcidemError(
        "usage",
        `${imported.files.length} bodies are kept in files beside the scenario, which needs -o; nothing was written`,
        {
          hint: `gcidem import ${word} -o scenario.yaml`,
        },
      );
    const replaced = output === undefined ? [] : writeFiles(imported, output);
    if (output === undefined) await writeOut([imported.text]);
    for (const path of replaced)
      process.stderr.write(`${printable(path)}: replaced, it held something else\n`);
    tell(imported, replayCommands(file, imported, plan), quiet);
  } finally {
    close();
  }
}
