import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { replaceFiles } from "../../src/cli/replace-files.js";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "gcidem-replace-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function file(path: string, text: string): { readonly path: string; readonly bytes: Buffer } {
  return { path, bytes: Buffer.from(text) };
}

test("new files are written, and which of them held something else is said", () => {
  const at = folder();
  writeFileSync(join(at, "same.yaml"), "a");
  writeFileSync(join(at, "other.yaml"), "b");
  const names = ["new.yaml", "same.yaml", "other.yaml"];
  expect(replaceFiles(names.map((name) => file(join(at, name), "a")))).toEqual([join(at, "other.yaml")]);
  expect(readdirSync(at).toSorted()).toEqual(names.toSorted());
  expect(names.map((name) => readFileSync(join(at, name), "utf8"))).toEqual(["a", "a", "a"]);
});

test.each(["/dev/full", "missing/other.yaml"])(
  "where one cannot be written (%s), all of them stay as they were",
  (bad) => {
    const at = folder();
    writeFileSync(join(at, "old.yaml"), "old");
    const files = [file(join(at, "old.yaml"), "new"), file(join(at, "body.bin"), "x")];
    const last = file(bad.startsWith("/") ? bad : join(at, bad), "x");
    expect(() => replaceFiles([...files, last])).toThrow(`cannot write ${last.path}: `);
    expect(readdirSync(at)).toEqual(["old.yaml"]);
    expect(readFileSync(join(at, "old.yaml"), "utf8")).toBe("old");
  },
);

test("a link keeps pointing to the file that it names, and a device stays one", () => {
  const at = folder();
  writeFileSync(join(at, "real.yaml"), "old");
  symlinkSync("real.yaml", join(at, "link.yaml"));
  replaceFiles([file(join(at, "link.yaml"), "new"), file("/dev/null", "x")]);
  expect(lstatSync(join(at, "link.yaml")).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(at, "real.yaml"), "utf8")).toBe("new");
  expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
});
