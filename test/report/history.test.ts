import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkHistory } from "../../src/history/check-history.js";
import type { Operation, Version } from "../../src/history/history.js";
import { observe } from "../../src/history/observe.js";
import type { Exchange } from "../../src/journal/journal.js";
import type { HistoryEvent } from "../../src/report/history/history-event.js";
import { renderHistory } from "../../src/report/history/render-history.js";
import { get, put, raced } from "../check/raced.js";

const THING = "/api/v2/mock/things/1";

function eventsOf(exchanges: readonly Exchange[]): readonly HistoryEvent[] {
  const lines = [...renderHistory(exchanges)];
  for (const line of lines) expect(line.endsWith("\n")).toBe(true);
  return lines.map((line) => JSON.parse(line) as HistoryEvent);
}

/** `0 invoke read null`: what most tests look at. */
function told(exchanges: readonly Exchange[]): readonly string[] {
  return eventsOf(exchanges).map(({ process, type, f, value }) =>
    [process, type, f, JSON.stringify(value)].join(" "),
  );
}

/** A PUT whose answer never came. */
function lost(writer: number, at: readonly [number, number]): Exchange {
  const error = { code: "ETIMEDOUT", phase: "timeout", message: "no answer" } as const;
  return raced({ method: "PUT", writer, at, headers: [["If-Match", '"1"']], error });
}

describe("a run as a history for other checkers", () => {
  test("one JSON object a line: what began or ended, by whom, on what, when", () => {
    const [asked, answered] = eventsOf([{ ...get(3, [0.5, 2], '"1"'), id: "e12", step: "writers/look" }]);
    const same = { process: 0, f: "read", key: THING, exchange: "e12", round: 1, writer: 3 };
    expect(asked).toEqual({
      ...same,
      ...{ type: "invoke", value: null, time: 500_000, index: 0, step: "writers/look" },
    });
    expect(answered).toEqual({
      ...same,
      ...{ type: "ok", value: '"1"', time: 2_000_000, index: 1, step: "writers/look", status: 200 },
    });
  });

  test("a conditional write is a cas from the version that it names to the one that it made", () => {
    expect(told([put(0, [0, 1], { ifMatch: '"1"', etag: '"2"' })])).toEqual([
      String.raw`0 invoke cas ["\"1\"","\"2\""]`,
      String.raw`0 ok cas ["\"1\"","\"2\""]`,
    ]);
  });

  test("a refused one failed, with the status that it got", () => {
    const events = eventsOf([put(0, [0, 1], { ifMatch: '"1"' })]);
    expect(events.map(({ type, value, status }) => ({ type, value, status }))).toEqual([
      { type: "invoke", value: ['"1"', null], status: undefined },
      { type: "fail", value: ['"1"', null], status: 412 },
    ]);
  });

  test("a version that a refusal told is said beside it", () => {
    const refused = raced({
      ...{ method: "PUT", writer: 0, at: [0, 1], status: 412 },
      ...{ headers: [["If-Match", '"1"']], answerHeaders: [["ETag", '"5"']] },
    });
    expect(eventsOf([refused]).map(({ saw }) => saw)).toEqual([undefined, '"5"']);
  });

  test("a write without a precondition is a write of the version that it made, null where nobody was told", () => {
    const write = { method: "PUT", writer: 0, body: "{}" } as const;
    expect(
      told([
        raced({ ...write, at: [0, 1], answerHeaders: [["ETag", '"2"']] }),
        raced({ ...write, at: [2, 3] }),
      ]),
    ).toEqual([
      String.raw`0 invoke write "\"2\""`,
      String.raw`0 ok write "\"2\""`,
      "0 invoke write null",
      "0 ok write null",
    ]);
  });

  test("an idempotency key is said, since requests with one key are one operation", () => {
    const keyed = raced({ method: "PUT", writer: 0, at: [0, 1], headers: [["Idempotency-Key", "k"]] });
    expect(eventsOf([keyed]).map(({ idempotencyKey }) => idempotencyKey)).toEqual(["k", "k"]);
  });

  test("after an unknown outcome the writer goes on as a new process: the old one never ended", () => {
    const events = eventsOf([lost(0, [0, 5]), get(0, [6, 7], '"1"'), get(1, [6, 8], '"1"')]);
    expect(events.map(({ process, type, error }) => ({ process, type, error }))).toEqual([
      { process: 0, type: "invoke", error: undefined },
      { process: 0, type: "info", error: "ETIMEDOUT" },
      { process: 1, type: "invoke", error: undefined },
      { process: 2, type: "invoke", error: undefined },
      { process: 1, type: "ok", error: undefined },
      { process: 2, type: "ok", error: undefined },
    ]);
  });

  test.each([500, 502, 504, 408])("a %i is an unknown outcome too", (status) => {
    const failed = raced({ method: "PUT", writer: 0, at: [0, 1], status });
    expect(eventsOf([failed]).map(({ type }) => type)).toEqual(["invoke", "info"]);
  });

  test("a connection that nobody accepted is a failure: nothing can have happened", () => {
    const error = { code: "ECONNREFUSED", phase: "connect", message: "refused" } as const;
    const events = eventsOf([raced({ method: "PUT", writer: 0, at: [0, 1], error })]);
    expect(events.map((event) => [event.type, event.error])).toEqual([
      ["invoke", undefined],
      ["fail", "ECONNREFUSED"],
    ]);
  });

  test("a request that gcidem would not send is no operation", () => {
    const error = { code: "REFUSED", phase: "refused", message: "another host" } as const;
    expect(eventsOf([raced({ method: "PUT", writer: 0, at: [0, 1], error })])).toEqual([]);
  });

  test("what a killed run left open ends with its round, unknown", () => {
    const error = { code: "UNFINISHED", phase: "aborted", message: "the journal ends" } as const;
    const open = raced({ method: "PUT", writer: 0, at: [1, 1], error });
    const unfinished = { ...open, timings: { ...open.timings, endMs: null } };
    const events = eventsOf([unfinished, get(1, [2, 9], '"1"')]);
    expect(events.filter(({ process }) => process === 0).map(({ type, time }) => [type, time])).toEqual([
      ["invoke", 1_000_000],
      ["info", 9_000_000],
    ]);
  });

  test("an answer that came before the release is not older than its request", () => {
    const early = get(0, [1, 3], '"1"');
    const released = { ...early, timings: { ...early.timings, startMs: 1, releasedMs: 4 } };
    expect(eventsOf([released]).map(({ type, time }) => [type, time])).toEqual([
      ["invoke", 1_000_000],
      ["ok", 3_000_000],
    ]);
  });

  test("at one instant beginnings stand first, so that nothing is called over that was under way", () => {
    expect(told([get(0, [0, 5], '"1"'), get(1, [5, 5], '"1"'), get(0, [5, 9], '"1"')])).toEqual([
      "0 invoke read null",
      "1 invoke read null",
      String.raw`0 ok read "\"1\""`,
      "0 invoke read null",
      String.raw`1 ok read "\"1\""`,
      String.raw`0 ok read "\"1\""`,
    ]);
  });

  test("rounds follow one another, each event with its round, processes and indices go on", () => {
    const events = eventsOf([get(0, [0, 1], '"1"'), { ...get(0, [2, 3], '"1"'), round: 2 }]);
    expect(events.map(({ round, process, index }) => [round, process, index])).toEqual([
      [1, 0, 0],
      [1, 0, 1],
      [2, 0, 2],
      [2, 0, 3],
    ]);
  });

  test("without exchanges it is empty", () => {
    expect(eventsOf([])).toEqual([]);
  });
});

const anyExchange: fc.Arbitrary<Exchange> = fc
  .record({
    writer: fc.option(fc.nat({ max: 3 })),
    startMs: fc.nat({ max: 20 }),
    durationMs: fc.nat({ max: 10 }),
    kind: fc.constantFrom("get", "put", "refused", "lost"),
    from: fc.integer({ min: 1, max: 4 }),
    made: fc.integer({ min: 2, max: 6 }),
  })
  .map(({ writer, startMs, durationMs, kind, from, made }) => {
    const at = [startMs, startMs + durationMs] as const;
    if (kind === "lost") return lost(writer ?? 0, at);
    if (kind === "get") return get(writer, at, `"${from}"`);
    const tags = { ifMatch: `"${from}"` };
    return put(writer ?? 0, at, kind === "refused" ? tags : { ...tags, etag: `"${made}"` });
  });

const anyRound: fc.Arbitrary<readonly Exchange[]> = fc.array(anyExchange, { maxLength: 12 });

/** Reads a history back as another checker would, with its events alone. */
function readBack(events: readonly HistoryEvent[]): readonly Operation[] {
  return events
    .filter(({ type }) => type === "invoke")
    .map((begun) => {
      const ended = events.find(({ exchange, type }) => exchange === begun.exchange && type !== "invoke");
      const value = ended?.value;
      const [expected, version] = Array.isArray(value)
        ? (value as readonly (Version | null)[])
        : [null, value as Version | null];
      const unknown = ended?.type === "info";
      return {
        ...{ id: begun.exchange, resource: begun.key, process: begun.process, kind: begun.f },
        call: begun.time / 1e6,
        ret: unknown || ended === undefined ? null : ended.time / 1e6,
        ok: unknown ? null : ended?.type === "ok",
        ...(expected === null || expected === undefined ? {} : { expected }),
        ...(version === null || version === undefined ? {} : { version }),
        ...(ended?.saw === undefined ? {} : { saw: ended.saw }),
      };
    });
}

describe("any history", () => {
  test("is sorted by time, and each process does one thing at a time and nothing after an unknown outcome", () => {
    fc.assert(
      fc.property(anyRound, (exchanges) => {
        const events = eventsOf(exchanges);
        expect(events.map(({ index }) => index)).toEqual(events.map((_event, index) => index));
        expect(events.length).toBe(2 * exchanges.length);
        const open = new Map<number, string | null>();
        let before = 0;
        for (const { process, type, exchange, time } of events) {
          expect(time).toBeGreaterThanOrEqual(before);
          before = time;
          expect(open.get(process) ?? null).toBe(type === "invoke" ? null : exchange);
          open.set(process, type === "invoke" ? exchange : type === "info" ? "for ever" : null);
        }
      }),
    );
  });

  test("says enough for another checker to come to the verdict that gcidem comes to", () => {
    const results = new Set<string>();
    fc.assert(
      fc.property(anyRound, (exchanges) => {
        const { result } = checkHistory(observe(exchanges));
        results.add(result);
        expect(checkHistory(readBack(eventsOf(exchanges))).result).toBe(result);
      }),
      { numRuns: 500 },
    );
    expect([...results].sort()).toContain("violated");
    expect([...results].sort()).toContain("held");
  });
});
