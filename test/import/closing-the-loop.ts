import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { fromJournal } from "../../src/import/from-journal.js";
import type { Imported } from "../../src/import/import.js";
import { importScenario } from "../../src/import/import-scenario.js";
import { type ReplayOptions, replay } from "../../src/index.js";
import type { Exchange } from "../../src/journal/journal.js";
import { openRunJournal } from "../../src/session/open-run-journal.js";

const out = mkdtempSync(join(tmpdir(), "gcidem-loop-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Headers that are made anew for each request or connection, and credentials, which come from the target. */
const OWN = /^(?:user-agent|authorization|content-length|x-request-id|host|connection)$/i;

/** What one exchange sent and what it came to. */
export interface Told {
  readonly request: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly status: number | string;
}

/** What an exchange sent and came to, as another run can be held against it. */
export function told({ request, response, error }: Exchange): Told {
  const { pathname, search } = new URL(request.url);
  return {
    request: `${request.method} ${pathname}${search}`,
    headers: request.headers
      .filter(([name]) => !OWN.test(name))
      .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
      .sort(),
    body: `${request.bodyEncoding} ${request.body}`,
    status: response?.status ?? error?.code ?? "none",
  };
}

/** A run on the mock and the folder of its journal. */
export interface Ran {
  readonly told: readonly Told[];
  readonly folder: string;
}

/** Runs a scenario's file, or its text, on the mock. */
export async function run(scenario: string, options: ReplayOptions = {}): Promise<Ran> {
  const report = await replay(scenario, { ...options, out });
  const [section] = report.runs;
  if (section === undefined) throw new Error("there is no run");
  return { told: [...section.exchanges].map(told), folder: section.folder ?? "" };
}

/** Imports a saved run. */
export function importRun(folder: string): Imported {
  const journal = openRunJournal(join(folder, "journal.ndjson"));
  try {
    return importScenario(fromJournal(journal, "the run"), { stem: "imported" });
  } finally {
    journal.close();
  }
}

/** Writes an imported scenario and the files beside it, and runs it on the mock. */
export async function runImported({ text, files }: Imported): Promise<Ran> {
  const folder = mkdtempSync(join(out, "imported-"));
  for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, "imported.yaml"), text);
  return run(join(folder, "imported.yaml"));
}

/** The same with each token of If-Match named by when it was first met. */
export function renamed(all: readonly Told[]): readonly Told[] {
  const names = new Map<string, string>();
  const nameOf = (token: string): string => {
    const name = names.get(token) ?? `token ${names.size + 1}`;
    names.set(token, name);
    return name;
  };
  return all.map((each) => ({
    ...each,
    headers: each.headers.map((line) =>
      line.replace(/^(if-match: )(.*)$/, (_all, before: string, token: string) => before + nameOf(token)),
    ),
  }));
}
