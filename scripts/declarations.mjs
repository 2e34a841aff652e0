// Keeps of the compiler's declarations those that the library's own can reach: nobody can import the others.
import { readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

const RELATIVE_IMPORT = /(?:\bfrom |\bimport\()"(\.[^"]+)\.js"/g;

function reach(file, seen) {
  if (seen.has(file)) return;
  seen.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(RELATIVE_IMPORT))
    reach(join(dirname(file), `${path}.d.ts`), seen);
}

function removeOthers(folder, kept) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOthers(path, kept);
    else if (path.endsWith(".d.ts") && !kept.has(path)) rmSync(path);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/** Removes from `folder` every declaration that `entry` does not lead to, and the folders that are empty then. */
export function keepReachableDeclarations(folder, entry) {
  const kept = new Set();
  reach(join(folder, entry), kept);
  removeOthers(folder, kept);
}
