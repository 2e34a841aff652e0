import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { TargetProfile } from "../../src/config/config.js";
import { resolveTarget, type TargetContext } from "../../src/config/resolve-target.js";
import { GcidemError } from "../../src/core/errors.js";

/** What is on a machine: files by path, `~/` for the home folder, others in the project's folder; the environment. */
export interface Machine {
  readonly files?: Readonly<Record<string, string>>;
  /** Modes of files that are not readable by their owner alone. */
  readonly modes?: Readonly<Record<string, number>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The folder that the user stands in, below the project's. */
  readonly cwd?: string;
  readonly configFile?: string;
  readonly headers?: TargetContext["headers"];
  readonly nowMs?: number;
}

/** A file of the user's own, as the machine's files name it. */
export const OWN = "~/.config/gcidem/config.yaml";
export const PROJECT = "gcidem.config.yaml";
export const GC = "~/.gc/config.toml";

/** Puts the files on the disk and gives what a target is resolved in. */
export function contextOf(machine: Machine): TargetContext {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "gcidem-config-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [home, project] = [join(root, "home"), join(root, "project")];
  for (const folder of [home, project]) mkdirSync(folder, { recursive: true });
  const place = (name: string): string =>
    name.startsWith("~/") ? join(home, name.slice(2)) : join(project, name);
  for (const [name, text] of Object.entries(machine.files ?? {})) {
    mkdirSync(dirname(place(name)), { recursive: true });
    writeFileSync(place(name), text);
    chmodSync(place(name), machine.modes?.[name] ?? 0o600);
  }
  const cwd = join(project, machine.cwd ?? ".");
  mkdirSync(cwd, { recursive: true });
  return {
    configFile: machine.configFile ?? null,
    headers: machine.headers ?? [],
    env: { PATH: process.env.PATH, ...machine.env },
    cwd,
    home,
    nowMs: machine.nowMs ?? Date.parse("2026-11-22T00:00:00Z"),
    readText: (file) => readFileSync(file, "utf8"),
  };
}

/** What `--target` means on such a machine. */
export function resolveOn(machine: Machine, target: string): Promise<TargetProfile> {
  return resolveTarget(target, contextOf(machine));
}

/** Everything that a person reads of an error. */
export function saidBy(error: unknown): string {
  if (!(error instanceof GcidemError)) throw error;
  const problems = error.problems.map(
    ({ at, message, hint }) =>
      `${at.file}:${at.line}:${at.column} ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
  return [`${error.code}: ${error.message}`, ...problems, error.hint ?? ""].join("\n");
}

/** Why there is no such target on such a machine. */
export async function refusalOn(machine: Machine, target: string): Promise<string> {
  try {
    await resolveOn(machine, target);
  } catch (error) {
    return saidBy(error);
  }
  throw new Error(`${target} was resolved, which the test did not expect`);
}

/** What is shown of a setting, and its source. */
export function shown(profile: TargetProfile, name: string): string {
  const found = profile.settings.find((each) => each.name === name);
  return found === undefined ? "not shown" : `${found.shown} <- ${found.source}`;
}
