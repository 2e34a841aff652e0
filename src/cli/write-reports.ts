import { GcidemError } from "../core/errors.js";
import { isSameFile, type OpenFile, openFile, writeFile } from "./output-file.js";
import { type Rendering, type ReporterName, renderReport, type TerminalStyle } from "./render-report.js";
import type { WantedReporter } from "./reporters.js";
import { writeOut } from "./standard-output.js";
import { openStepSummary, writeStepSummary } from "./step-summary.js";

/** A reporter, its files open already, so that a bad path is found before anything is sent. */
export interface Reporter {
  readonly name: ReporterName;
  /** Null: standard output. */
  readonly file: OpenFile | null;
  /** Only of `github`, where a step's summary is shown. */
  readonly summary: OpenFile | null;
}

function checkApart(opened: readonly OpenFile[]): void {
  for (const [index, file] of opened.entries()) {
    const twin = opened.slice(0, index).find((other) => isSameFile(file, other));
    if (twin === undefined) continue;
    throw new GcidemError("usage", `${twin.path} and ${file.path} are one file; nothing was sent`, {
      hint: "give each reporter a file of its own",
    });
  }
}

/**
 * Opens the files of reporters.
 * @throws GcidemError `output` for one that cannot be written, `usage` for two that are one file
 */
export function openReporters(wanted: readonly WantedReporter[]): readonly Reporter[] {
  const reporters = wanted.map(({ name, path }) => ({
    name,
    file: path === null ? null : openFile(path),
    summary: name === "github" ? openStepSummary() : null,
  }));
  const [summary] = reporters.flatMap((each) => each.summary ?? []);
  const files = reporters.flatMap(({ file }) => file ?? []);
  checkApart(summary === undefined ? files : [summary, ...files]);
  return reporters;
}

/** Writes every report. @throws GcidemError `output`; a file that could not be finished is removed. */
export async function writeReports(
  reporters: readonly Reporter[],
  told: Pick<Rendering, "report" | "cases">,
  styleOf: (place: "standard output" | "file") => TerminalStyle,
): Promise<void> {
  for (const { name, file, summary } of reporters) {
    const rendering = { ...told, style: styleOf(file === null ? "standard output" : "file") };
    const pieces = await renderReport(name, rendering);
    if (file === null) await writeOut(pieces);
    else writeFile(pieces, file);
    if (summary !== null) writeStepSummary(await renderReport("markdown", rendering), summary);
  }
}
