// Writes the JSON Schemas that ship with the scenarios, from the definitions that the loader checks files with.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = mkdtempSync(join("node_modules", ".schemas-"));
try {
  const outfile = join(folder, "scenario-json-schema.mjs");
  await build({
    entryPoints: ["scripts/scenario-json-schema.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "warning",
  });
  const { scenarioJsonSchema } = await import(pathToFileURL(outfile).href);
  writeFileSync("scenarios/scenario.schema.json", `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
