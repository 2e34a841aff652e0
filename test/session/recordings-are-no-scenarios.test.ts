import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { MAX_DOCUMENT_BYTES } from "../../src/document/read-document.js";
import { loadScenarioFile } from "../../src/session/load-files.js";

const folder = mkdtempSync(join(tmpdir(), "gcidem-foreign-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function problemOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  try {
    loadScenarioFile(file, name);
  } catch (error) {
    if (error instanceof GcidemError) return error.problems.map(({ message }) => message).join("\n");
    throw error;
  }
  throw new Error("it was loaded");
}

const ENTRY = `{"request":{"method":"GET","url":"https://api.example.com/a"}},`;
const LINE = `{"correlationId":"c","date":"2026-11-21T22:37:04.902Z","level":"trace","method":"GET","statusCode":200,"url":"https://api.example.com/a"}\n`;
const JOURNAL = `{"type":"run-started","schema":"gcidem-journal/1"}\n{"type":"request-sent"}\n`;

function until(text: string, part: string): string {
  return text + part.repeat(Math.ceil(MAX_DOCUMENT_BYTES / part.length));
}

const HAR = `{"log":{"entries":[`;
const PREFIXED = `2026-11-21 22:37:04 worker started\nworker-1 | ${LINE}`;

describe("a recording where a scenario was expected is called what it is", () => {
  test.each([
    ["a HAR", "export.har", HAR, "a HAR file"],
    ["a HAR over the size of a document", "large.har", until(HAR, ENTRY), "a HAR file"],
    ["such a HAR under another name", "traffic.json", until(HAR, ENTRY), "a HAR file"],
    ["an SDK's log", "sdk.log", LINE, "a log of the Genesys SDK"],
    ["an SDK's log over that size", "large.log", until("", LINE), "a log of the Genesys SDK"],
    ["an SDK's log among other lines", "worker.log", PREFIXED, "a log of the Genesys SDK"],
    ["a saved run", "journal.ndjson", JOURNAL, "a saved run"],
    ["a saved run over that size", "large.ndjson", until(JOURNAL, JOURNAL), "a saved run"],
  ])("%s", (_what, name, text, called) => {
    const file = join(folder, name);
    expect(problemOf(name, text).replace(file, name)).toBe(`this is ${called}: gcidem import ${name}`);
  });

  test("a scenario over that size is too large, whatever it quotes", () => {
    const quoting = `name: large\nsteps:\n  - request: GET /a # ${LINE}`;
    expect(problemOf("large.yaml", until(quoting, "# more\n"))).toMatch(
      /^the file has \d+ bytes, more than the 2097152 that a document may have$/,
    );
  });
});
