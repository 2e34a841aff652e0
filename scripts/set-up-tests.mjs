// Sees to the programs that tests need: uses what is on PATH, else installs it on Debian as root, else says what is missing.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Programs that tests start, the Debian package of each, and what cannot be tested without it. */
const NEEDED = [
  {
    command: "openssl",
    packageName: "openssl",
    tests: "test/transport (certificates of private authorities)",
  },
  {
    command: "redis-server",
    packageName: "redis-server",
    tests: "test/redis (mocks that share a store)",
  },
  {
    command: "xmllint",
    packageName: "libxml2-utils",
    tests: "test/report/junit (whether JUnit's XML is valid)",
  },
  {
    command: "chromium",
    packageName: "chromium",
    tests: "test/intake (what a browser's network panel exports)",
  },
  {
    command: "apache2",
    packageName: "apache2-bin",
    tests: "test/servers (If-Match and passwords on a server of somebody else's)",
  },
  {
    command: "zsh",
    packageName: "zsh",
    tests: "test/e2e/completion (what Tab does in zsh)",
  },
  {
    command: "fish",
    packageName: "fish",
    tests: "test/e2e/completion (what Tab does in fish)",
  },
];

function onPath(command) {
  // Debian keeps servers where only root's PATH looks.
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  return folders.some((folder) => existsSync(join(folder, command)));
}

function canInstall() {
  return process.getuid?.() === 0 && onPath("apt-get");
}

function install(packageNames) {
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const run = (...args) =>
    spawnSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"], env: environment });
  if (run("install", "-y", "--no-install-recommends", ...packageNames).status === 0) return;
  run("update");
  run("install", "-y", "--no-install-recommends", ...packageNames);
}

let missing = NEEDED.filter(({ command }) => !onPath(command));
if (missing.length > 0 && canInstall()) {
  install(missing.map(({ packageName }) => packageName));
  missing = missing.filter(({ command }) => !onPath(command));
}
for (const { command, packageName, tests } of missing) {
  console.error(`set-up: ${command} is missing, so ${tests} cannot run: install the package ${packageName}`);
}
if (missing.length > 0 && process.env.CI === "true") process.exit(1);
