// Finds the packages whose code is in the bundles.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The files that left something in a bundle: what was read and then dropped is in nobody's package. */
function bundledFiles({ outputs }) {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
}

/** `{ folder, manifest }` of each package with code in the bundles, by folder; `folder` is as package-lock.json has it. */
export function bundledPackages(metafiles) {
  const folders = metafiles.flatMap(bundledFiles).flatMap((file) => file.match(PACKAGE_FOLDER)?.[0] ?? []);
  return [...new Set(folders)]
    .sort()
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) }));
}
