import fc from "fast-check";
import { expect, test } from "vitest";
import type { HeaderList } from "../../src/core/http.js";
import { displayWidth } from "../../src/report/terminal/display-width.js";
import { renderTerminal } from "../../src/report/terminal/render-terminal.js";
import { reportOf, runOf, type Sent } from "./build-report.js";

/** Many documents are rendered; a busy machine takes its time. */
const PATIENCE_MS = 60_000;

/** Text as a hostile server or a careless person would have it: controls, bidi, wide and joined characters, fragments of UTF-16. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 6 }),
      fc.string({ unit: "grapheme", maxLength: 6 }),
      fc.constantFrom(
        "\u001b[31m",
        "\u009b2J",
        "\u202e",
        "\u2066",
        "\r\n",
        "\t",
        "\u2028",
        "\ud800",
        "漢字",
        "👨‍👩‍👧",
        "🇩🇪",
        "1️⃣",
        "🫠",
        "e\u0301",
        "\u0000",
        "\u0001",
        "/",
        "a-long-word-without-any-space",
        " ",
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const headers: fc.Arbitrary<HeaderList> = fc
  .tuple(hostileText, hostileText, hostileText, hostileText)
  .map(([key, etag, id, value]) => [
    ["Idempotency-Key", key],
    ["ETag", etag],
    ["ININ-Correlation-Id", id],
    [`X-${value}`, value],
  ]);

const sent: fc.Arbitrary<Sent> = fc.record({
  step: fc.oneof(fc.constantFrom("first", "second", "third"), hostileText),
  attempt: fc.constantFrom(1, 1, 2),
  request: hostileText.map((path) => `PATCH /${path}`),
  headers,
  answerHeaders: headers,
  body: hostileText,
  answer: fc.oneof(
    hostileText,
    fc.json(),
    hostileText.map((message) => JSON.stringify({ version: message, message })),
  ),
  status: fc.constantFrom(200, 201, 409, 429, 500),
});

const report = fc
  .record({
    sent: fc.array(sent, { minLength: 1, maxLength: 5 }),
    name: hostileText,
    reason: hostileText,
    value: fc.oneof(hostileText, fc.jsonValue()),
  })
  .map(({ sent: all, name, reason, value }) =>
    reportOf(
      runOf({
        name,
        file: name,
        sent: all,
        steps: [{ id: "first" }, { id: "pause", waitMs: 1500 }, { id: "second", of: "first" }],
        pairs: all.length > 1 ? [["e1", "e2"]] : [],
        stored: all.length > 1 ? { e2: "e1" } : {},
        skipped: [{ step: name, round: 1, reason }],
        expectations: [
          {
            step: all[0]?.step ?? "",
            line: 3,
            what: "json $.a",
            expected: value,
            actual: reason,
            ok: false,
            note: name,
          },
        ],
      }),
    ),
  );

const options = fc.record({
  columns: fc.integer({ min: 40, max: 220 }),
  color: fc.boolean(),
  unicode: fc.boolean(),
  verbose: fc.boolean(),
});

const SGR = /\u001b\[[\d;]*m/g;
const CONTROL =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/u;

/** Rows of the table: from its heading to the empty line under it. */
function tableLines(text: string): readonly string[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /^ +(# +)?step +request/.test(line));
  return start < 0 ? [] : lines.slice(start, lines.indexOf("", start));
}

test(
  "whatever a server sends, no control but line ends and colours reaches the terminal",
  () => {
    fc.assert(
      fc.property(report, options, (made, look) => {
        const text = [...renderTerminal(made, look)].join("");
        expect(look.color ? text.replace(SGR, "") : text).not.toMatch(CONTROL);
        if (!look.unicode) expect(text.replace(SGR, "")).toMatch(/^[\n -~]*$/);
      }),
      { numRuns: 300 },
    );
  },
  PATIENCE_MS,
);

test(
  "whatever a server sends, no row of the table is wider than the terminal",
  () => {
    fc.assert(
      fc.property(report, options, (made, look) => {
        const rows = tableLines([...renderTerminal(made, look)].join("").replace(SGR, ""));
        expect(rows.length).toBeGreaterThan(1);
        for (const row of rows) expect(displayWidth(row)).toBeLessThanOrEqual(look.columns);
      }),
      { numRuns: 300 },
    );
  },
  PATIENCE_MS,
);

test("a table row is one line for each exchange, wait and skipped step", () => {
  fc.assert(
    fc.property(fc.array(sent, { minLength: 1, maxLength: 6 }), (all) => {
      const run = runOf({
        name: "rows",
        sent: all.map((each, index) => ({ ...each, step: `s${index}`, status: 200 })),
      });
      const text = [
        ...renderTerminal(reportOf(run), { columns: 80, color: false, unicode: true, verbose: false }),
      ].join("");
      expect(tableLines(text)).toHaveLength(1 + all.length);
    }),
  );
});
