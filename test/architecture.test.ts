import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

/** What a room may import: rooms (all of them above it) and packages. Order is the order of the pipeline. */
const ROOMS: Readonly<
  Record<string, { readonly rooms: readonly string[]; readonly packages: readonly string[] }>
> = {
  core: { rooms: [], packages: [] },
  document: { rooms: ["core"], packages: ["yaml", "zod", "smol-toml"] },
  policy: { rooms: ["core", "document"], packages: ["zod"] },
  platform: { rooms: ["core"], packages: [] },
  journal: { rooms: ["core"], packages: [] },
  subject: { rooms: ["core", "journal"], packages: [] },
  transport: { rooms: ["core"], packages: ["got", "http2-wrapper", "https-proxy-agent"] },
  scenario: { rooms: ["core", "document", "policy"], packages: ["zod", "jsonpath-rfc9535"] },
  intake: { rooms: ["core", "journal"], packages: [] },
  plan: { rooms: ["core", "scenario"], packages: ["rfc6902", "jsonpath-rfc9535"] },
  idempotency: { rooms: ["core", "policy"], packages: [] },
  mock: {
    rooms: ["core", "policy", "idempotency"],
    packages: ["reflect-metadata", "@peculiar/x509"],
  },
  compare: { rooms: ["core", "journal"], packages: [] },
  history: { rooms: ["core", "journal", "subject"], packages: [] },
  diagnose: { rooms: ["core", "platform", "journal", "subject", "compare", "history"], packages: [] },
  check: {
    rooms: ["core", "journal", "subject", "scenario", "plan", "compare", "history", "diagnose"],
    packages: [],
  },
  report: {
    rooms: ["core", "policy", "journal", "scenario", "compare", "history", "diagnose", "check"],
    packages: [],
  },
  run: { rooms: ["core", "journal", "transport", "scenario", "plan"], packages: [] },
  config: { rooms: ["core", "document", "subject"], packages: ["zod"] },
  import: {
    rooms: ["core", "document", "journal", "intake", "scenario", "plan", "compare"],
    packages: [],
  },
  session: {
    rooms: [
      "core",
      "document",
      "policy",
      "platform",
      "journal",
      "subject",
      "transport",
      "scenario",
      "intake",
      "plan",
      "mock",
      "compare",
      "history",
      "diagnose",
      "check",
      "report",
      "run",
      "config",
    ],
    packages: [],
  },
  confirm: {
    rooms: ["core", "journal", "scenario", "plan", "diagnose", "report", "session"],
    packages: [],
  },
  strategies: { rooms: ["core", "policy", "mock", "report"], packages: [] },
  record: { rooms: ["core", "journal", "transport", "session"], packages: [] },
  evidence: { rooms: ["core", "journal", "report"], packages: ["fflate"] },
  "auth-check": { rooms: ["core", "platform", "transport", "report", "config", "session"], packages: [] },
  cli: {
    rooms: [
      "core",
      "document",
      "policy",
      "transport",
      "scenario",
      "intake",
      "plan",
      "compare",
      "diagnose",
      "report",
      "run",
      "config",
      "import",
      "session",
      "confirm",
      "strategies",
      "evidence",
      "auth-check",
      "record",
    ],
    packages: ["commander", "ora"],
  },
};

/** Packages that only one folder of a room may load. */
const FOLDER_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "src/report/terminal": ["chalk", "cli-table3"],
  "src/idempotency/redis": ["ioredis"],
};

/** Rooms that hold no I/O, no clock and no randomness. */
const PURE_ROOMS = ["platform", "subject", "compare", "history", "diagnose", "check", "report"];
const IMPURE_MODULES = [
  "node:fs",
  "node:fs/promises",
  "node:net",
  "node:http",
  "node:https",
  "node:child_process",
  "node:os",
];

const PUBLIC_ENTRY = "src/index.ts";

interface Import {
  readonly from: string;
  readonly specifier: string;
}

function sourceFiles(): readonly string[] {
  return readdirSync("src", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(".", join(entry.parentPath, entry.name)));
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(file, "utf8");
  const found = text.matchAll(
    /(?:^\s*(?:import|export)\s[^;"']*?from\s+|^\s*import\s+|\bimport\()["']([^"']+)["']/gm,
  );
  return [...found].map(([, specifier = ""]) => ({ from: file, specifier }));
}

function roomOf(file: string): string {
  return file.split("/")[1] ?? "";
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** What an import breaks, as one sentence; null where it is allowed. */
function breach({ from, specifier }: Import): string | null {
  if (from === PUBLIC_ENTRY) return null;
  const room = roomOf(from);
  const allowed = ROOMS[room];
  if (allowed === undefined) return `${from}: there is no room ${room}`;
  if (specifier.startsWith(".")) {
    const target = roomOf(relative(".", resolve(dirname(from), specifier)));
    return target === room || allowed.rooms.includes(target)
      ? null
      : `${from}: ${room} may not import ${target}`;
  }
  if (isBuiltin(specifier)) {
    return PURE_ROOMS.includes(room) && IMPURE_MODULES.includes(specifier)
      ? `${from}: ${room} is pure, but imports ${specifier}`
      : null;
  }
  const inFolder = Object.entries(FOLDER_PACKAGES).some(
    ([folder, packages]) => from.startsWith(`${folder}/`) && packages.includes(packageOf(specifier)),
  );
  return inFolder || allowed.packages.includes(packageOf(specifier))
    ? null
    : `${from}: ${room} may not import the package ${specifier}`;
}

describe("the rooms", () => {
  it("import only what the table allows", () => {
    const breaches = sourceFiles()
      .flatMap(importsOf)
      .flatMap((each) => breach(each) ?? []);
    expect(breaches).toEqual([]);
  });

  it("stand in the table in an order in which data flows one way", () => {
    const names = Object.keys(ROOMS);
    const backward = names.flatMap((name, index) =>
      (ROOMS[name]?.rooms ?? [])
        .filter((room) => names.indexOf(room) >= index)
        .map((room) => `${name} names ${room}`),
    );
    expect(backward).toEqual([]);
  });

  it("are all folders of src, and every folder of src is one", () => {
    const folders = readdirSync("src", { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(folders.filter((name) => ROOMS[name] === undefined)).toEqual([]);
    expect(Object.keys(ROOMS).filter((name) => !folders.includes(name))).toEqual([]);
  });

  it("are read by a parser that sees static, type-only, re-exporting and dynamic imports", () => {
    const everything = sourceFiles()
      .flatMap(importsOf)
      .map(({ specifier }) => specifier);
    expect(everything).toContain("got");
    expect(everything).toContain("../mock/start-mock.js");
    expect(breach({ from: "src/core/http.ts", specifier: "../run/run.js" })).toBe(
      "src/core/http.ts: core may not import run",
    );
    expect(breach({ from: "src/check/check.ts", specifier: "got" })).toBe(
      "src/check/check.ts: check may not import the package got",
    );
    expect(breach({ from: "src/check/check.ts", specifier: "node:fs" })).toBe(
      "src/check/check.ts: check is pure, but imports node:fs",
    );
  });
});
