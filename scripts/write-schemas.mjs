// Writes what is made of the definitions that files are checked with: the JSON Schemas that ship with the scenarios, and
// the pages on policies, causes and config files.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = mkdtempSync(join("node_modules", ".schemas-"));
try {
  const outfile = join(folder, "schemas.mjs");
  await build({
    stdin: {
      contents:
        'export * from "./json-schemas.ts"; export * from "./policies-page.ts"; export * from "./causes-page.ts"; export * from "./config-page.ts";',
      resolveDir: "scripts",
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "warning",
  });
  const { causesPage, configJsonSchema, configPage, policiesPage, policyJsonSchema, scenarioJsonSchema } =
    await import(pathToFileURL(outfile).href);
  for (const [name, schema] of Object.entries({
    scenario: scenarioJsonSchema(),
    policy: policyJsonSchema(),
    config: configJsonSchema(),
  })) {
    writeFileSync(`scenarios/${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);
  }
  writeFileSync("docs/policies.md", policiesPage());
  writeFileSync("docs/causes.md", causesPage());
  writeFileSync("docs/config.md", configPage());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
