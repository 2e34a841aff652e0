import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The package, packed and installed globally into an empty prefix. */
export interface Installed {
  /** The command that the installation made. */
  readonly bin: string;
  /** The prefix's node_modules. */
  readonly modules: string;
  /** What npm said. */
  readonly output: string;
  readonly remove: () => void;
}

/** No user's settings, no registry, nobody's scripts. */
function environment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    NO_COLOR: "1",
    npm_config_offline: "true",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
  };
}

/** Packs what is built and installs it without the network. */
export function packAndInstall(): Installed {
  const folder = mkdtempSync(join(tmpdir(), "gcidem-package-"));
  const [home, prefix] = [join(folder, "home"), join(folder, "prefix")];
  for (const each of [home, prefix]) mkdirSync(each);
  const npm = (...args: readonly string[]): string =>
    execFileSync("sh", ["-c", 'exec npm "$@" 2>&1', "npm", ...args], {
      env: environment(home),
      encoding: "utf8",
    });
  // The scripts would build once more, into the folder that other tests run from.
  npm("pack", "--ignore-scripts", "--pack-destination", folder);
  const [tarball = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  const output = npm("install", "--global", "--prefix", prefix, join(folder, tarball));
  return {
    bin: join(prefix, "bin", "gcidem"),
    modules: join(prefix, "lib", "node_modules"),
    output,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Every file below a folder, relative to it, with its size in bytes. */
export function sizesBelow(folder: string): ReadonlyMap<string, number> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), statSync(path).size];
    }),
  );
}
