import { appendFileSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { createRedactor } from "../../src/core/redact.js";
import { createJournal, newRunId, prepareRunsFolder } from "../../src/journal/create-journal.js";
import type { JournalRecord, JournalView } from "../../src/journal/journal.js";
import { openJournal } from "../../src/journal/read-journal.js";
import { recordRequest, recordResponse } from "../../src/journal/record-message.js";

const redactor = createRedactor();

const EMPTY = Buffer.alloc(0);

function folder(): string {
  return mkdtempSync(join(tmpdir(), "gcidem-journal-"));
}

const STARTED: JournalRecord = {
  type: "run-started",
  schema: "gcidem-journal/1",
  run: "r",
  tool: "gcidem 0",
  node: process.version,
  scenario: { name: "n", file: "f.yaml", sha256: "00", text: "name: n" },
  target: { kind: "mock", baseUrl: "http://127.0.0.1:1", policy: "documented" },
  seed: 1,
  startedAt: "2026-11-22T00:00:00.000Z",
};

function sent(id: string, body = "", headers: readonly (readonly [string, string])[] = []): JournalRecord {
  const request = recordRequest(
    { method: "PATCH", url: "http://127.0.0.1:1/x", headers, body: Buffer.from(body) },
    redactor,
  );
  return {
    type: "request-sent",
    id,
    step: "s",
    attempt: 1,
    writer: null,
    round: 1,
    startedAt: "2026-11-22T00:00:00.000Z",
    startMs: 1,
    request,
  };
}

function answered(
  id: string,
  body: Uint8Array,
  headers: readonly (readonly [string, string])[] = [],
): JournalRecord {
  const response = recordResponse(
    { status: 200, httpVersion: "1.1", headers, body, truncated: false },
    redactor,
  );
  return { type: "response", id, sentMs: 1.1, releasedMs: null, firstByteMs: 2, endMs: 3, response };
}

function written(records: readonly JournalRecord[]): { readonly view: JournalView; readonly file: string } {
  const journal = createJournal(folder(), "run");
  for (const record of records) journal.append(record);
  journal.close();
  return { view: openJournal(journal.file), file: journal.file };
}

describe("a journal", () => {
  it("gives back every body and header that was written, in the order of sending", () => {
    const headers = fc.array(fc.tuple(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.string({ unit: "grapheme" })));
    const messages = fc.array(fc.record({ body: fc.uint8Array({ maxLength: 300 }), headers }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(messages, (all) => {
        const records = all.flatMap(({ body, headers: lines }, index) => [
          sent(`e${index + 1}`, "", lines),
          answered(`e${index + 1}`, body, lines),
        ]);
        const { view } = written([STARTED, ...records]);
        const read = [...view.exchanges()];
        expect(read.map(({ id }) => id)).toEqual(all.map((_each, index) => `e${index + 1}`));
        read.forEach((exchange, index) => {
          const encoding = exchange.response?.bodyEncoding === "base64" ? "base64" : "utf8";
          expect(Buffer.from(exchange.response?.body ?? "", encoding)).toEqual(
            Buffer.from(all[index]?.body ?? []),
          );
          expect(exchange.request.headers).toEqual(all[index]?.headers);
          expect(view.exchange(exchange.id)).toEqual(exchange);
        });
        view.close();
      }),
      { numRuns: 60 },
    );
  });

  it("can be read again and again, in pieces larger than any buffer", () => {
    const big = Buffer.from(JSON.stringify({ text: "é\n".repeat(100_000) }));
    const { view } = written([STARTED, sent("e1"), answered("e1", big), sent("e2"), answered("e2", big)]);
    expect([...view.exchanges()]).toEqual([...view.exchanges()]);
    expect(view.exchange("e2").response?.body).toBe(big.toString());
    view.close();
  });

  it("is readable at whatever byte a killed process stopped writing", () => {
    const { file } = written([
      STARTED,
      sent("e1", '{"a":"ü"}'),
      answered("e1", Buffer.from('{"b":"ü"}')),
      sent("e2"),
    ]);
    const whole = readFileSync(file);
    const started = whole.indexOf("\n") + 1;
    for (let length = started; length <= whole.length; length++) {
      writeFileSync(file, whole);
      truncateSync(file, length);
      const view = openJournal(file);
      const lines = whole.subarray(0, length).toString("utf8").split("\n");
      const reported = lines.filter((line) => line.startsWith('{"type":"response"') && line.endsWith("}}"));
      expect([...view.exchanges()].filter(({ response }) => response !== null)).toHaveLength(reported.length);
      view.close();
    }
  });

  it("tells of a request whose answer was never written", () => {
    const { view } = written([STARTED, sent("e1")]);
    expect([...view.exchanges()]).toMatchObject([
      { id: "e1", response: null, error: { code: "UNFINISHED" } },
    ]);
    expect(view.ended).toBeNull();
    view.close();
  });

  it("names the line that somebody damaged", () => {
    const { file, view } = written([STARTED, sent("e1")]);
    view.close();
    appendFileSync(file, "oops\n{}\n");
    expect(() => openJournal(file)).toThrow(/1 problem/);
    try {
      openJournal(file);
    } catch (error) {
      expect(error).toMatchObject({ code: "invalid-file", problems: [{ at: { line: 3 } }] });
    }
  });

  it("refuses what is no journal or one of another schema", () => {
    const file = join(folder(), "journal.ndjson");
    writeFileSync(file, '{"type":"run-started","schema":"gcidem-journal/9"}\n');
    expect(() => openJournal(file)).toThrow(expect.objectContaining({ code: "invalid-file" }) as Error);
    expect(() => openJournal(join(folder(), "missing"))).toThrow(/cannot read the journal/);
  });

  it("says of a newer journal that a newer gcidem reads it", () => {
    const file = join(folder(), "journal.ndjson");
    writeFileSync(file, `${JSON.stringify({ ...STARTED, schema: "gcidem-journal/2" })}\n`);
    expect(() => openJournal(file)).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ hint: expect.stringContaining("a newer gcidem wrote it") as string }),
        ],
      }) as Error,
    );
  });

  it.each([
    ["a request was taken out", [STARTED, answered("e1", EMPTY)], "2: the request of e1 is missing"],
    ["two were joined", [STARTED, sent("e1"), STARTED], "3: a second run begins here"],
    ["the lines were turned round", [sent("e1"), STARTED], "1: there is no run-started record before"],
    ["a request stands twice", [STARTED, sent("e1"), sent("e1")], "3: e1 was sent before"],
    [
      "an answer stands twice",
      [STARTED, sent("e1"), answered("e1", EMPTY), answered("e1", EMPTY)],
      "4: e1 was answered before",
    ],
  ])("refuses one in which %s, and names the line", (_what, records, expected) => {
    const file = join(folder(), "journal.ndjson");
    writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    try {
      openJournal(file);
      expect.unreachable();
    } catch (error) {
      const problems = error instanceof GcidemError ? error.problems : [];
      expect(problems.map(({ at, message }) => `${at.line}: ${message}`).join()).toContain(expected);
    }
  });

  it("holds no credential, and says by its hash that a body was redacted", () => {
    const { view, file } = written([
      STARTED,
      sent("e1", "grant_type=client_credentials", [["authorization", "Basic Y2FuYXJ5OmNhbmFyeQ=="]]),
      answered("e1", Buffer.from('{"access_token":"canary-token","token_type":"bearer"}'), [
        ["set-cookie", "sid=canary-cookie"],
      ]),
    ]);
    const text = readFileSync(file, "utf8");
    for (const secret of ["Y2FuYXJ5OmNhbmFyeQ==", "canary-token", "canary-cookie"])
      expect(text).not.toContain(secret);
    expect([...view.exchanges()][0]?.response?.bodySha256).toMatch(/^hmac-sha256:/);
    view.close();
  });

  it("reads what diagnosis needs from headers and bodies", () => {
    const { view } = written([
      STARTED,
      sent("e1", '{"a":1}', [
        ["Idempotency-Key", "k-1"],
        ["If-Match", '"7"'],
      ]),
      answered("e1", Buffer.from('{"version":8}'), [
        ["ININ-Correlation-Id", "c-1"],
        ["ETag", '"8"'],
      ]),
    ]);
    expect([...view.exchanges()]).toMatchObject([
      { idempotencyKey: "k-1", ifMatch: '"7"', correlationId: "c-1", etag: '"8"', version: 8 },
    ]);
    view.close();
  });
});

describe("the runs folder", () => {
  it("carries its own .gitignore where it is the default", () => {
    const runs = join(folder(), "runs");
    prepareRunsFolder(runs, true);
    prepareRunsFolder(runs, true);
    expect(readFileSync(join(runs, ".gitignore"), "utf8")).toContain("*\n");
  });

  it("names a run by time, scenario and an id of its own", () => {
    const name = newRunId("Same key, changed body!", new Date("2026-11-22T01:02:03.456Z"));
    expect(name).toMatch(/^20261122T010203Z-same-key-changed-body-[0-9a-f]{6}$/);
  });

  it("says before anything is sent that it cannot be written", () => {
    const file = join(folder(), "a-file");
    writeFileSync(file, "");
    for (const parent of [file, "/proc/gcidem"]) {
      expect(() => prepareRunsFolder(join(parent, "runs"), false)).toThrow(
        expect.objectContaining({ code: "output" }) as Error,
      );
    }
  });
});
