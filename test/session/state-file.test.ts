import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { readStateFile, writeStateFile } from "../../src/session/state-file.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gcidem-state-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function failure(act: () => unknown): GcidemError {
  try {
    act();
  } catch (error) {
    if (error instanceof GcidemError) return error;
  }
  throw new Error("expected a GcidemError");
}

describe("a mock's state file", () => {
  test("that is not there yet is no state, and no error", () => {
    expect(readStateFile(join(folder, "state.json"))).toBeNull();
  });

  test("gives back what was written, readable by its owner alone, with nothing left beside it", () => {
    const file = join(folder, "state.json");
    writeStateFile(file, '{"a":"ä"}');
    writeStateFile(file, '{"b":"ü"}');
    expect(readStateFile(file)).toBe('{"b":"ü"}');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });

  test("that is a link stays one: the file that it names is written", () => {
    const real = join(folder, "real.json");
    const link = join(folder, "link.json");
    writeFileSync(real, "old");
    symlinkSync(real, link);
    writeStateFile(link, "new");
    expect(readFileSync(real, "utf8")).toBe("new");
  });

  test("that cannot be replaced keeps the old state", () => {
    const file = join(folder, "state.json");
    mkdirSync(file);
    expect(failure(() => writeStateFile(file, "new"))).toMatchObject({ code: "output" });
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });

  test("in a folder that does not exist is a wrong flag, said before anything is served", () => {
    const file = join(folder, "nowhere", "state.json");
    expect(failure(() => readStateFile(file))).toMatchObject({
      code: "usage",
      message: `--state: cannot write ${file}: its folder does not exist`,
    });
  });

  test.each(["/dev/zero", "/dev/null"])(
    "that is the device %s is invalid, and not read without end",
    (device) => {
      expect(failure(() => readStateFile(device))).toMatchObject({
        code: "invalid-file",
        message: `cannot read ${device}: it is a device, a pipe or a socket, expected a file`,
      });
    },
  );

  test("that is a folder, or no text, is an invalid file and left alone", () => {
    expect(failure(() => readStateFile(folder))).toMatchObject({
      code: "invalid-file",
      message: `cannot read ${folder}: it is a folder`,
    });
    const file = join(folder, "state.json");
    writeFileSync(file, Buffer.from([0xff, 0xfe, 0x00]));
    expect(failure(() => readStateFile(file))).toMatchObject({ code: "invalid-file" });
    expect(readFileSync(file)).toEqual(Buffer.from([0xff, 0xfe, 0x00]));
  });
});
