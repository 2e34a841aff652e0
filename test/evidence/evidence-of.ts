import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterEach } from "vitest";
import type { HeaderList } from "../../src/core/http.js";
import { createRedactor } from "../../src/core/redact.js";
import type { TargetKind } from "../../src/core/target.js";
import { buildBundle, type MadeBundle } from "../../src/evidence/build-bundle.js";
import type { EvidenceSource } from "../../src/evidence/evidence.js";
import { createJournal } from "../../src/journal/create-journal.js";
import type { ExchangeError, RunStarted } from "../../src/journal/journal.js";
import { recordRequest, recordResponse } from "../../src/journal/record-message.js";
import { openSection } from "../../src/session/diagnose-recording.js";
import { buildReport } from "../../src/session/replay.js";

const opened: (() => unknown)[] = [];

afterEach(() => {
  for (const close of opened.splice(0).reverse()) close();
});

/** A new empty folder that the test's end removes. */
function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gcidem-evidence-"));
  opened.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** One request of a journal and its answer, as far as a test cares. */
export interface Sent {
  readonly method?: string;
  readonly url: string;
  readonly headers?: HeaderList;
  readonly body?: string | Uint8Array;
  readonly step?: string;
  readonly startMs?: number;
  readonly endMs?: number;
  readonly status?: number;
  readonly answerHeaders?: HeaderList;
  readonly answer?: string;
  readonly error?: ExchangeError;
  /** Captures that the answer gave. */
  readonly bound?: Readonly<Record<string, unknown>>;
}

export interface RunOptions {
  readonly kind?: TargetKind;
  readonly name?: string;
  readonly baseUrl?: string;
  readonly recording?: RunStarted["recording"];
}

const STARTED_AT = Date.UTC(2026, 10, 21, 22, 37, 5);

function bytesOf(body: string | Uint8Array | undefined): Uint8Array {
  return typeof body === "string" ? Buffer.from(body) : (body ?? new Uint8Array());
}

/** Writes a journal and gives its file. */
export function journalOf(sent: readonly Sent[], options: RunOptions = {}): string {
  const journal = createJournal(workFolder(), "20261121T223705Z-some-run-abc123");
  const redactor = createRedactor();
  const { name = "A conflict", kind = "http", baseUrl = "https://api.example.com", recording } = options;
  journal.append({
    ...{ type: "run-started", schema: "gcidem-journal/1", run: "20261121T223705Z-some-run-abc123" },
    ...{ tool: "gcidem 0.1.0", node: "v20.20.0", seed: 1 },
    scenario: { name, file: "a.yaml", sha256: "0".repeat(64), text: "" },
    target: { kind, baseUrl, policy: kind === "mock" ? "forum-lore" : null },
    startedAt: new Date(STARTED_AT).toISOString(),
    ...(recording === undefined ? {} : { recording }),
  });
  for (const [index, each] of sent.entries()) {
    const { method = "GET", url, headers = [], startMs = index * 10, endMs = startMs + 5 } = each;
    const [id, step] = [`e${index + 1}`, each.step ?? `step-${index + 1}`];
    const times = { sentMs: startMs + 1, releasedMs: null, endMs };
    journal.append({
      ...{ type: "request-sent", id, step, attempt: 1, writer: null, round: 1, startMs },
      startedAt: new Date(STARTED_AT + startMs).toISOString(),
      request: recordRequest({ method, url, headers, body: bytesOf(each.body) }, redactor),
      keyHeader: "Idempotency-Key",
    });
    if (each.error !== undefined) journal.append({ type: "failed", id, ...times, error: each.error });
    else
      journal.append({
        ...{ type: "response", id, ...times, firstByteMs: endMs },
        response: recordResponse(
          {
            ...{ status: each.status ?? 200, httpVersion: "1.1", headers: each.answerHeaders ?? [] },
            ...{ body: bytesOf(each.answer), truncated: false },
          },
          redactor,
        ),
      });
    if (each.bound !== undefined) journal.append({ type: "bound", round: 1, values: each.bound });
  }
  const count = redactor.count();
  journal.append({
    ...{ type: "run-ended", endedAt: new Date(STARTED_AT + 99).toISOString(), durationMs: 99 },
    ...{ interrupted: false, redactedSecrets: count },
  });
  journal.close();
  return journal.file;
}

/** What a bundle would be made from. */
export function sourceOf(journalFile: string, values: Readonly<Record<string, string>> = {}): EvidenceSource {
  const { section, close } = openSection({ file: journalFile, folder: "." });
  opened.push(close);
  const run = { ...section, folder: null };
  return {
    ...{ report: buildReport([run]), run, journalFile, region: null, notes: [] },
    machine: { tool: "gcidem 0.1.0", node: "v20.20.0", os: "Linux 6.1 x64" },
    values: new Map(Object.entries(values)),
  };
}

/** A bundle in memory. */
export interface Zipped {
  readonly zip: Buffer;
  readonly made: MadeBundle;
  readonly files: ReadonlyMap<string, string>;
}

/** The files of a zip, as another program unpacks them. */
export function unzipped(zip: Uint8Array): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, Buffer.from(bytes).toString("utf8")]),
  );
}

/** Makes the bundle of a source, with reports of one line each. */
export function bundleOf(source: EvidenceSource): Zipped {
  const chunks: Uint8Array[] = [];
  const reports = [
    { name: "report.md", pieces: ["# a report\n"] },
    { name: "traffic.har", pieces: ["{}\n"] },
  ] as const;
  const made = buildBundle(source, { reports, cases: true }).write((bytes) => chunks.push(bytes.slice()));
  const zip = Buffer.concat(chunks);
  return { zip, made, files: unzipped(zip) };
}

/** The bundle of a journal's run. */
export function evidenceOf(sent: readonly Sent[], options: RunOptions = {}): Zipped {
  return bundleOf(sourceOf(journalOf(sent, options)));
}

/** A file of a bundle; fails where there is none. */
export function textIn({ files }: Zipped, name: string): string {
  const text = files.get(name);
  if (text === undefined) throw new Error(`there is no ${name} among ${[...files.keys()].join(", ")}`);
  return text;
}

/** Writes a zip to a file of its own. */
export function fileOf(zip: Uint8Array): string {
  const file = join(workFolder(), "bundle.zip");
  writeFileSync(file, zip);
  return file;
}
