// Benches measure what ships: bundled and minified as scripts/build.mjs does, from the sources as they are now.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const REQUIRE =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/** Bundles modules of src (`transport/create-transport`); `url(module)` is where each can be imported from. */
export async function bundle(modules) {
  const folder = mkdtempSync(join(tmpdir(), "gcidem-bench-"));
  await build({
    entryPoints: modules.map((module) => `${ROOT}src/${module}.ts`),
    outdir: folder,
    outbase: `${ROOT}src`,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    outExtension: { ".js": ".mjs" },
    platform: "node",
    target: "node20.19",
    logLevel: "error",
    define: { GCIDEM_VERSION: '"0.0.0"' },
    banner: { js: REQUIRE },
  });
  return {
    url: (module) => pathToFileURL(join(folder, `${module}.mjs`)).href,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
