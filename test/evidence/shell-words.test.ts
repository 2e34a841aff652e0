import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isArgument, printBytes, printCommand, shellWord } from "../../src/evidence/script/shell-text.js";

/** Runs lines of a script, each of which writes something, and gives what each wrote. */
function written(shell: string, lines: readonly string[]): readonly Buffer[] {
  const script = lines.map((line) => `${line}\nprintf '\\377\\376\\377'\n`).join("");
  const output = execFileSync(shell, ["-c", script], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { LANG: "C.UTF-8", PATH: process.env.PATH ?? "" },
  });
  const parts: Buffer[] = [];
  let rest: Buffer = output;
  for (let at = rest.indexOf("fffeff", "hex"); at !== -1; at = rest.indexOf("fffeff", "hex")) {
    parts.push(rest.subarray(0, at));
    rest = rest.subarray(at + 3);
  }
  return parts;
}

/** No argument can hold NUL, and the shell cuts line ends off what a command writes: those go through a pipe. */
const TEXT = fc
  .string({ unit: "binary", maxLength: 30 })
  .map((text) => text.replaceAll("\u0000", "").replace(/\n+$/, ""));

test.each(["dash", "bash"])("in %s a word is the text that it was made of", (shell) => {
  const texts = [
    ...fc.sample(TEXT, 100),
    "it's",
    "-n",
    "$HOME `id` \\",
    "%s",
    "a\nb",
    "\u001b[31m",
    "‮x",
    "*",
    "",
  ];
  const lines = texts.map((text) => `printf %s ${shellWord([{ text }])}`);
  expect(written(shell, lines).map(String)).toEqual(texts);
});

test.each(["dash", "bash"])("in %s any bytes can be written into a pipe", (shell) => {
  const bodies = [
    ...fc.sample(fc.uint8Array({ maxLength: 60 }), 50).map((bytes) => Buffer.from(bytes)),
    Buffer.from("-e %d \\n '\u0000 7"),
    Buffer.from([1, 55, 56]),
  ].filter((bytes) => !bytes.includes(Buffer.from("fffeff", "hex")));
  expect(written(shell, bodies.map(printBytes))).toEqual(bodies);
});

test("a script never shows a control, a mark that reorders text, or half a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = shellWord([{ text }]) + printCommand([{ text }]);
      expect(shown).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test("variables stand between texts, and what they hold is no part of the script", () => {
  const pieces = [{ text: "Bearer " }, { variable: "SECRET_1" }, { text: " x" }];
  const env = "SECRET_1='a\"$(id) b'\n";
  expect(written("dash", [`${env}printf %s ${shellWord(pieces)}`]).map(String)).toEqual([
    'Bearer a"$(id) b x',
  ]);
  expect(written("dash", [`${env}${printCommand(pieces)}`]).map(String)).toEqual(['Bearer a"$(id) b x']);
});

test("a long body, or one with controls, is no argument", () => {
  expect(isArgument([{ text: "two\nlines" }])).toBe(true);
  expect(isArgument([{ text: "a\tb" }])).toBe(false);
  expect(isArgument([{ text: "x".repeat(40_000) }])).toBe(false);
});
