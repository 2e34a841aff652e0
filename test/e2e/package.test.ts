import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Installed, packAndInstall, sizesBelow } from "./packed.js";
import { workFolder } from "./run-gcidem.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NO_NAME_SERVER = join(ROOT, "test/e2e/no-name-server.cjs");

const MOST_PACKAGES = 10;
const MOST_BYTES = 5_000_000;

let installed: Installed;

beforeAll(() => {
  installed = packAndInstall();
}, 120_000);

afterAll(() => installed.remove());

function shipped(file: string): string {
  return readFileSync(join(installed.modules, "gcidem", file), "utf8");
}

describe("npm install of the package", () => {
  test("brings few packages, little, and no scripts", () => {
    expect(readdirSync(installed.modules).length).toBeLessThanOrEqual(MOST_PACKAGES);
    const sizes = sizesBelow(installed.modules);
    expect([...sizes.keys()].filter((path) => path.includes("/node_modules/"))).toEqual([]);
    expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST_BYTES);
    const manifest = JSON.parse(shipped("package.json")) as Readonly<Record<string, object>>;
    expect(manifest.dependencies).toBeUndefined();
    for (const script of ["preinstall", "install", "postinstall", "prepare"])
      expect(manifest.scripts).not.toHaveProperty(script);
    expect(installed.output).not.toContain("install-scripts");
  });

  test("is what it needs and nothing else", () => {
    const files = [...sizesBelow(join(installed.modules, "gcidem")).keys()];
    for (const file of [
      "LICENSE",
      "README.md",
      "CHANGELOG.md",
      "dist/index.d.ts",
      "scenarios/scenario.schema.json",
    ])
      expect(files).toContain(file);
    const allowed =
      /^(?:bin|scenarios)\/|^dist\/.*\.(?:cjs|js|d\.ts|txt|json)$|^[A-Z]+(?:\.md)?$|^package\.json$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    const withOurPaths = files.filter((file) => shipped(file).includes(ROOT));
    expect(withOurPaths).toEqual([]);
  });

  test("replays a first conflict from an empty folder", () => {
    const cwd = workFolder();
    const ran = spawnSync(installed.bin, ["replay", "builtin:basics/mutated-body"], {
      cwd,
      env: { PATH: process.env.PATH, HOME: cwd, NO_COLOR: "1", NODE_OPTIONS: `--require ${NO_NAME_SERVER}` },
      encoding: "utf8",
    });
    expect([ran.status, ran.stderr]).toEqual([0, ""]);
    expect(ran.stdout).toContain("key-reused-body-changed (certain)");
    expect(ran.stdout).toContain("1 scenario passed");
    expect(readdirSync(cwd)).toEqual([".gcidem"]);
  });
});

describe("what is bundled", () => {
  interface Component {
    readonly group?: string;
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly "bom-ref": string;
    readonly hashes: readonly { readonly alg: string; readonly content: string }[];
    readonly licenses: readonly unknown[];
  }

  interface Bill {
    readonly bomFormat: string;
    readonly specVersion: string;
    readonly metadata: { readonly component: { readonly purl: string } };
    readonly components: readonly Component[];
    readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  }

  const bill = (): Bill => JSON.parse(shipped("dist/sbom.cdx.json")) as Bill;
  const nameOf = ({ group, name }: Component): string => (group === undefined ? name : `${group}/${name}`);

  test("is listed in a bill of materials, with versions and hashes as they are locked", () => {
    const { bomFormat, specVersion, components, dependencies, metadata } = bill();
    expect([bomFormat, specVersion]).toEqual(["CycloneDX", "1.6"]);
    const names = components.map(nameOf);
    for (const name of ["commander", "got", "yaml", "zod", "ioredis", "@peculiar/x509"])
      expect(names).toContain(name);
    for (const name of ["vitest", "esbuild", "typescript", "ajv"]) expect(names).not.toContain(name);
    const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
      readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
    };
    for (const each of components) {
      const locked = packages[each["bom-ref"].split("#")[1] ?? ""];
      expect(each.version).toBe(locked?.version);
      const digest = Buffer.from(each.hashes[0]?.content ?? "", "hex").toString("base64");
      expect(`sha512-${digest}`).toBe(locked?.integrity);
      expect(each.purl).toBe(`pkg:npm/${nameOf(each).replace("@", "%40")}@${each.version}`);
      expect(each.licenses).toHaveLength(1);
    }
    const references = components.map((each) => each["bom-ref"]);
    expect(new Set(references).size).toBe(references.length);
    expect(dependencies).toEqual([{ ref: metadata.component.purl, dependsOn: references }]);
  });

  test("says nothing of when and where it was built", () => {
    expect(shipped("dist/sbom.cdx.json")).not.toMatch(/timestamp|serialNumber/);
  });

  test("travels with the text of its licence", () => {
    const licences = shipped("dist/THIRD-PARTY-LICENCES.txt");
    for (const each of bill().components) expect(licences).toContain(`\n${nameOf(each)} ${each.version} (`);
    const parts = licences.split(`\n${"-".repeat(78)}\n`);
    expect(parts).toHaveLength(bill().components.length);
    for (const part of parts) expect(part).toMatch(/permission|permitted|Apache License/i);
  });
});

describe("import ... from gcidem", () => {
  const examples = (): string => {
    const document = readFileSync(join(ROOT, "docs/api.md"), "utf8");
    return [...document.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code).join("\n");
  };

  /** A project in which the package is installed, beside the repository's own Vitest. */
  function project(): string {
    const folder = join(dirname(installed.modules), "project");
    mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
    for (const name of ["vitest", "@types/node"])
      symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
    const compilerOptions = {
      module: "nodenext",
      target: "es2023",
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      types: ["node"],
    };
    writeFileSync(join(folder, "package.json"), '{ "type": "module", "private": true }');
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    writeFileSync(join(folder, "api.test.ts"), examples());
    return folder;
  }

  test("the examples of docs/api.md are tests that pass, and their types hold", { timeout: 120_000 }, () => {
    const cwd = project();
    const node = (...args: readonly string[]) =>
      spawnSync(process.execPath, args, {
        cwd,
        env: { PATH: process.env.PATH, HOME: cwd, NO_COLOR: "1" },
        encoding: "utf8",
      });
    const types = node(join(ROOT, "node_modules/typescript/bin/tsc"), "-p", ".");
    expect(types.stdout.split("\n").filter((line) => !line.includes("vitest"))).toEqual([""]);
    const tests = node("node_modules/vitest/vitest.mjs", "run", "--root", ".", "--reporter=json");
    const { numPassedTests, numFailedTests } = JSON.parse(tests.stdout) as Readonly<Record<string, number>>;
    expect([numPassedTests, numFailedTests], tests.stdout).toEqual([
      examples().match(/^test\(/gm)?.length,
      0,
    ]);
  });

  test("it can be imported from a script, and starts nothing by itself", () => {
    const code = `const api = await import(${JSON.stringify(join(installed.modules, "gcidem/dist/index.js"))});
      console.log(Object.keys(api).sort().join(" "));`;
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
    expect(out.trim().split(" ")).toEqual([
      "GcidemError",
      "checkHistory",
      "diagnose",
      "fromHar",
      "parsePolicy",
      "parseScenario",
      "replay",
      "startMock",
    ]);
  });
});
