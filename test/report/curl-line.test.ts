import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { curlLines, shellQuote } from "../../src/report/terminal/curl-line.js";
import { lookOf } from "../../src/report/terminal/look.js";
import { exchangeOf, type Sent } from "./build-report.js";

const LOOK = lookOf({ columns: 80, color: false, unicode: true, verbose: false });

/** What bash makes of words: itself, if they were quoted well. */
function throughShell(words: readonly string[]): readonly string[] {
  const script = `printf '%s\\0' ${words.join(" ")}`;
  const env = { ...process.env, LC_ALL: "C.UTF-8" };
  return execFileSync("bash", ["-c", script], { encoding: "utf8", env }).split("\0").slice(0, -1);
}

const lines = (sent: Omit<Sent, "step">): readonly string[] =>
  curlLines(exchangeOf({ step: "s", ...sent }, 0).request, LOOK);

describe("a word for the shell", () => {
  const word = fc
    .array(
      fc.oneof(
        fc.string({ unit: "grapheme", maxLength: 5 }),
        fc.constantFrom("'", "\\", "\n", "$(x)", "`x`", "\u001b[31m", "\u202e", "!", '"'),
      ),
    )
    .map((parts) => parts.join("").replaceAll("\u0000", ""));

  test("comes out of a shell as it went in, and nothing in it is run", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 5, maxLength: 20 }), fc.boolean(), (words, ascii) => {
        expect(throughShell(words.map((each) => shellQuote(each, ascii)))).toEqual(words);
      }),
      { numRuns: 20 },
    );
  });

  test("never holds a character that drives a terminal", () => {
    expect(shellQuote("a\u001b[2J\u202eb\n", false)).toBe("$'a\\u001b[2J\\u202eb\\n'");
  });
});

describe("the curl command", () => {
  test("never holds a tag character, assigned or not", () => {
    expect(shellQuote("key\u{e0000}\u{e0041}", false)).toBe("$'key\\U000e0000\\U000e0041'");
  });

  test("has the headers that a scenario decides, secrets as their placeholders", () => {
    const headers = [
      ["Host", "x"],
      ["Authorization", "Bearer <secret:1>"],
      ["Content-Length", "7"],
      ["X-Empty", ""],
    ] as const;
    expect(lines({ request: "PATCH /a?b=1&c=2", headers, body: '{"a":1}' })).toEqual([
      "curl -i -X PATCH 'http://127.0.0.1:45123/a?b=1&c=2' \\",
      "  -H 'Authorization: Bearer <secret:1>' \\",
      "  -H 'X-Empty;' \\",
      "  --data-raw '{\"a\":1}'",
    ]);
  });

  test("needs no method for a plain read", () => {
    expect(lines({ request: "GET /a" })).toEqual(["curl -i http://127.0.0.1:45123/a"]);
  });

  test("names a file instead of a body that would bury it", () => {
    expect(lines({ request: "POST /a", body: "x".repeat(5000) }).at(-1)).toBe("  --data-binary @body.txt");
  });
});
