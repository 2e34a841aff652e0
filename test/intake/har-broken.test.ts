import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { type ByteSource, bufferSource } from "../../src/intake/byte-source.js";
import type { Recording } from "../../src/intake/intake.js";
import { readHar } from "../../src/intake/read-har.js";
import { chromeEntry, exchangesIn, harText, read, specEntry } from "./recorders.js";

const ENTRIES = [
  specEntry({ url: "https://api.example.com/v1/0", answer: '"}]}"' }),
  chromeEntry({ url: "https://api.example.com/v1/1", body: '{"a":"\\\\\\"]}"}' }),
  specEntry({ url: "https://api.example.com/v1/2", answer: "ä€😀" }),
];

function readBytes(bytes: Buffer): Recording {
  return readHar(bufferSource(bytes, "export.har"));
}

/** The numbers of the entries that were read. */
function numbersIn(recording: Recording): readonly number[] {
  return exchangesIn(recording).map(({ request }) => Number(request.url.at(-1)));
}

function errorOf(read: () => unknown): GcidemError {
  try {
    read();
  } catch (error) {
    if (error instanceof GcidemError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a HAR that was cut", () => {
  const whole = Buffer.from(harText(ENTRIES));

  test("anywhere gives its whole entries and the place, or an error with the place", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: whole.length - 1 }), (length) => {
        const cut = whole.subarray(0, length);
        let recording: Recording;
        try {
          recording = readBytes(cut);
        } catch (error) {
          expect(error).toMatchObject({ code: "invalid-file", problems: [{ at: { file: "export.har" } }] });
          return;
        }
        expect(numbersIn(recording)).toEqual([0, 1, 2].slice(0, recording.count));
        expect(recording.problems[0]?.message).toContain(`ends too early at byte ${length}`);
      }),
      { numRuns: 300 },
    );
  });

  test("says line and column, and how many entries were read", () => {
    const text = JSON.stringify(JSON.parse(harText(ENTRIES)), null, 2);
    const lines = text.split("\n");
    const cut = lines.slice(0, lines.length - 30).join("\n");
    const { problems } = readBytes(Buffer.from(cut));
    expect(problems).toMatchObject([
      {
        at: { line: lines.length - 30 },
        message: `the file ends too early at byte ${Buffer.byteLength(cut)}; the 2 entries before it were read`,
        hint: "was the export interrupted, or the file copied in part?",
      },
    ]);
  });

  test("before its first entry ended is an error", () => {
    const error = errorOf(() => readBytes(whole.subarray(0, 200)));
    expect(error.problems[0]?.message).toBe(
      "the file ends or stops being JSON at byte 200, before its first whole entry",
    );
  });

  test("and goes on with something else is read up to there", () => {
    const at = harText(ENTRIES.slice(0, 2)).length - 3;
    const { count, problems } = readBytes(
      Buffer.from(`${harText(ENTRIES.slice(0, 2)).slice(0, at)}}}}garbage`),
    );
    expect(count).toBe(2);
    expect(problems[0]?.message).toMatch(
      /^the file stops being JSON at byte \d+; the 2 entries before it were read$/,
    );
  });
});

describe("a file that is no HAR", () => {
  test.each([
    ['{"a":1}', "there is no list log.entries, so this is not a HAR"],
    ['{"log":{"version":"1.2"}}', "there is no list log.entries, so this is not a HAR"],
    ['{"log":{"entries":{"0":{}}}}', "there is no list log.entries, so this is not a HAR"],
    ['{"entries":[{}]}', "there is no list log.entries, so this is not a HAR"],
  ])("%s", (text, message) => {
    expect(errorOf(() => readHar(text)).problems[0]?.message).toBe(message);
  });

  test("because it is empty", () => {
    expect(errorOf(() => readHar("")).message).toBe("<har>: the file is empty");
  });

  test("and an entry that is none is left out, with its place", () => {
    const text = harText([ENTRIES[0] ?? {}, { request: 7 }, ENTRIES[2] ?? {}]);
    const { count, problems, notes } = readHar(text);
    expect(count).toBe(2);
    expect(problems).toMatchObject([
      {
        at: { line: 1, column: text.indexOf('{"request":7}') + 1 },
        message: "entry 2 is not an entry of a HAR: it is left out",
      },
    ]);
    expect(notes).toEqual(["left out: 1 damaged entry"]);
  });

  test("whatever an entry holds, it is read or left out", () => {
    const anything = fc.jsonValue({ maxDepth: 4 });
    const shaped = fc.record(
      {
        startedDateTime: anything,
        time: anything,
        timings: anything,
        request: fc.record(
          {
            method: anything,
            url: fc.oneof(fc.webUrl(), fc.string()),
            headers: anything,
            postData: anything,
          },
          { requiredKeys: [] },
        ),
        response: fc.oneof(anything, fc.record({ status: anything, headers: anything, content: anything })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(anything, shaped), { maxLength: 4 }), (entries) => {
        const recording = read([...(entries as object[]), specEntry()]);
        expect(exchangesIn(recording)).toHaveLength(recording.count);
        expect(recording.count).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  test("a byte order mark before it does no harm", () => {
    expect(readBytes(Buffer.from(`\ufeff${harText(ENTRIES)}`)).count).toBe(3);
  });
});

describe("a HAR of 40 MB", () => {
  /** A source that makes its bytes as they are asked for, and notes how much was asked for at once. */
  function endless(count: number): ByteSource & { readonly largest: () => number } {
    const entry = Buffer.from(`${JSON.stringify(specEntry({ answer: "x".repeat(20_000) }))},`);
    const [head, tail] = ['{"log":{"entries":[', `${JSON.stringify(specEntry())}]}}`].map((text) =>
      Buffer.from(text),
    );
    if (head === undefined || tail === undefined) throw new Error("unreachable");
    const size = head.length + count * entry.length + tail.length;
    let largest = 0;
    const read = (start: number, end: number): Buffer => {
      const bytes = Buffer.alloc(Math.min(end, size) - start);
      largest = Math.max(largest, bytes.length);
      for (let at = 0; at < bytes.length; ) {
        const place = start + at;
        const inside = place - head.length;
        const part =
          inside < 0
            ? head.subarray(place)
            : inside < count * entry.length
              ? entry.subarray(inside % entry.length)
              : tail.subarray(inside - count * entry.length);
        at += part.copy(bytes, at);
      }
      return bytes;
    };
    return { name: "big.har", size, read, close: () => {}, largest: () => largest };
  }

  test("is never asked for more than a chunk at once, and all of its entries are read", () => {
    const source = endless(2000);
    const recording = readHar(source);
    expect(source.size).toBeGreaterThan(40_000_000);
    expect(recording.count).toBe(2001);
    let bytes = 0;
    for (const { response } of recording.exchanges()) bytes += response?.body.bytes?.length ?? 0;
    expect(bytes).toBe(2000 * 20_000 + 10);
    expect(source.largest()).toBeLessThanOrEqual(1 << 20);
  });
});
