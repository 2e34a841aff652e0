import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckResult, type ReplayOptions, type RunSection, replay } from "../../src/index.js";

/** Runs a scenario's steps (a YAML list) on the embedded mock. `head` is the rest of the file. */
export async function replayed(
  steps: string,
  head = "policy: forum-lore",
  options: ReplayOptions = {},
): Promise<RunSection> {
  const indented = steps
    .trim()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
  const out = mkdtempSync(join(tmpdir(), "gcidem-check-"));
  const report = await replay(`name: t\n${head}\nsteps:\n${indented}\n`, { out, ...options });
  const [run] = report.runs;
  if (run === undefined) throw new Error("no run");
  return run;
}

/** `ok` of each expectation by `step what`. */
export function verdicts(run: RunSection): Readonly<Record<string, boolean | null>> {
  return Object.fromEntries(
    run.expectations.map((each: CheckResult) => [`${each.step} ${each.what}`, each.ok]),
  );
}

/** The one expectation of that name. */
export function result(run: RunSection, name: string): CheckResult {
  const found = run.expectations.find((each) => `${each.step} ${each.what}` === name);
  if (found === undefined) throw new Error(`no expectation ${name}`);
  return found;
}
