import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createJournal } from "../../src/journal/create-journal.js";
import type { JournalRecord, JournalView, RunEnded, RunStarted } from "../../src/journal/journal.js";
import { makeRoom, type Room } from "../../src/journal/journal-memory.js";
import { openJournal } from "../../src/journal/read-journal.js";

const STARTED: RunStarted = {
  type: "run-started",
  schema: "gcidem-journal/1",
  run: "r",
  tool: "gcidem 0",
  node: process.version,
  scenario: { name: "n", file: "f.yaml", sha256: "00", text: "name: n" },
  target: { kind: "http", baseUrl: "http://127.0.0.1:1", policy: null },
  seed: 1,
  startedAt: "2026-11-22T00:00:00.000Z",
  names: { correlationId: ["x-trace"], validator: "x-revision" },
};

const ENDED: RunEnded = {
  type: "run-ended",
  endedAt: "2026-11-22T00:00:01.000Z",
  durationMs: 1000,
  interrupted: false,
  redactedSecrets: 0,
};

const text = fc.string({ unit: "binary", maxLength: 20 });
const headers = fc.array(fc.tuple(fc.constantFrom("X-Trace", "x-revision", "If-Match", "Accept"), text));
const message = { headers, body: text, bodyEncoding: fc.constant("utf8" as const), bodySha256: text };

function sent(id: string): fc.Arbitrary<JournalRecord> {
  const request = fc.record({ method: text, url: text, ...message });
  return request.map((each) => ({
    ...{ type: "request-sent", id, step: "s", attempt: 1, writer: null, round: 1 },
    ...{ startedAt: STARTED.startedAt, startMs: 1.5, request: each },
  }));
}

function outcome(id: string): fc.Arbitrary<JournalRecord> {
  const times = { id, sentMs: 2, releasedMs: null, endMs: 3 };
  const response = fc.record({
    ...message,
    ...{ status: fc.nat(599), httpVersion: fc.constant("1.1"), truncated: fc.boolean() },
  });
  const error = fc.record({ code: text, phase: fc.constant("response" as const), message: text });
  return fc.oneof(
    response.map((each): JournalRecord => ({ type: "response", ...times, firstByteMs: 2.5, response: each })),
    error.map((each): JournalRecord => ({ type: "failed", ...times, error: each })),
  );
}

const bound = fc
  .dictionary(text, fc.jsonValue())
  .map((values): JournalRecord => ({ type: "bound", round: 1, values }));

/** Requests of which up to three are under way at a time, and some never answered. */
const run: fc.Arbitrary<readonly JournalRecord[]> = fc
  .array(fc.constantFrom("send", "answer first", "answer last", "bind"), { maxLength: 14 })
  .chain((acts) => {
    const open: string[] = [];
    const records: fc.Arbitrary<JournalRecord>[] = [];
    for (const [index, act] of acts.entries()) {
      const id = act === "answer first" ? open.shift() : act === "answer last" ? open.pop() : undefined;
      if (act === "bind") records.push(bound);
      else if (id !== undefined) records.push(outcome(id));
      else if (act === "send" && open.length < 3) {
        open.push(`e${index}`);
        records.push(sent(`e${index}`));
      }
    }
    return fc.tuple(...records);
  });

function written(
  records: readonly JournalRecord[],
  room: Room,
): { readonly kept: JournalView; readonly read: JournalView; readonly inMemory: number } {
  const journal = createJournal(mkdtempSync(join(tmpdir(), "gcidem-journal-")), "run", room);
  for (const record of [STARTED, ...records, ENDED]) journal.append(record);
  journal.close();
  const first = journal.first();
  const kept = openJournal(journal.file, { started: STARTED, ended: ENDED, first });
  return { kept, read: openJournal(journal.file), inMemory: first.lines };
}

describe("a journal whose beginning is still in memory", () => {
  it("tells the same as its file, wherever the memory ends", () => {
    fc.assert(
      fc.property(run, fc.nat(4000), (records, characters) => {
        const { kept, read } = written(records, makeRoom(characters));
        expect([...kept.entries()]).toEqual([...read.entries()]);
        expect([...kept.exchanges()]).toEqual([...kept.exchanges()]);
        for (const each of read.exchanges()) expect(kept.exchange(each.id)).toEqual(each);
        kept.close();
        read.close();
      }),
      { numRuns: 150 },
    );
  });

  it("keeps no more than there is room for, for all journals together", () => {
    const bind: JournalRecord = { type: "bound", round: 1, values: { name: "x".repeat(100) } };
    const room = makeRoom(2 * JSON.stringify(STARTED).length);
    const [first, second] = [written([bind, bind], room), written([bind, bind], room)];
    expect(first.inMemory).toBeGreaterThan(1);
    expect(first.inMemory + second.inMemory).toBeLessThan(8);
    for (const { kept, read } of [first, second]) {
      expect([...kept.entries()]).toEqual([...read.entries()]);
      kept.close();
      read.close();
    }
  });

  it("keeps nothing unless somebody makes room", () => {
    const journal = createJournal(mkdtempSync(join(tmpdir(), "gcidem-journal-")), "run");
    journal.append(STARTED);
    journal.close();
    expect(journal.first()).toMatchObject({ entries: [], lines: 0, endOffset: 0 });
  });
});
