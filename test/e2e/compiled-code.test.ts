import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

function loads(folder: string): string {
  const code = `const loaded = require(${JSON.stringify(join(folder, "load-tool.cjs"))}).loadTool();
    console.log([typeof loaded.tool.runProgram, String(loaded.script.cachedDataRejected)].join(" "));`;
  return execFileSync(process.execPath, ["-e", code], { encoding: "utf8" }).trim();
}

function copyOf(...files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "gcidem-bundle-"));
  for (const file of files) copyFileSync(join("dist", "cli", file), join(folder, file));
  return folder;
}

describe("the bundle", () => {
  it("is plain ASCII, as it is read", () => {
    expect(readFileSync(join("dist", "cli", "tool.cjs")).findIndex((byte) => byte > 0x7f)).toBe(-1);
  });
});

describe("the tool's compiled code", () => {
  it("is taken by the Node that built it", () => {
    expect(loads(join(process.cwd(), "dist", "cli"))).toBe("function false");
  });

  it("may be missing", () => {
    expect(loads(copyOf("load-tool.cjs", "tool.cjs"))).toBe("function undefined");
  });

  it("is refused and not run where it is damaged", () => {
    const folder = copyOf("load-tool.cjs", "tool.cjs");
    const [compiled = ""] = readdirSync(join("dist", "cli")).filter((name) => name.endsWith(".cache"));
    writeFileSync(join(folder, compiled), "not compiled code");
    expect(loads(folder)).toBe("function true");
  });
});
