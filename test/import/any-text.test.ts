import fc from "fast-check";
import { expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { importScenario } from "../../src/import/import-scenario.js";
import { openTraffic } from "../../src/import/open-traffic.js";
import { bufferSource } from "../../src/intake/byte-source.js";
import { loadScenario } from "../../src/scenario/load-scenario.js";

const piece = fc.oneof(
  fc.constantFrom(
    ...[
      "curl ",
      "$ curl.exe ",
      "https://api.example.com/v1/orders/7?a=1",
      "http://x/{{a}}/$(b)",
      "{{base}}/x",
      "//x",
      "ftp://x/y",
    ],
    ...[
      " -d ",
      " -H ",
      " -X ",
      " -F ",
      " --json ",
      " -u ",
      " -G ",
      "'",
      '"',
      "\\",
      "^",
      "`",
      "\n",
      "\\\n",
      "^\n",
      "`\n",
      "$'",
      "\\u00e9",
      "\\ud83d",
    ],
    ...[
      "'Idempotency-Key: k-1234567'",
      "'If-Match: \"3\"'",
      "'Authorization: Bearer abcdefgh'",
      "'X: {{a}} ${b} $(c)'",
      '\'{"id":"7","version":1}\'',
    ],
    ...[
      "### next\n",
      "# @name one\n",
      "@a = {{b}}\n",
      "GET https://x.example/orders/7\n",
      "POST {{base}}/orders HTTP/1.1\n",
      "Content-Type: application/json\n",
      '\n{"a": 1.0, "b": "{{one.response.body.$.id}}"}\n',
      "< ./file\n",
      "> {% x %}\n",
    ],
    ...["“", "”", "‘", "–d ", " ", "\r\n", "\0", "\ufdd0x\ufdd1", "<secret:1>", "%41", "#", "&&", ";", "|"],
  ),
  fc.string({ maxLength: 5 }),
);

const start = fc.constantFrom(
  "curl ",
  "$ curl -X POST https://x.example/orders/1 ",
  "GET https://x.example/orders/1\n",
  "@base = https://x.example\nPOST {{base}}/orders\n",
);

test("whatever is pasted, a scenario that is valid comes of it, or a refusal", () => {
  fc.assert(
    fc.property(start, fc.array(piece, { maxLength: 25 }), (first, pieces) => {
      const text = first + pieces.join("");
      let made: string;
      try {
        const traffic = openTraffic(bufferSource(Buffer.from(text), "it.txt"), () => Buffer.from([1, 255]));
        if (traffic === null) return;
        made = importScenario(traffic, { stem: "it" }).text;
      } catch (error) {
        expect(error).toBeInstanceOf(GcidemError);
        return;
      }
      expect(made).not.toContain("Bearer abcdefgh");
      expect(loadScenario(made, "it.yaml").steps.length).toBeGreaterThan(0);
    }),
    { numRuns: 2_000 },
  );
});
