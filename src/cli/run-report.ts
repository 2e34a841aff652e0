import { existsSync, realpathSync } from "node:fs";
import { GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { renderJson } from "../report/json/render-json.js";
import { renderTerminal } from "../report/terminal/render-terminal.js";
import { type FoundRun, findRun } from "../session/find-run.js";
import { openRun, type SavedRun } from "../session/saved-run.js";
import type { Signal } from "../session/session.js";
import { exitCodeOfSignals } from "./exit-code.js";
import type { ReportFlags } from "./report-flags.js";
import { writeOut } from "./standard-output.js";
import { terminalStyle } from "./terminal-style.js";
import { openFile, writeFile } from "./write-reports.js";

const FORMATS = ["terminal", "json", "history"] as const;
/** Formats that the contract names and that this version does not have. */
const LATER = ["junit", "markdown", "html", "har", "github"];

type Format = (typeof FORMATS)[number];

function readFormat(word: string): Format {
  const format = FORMATS.find((each) => each === word);
  if (format !== undefined) return format;
  const there = `there are ${FORMATS.join(", ")}`;
  if (LATER.includes(word))
    throw new GcidemError("usage", `--format ${word} is not supported yet`, { hint: there });
  throw new GcidemError("usage", `--format: found "${word}", expected a format`, {
    hint: didYouMeanHint(word, FORMATS).hint ?? there,
  });
}

/** A report over the journal that it is made from would destroy the evidence. */
function checkOutput(path: string | undefined, { file }: FoundRun): void {
  if (path === undefined || !existsSync(path) || !existsSync(file)) return;
  if (realpathSync(path) === realpathSync(file))
    throw new GcidemError("usage", `the report ${path} would overwrite the journal; nothing was written`);
}

interface Rendered {
  readonly pieces: Iterable<string>;
  readonly signals: readonly Signal[];
}

function render(run: SavedRun, format: Format, flags: ReportFlags): Rendered {
  if (format === "history") return { pieces: run.history(), signals: [] };
  const { report, signals } = run.report();
  if (format === "json") return { pieces: renderJson(report, {}), signals };
  const place = flags.output === undefined ? "standard output" : "file";
  return { pieces: renderTerminal(report, terminalStyle(flags, place)), signals };
}

/** Runs `gcidem report`. Returns the exit code. @throws GcidemError */
export async function report(word: string, flags: ReportFlags): Promise<number> {
  const format = readFormat(flags.format);
  const found = findRun(word, flags.out);
  checkOutput(flags.output, found);
  const run = openRun(found);
  try {
    if (!run.ended && !flags.quiet)
      process.stderr.write(
        `gcidem: ${printable(found.folder)}: the run did not come to its end; requests without an answer have an unknown outcome\n`,
      );
    const { pieces, signals } = render(run, format, flags);
    if (flags.output === undefined) await writeOut(pieces);
    else writeFile(pieces, openFile(flags.output));
    return exitCodeOfSignals(signals);
  } finally {
    run.close();
  }
}
