import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = join(ROOT, "bin/gcidem.js");

/** An example of docs/ci.md. */
interface Example {
  readonly language: string;
  readonly text: string;
}

/** The code blocks of docs/ci.md. */
export function examples(language: string): readonly Example[] {
  const document = readFileSync(join(ROOT, "docs/ci.md"), "utf8");
  return [...document.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .map(([, name = "", text = ""]) => ({ language: name, text }))
    .filter((each) => each.language === language);
}

/** A step of a composite action or of a job. */
export interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A workflow of GitHub Actions, or a pipeline of GitLab, as far as tests look at it. */
interface Pipeline {
  readonly jobs?: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
  readonly conflicts?: {
    readonly script: readonly string[];
    readonly artifacts: { readonly paths: readonly string[]; readonly reports: { readonly junit: string } };
  };
}

/** A YAML example, parsed. */
export function pipelineOf({ text }: Example): Pipeline {
  return parse(text) as Pipeline;
}

/** action.yml, as far as tests look at it. */
export interface Action {
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly default?: string; readonly required?: boolean }>
  >;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** action.yml, parsed. */
export function readAction(): Action {
  return parse(readFileSync(join(ROOT, "action.yml"), "utf8")) as Action;
}

/** Puts programs on a PATH: `npx gcidem` is the built command, and `npm` has installed everything already. */
export function shims(folder: string): string {
  const bin = join(folder, ".bin");
  mkdirSync(bin, { recursive: true });
  const write = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  write("npm", "exit 0");
  write("git", "exit 0");
  write("npx", `[ "$1" = gcidem ] || exit 99\nshift\nexec "${process.execPath}" "${BIN}" "$@"`);
  return `${bin}:${process.env.PATH}`;
}

/** The environment of a step of the action, as a runner fills in its inputs. */
export function actionEnvironment(
  step: Step,
  inputs: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { inputs: declared } = readAction();
  const fill = (text: string): string =>
    text.replaceAll(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_all, name: string) => {
      if (!(name in declared)) throw new Error(`action.yml has no input ${name}`);
      return inputs[name] ?? declared[name]?.default ?? "";
    });
  return {
    GITHUB_ACTION_PATH: ROOT,
    ...Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, fill(text)])),
  };
}
