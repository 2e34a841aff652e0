import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/** `UPDATE_GOLDEN=1 npx vitest run --project unit test/report` writes the files anew; then read them. */
const UPDATE = process.env.UPDATE_GOLDEN === "1";

/** Expects a text to be what a file beside the test holds. */
export function expectGolden(text: string, file: URL): void {
  if (UPDATE) {
    mkdirSync(dirname(fileURLToPath(file)), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, "utf8"));
}
