import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { strToU8, zipSync } from "fflate";
import { describe, expect, onTestFinished, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { checkBundle } from "../../src/evidence/check/check-bundle.js";
import { evidenceOf, fileOf, unzipped } from "./evidence-of.js";

const SENT = [
  {
    ...{ method: "POST", url: "https://api.example.com/orders?access_token=abcdef123456", status: 409 },
    headers: [["Authorization", "Bearer abcdef-1234567890-token"]] as const,
    body: '{"client_secret":"hunter2-hunter2"}',
  },
];

function problemsOf(zip: Uint8Array, known: readonly string[] = []): readonly string[] {
  return checkBundle(fileOf(zip), known).problems;
}

/** The bundle with its files changed, packed by another program. */
function repacked(change: (files: Map<string, string>) => void): Uint8Array {
  const files = new Map(unzipped(evidenceOf(SENT).zip));
  change(files);
  return zipSync(Object.fromEntries([...files].map(([name, text]) => [name, strToU8(text)])));
}

function refusal(zip: Uint8Array): string {
  try {
    problemsOf(zip);
  } catch (error) {
    if (error instanceof GcidemError && error.code === "invalid-file") return error.message;
    throw error;
  }
  return "";
}

describe("a bundle", () => {
  test("as it was made has no problem, however its ticket was edited", () => {
    expect(problemsOf(evidenceOf(SENT).zip)).toEqual([]);
    expect(problemsOf(repacked((files) => files.set("TICKET.txt", "my own words")))).toEqual([]);
  });

  test("of one run is the same, byte for byte, each time", () => {
    const { zip, files } = evidenceOf(SENT);
    const again = evidenceOf(SENT);
    expect(again.zip.equals(zip)).toBe(true);
    expect([...files.keys()][0]).toBe("TICKET.txt");
    expect([...files.keys()].at(-1)).toBe("manifest.sha256.json");
  });

  test("whose files were changed, taken out or added says which", () => {
    const problems = problemsOf(
      repacked((files) => {
        files.set("report.md", "# another\n");
        files.delete("traffic.har");
        files.set("more.txt", "hello");
      }),
    );
    expect(problems).toEqual([
      "traffic.har is missing",
      "report.md was changed: its sha256 is not the manifest's",
      "more.txt is not in the manifest: it was added later",
    ]);
  });

  test("holds none of the secrets that were sent", () => {
    const all = [...evidenceOf(SENT).files.values()].join("\n");
    for (const secret of ["abcdef123456", "abcdef-1234567890-token", "hunter2"])
      expect(all).not.toContain(secret);
  });

  test("with a secret in its ticket says where, and never which", () => {
    const ticket = "Hello,\nI use Authorization: Bearer abc123def456ghi789\nBye";
    const problems = problemsOf(repacked((files) => files.set("TICKET.txt", ticket)));
    expect(problems.join("\n")).toContain("TICKET.txt:2: there is");
    expect(problems.join("\n")).not.toContain("abc123");
  });

  test("with a secret that this environment holds, in any spelling, is found out", () => {
    const secret = "p/ss wörd-of-mine";
    const spelled = Buffer.from(`user:${secret}!`).toString("base64");
    for (const text of [secret, encodeURIComponent(secret), spelled])
      expect(
        problemsOf(
          repacked((files) => files.set("TICKET.txt", `x ${text} y`)),
          [secret],
        ),
      ).toEqual(["TICKET.txt:1: there is a secret of this environment"]);
  });

  test("cut or changed anywhere is never taken for whole, and never breaks the check", () => {
    const { zip } = evidenceOf(SENT);
    fc.assert(
      fc.property(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const spoilt = Buffer.from(zip);
        spoilt[at] = (spoilt[at] ?? 0) ^ bits;
        const before = unzipped(zip);
        const found = refusal(spoilt) !== "" || problemsOf(spoilt).length > 0;
        // What is left are bytes that say nothing of the content: times, attributes, and the ticket's own text.
        if (!found)
          for (const [name, text] of unzipped(spoilt)) {
            if (name !== "TICKET.txt") expect(text).toBe(before.get(name));
          }
      }),
      { numRuns: 400 },
    );
    for (const length of [0, 3, 30, zip.length - 1])
      expect(refusal(zip.subarray(0, length))).toContain("it is no zip file");
  });
});

describe("a zip that nobody should unpack is refused before that:", () => {
  /** The name of the first file, in its own header and in the directory, replaced by one of the same length. */
  function renamed(from: string, to: string): Uint8Array {
    const zip = zipSync({ [from]: strToU8("x"), "b.txt": strToU8("y") });
    return Buffer.from(Buffer.from(zip).toString("latin1").replaceAll(from, to), "latin1");
  }

  test.each([
    ["an absolute path", "/etc/a"],
    ["a drive", "c:/etc"],
    ["a way out", "../abc"],
    ["a way out further in", "a/../b"],
    ["a backslash", "..\\abc"],
    ["NUL", "a\u0000.txt"],
    ["a line end", "ab\n.tx"],
  ])("%s in a name", (_what, name) => {
    expect(refusal(renamed("x".repeat(name.length), name))).toMatch(/the name ".*" in it has /);
  });

  test("a name twice, also in other letters", () => {
    expect(refusal(renamed("x.txt", "b.txt"))).toContain("is in it twice");
    expect(refusal(renamed("x.txt", "B.TXT"))).toContain("is in it twice");
  });

  test("a file that would unpack to far more than it is", () => {
    const bomb = zipSync({ "a.txt": new Uint8Array(65 * 2 ** 20) });
    expect(refusal(bomb)).toContain("which is what zip bombs do");
  });

  test("a file that is larger than it says", () => {
    const zip = Buffer.from(repacked(() => undefined));
    const at = zip.indexOf(Buffer.from("504b0102", "hex"));
    const bytes = zip.readUInt32LE(at + 24);
    zip.writeUInt32LE(bytes - 1, at + 24);
    expect(problemsOf(zip)[0]).toContain(`it holds more than the ${bytes - 1} bytes that it says`);
  });

  test("files that share bytes", () => {
    const zip = Buffer.from(zipSync({ a: strToU8("x"), b: strToU8("y") }, { level: 0 }));
    const first = zip.indexOf(Buffer.from("504b0102", "hex"));
    const local = zip.indexOf(Buffer.from("504b0304", "hex"), 4);
    zip.writeUInt32LE(1000, first + 20);
    expect(local).toBeGreaterThan(0);
    expect(refusal(zip)).toContain("overlap");
  });

  test.each([
    ["an encrypted file", 8, 1, "is encrypted"],
    ["another way of packing", 10, 12, "packed by method 12"],
    ["a symbolic link", 40, 0o120777, "a symbolic link"],
  ])("%s", (_what, place, value, message) => {
    const zip = Buffer.from(zipSync({ "a.txt": strToU8("x") }));
    zip.writeUInt16LE(value, zip.indexOf(Buffer.from("504b0102", "hex")) + place);
    expect(refusal(zip)).toContain(message);
  });

  test("what is no bundle at all", () => {
    expect(refusal(strToU8("hello"))).toContain("it is no zip file");
    expect(refusal(zipSync({ "a.txt": strToU8("x") }))).toContain("there is no manifest.sha256.json in it");
    expect(refusal(zipSync({ "manifest.sha256.json": strToU8("{}") }))).toContain("cannot be read");
    const later = strToU8('{"schema":"gcidem-evidence/9","files":[]}');
    expect(refusal(zipSync({ "manifest.sha256.json": later }))).toContain("gcidem-evidence/9");
    expect(() => checkBundle("/nowhere/a.zip", [])).toThrow(/cannot read/);
  });

  test.skipIf(process.platform === "win32")("a pipe is not waited for", () => {
    const path = join(mkdtempSync(join(tmpdir(), "gcidem-pipe-")), "b.zip");
    onTestFinished(() => rmSync(dirname(path), { recursive: true }));
    execFileSync("mkfifo", [path]);
    expect(() => checkBundle(path, [])).toThrow(`cannot read ${path}: it is not a file`);
  });
});
