import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { KeepRule } from "../core/keep-rules.js";
import { createRedactor } from "../core/redact.js";
import { VERSION } from "../core/version.js";
import { type ByteSource, chunksOf } from "../intake/byte-source.js";
import type { Recording } from "../intake/intake.js";
import { startOf, toRecords } from "../intake/to-records.js";
import { createJournal, newRunId } from "../journal/create-journal.js";
import type { RecordedTraffic, RunStarted } from "../journal/journal.js";
import type { FoundRun } from "./find-run.js";
import { recordedRules } from "./open-run-journal.js";
import { recordingPersonal } from "./personal-rules.js";
import type { ConfigRules } from "./session.js";

function sha256Of(source: ByteSource): string {
  const hash = createHash("sha256");
  for (const { bytes } of chunksOf(source)) hash.update(bytes);
  return hash.digest("hex");
}

/** What a journal keeps of a recording besides its exchanges. Pure. */
export function trafficOf(recording: Recording): RecordedTraffic {
  const { format, recordedBy, timesKnown, bodiesExact, requestsLost, notes } = recording;
  const lost = requestsLost === undefined ? {} : { requestsLost };
  return { format, recordedBy, timesKnown, bodiesExact, ...lost, notes };
}

/** First record of the journal of a recording. */
export function startedOf(
  recording: Recording,
  source: { readonly name: string; readonly sha256: string; readonly run: string },
): RunStarted {
  const startMs = startOf(recording);
  return {
    ...{ type: "run-started", schema: "gcidem-journal/1", run: source.run },
    ...{ tool: `gcidem ${VERSION}`, node: process.version },
    scenario: { name: basename(source.name), file: source.name, sha256: source.sha256, text: "" },
    target: { kind: "recording", baseUrl: recording.origins[0] ?? "", policy: null },
    seed: 0,
    startedAt: new Date(startMs).toISOString(),
    recording: trafficOf(recording),
  };
}

/**
 * Saves a recording as a run, redacted before a byte is written. The runs folder must be there.
 * @throws GcidemError `output`
 */
export function saveRecording(
  recording: Recording,
  source: ByteSource,
  {
    runsFolder,
    rules,
    keep,
  }: {
    readonly runsFolder: string;
    readonly rules?: ConfigRules | null;
    readonly keep?: readonly KeepRule[];
  },
): FoundRun {
  const run = newRunId(`diagnose ${basename(source.name)}`, new Date());
  const journal = createJournal(runsFolder, run);
  const redactor = createRedactor(rules?.redaction, recordingPersonal(keep));
  let endMs = 0;
  try {
    const started = startedOf(recording, { name: source.name, sha256: sha256Of(source), run });
    journal.append({ ...started, ...recordedRules(rules) });
    for (const record of toRecords(recording, redactor)) {
      journal.append(record);
      if (record.type !== "request-sent") endMs = Math.max(endMs, record.endMs);
    }
    journal.append({
      type: "run-ended",
      endedAt: new Date().toISOString(),
      durationMs: Math.round(endMs * 1000) / 1000,
      interrupted: false,
      redactedSecrets: redactor.count(),
      redactedPersonal: redactor.countPersonal(),
    });
  } finally {
    journal.close();
  }
  return { folder: journal.folder, file: journal.file };
}
