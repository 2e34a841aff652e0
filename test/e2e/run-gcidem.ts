import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import type { JournalRecord } from "../../src/journal/journal.js";

const BIN = fileURLToPath(new URL("../../bin/gcidem.js", import.meta.url));
const NO_NAME_SERVER = fileURLToPath(new URL("no-name-server.cjs", import.meta.url));

/** No command may take longer; one that hangs is killed and its `code` is null. */
const LONGEST_MS = 30_000;

const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** Frees something at the end of the test. */
export function atEnd(close: () => unknown): void {
  opened.push(close);
}

/** Standard input that the test writes itself. */
export const KEEP_OPEN: unique symbol = Symbol("keep open");

/** What a command came to. `code` is null where it had to be killed. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The working folder; a new empty one otherwise. */
  readonly cwd?: string;
  /** Laid over a clean environment: PATH, a HOME of its own, UTF-8, no colour, no name server. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; none otherwise. */
  readonly input?: string | Uint8Array | typeof KEEP_OPEN;
  /** Runs the command through this shell line, where `"$@"` is the command. */
  readonly shell?: string;
}

/** A command under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
}

/** A new empty folder that the test's end removes. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gcidem-e2e-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new folder that holds these files, by their relative paths. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = workFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

function environment(home: string, own: RunOptions["env"]): NodeJS.ProcessEnv {
  const preload = `--require ${NO_NAME_SERVER}`;
  return {
    PATH: process.env.PATH,
    HOME: home,
    LANG: "C.UTF-8",
    NO_COLOR: "1",
    NODE_OPTIONS: preload,
    ...own,
  };
}

/** Starts the built command. */
export function start(args: readonly string[], options: RunOptions = {}): Running {
  const cwd = options.cwd ?? workFolder();
  const command = [process.execPath, BIN, ...args];
  const [program = "", ...rest] =
    options.shell === undefined ? command : ["bash", "-c", options.shell, "bash", ...command];
  const child = spawn(program, rest, {
    cwd,
    env: environment(cwd, options.env),
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_MS);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  child.stdin?.on("error", () => undefined);
  if (options.input !== KEEP_OPEN) child.stdin?.end(options.input);
  const ended = new Promise<Ran>((resolve) => {
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, ...output });
    });
  });
  return { child, ended };
}

/** Runs the built command to its end. */
export function gcidem(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return start(args, options).ended;
}

/** Runs one scenario text, in a folder of its own unless `cwd` says otherwise. */
export function replay(
  scenario: string,
  flags: readonly string[] = [],
  options: RunOptions = {},
): Promise<Ran & { readonly cwd: string }> {
  const cwd = options.cwd ?? workFolder();
  writeFileSync(join(cwd, "it.yaml"), scenario);
  return gcidem(["replay", "it.yaml", ...flags], { ...options, cwd }).then((ran) => ({ ...ran, cwd }));
}

/** Files below a folder, as relative paths. */
export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The journals of all runs below a folder, as their files' paths. */
export function journalFiles(folder: string): readonly string[] {
  return filesBelow(folder).filter((file) => file.endsWith("journal.ndjson"));
}

/** The records of the only journal below a folder; a torn last line is left out. */
export function journalOf(folder: string): readonly JournalRecord[] {
  const [file, ...others] = journalFiles(folder);
  if (file === undefined || others.length > 0) throw new Error(`${others.length + 1} journals in ${folder}`);
  const lines = readFileSync(file, "utf8").split("\n");
  lines.pop();
  return lines.map((line) => JSON.parse(line) as JournalRecord);
}

/** A JSON report, as far as tests look at it. */
export interface Report {
  readonly schema: string;
  readonly summary: Readonly<Record<string, number>>;
  readonly runs: readonly ReportRun[];
}

export interface ReportRun {
  readonly id: string;
  readonly folder: string;
  readonly seed: number;
  readonly verdict: string;
  readonly interrupted: boolean;
  readonly target: { readonly kind: string; readonly baseUrl: string; readonly policy: string | null };
  readonly scenario: { readonly name: string; readonly file: string; readonly sha256: string };
  readonly exchanges: readonly ReportExchange[];
  readonly skipped: readonly { readonly step: string; readonly reason: string }[];
  readonly diffs: readonly { readonly base: string; readonly other: string }[];
  readonly expectations: readonly {
    readonly ok: boolean | null;
    readonly what: string;
    readonly at: string;
  }[];
  readonly diagnoses: readonly { readonly cause: string }[];
  readonly redacted: { readonly secrets: number; readonly personal: number };
}

interface ReportExchange {
  readonly id: string;
  readonly step: string;
  readonly attempt: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string;
    readonly bodySha256: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string;
    readonly bodyEncoding: string;
    readonly truncated: boolean;
  } | null;
  readonly error: { readonly code: string; readonly phase: string; readonly message: string } | null;
  readonly correlationId: string | null;
  readonly timings: Readonly<Record<"startMs" | "sentMs" | "firstByteMs" | "endMs", number | null>>;
}

/** Reads a JSON report and its only run. */
export function reportOf(ran: Ran): ReportRun & { readonly report: Report } {
  const report = JSON.parse(ran.stdout) as Report;
  const [run, ...others] = report.runs;
  if (run === undefined || others.length > 0) throw new Error(`${report.runs.length} runs in the report`);
  return { ...run, report };
}

/** Everything of C0 (but the line feed), C1, and the marks that reorder text or break lines. */
export const CONTROL_CHARACTERS: RegExp =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
