import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor } from "../../src/core/redact.js";
import type { Recording } from "../../src/intake/intake.js";
import { toRecords } from "../../src/intake/to-records.js";
import { type Entry, read, specEntry } from "./recorders.js";

/** What would be written to the journal. */
function journalOf(recording: Recording): string {
  return [...toRecords(recording, createRedactor())].map((record) => JSON.stringify(record)).join("\n");
}

const SECRET = "s3cr3t-t0ken-of-ada";

/** Places where a recorder keeps credentials. */
const PLACES: Readonly<Record<string, Entry>> = {
  "a bearer token": { headers: [["Authorization", `Bearer ${SECRET}`]] },
  "a basic password": {
    headers: [["Authorization", `Basic ${Buffer.from(`ada:${SECRET}`).toString("base64")}`]],
  },
  "a cookie": { headers: [["Cookie", `theme=dark; session=${SECRET}`]] },
  "a cookie that is set": { answerHeaders: [["Set-Cookie", `session=${SECRET}; Path=/\nother=1`]] },
  "the second of two cookies that are set in one": {
    answerHeaders: [["Set-Cookie", `other=1\nsession=${SECRET}; Path=/`]],
  },
  "an API key": { headers: [["X-Api-Key", SECRET]] },
  "a member of the body": { body: JSON.stringify({ password: SECRET }) },
  "a member of the answer": { answer: JSON.stringify({ access_token: SECRET }) },
  "a member of an answer in base64": {
    response: {
      content: {
        encoding: "base64",
        text: Buffer.from(JSON.stringify({ access_token: SECRET })).toString("base64"),
      },
    },
  },
  "a field of a form that is told by fields": {
    method: "POST",
    request: {
      postData: {
        mimeType: "application/x-www-form-urlencoded",
        params: [{ name: "client_secret", value: SECRET }],
      },
    },
  },
  "the URL's query": { url: `https://api.example.com/v1/x?access_token=${SECRET}` },
  "the URL's own credentials": { url: `https://ada:${SECRET}@api.example.com/v1/x` },
};

describe("credentials in a recording never reach the journal", () => {
  test.each(Object.entries(PLACES))("%s", (_place, entry) => {
    expect(journalOf(read([specEntry(entry)]))).not.toContain(SECRET);
  });

  test("nor does a token that an earlier answer says before a request carries it", () => {
    const echo = specEntry({ answer: `{"hint":"use ${SECRET}"}`, at: "2026-11-21T22:00:00.000Z" });
    const use = specEntry({
      headers: [["Authorization", `Bearer ${SECRET}`]],
      at: "2026-11-21T22:00:01.000Z",
    });
    expect(journalOf(read([echo, use]))).not.toContain(SECRET);
  });

  test("nor the reason of a failure that repeats the URL", () => {
    const url = `https://api.example.com/v1/x?access_token=${SECRET}`;
    const failed = { status: 0, _error: `connection to ${url} failed` };
    expect(journalOf(read([specEntry({ url, response: failed })]))).not.toContain(SECRET);
  });

  test("in whatever order they come, together", () => {
    const entries = Object.values(PLACES).map(specEntry);
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: 1 }), (some) => {
        expect(journalOf(read(some))).not.toContain(SECRET);
      }),
      { numRuns: 50 },
    );
  });
});

describe("credentials that change with each request", () => {
  test("are all replaced, and looked for only for as long as they are recent", () => {
    const entries = Array.from({ length: 2000 }, (_each, index) =>
      specEntry({
        headers: [
          ["Authorization", `AWS4-HMAC-SHA256 Signature=${index}-signed-anew`],
          ["Cookie", `visit=${index}-counted-each-time`],
        ],
      }),
    );
    const journal = journalOf(read(entries));
    expect(journal).not.toMatch(/signed-anew|counted-each-time/);
  });
});
