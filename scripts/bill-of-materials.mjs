// Writes down which packages are in the bundles, as CycloneDX, which scanners of supply chains read.
import { readFileSync } from "node:fs";

/** SPDX writes a choice as an expression, one licence by its id. */
function licenceOf({ license }) {
  return /[ ()]/.test(license) ? { expression: license } : { license: { id: license } };
}

function packageUrl(name, version) {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function hashesOf({ integrity = "" }) {
  const [, digest] = /^sha512-(\S+)$/.exec(integrity) ?? [];
  if (digest === undefined) return {};
  return { hashes: [{ alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") }] };
}

function component({ folder, manifest: { name, version, ...manifest } }, lock) {
  const locked = lock.packages[folder];
  if (locked?.version !== version)
    throw new Error(
      `${folder}: package-lock.json has ${locked?.version}, installed is ${version}: run npm ci`,
    );
  const [group, bare] = name.startsWith("@") ? name.split("/") : [undefined, name];
  return {
    type: "library",
    "bom-ref": `${packageUrl(name, version)}#${folder}`,
    ...(group === undefined ? {} : { group }),
    name: bare,
    version,
    scope: "required",
    ...hashesOf(locked),
    licenses: [licenceOf(manifest)],
    purl: packageUrl(name, version),
  };
}

/** CycloneDX 1.6 as JSON. The same packages give the same bytes: it has no time and no serial number. */
export function billOfMaterials(packages) {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const { name, version, description, license } = JSON.parse(readFileSync("package.json", "utf8"));
  const purl = packageUrl(name, version);
  const itself = { type: "application", "bom-ref": purl, name, version, description };
  const components = packages.map((each) => component(each, lock));
  const bom = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { ...itself, licenses: [{ license: { id: license } }], purl } },
    components,
    dependencies: [{ ref: purl, dependsOn: components.map((each) => each["bom-ref"]) }],
    compositions: [{ aggregate: "complete", assemblies: [purl] }],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}
