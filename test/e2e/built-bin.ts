import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

function newest(folder: string): number {
  return Math.max(
    0,
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
}

/** End-to-end tests spawn the built bin, so it is built first where the sources are newer. */
export function setup(): void {
  const bin = "dist/cli/tool.cjs";
  if (existsSync(bin) && statSync(bin).mtimeMs > Math.max(newest("src"), newest("page"))) return;
  execFileSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
}
