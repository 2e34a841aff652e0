import { createHash } from "node:crypto";
import { createRedactor } from "../core/redact.js";
import { readHar } from "../intake/read-har.js";
import { toRecords } from "../intake/to-records.js";
import type { Exchange, RecordedTraffic } from "../journal/journal.js";
import { viewRecords } from "../journal/read-journal.js";
import { withResource } from "./open-run-journal.js";
import { recordingPersonal } from "./personal-rules.js";
import { startedOf, trafficOf } from "./save-recording.js";

/** Exchanges that somebody else recorded, and what is known of the recording. */
export interface RecordedExchanges extends ReadonlyArray<Exchange> {
  readonly recording: RecordedTraffic;
}

/**
 * The exchanges of a HAR's text, redacted as a journal would have them, in memory. Pure but for the key of hashes.
 * @throws GcidemError `invalid-file`
 */
export function exchangesOfHar(text: string): RecordedExchanges {
  const recording = readHar(text);
  const sha256 = createHash("sha256").update(text).digest("hex");
  const started = startedOf(recording, { name: "<har>", sha256, run: "har" });
  const view = viewRecords(started, [
    ...toRecords(recording, createRedactor(undefined, recordingPersonal())),
  ]);
  const exchanges = [...view.exchanges()].map(withResource);
  return Object.assign(exchanges, { recording: trafficOf(recording) });
}
