// Bundles the command line tool and the library into dist/, so that the package installs nothing else.
import { execFileSync } from "node:child_process";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { build } from "esbuild";
import { billOfMaterials } from "./bill-of-materials.mjs";
import { buildPage } from "./build-page.mjs";
import { bundledPackages } from "./bundled-packages.mjs";
import { keepReachableDeclarations } from "./declarations.mjs";
import { thirdPartyLicences } from "./licences.mjs";

/** Built here and moved to dist/ when all of it is there, so that a build that fails leaves the last good one. */
const NEXT = "dist.next";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

/**
 * got imports packages for features that gcidem never turns on: its own HTTP/2, DNS cache and response cache. They
 * are left out of the bundle; with them each start took some 25 ms longer.
 */
const UNUSED_IN_GOT = /^(http2-wrapper|cacheable-lookup|cacheable-request)$/;

const withoutUnusedInGot = {
  name: "without-unused-in-got",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: UNUSED_IN_GOT }, ({ path, importer }) =>
      /node_modules\/got\//.test(importer) ? { path, namespace: "unused" } : undefined,
    );
    onLoad({ filter: UNUSED_IN_GOT, namespace: "unused" }, ({ path }) => ({
      contents: `export default class Unused {
          constructor() { throw new Error("${path} is not part of this bundle"); }
        }
        /** got asks of each error whether it is one of these. */
        export class CacheError extends Error {}`,
    }));
  },
};

/**
 * cli-table3 measures every text with a pattern of all emoji, which takes V8 some 6 ms to compile. Texts of characters
 * that are plainly one column wide, nearly all of them, are measured by their length; all others as before.
 */
const plainWidths = {
  name: "plain-widths",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^string-width$/ }, ({ path, importer }) =>
      /node_modules\/cli-table3\//.test(importer) ? { path, namespace: "plain-widths" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "plain-widths" }, () => ({
      contents: `const measure = require("string-width");
        const PLAIN = /^[ -~\\u00d7\\u2026\\u21ba]*$/;
        module.exports = (text) => (PLAIN.test(text) ? text.length : measure(text));`,
      resolveDir: resolve("node_modules/cli-table3"),
    }));
  },
};

/** Packages that few commands need: each is a file of its own, read only where it is imported. */
const APART = /^(ioredis|@peculiar\/x509|reflect-metadata)$/;

const fileOf = (name) => `${name.replace("@", "").replace("/", "-")}.cjs`;

const heavyPackagesApart = {
  name: "heavy-packages-apart",
  setup: ({ onResolve }) => {
    onResolve({ filter: APART }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path: `./${fileOf(path)}`, external: true },
    );
  },
};

const run = (...args) => execFileSync(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });

// What runs in a browser has types of its own; an error there is an error of the build.
run("node_modules/typescript/bin/tsc", "-p", "page/tsconfig.json");

const common = {
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20.19",
  metafile: true,
  legalComments: "none",
  define: {
    GCIDEM_VERSION: JSON.stringify(version),
    GCIDEM_PAGE: JSON.stringify(await buildPage()),
    "Intl.ListFormat": "LazyListFormat",
  },
  plugins: [withoutUnusedInGot, plainWidths],
  inject: ["scripts/lazy-list-format.mjs"],
  // The same code as ES modules, of which the bundle keeps only what is used.
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
};

/** CommonJS, since Node loads it faster than ES modules and takes compiled code for it. */
const command = {
  ...common,
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  outdir: `${NEXT}/cli`,
  define: { ...common.define, "import.meta.url": "__bundleUrl" },
  banner: { js: 'const __bundleUrl=require("node:url").pathToFileURL(__filename).href;' },
  // The tool is run as a script, which cannot import; it can require.
  supported: { "dynamic-import": false },
};

/**
 * The tool, and the library beside it: they share nearly all of their code, which is in the package once. Neither
 * runs before it is asked for.
 */
const TOOL = `export { runProgram } from "./src/cli/program.ts";
  export const loadLibrary = () => require("./src/index.ts");`;

/**
 * What `import ... from "gcidem"` loads: the library of the bundle, by its names. Imported and not required, the bundle
 * would be searched for its exports by Node first, which takes longer than running it.
 */
function libraryModule() {
  const { loadLibrary } = createRequire(import.meta.url)(resolve(NEXT, "cli", "tool.cjs"));
  const names = Object.keys(loadLibrary()).sort().join(", ");
  return `import { createRequire } from "node:module";
const { loadTool } = createRequire(import.meta.url)("./cli/load-tool.cjs");
export const { ${names} } = loadTool().tool.loadLibrary();
`;
}

rmSync(NEXT, { recursive: true, force: true });
const bundles = await Promise.all([
  build({
    ...command,
    entryPoints: { main: "src/cli/main.ts", "load-tool": "src/cli/load-tool.ts" },
    banner: {},
  }),
  build({
    ...command,
    plugins: [...common.plugins, heavyPackagesApart],
    stdin: { contents: TOOL, resolveDir: ".", sourcefile: "tool.ts" },
    entryNames: "tool",
  }),
  build({
    ...command,
    entryPoints: {
      ioredis: "ioredis",
      "peculiar-x509": "@peculiar/x509",
      "reflect-metadata": "reflect-metadata",
    },
  }),
]);
const packages = bundledPackages(bundles.map(({ metafile }) => metafile));
writeFileSync(`${NEXT}/THIRD-PARTY-LICENCES.txt`, thirdPartyLicences(packages));
writeFileSync(`${NEXT}/sbom.cdx.json`, billOfMaterials(packages));
writeFileSync(`${NEXT}/index.js`, libraryModule());
run("scripts/compile-tool.mjs", `${NEXT}/cli`, "scenarios/basics/mutated-body.yaml");
run("node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--outDir", NEXT);
keepReachableDeclarations(NEXT, "index.d.ts");
rmSync("dist", { recursive: true, force: true });
renameSync(NEXT, "dist");
