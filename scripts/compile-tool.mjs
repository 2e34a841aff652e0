// compile-tool.mjs FOLDER SCENARIO: makes the bundled tool plain ASCII, runs it once and keeps the code that V8 compiled.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [, , folder, scenario] = process.argv;
const { COMPILED_FILE, loadTool } = createRequire(import.meta.url)(
  join(process.cwd(), folder, "load-tool.cjs"),
);
const bundle = join(folder, "tool.cjs");
// Of what is no ASCII the bundler leaves only patterns and templates, in which an escape says the same.
const asEscape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
writeFileSync(bundle, readFileSync(bundle, "utf8").replace(/[^\0-\x7f]/g, asEscape));

const runs = mkdtempSync(join(tmpdir(), "gcidem-build-"));
const { tool, script } = loadTool();
const exitCode = await tool.runProgram(["node", "gcidem", "replay", scenario, "--out", runs]);
writeFileSync(join(folder, COMPILED_FILE), script.createCachedData());
rmSync(runs, { recursive: true });
process.exitCode = exitCode;
