// test-nodes.mjs [VERSION...]: packs what is built and, with each version of Node, installs it into an empty prefix,
// replays a first scenario with the command and another one with the library. Downloads those versions of Node.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const given = process.argv.slice(2);
const versions = given.length > 0 ? given : ["20", "22", "24"];

const LIBRARY = `const { replay } = await import(process.argv[1]);
  const { summary } = await replay(process.argv[2]);
  console.log(JSON.stringify(summary));
  process.exitCode = summary.passed === 1 ? 0 : 1;`;

const STEPS = `set -e
  node --version
  npm install --global --prefix "$PREFIX" --offline --no-audit --no-fund "$TARBALL" >/dev/null
  cd "$PREFIX"
  bin/gcidem replay builtin:basics/mutated-body | tail -2
  node --input-type=module -e "$LIBRARY" "$PREFIX/lib/node_modules/gcidem/dist/index.js" \\
    lib/node_modules/gcidem/scenarios/basics/stale-etag.yaml`;

const folder = mkdtempSync(join(tmpdir(), "gcidem-nodes-"));
try {
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder]);
  const [tarball] = readdirSync(folder);
  for (const version of versions) {
    const prefix = join(folder, version);
    mkdirSync(prefix);
    const environment = { ...process.env, PREFIX: prefix, TARBALL: join(folder, tarball), LIBRARY };
    execFileSync("npx", ["--yes", "--package", `node@${version}`, "--call", STEPS], {
      stdio: ["ignore", "inherit", "inherit"],
      env: environment,
    });
  }
} finally {
  rmSync(folder, { recursive: true });
}
