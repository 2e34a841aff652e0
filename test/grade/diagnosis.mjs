// npm run grade [-- FLAGS]: diagnoses held against the mock's own trace.
// Without flags: the whole grade, which writes docs/accuracy.md. Exit code 1 where a limit is missed.
//   --conflicts N    a smaller one, printed only
//   --cause ID       scenarios drawn for this cause alone (or `random`, `habits`)
//   --seed N         with --cause: this one scenario, with all that was said of it
//   --show N         prints so many cases that are wrong: what was said, the exchanges, the policy
//   --uncertain      prints those instead whose control is there and nobody was certain
//   --confirm        goes on with each scenario as --confirm does, and says how many causes are named alone then
//   --diagnose FILE  another module with a `diagnoseExchanges`
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL("./diagnosis/", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const REQUIRE =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

const argv = process.argv.slice(2);
// Another module that explains exchanges, such as one that is being tried.
const at = argv.indexOf("--diagnose");
const explainer = at === -1 ? `${ROOT}src/diagnose/diagnose-exchanges.ts` : resolve(argv[at + 1] ?? "");

const folder = mkdtempSync(join(tmpdir(), "gcidem-grade-"));
let code = 2;
try {
  await build({
    entryPoints: { main: `${HERE}main.ts`, worker: `${HERE}worker.ts`, explainer },
    outdir: folder,
    bundle: true,
    splitting: true,
    sourcemap: "inline",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    platform: "node",
    target: "node20.19",
    logLevel: "error",
    define: { GCIDEM_VERSION: '"0.0.0"' },
    banner: { js: REQUIRE },
  });
  const url = (name) => pathToFileURL(join(folder, `${name}.mjs`));
  const { grade } = await import(url("main").href);
  code = await grade(argv, { worker: url("worker"), diagnose: url("explainer").href });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
