// Adds to package-lock.json the packages for other platforms that npm left out.
// npm writes down only what the registry in use offers; where that is a mirror without, say, macOS binaries, the lock
// lacks them and `npm ci` refuses it everywhere. They are optional, pinned by the package that wants them, and never
// fetched on a platform that is not theirs.
import { readFileSync, writeFileSync } from "node:fs";

const LOCK = "package-lock.json";
const SYSTEMS = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const PROCESSORS = [
  "arm64",
  "x64",
  "ia32",
  "ppc64le",
  "ppc64",
  "riscv64",
  "s390x",
  "loong64",
  "mips64el",
  "wasm32",
  "arm",
];

function platformOf(name) {
  const parts = name.split("/").at(-1).split(/[-.]/);
  const system = SYSTEMS.find((each) => parts.includes(each));
  const processor = PROCESSORS.find((each) => parts.includes(each));
  if (system === undefined && processor !== "wasm32") throw new Error(`which platform is ${name} for?`);
  const libc = name.includes("musl") ? "musl" : name.includes("gnu") ? "glibc" : undefined;
  return {
    ...(processor === undefined ? {} : { cpu: [processor] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
    ...(system === undefined ? {} : { os: [system] }),
  };
}

/** Where Node would look for a package from another one's folder, nearest first. */
function* placesOf(name, folder) {
  for (let inner = folder; ; inner = inner.slice(0, Math.max(0, inner.lastIndexOf("/node_modules/")))) {
    yield inner === "" ? `node_modules/${name}` : `${inner}/node_modules/${name}`;
    if (inner === "") return;
  }
}

const lock = JSON.parse(readFileSync(LOCK, "utf8"));
const added = {};
for (const [folder, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if ([...placesOf(name, folder)].some((place) => place in lock.packages)) continue;
    if (!/^\d/.test(version)) throw new Error(`${name} is not pinned: ${version}`);
    added[`node_modules/${name}`] = { version, dev: true, optional: true, ...platformOf(name) };
  }
}
lock.packages = Object.fromEntries(
  Object.entries({ ...lock.packages, ...added }).sort(([a], [b]) => (a < b ? -1 : 1)),
);
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${Object.keys(added).length} packages for other platforms added to ${LOCK}`);
