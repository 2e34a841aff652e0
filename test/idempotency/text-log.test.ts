import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTextLog, type LogEntry, type TextLog } from "../../src/idempotency/text-log.js";

const FOR_EVER = Number.POSITIVE_INFINITY;

function anEntry(parts: Partial<LogEntry> = {}): LogEntry {
  return { hash: 1, tag: 2, serial: 3, dueMs: FOR_EVER, head: new Uint8Array(0), text: "text", ...parts };
}

/** A log that keeps the books of its owner: where each entry lies, by its serial. */
interface Kept {
  readonly log: TextLog;
  readonly positions: Map<number, number>;
  readonly add: (entry: LogEntry) => void;
  readonly drop: (serial: number) => void;
}

function aLog(): Kept {
  const positions = new Map<number, number>();
  const log: TextLog = createTextLog({
    onDue: (position) => positions.delete(log.serialOf(position)),
    onMoved: (hash, from, to) => {
      expect(log.read(to)).toEqual({ ...log.read(from), hash });
      positions.set(log.serialOf(from), to);
    },
  });
  return {
    log,
    positions,
    add: (entry) => positions.set(entry.serial, log.append(entry)),
    drop: (serial) => {
      const position = positions.get(serial);
      if (position !== undefined) log.drop(position);
      positions.delete(serial);
    },
  };
}

const number = fc.nat(2 ** 31 - 1);
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "é", "ÿ", "Ā", "日本", "👍"),
  fc.nat(3000).map((length) => "x".repeat(1000 * length)),
);
const entry = fc.record({
  hash: number,
  tag: number,
  serial: number,
  dueMs: fc.oneof(
    fc.constant(FOR_EVER),
    fc.double({ min: 0, noNaN: true }).map((ms) => ms + 0),
  ),
  head: fc.uint8Array({ maxLength: 255 }),
  text,
});

test("an entry is read as it was appended, however long it is and whatever alphabet it has", () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
      const { log } = aLog();
      const positions = entries.map((each) => log.append(each));
      const read = positions.map((position) => ({ ...log.read(position) }));
      expect(read.map((each) => ({ ...each, head: Uint8Array.from(each.head) }))).toEqual(entries);
      expect(positions.map(log.hashOf)).toEqual(entries.map(({ hash }) => hash));
      expect(positions.map(log.tagOf)).toEqual(entries.map(({ tag }) => tag));
      expect(positions.map(log.serialOf)).toEqual(entries.map(({ serial }) => serial));
    }),
    { numRuns: 60 },
  );
});

test("half of a surrogate pair cannot be written as bytes, and is refused", () => {
  const { log } = aLog();
  expect(["\ud800", "x\udc00y"].map((each) => log.append(anEntry({ text: each })))).toEqual([0, 0]);
});

describe("a sweep", () => {
  test("hands out what is due and leaves the rest, a few entries at a time", () => {
    const { log, add, positions } = aLog();
    for (let serial = 0; serial < 10_000; serial++) add(anEntry({ serial, dueMs: serial % 2 === 0 ? 5 : 6 }));
    log.sweep(4);
    expect(positions.size).toBe(10_000);
    log.sweep(5);
    expect(positions.size).toBeGreaterThanOrEqual(10_000 - 4);
    for (let turn = 0; turn < 3000; turn++) log.sweep(5);
    expect([...positions.keys()].filter((serial) => serial % 2 === 0)).toEqual([]);
    expect(positions.size).toBe(5000);
  });

  test("gives room back: a few entries that stay do not hold that of many that went", () => {
    const { log, add, drop, positions } = aLog();
    const chunks = () => new Set([...positions.values()].map((position) => position >>> 17)).size;
    for (let serial = 0; serial < 60_000; serial++) add(anEntry({ serial, text: "x".repeat(1000) }));
    expect(chunks()).toBeGreaterThan(50);
    for (let serial = 0; serial < 60_000; serial++) if (serial % 100 !== 0) drop(serial);
    for (let turn = 0; turn < 20_000; turn++) log.sweep(0);
    expect(positions.size).toBe(600);
    expect(chunks()).toBeLessThan(4);
  });
});

test("whatever is added, dropped and swept, what was not due and not dropped is there", () => {
  const call = fc.oneof(
    { weight: 5, arbitrary: fc.record({ add: fc.constantFrom(10, 300_000, 1_500_000), dueMs: fc.nat(50) }) },
    { weight: 3, arbitrary: fc.record({ drop: fc.nat(200) }) },
    { weight: 3, arbitrary: fc.record({ sweeps: fc.nat(40) }) },
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 80 }), (calls) => {
      const { log, positions, add, drop } = aLog();
      const model = new Map<number, LogEntry>();
      let nowMs = 0;
      let serial = 0;
      for (const each of calls) {
        nowMs += 1;
        if ("add" in each) {
          serial += 1;
          const appended = anEntry({
            serial,
            dueMs: nowMs + each.dueMs,
            text: `${serial} `.padEnd(each.add, "x"),
          });
          add(appended);
          model.set(serial, appended);
        } else if ("drop" in each) {
          drop(each.drop);
          model.delete(each.drop);
        } else for (let turn = 0; turn < each.sweeps; turn++) log.sweep(nowMs);
        for (const [known, { dueMs }] of model) {
          if (positions.has(known)) continue;
          expect(dueMs).toBeLessThanOrEqual(nowMs);
          model.delete(known);
        }
      }
      expect(new Set(positions.keys())).toEqual(new Set(model.keys()));
      for (const [known, position] of positions) expect(log.read(position).text).toBe(model.get(known)?.text);
    }),
    { numRuns: 100 },
  );
});
