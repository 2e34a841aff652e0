// Bundles the command line tool and the library into dist/, so that the package installs nothing else.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { thirdPartyLicences } from "./licences.mjs";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

/**
 * got imports packages for features that gcidem never turns on (its own HTTP/2 and DNS cache). They stay in the
 * bundle, but run only when somebody touches them: loading Node's HTTP/2 costs each start several milliseconds.
 */
const LAZY_IN_GOT = /^(http2-wrapper|cacheable-lookup)$/;
const lazyInGot = {
  name: "lazy-in-got",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: LAZY_IN_GOT }, ({ path, importer }) =>
      /node_modules\/got\//.test(importer) ? { path, namespace: "lazy" } : undefined,
    );
    onLoad({ filter: LAZY_IN_GOT, namespace: "lazy" }, ({ path }) => ({
      contents: `module.exports = new Proxy(function () {}, {
        get: (_target, name) => name === "__esModule" ? undefined : require(${JSON.stringify(path)})[name],
        construct: (_target, args) => new (require(${JSON.stringify(path)}))(...args),
      });`,
      resolveDir: process.cwd(),
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
  define: { GCIDEM_VERSION: JSON.stringify(version) },
  plugins: [lazyInGot],
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
