import { release, type } from "node:os";
import { regionOfApiHost } from "../config/regions.js";
import { GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { createRedactor } from "../core/redact.js";
import { VERSION } from "../core/version.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { buildBundle, type MadeBundle, type RenderedReport } from "../evidence/build-bundle.js";
import type { BundleRegion, Machine, TicketValues } from "../evidence/evidence.js";
import { TICKET_NAMES } from "../evidence/ticket-fields.js";
import { mockWords } from "../report/run-title.js";
import type { DiagnoseFolders } from "../session/diagnose-recording.js";
import { checkBundlePath, writeNewFile } from "./bundle-file.js";
import { checkEvidence } from "./check-evidence.js";
import { rulesForRecordings } from "./choose-target.js";
import type { EvidenceFlags } from "./evidence-flags.js";
import { evidenceSource } from "./evidence-source.js";
import { type OpenedEvidence, openEvidence } from "./open-evidence.js";
import { REPORTERS, renderReport, type TerminalStyle } from "./render-report.js";
import { DEFAULT_RUNS_FOLDER } from "./replay-flags.js";
import { writeOut } from "./standard-output.js";

/** What the reports of a bundle are called, by their reporter; others are of no use there. */
const REPORT_FILES: Readonly<Record<string, RenderedReport["name"]>> = {
  html: "report.html",
  markdown: "report.md",
  har: "traffic.har",
  json: "report.json",
};

/** No report of a bundle is drawn for a terminal. */
const STYLE: TerminalStyle = { columns: 80, color: false, unicode: true, verbose: false };

/** Reads the values of `--set`. Secrets in them are taken out. @throws GcidemError `usage` */
function readValues(texts: readonly string[]): TicketValues {
  const redactor = createRedactor();
  const values = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf("=");
    const name = at === -1 ? text : text.slice(0, at);
    if (!TICKET_NAMES.includes(name))
      throw new GcidemError("usage", `--set: there is no field "${name}"`, {
        hint: didYouMeanHint(name, TICKET_NAMES).hint ?? `there are ${TICKET_NAMES.join(", ")}`,
      });
    if (at === -1 || text.length === at + 1)
      throw new GcidemError("usage", `--set ${name}: found no value, expected ${name}=VALUE`);
    if (values.has(name)) throw new GcidemError("usage", `--set ${name} is given twice`);
    values.set(name, redactor.text(text.slice(at + 1)));
  }
  return values;
}

function machine(): Machine {
  return {
    tool: `gcidem ${VERSION}`,
    node: process.version,
    os: `${type()} ${release()} ${process.arch}`,
  };
}

function regionOf(baseUrl: string): BundleRegion | null {
  return URL.canParse(baseUrl) ? regionOfApiHost(new URL(baseUrl).hostname) : null;
}

async function renderReports({ report, cases }: OpenedEvidence): Promise<readonly RenderedReport[]> {
  const rendered: RenderedReport[] = [];
  for (const reporter of REPORTERS) {
    const name = REPORT_FILES[reporter];
    if (name !== undefined)
      rendered.push({ name, pieces: await renderReport(reporter, { report, cases, style: STYLE }) });
  }
  return rendered;
}

function* summary(path: string, { files, gaps }: MadeBundle): Generator<string> {
  const name = printable(path);
  yield `${name}: ${files.length} files for a support ticket\n`;
  if (gaps.length > 0)
    yield `to fill in, in its TICKET.txt or by  ${gaps.map((gap) => `--set ${gap}=...`).join(" ")}\n`;
  yield `before you send it:  gcidem evidence --check ${name}\n`;
}

async function make(word: string, flags: EvidenceFlags): Promise<void> {
  const values = readValues(flags.set);
  if (flags.output !== undefined) checkBundlePath(flags.output);
  const folders: DiagnoseFolders = {
    runsFolder: flags.out ?? DEFAULT_RUNS_FOLDER,
    runsFolderIgnored: flags.out === undefined,
    settlingFolder: ".",
    rules: await rulesForRecordings(flags.config),
  };
  const { saved, problems } = await evidenceSource(word, folders);
  const opened = openEvidence(saved);
  try {
    const { report, run, cases } = opened;
    const notes = [
      ...opened.notes,
      ...problems.map(({ at, message }) => `Line ${at.line} of the recording: ${message}.`),
    ];
    if (!flags.quiet) for (const note of notes) process.stderr.write(`gcidem: ${printable(note)}\n`);
    const path = flags.output ?? `evidence-${mockWords(run) === null ? "" : "MOCK-"}${run.id}.zip`;
    checkBundlePath(path);
    const source = {
      ...{ report, run, values, notes, journalFile: saved.file, machine: machine() },
      region: regionOf(run.target.baseUrl),
    };
    const bundle = buildBundle(source, { reports: await renderReports(opened), cases });
    await writeOut(summary(path, writeNewFile(path, bundle.write)));
  } finally {
    opened.close();
  }
}

/** Runs `gcidem evidence`. Sends nothing. Returns the exit code. @throws GcidemError */
export async function evidence(word: string | undefined, flags: EvidenceFlags): Promise<number> {
  if (flags.check !== undefined) {
    const other = word !== undefined || flags.output !== undefined || flags.set.length > 0;
    if (other)
      throw new GcidemError("usage", "--check looks at a bundle and makes none", {
        hint: `gcidem evidence --check ${flags.check}`,
      });
    return await checkEvidence(flags.check);
  }
  if (word === undefined)
    throw new GcidemError("usage", "found no run, expected one: evidence <run|file.har|sdk.log>", {
      hint: "gcidem evidence last makes it of the newest run",
    });
  await make(word, flags);
  return 0;
}
