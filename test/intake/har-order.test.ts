import { describe, expect, test } from "vitest";
import type { Recording } from "../../src/intake/intake.js";
import { type Entry, exchangesIn, type HarHeader, read, specEntry } from "./recorders.js";

const AT = Date.parse("2026-11-21T22:00:00.000Z");

/** An entry that starts and ends so many ms after 22:00 on the recorder's clock. */
function from(startMs: number, endMs: number, more: Entry = {}): object {
  const timings = { send: 0, wait: endMs - startMs, receive: 0 };
  const at = new Date(AT + startMs).toISOString();
  return specEntry({ at, time: endMs - startMs, timings, body: `"${startMs}"`, ...more });
}

/** The header by which a server tells its own time, so many ms after 22:00. */
function date(serverMs: number): { readonly answerHeaders: readonly HarHeader[] } {
  return { answerHeaders: [["Date", new Date(AT + serverMs).toUTCString()]] };
}

function starts(recording: Recording): readonly number[] {
  return exchangesIn(recording).map(({ times }) => (times.startedAtMs ?? Number.NaN) - AT);
}

describe("the order of a HAR's entries", () => {
  test("is that in which they started, also where they were written as they ended", () => {
    const recording = read([from(100, 150), from(0, 200), from(120, 300)]);
    expect(starts(recording)).toEqual([0, 100, 120]);
    expect(recording).toMatchObject({ timesKnown: true, notes: [] });
  });

  test("is that of the file among those that start in one second, where starts are told in seconds", () => {
    const recording = read([from(1000, 1000), from(0, 0, { body: '"a"' }), from(0, 0, { body: '"b"' })]);
    expect(exchangesIn(recording).map(({ request }) => String(request.body.bytes))).toEqual([
      '"a"',
      '"b"',
      '"1000"',
    ]);
    expect(recording.timesKnown).toBe(false);
    expect(recording.notes).toContain(
      "starts are told in whole seconds, and some are equal: of these the file's order is taken, and no overlap is concluded",
    );
    expect(read([from(0, 20), from(1000, 1020)]).timesKnown).toBe(true);
  });

  test("is that of the file where one does not say when it started", () => {
    const recording = read([from(100, 150), from(0, 200, { at: "yesterday" }), from(50, 60)]);
    expect(starts(recording)).toEqual([100, Number.NaN, 50]);
    expect(recording.timesKnown).toBe(false);
    expect(recording.notes).toEqual([
      "1 of 3 entries do not say when they started: the file's order is taken, and no overlap is concluded",
    ]);
  });

  test("is that of the file where the recorder's clock was set back, as the server's own clock shows", () => {
    const recording = read([
      from(0, 100, date(0)),
      from(1000, 1100, date(1000)),
      from(-3_600_000 + 2000, -3_600_000 + 2100, date(2000)),
    ]);
    expect(starts(recording)).toEqual([0, 1000, -3_598_000]);
    expect(recording.timesKnown).toBe(false);
    expect(recording.notes).toEqual([
      "the recorder's clock was moved by about 60 min against the servers' while it recorded: the file's order is taken, and no overlap is concluded",
    ]);
  });

  test("is known although two servers' clocks differ from each other", () => {
    const far = { url: "https://other.example.com/v1/orders" };
    const recording = read([
      from(0, 100, date(0)),
      from(200, 300, { ...far, ...date(-86_400_000) }),
      from(400, 500, date(0)),
    ]);
    expect(recording.timesKnown).toBe(true);
    expect(recording.notes).toEqual(["2 hosts; each is looked at on its own"]);
  });

  test("is known although a cache hands out the Date of long ago", () => {
    const [old] = date(-86_400_000).answerHeaders;
    const cached = { answerHeaders: [["Age", "86400"] as const, ...(old === undefined ? [] : [old])] };
    expect(read([from(0, 100, date(0)), from(200, 300, cached)]).timesKnown).toBe(true);
  });

  test("is doubted where the entries are in no order of time and no server's clock tells", () => {
    const recording = read([from(5000, 5100), from(0, 50), from(9000, 9100), from(100, 200)]);
    expect(starts(recording)).toEqual([0, 100, 5000, 9000]);
    expect(recording.timesKnown).toBe(false);
  });
});
