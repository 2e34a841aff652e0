// Collects the licence texts of every package whose code is in the bundle.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The terms that each MIT licence has word for word, from gcidem's own. */
function mitTerms() {
  const text = readFileSync("LICENSE", "utf8");
  return text.slice(text.indexOf("Permission is hereby granted")).trim();
}

/** Some packages name their licence and ship no text of it. */
function namedLicence({ name, license, author }) {
  if (license !== "MIT") throw new Error(`${name} ships no text of its licence, ${license}: look for it`);
  const holder = typeof author === "string" ? author : (author?.name ?? `the authors of ${name}`);
  return `Copyright (c) ${holder}\n\n${mitTerms()}`;
}

function licenceText({ folder, manifest }) {
  const name = readdirSync(folder).find((file) => /^(licen[cs]e|copying)/i.test(file));
  return name === undefined ? namedLicence(manifest) : readFileSync(join(folder, name), "utf8").trim();
}

/** One text with name, version, licence and licence text of each package. */
export function thirdPartyLicences(packages) {
  const parts = packages.map((each) => {
    const { name, version, license } = each.manifest;
    return `${name} ${version} (${license})\n\n${licenceText(each)}\n`;
  });
  return `gcidem contains code of these packages.\n\n${parts.join(`\n${"-".repeat(78)}\n\n`)}`;
}
