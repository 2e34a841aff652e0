import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { explainPolicy } from "../../src/policy/explain-policy.js";
import { PRESET_NAMES } from "../../src/policy/preset-names.js";
import { presetFor } from "../../src/policy/presets.js";

/** `UPDATE_GOLDEN=1 npx vitest run --project unit test/policy` writes the files anew; then read them. */
const UPDATE = process.env.UPDATE_GOLDEN === "1";
const FOLDER = new URL("golden/", import.meta.url);

test.each(PRESET_NAMES)("%s is told as it was agreed", (name) => {
  const text = `${[...explainPolicy(presetFor(name))].join("\n")}\n`;
  const golden = new URL(`${name}.txt`, FOLDER);
  if (UPDATE) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(golden, text);
  }
  expect(text).toBe(readFileSync(golden, "utf8"));
});
