import { type OpenFile, openFile, writeFile } from "./output-file.js";
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

/** Opens the files of reporters. @throws GcidemError `output` for one that cannot be written. */
export function openReporters(wanted: readonly WantedReporter[]): readonly Reporter[] {
  return wanted.map(({ name, path }) => ({
    name,
    file: path === null ? null : openFile(path),
    summary: name === "github" ? openStepSummary() : null,
  }));
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
