import { once } from "node:events";
import { fstatSync, ftruncateSync, unlinkSync } from "node:fs";
import { isLoopbackHost } from "../core/loopback.js";
import { printable } from "../core/printable.js";
import type { Recorder, RecordOptions } from "../record/record.js";
import { startRecorder } from "../record/start-recorder.js";
import { openSection } from "../session/diagnose-recording.js";
import type { FoundRun } from "../session/find-run.js";
import { buildReport } from "../session/replay.js";
import { rulesForRecordings } from "./choose-target.js";
import { exitCodeOfSignals } from "./exit-code.js";
import { watchInterrupts } from "./interrupts.js";
import { type OpenFile, openFile, writeFile } from "./output-file.js";
import { readCertificates } from "./read-arguments.js";
import { readListen, readOutput, readSize, readUpstream } from "./read-record-flags.js";
import type { RecordFlags } from "./record-flags.js";
import { renderReport } from "./render-report.js";
import { DEFAULT_RUNS_FOLDER } from "./replay-flags.js";
import { writeOut } from "./standard-output.js";
import { tellRecording } from "./tell-recording.js";
import { terminalStyle } from "./terminal-style.js";

/** How long requests under way may take once the recorder was told to stop. */
const STOP_GRACE_MS = 5_000;

/** How long the end may take once it was told so twice. */
const END_GRACE_MS = 5_000;

function say(line: string): void {
  process.stderr.write(`gcidem: ${printable(line)}\n`);
}

/** Opened before anything is recorded, and left as it is until there is something to write. */
function openHar(path: string | null): OpenFile | null {
  return path === null ? null : openFile(path, "append");
}

function dropEmpty(har: OpenFile | null): void {
  if (har === null) return;
  const found = fstatSync(har.descriptor);
  if (found.isFile() && found.size === 0) unlinkSync(har.path);
}

function writeHar(pieces: Iterable<string>, har: OpenFile): void {
  if (fstatSync(har.descriptor).isFile()) ftruncateSync(har.descriptor);
  writeFile(pieces, har);
}

async function optionsOf(flags: RecordFlags): Promise<RecordOptions> {
  return {
    upstream: readUpstream(flags.upstream),
    ...readListen(flags),
    maxBodyBytes: readSize("--max-body", flags.maxBody),
    ca: flags.cacert === undefined ? null : readCertificates(flags.cacert),
    env: process.env,
    runsFolder: flags.out ?? DEFAULT_RUNS_FOLDER,
    runsFolderIgnored: flags.out === undefined,
    rules: await rulesForRecordings(flags.config),
    onNote: say,
  };
}

async function start(options: RecordOptions, har: OpenFile | null): Promise<Recorder> {
  try {
    return await startRecorder(options);
  } catch (error) {
    dropEmpty(har);
    throw error;
  }
}

function introduce({ url, run }: Recorder, { host, upstream }: RecordOptions, quiet: boolean): void {
  // Exposure is said even to those who want it quiet.
  if (!isLoopbackHost(host)) say(`listening on ${host}: others can reach the API through this recorder`);
  if (quiet) return;
  say(`passing on to ${upstream.origin}; give your client ${url} as its base URL`);
  say(`recording to ${run.folder}; credentials pass through and are not stored`);
  say("Ctrl-C or SIGTERM stops it and says what it saw");
}

async function conclude(run: FoundRun, flags: RecordFlags, har: OpenFile | null): Promise<void> {
  const { section, close } = openSection(run);
  try {
    const style = terminalStyle({ color: false, verbose: flags.verbose }, "file");
    const report = buildReport([section]);
    if (har !== null) writeHar(await renderReport("har", { report, cases: true, style }), har);
    const lines = function* (): Generator<string> {
      for (const line of tellRecording(section, flags.out === undefined)) yield `${printable(line)}\n`;
      if (har !== null) yield `${"har".padEnd(10)}${printable(har.path)}\n`;
    };
    await writeOut(lines());
  } finally {
    close();
  }
}

/**
 * Runs `gcidem record` until SIGINT or SIGTERM, which is how it ends well: the exit code is 0. A second signal gives up
 * what is still under way.
 * @throws GcidemError
 */
export async function record(flags: RecordFlags): Promise<number> {
  const path = readOutput(flags.output);
  const options = await optionsOf(flags);
  const interrupts = watchInterrupts(
    "stopping; requests under way have 5 s to be answered (once more to stop at once)",
    { graceMs: END_GRACE_MS },
  );
  try {
    const har = openHar(path);
    const recorder = await start(options, har);
    process.stdout.write(`listening on ${recorder.url}\n`);
    introduce(recorder, options, flags.quiet);
    const over = AbortSignal.any([interrupts.signal, recorder.broken]);
    if (!over.aborted) await once(over, "abort");
    await recorder.stop(recorder.broken.aborted ? 0 : STOP_GRACE_MS, interrupts.stop);
    if (recorder.broken.aborted) throw recorder.broken.reason;
    await conclude(recorder.run, flags, har);
    return exitCodeOfSignals(interrupts.stop.aborted ? ["interrupted"] : []);
  } finally {
    interrupts.close();
  }
}
