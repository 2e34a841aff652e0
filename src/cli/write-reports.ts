import { closeSync, openSync, unlinkSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { GcidemError } from "../core/errors.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { renderJson } from "../report/json/render-json.js";
import type { RunReport } from "../report/report.js";
import { renderTerminal } from "../report/terminal/render-terminal.js";
import { writeOut } from "./standard-output.js";

const REPORTERS = ["terminal", "json"] as const;
/** Reporters that the contract names and that this version does not have. */
const LATER = ["junit", "markdown", "html", "har", "github"];

type ReporterName = (typeof REPORTERS)[number];

/** A file that is open for writing. */
export interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
}

/** A reporter, its file open already, so that a bad path is found before anything is sent. */
export interface Reporter {
  readonly name: ReporterName;
  /** Null: standard output. */
  readonly file: OpenFile | null;
}

function usage(message: string, hint: string): GcidemError {
  return new GcidemError("usage", `${message}; nothing was sent`, { hint });
}

function readName(word: string): ReporterName {
  const name = REPORTERS.find((each) => each === word);
  if (name !== undefined) return name;
  if (LATER.includes(word))
    throw usage(`--reporter ${word} is not supported yet`, `there are ${REPORTERS.join(", ")}`);
  throw usage(
    `there is no reporter "${word}"`,
    didYouMeanHint(word, REPORTERS).hint ?? `there are ${REPORTERS.join(", ")}`,
  );
}

/** Opens a file for a report. @throws GcidemError `output` */
export function openFile(path: string): OpenFile {
  try {
    return { path, descriptor: openSync(path, "w") };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GcidemError("output", `cannot write the report ${path}: ${reason}; nothing was sent`, {
      cause: error,
    });
  }
}

/** One `--reporter name[=file]`. */
export interface WantedReporter {
  readonly name: ReporterName;
  /** Null: standard output. */
  readonly path: string | null;
}

/**
 * Reads the values of `--reporter`; without any, the terminal on standard output.
 * @throws GcidemError `usage` for an unknown name or two reporters to one place.
 */
export function readReporters(texts: readonly string[]): readonly WantedReporter[] {
  const wanted = (texts.length === 0 ? ["terminal"] : texts).map((text) => {
    const [word = "", ...rest] = text.split("=");
    return { name: readName(word), path: rest.length === 0 ? null : rest.join("=") };
  });
  const places = wanted.map(({ path }) => (path === null ? "standard output" : resolve(path)));
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice !== undefined)
    throw usage(`two reporters write to ${twice}`, "give one of them a file: --reporter json=report.json");
  return wanted;
}

/** Opens the files of reporters. @throws GcidemError `output` for one that cannot be written. */
export function openReporters(wanted: readonly WantedReporter[]): readonly Reporter[] {
  return wanted.map(({ name, path }) => ({ name, file: path === null ? null : openFile(path) }));
}

/** How the terminal report is drawn. */
export interface TerminalStyle {
  readonly columns: number;
  readonly color: boolean;
  readonly unicode: boolean;
  readonly verbose: boolean;
}

function render(name: ReporterName, report: RunReport, style: TerminalStyle): Iterable<string> {
  return name === "json" ? renderJson(report, {}) : renderTerminal(report, style);
}

/** Writes all of a report and closes its file. @throws GcidemError `output`; what could not be finished is removed. */
export function writeFile(pieces: Iterable<string>, file: OpenFile): void {
  try {
    for (const piece of pieces) writeFileSync(file.descriptor, piece);
    closeSync(file.descriptor);
  } catch (error) {
    closeSync(file.descriptor);
    unlinkSync(file.path);
    const reason = error instanceof Error ? error.message : String(error);
    throw new GcidemError("output", `cannot write the report ${file.path}: ${reason}`, {
      hint: "what was sent is in the journal",
      cause: error,
    });
  }
}

/** Writes every report. @throws GcidemError `output`; a file that could not be finished is removed. */
export async function writeReports(
  reporters: readonly Reporter[],
  report: RunReport,
  styleOf: (place: "standard output" | "file") => TerminalStyle,
): Promise<void> {
  for (const { name, file } of reporters) {
    const pieces = render(name, report, styleOf(file === null ? "standard output" : "file"));
    if (file === null) await writeOut(pieces);
    else writeFile(pieces, file);
  }
}
