import { dirname } from "node:path";
import type { Cause } from "../core/causes.js";
import { GcidemError, invalidFile, type Problem } from "../core/errors.js";
import { isConflictStatus, isWrite } from "../core/http.js";
import type { KeepRule } from "../core/keep-rules.js";
import type { Diagnosis } from "../diagnose/diagnose.js";
import type { ByteSource } from "../intake/byte-source.js";
import { readRecording } from "../intake/read-recording.js";
import { isConfirming } from "../journal/confirming.js";
import { prepareRunsFolder } from "../journal/create-journal.js";
import { isExclusive } from "../journal/is-exclusive.js";
import type { Exchange, JournalView } from "../journal/journal.js";
import type { RunReport, RunSection } from "../report/report.js";
import { type Diagnosed, diagnoseAll } from "./diagnose-journal.js";
import type { FoundRun } from "./find-run.js";
import { openRunJournal, withResource } from "./open-run-journal.js";
import { buildReport } from "./replay.js";
import { saveJournal } from "./save-journal.js";
import { saveRecording } from "./save-recording.js";
import type { ConfigRules } from "./session.js";
import { writeSettling } from "./write-settling.js";

/** Where things are put. */
export interface DiagnoseFolders {
  readonly runsFolder: string;
  /** True for the default folder, which carries its own `.gitignore`. */
  readonly runsFolderIgnored: boolean;
  /** Where scenarios that settle something are written. */
  readonly settlingFolder: string;
  /** Absent or null: there is no config file. */
  readonly rules?: ConfigRules | null;
  /** Callers' data that is not hidden. Absent: none of it is kept. */
  readonly keep?: readonly KeepRule[];
}

/** What came of it. The report reads the journal while it is rendered: close afterwards. */
export interface DiagnosedRecording {
  readonly report: RunReport;
  /** True where there was a conflict or an anomaly. */
  readonly found: boolean;
  /** What could not be read of the recording, with its place. */
  readonly problems: readonly Problem[];
  readonly close: () => void;
}

/** Refusals that are conflicts whatever their status (contracts.md, JSON report). */
const CONFLICT_FAMILY = /^(?:key|etag|stale|precondition)-|^conflict-not-replay$/;

function isConflictCause(cause: Cause): boolean {
  return CONFLICT_FAMILY.test(cause);
}

/** Exchanges that were refused as a conflict by what explains them, whatever their status says. */
function conflictsByCause(diagnoses: readonly Diagnosis[]): ReadonlySet<string> {
  const named = diagnoses.filter(
    ({ kind, cause, certainty }) => kind === "refusal" && certainty !== "possible" && isConflictCause(cause),
  );
  return new Set(named.map(({ exchange }) => exchange));
}

type Tally = { -readonly [Name in "exchanges" | "writes" | "conflicts" | "failures" | "refused"]: number };

function newTally(): Tally {
  return { exchanges: 0, writes: 0, conflicts: 0, failures: 0, refused: 0 };
}

function count(counts: Tally, { id, request, response, error }: Exchange, named: ReadonlySet<string>): void {
  const names = request.headers.map(([name]) => name);
  counts.exchanges += 1;
  if (isWrite(request.method, names)) counts.writes += 1;
  if ((response !== null && isConflictStatus(response.status)) || named.has(id)) counts.conflicts += 1;
  if (error?.phase === "refused") counts.refused += 1;
  else if (error !== null) counts.failures += 1;
}

function countsOf(
  exchanges: Iterable<Exchange>,
  diagnoses: readonly Diagnosis[],
): Pick<RunSection, "counts" | "confirming"> {
  const [counts, confirming] = [newTally(), newTally()];
  const named = conflictsByCause(diagnoses);
  for (const exchange of exchanges) {
    count(counts, exchange, named);
    if (isConfirming(exchange)) count(confirming, exchange, named);
  }
  return { counts, ...(confirming.exchanges === 0 ? {} : { confirming }) };
}

/** What was diagnosed is in memory already; what was too much for that is read anew each time. */
function exchangesOf(
  journal: JournalView,
  { exchanges, notDiagnosed }: Diagnosed,
): Pick<RunSection, "exchanges" | "exchange"> {
  const lookUp = (id: string): Exchange => withResource(journal.exchange(id));
  if (notDiagnosed === null) {
    const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
    return { exchanges, exchange: (id) => byId.get(id) ?? lookUp(id) };
  }
  function* all(): Generator<Exchange> {
    for (const exchange of journal.exchanges()) yield withResource(exchange);
  }
  return { exchanges: { [Symbol.iterator]: all }, exchange: lookUp };
}

function sectionOf(journal: JournalView, folder: string): RunSection {
  const { started, ended } = journal;
  const { name, file, sha256 } = started.scenario;
  const { timesKnown = true, bodiesExact = true, requestsLost = false } = started.recording ?? {};
  const diagnosed = diagnoseAll(
    journal.exchanges(),
    { timesKnown, bodiesExact, requestsLost, exclusive: isExclusive(started) },
    started.confirmedOn ?? null,
  );
  const { diagnoses, notDiagnosed } = diagnosed;
  const read = exchangesOf(journal, diagnosed);
  return {
    id: started.run,
    folder,
    scenario: { name, description: "", file, sha256 },
    target: { ...started.target, policyDescription: null },
    seed: started.seed,
    startedAt: started.startedAt,
    durationMs: ended?.durationMs ?? 0,
    interrupted: ended?.interrupted ?? true,
    verdict: "not-judged",
    ...countsOf(read.exchanges, diagnoses),
    steps: [],
    skipped: [],
    ...read,
    diffs: [],
    expectations: [],
    diagnoses,
    ...(notDiagnosed === null ? {} : { notDiagnosed }),
    ...(started.recording === undefined ? {} : { recording: started.recording }),
    ...(started.confirmedOn === undefined ? {} : { confirmedOn: started.confirmedOn }),
    invariants: [],
    races: [],
    storedAnswers: {},
    redacted: { secrets: ended?.redactedSecrets ?? 0, personal: ended?.redactedPersonal ?? 0 },
  };
}

/** A saved run, read and diagnosed, without the judgement of its scenario. It reads its journal: close afterwards. */
export interface OpenedSection {
  readonly section: RunSection;
  readonly close: () => void;
}

/** Opens a saved run, whatever made it. @throws GcidemError `invalid-file` for what is no journal */
export function openSection({ file, folder }: FoundRun): OpenedSection {
  const journal = openRunJournal(file);
  try {
    return { section: sectionOf(journal, folder), close: journal.close };
  } catch (error) {
    journal.close();
    throw error;
  }
}

function withSettling(section: RunSection, folder: string): RunSection {
  const recording = section.scenario.file === "" ? section.id : section.scenario.file;
  const settling = writeSettling(section.diagnoses, section.exchange, { folder, recording, run: section });
  return settling.length === 0 ? section : { ...section, settling };
}

/**
 * Explains the conflicts of a saved run, and writes scenarios that settle what is open.
 * @throws GcidemError `invalid-file` for what is no journal, `output`
 */
export function diagnoseRun(
  { file, folder }: FoundRun,
  { settlingFolder, rules }: Pick<DiagnoseFolders, "settlingFolder" | "rules">,
  problems: readonly Problem[] = [],
): DiagnosedRecording {
  const journal = openRunJournal(file, rules?.subjectRules);
  try {
    const section = withSettling(sectionOf(journal, folder), settlingFolder);
    const anomalies = section.diagnoses.some(({ kind }) => kind === "anomaly");
    const found = section.counts.conflicts > 0 || anomalies;
    return { report: buildReport([section]), found, problems, close: journal.close };
  } catch (error) {
    journal.close();
    throw error;
  }
}

/** A run to diagnose, and what could not be read of the recording that it was made from. */
export interface SavedSource {
  readonly saved: FoundRun;
  readonly problems: readonly Problem[];
}

/**
 * Saves traffic that somebody else recorded as a run, redacted. A source that is a journal is such a run already.
 * @throws GcidemError `invalid-file` where nothing can be read, `output`
 */
export function saveSource(source: ByteSource, folders: DiagnoseFolders): SavedSource {
  const recording = readRecording(source);
  if (recording === null) {
    if (source.inMemory !== true)
      return { saved: { file: source.name, folder: dirname(source.name) }, problems: [] };
    prepareRunsFolder(folders.runsFolder, folders.runsFolderIgnored);
    return { saved: saveJournal(source, folders.runsFolder), problems: [] };
  }
  if (recording.count === 0 && recording.problems.length > 0)
    throw invalidFile(source.name, recording.problems);
  if (recording.count === 0)
    throw new GcidemError("invalid-file", `${source.name}: there is no HTTP request in it`, {
      ...(recording.notes.length === 0 ? {} : { hint: recording.notes.join("; ") }),
    });
  prepareRunsFolder(folders.runsFolder, folders.runsFolderIgnored);
  return { saved: saveRecording(recording, source, folders), problems: recording.problems };
}
