// Bundles the command line tool and the library into dist/, so that the package installs nothing else.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";
import { thirdPartyLicences } from "./licences.mjs";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

/**
 * got imports packages for features that gcidem never turns on: its own HTTP/2, DNS cache and response cache. They
 * stay in the bundle, but run only when somebody touches them: together they cost each start some 25 ms.
 */
const LAZY_IN_GOT = /^(http2-wrapper|cacheable-lookup|cacheable-request)$/;

function lazyModule(path) {
  return `const load = () => require(${JSON.stringify(path)});
    const lazy = new Proxy(function () {}, {
      get: (_target, name) => load()[name] ?? load().default?.[name],
      construct: (_target, args) => new (load().default ?? load())(...args),
    });
    export default lazy;
    /** got asks of each error whether it is one of these. */
    export class CacheError extends Error {}`;
}

const lazyInGot = {
  name: "lazy-in-got",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: LAZY_IN_GOT }, ({ path, importer }) =>
      /node_modules\/got\//.test(importer) ? { path, namespace: "lazy" } : undefined,
    );
    onLoad({ filter: LAZY_IN_GOT, namespace: "lazy" }, ({ path }) => ({
      contents: lazyModule(path),
      resolveDir: resolve("node_modules/got"),
    }));
  },
};

const common = {
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  metafile: true,
  legalComments: "none",
  define: { GCIDEM_VERSION: JSON.stringify(version), "Intl.ListFormat": "LazyListFormat" },
  plugins: [lazyInGot],
  inject: ["scripts/lazy-list-format.mjs"],
  // The same code as ES modules, of which the bundle keeps only what is used.
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  // CommonJS packages inside an ES module bundle still call require for Node's own modules.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
};

rmSync("dist", { recursive: true, force: true });
// Two bundles: one shared between tool and library would split into many small files, and each costs a start-up read.
const tool = await build({ ...common, entryPoints: { main: "src/cli/main.ts" }, outdir: "dist/cli" });
const library = await build({ ...common, entryPoints: { index: "src/index.ts" }, outdir: "dist" });
const inputs = [tool, library].flatMap(({ metafile }) => Object.keys(metafile.inputs));
writeFileSync("dist/THIRD-PARTY-LICENCES.txt", thirdPartyLicences(inputs));
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], {
  stdio: "inherit",
});
