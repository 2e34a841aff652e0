// Writes the JSON Schemas that ship with the scenarios, from the definitions that files are checked with.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = mkdtempSync(join("node_modules", ".schemas-"));
try {
  const outfile = join(folder, "json-schemas.mjs");
  await build({
    entryPoints: ["scripts/json-schemas.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "warning",
  });
  const { policyJsonSchema, scenarioJsonSchema } = await import(pathToFileURL(outfile).href);
  for (const [name, schema] of Object.entries({
    scenario: scenarioJsonSchema(),
    policy: policyJsonSchema(),
  })) {
    writeFileSync(`scenarios/${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
