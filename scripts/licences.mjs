// Collects the licence texts of every package whose code is in the bundle.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The package folders that bundled files come from. */
function packageFolders(files) {
  const folders = files.flatMap((file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

function licenceText(folder) {
  const name = readdirSync(folder).find((file) => /^(licen[cs]e|copying)/i.test(file));
  return name === undefined
    ? "(the package ships no licence text)"
    : readFileSync(join(folder, name), "utf8").trim();
}

/** One text with name, version, licence and licence text of each package. */
export function thirdPartyLicences(files) {
  const parts = packageFolders(files).map((folder) => {
    const manifest = join(folder, "package.json");
    if (!existsSync(manifest)) return "";
    const { name, version, license } = JSON.parse(readFileSync(manifest, "utf8"));
    return `${name} ${version} (${license})\n\n${licenceText(folder)}\n`;
  });
  return `gcidem contains code of these packages.\n\n${parts.join(`\n${"-".repeat(78)}\n\n`)}`;
}
