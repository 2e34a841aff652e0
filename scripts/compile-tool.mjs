// compile-tool.mjs FOLDER SCENARIO: runs the bundled tool once and keeps the code that V8 compiled for it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [, , folder, scenario] = process.argv;
const { COMPILED_FILE, loadTool } = createRequire(import.meta.url)(
  join(process.cwd(), folder, "load-tool.cjs"),
);
const runs = mkdtempSync(join(tmpdir(), "gcidem-build-"));
const { tool, script } = loadTool();
const exitCode = await tool.runProgram(["node", "gcidem", "replay", scenario, "--out", runs]);
writeFileSync(join(folder, COMPILED_FILE), script.createCachedData());
rmSync(runs, { recursive: true });
process.exitCode = exitCode;
