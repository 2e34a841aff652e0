import { describe, expect, it } from "vitest";
import { judgeInvariant } from "../../src/check/judge-invariants.js";
import { fromStart, startOf } from "../../src/check/race-round.js";
import type { Exchange } from "../../src/journal/journal.js";
import { get, put, raced, roundOf } from "./raced.js";

const idsOf = (exchanges: readonly Exchange[]): readonly string[] => exchanges.map(({ id }) => id);
const RESET = { code: "ECONNRESET", phase: "response", message: "reset" } as const;

describe("no-lost-update", () => {
  it("holds where one of two conditional writes was refused", () => {
    const round = roundOf([
      get(0, [0, 1], '"1"'),
      get(1, [0, 1], '"1"'),
      put(0, [2, 4], { ifMatch: '"1"', etag: '"2"' }),
      put(1, [2, 5], { ifMatch: '"1"' }),
    ]);
    expect(judgeInvariant("no-lost-update", round)).toMatchObject({ holds: true });
  });

  it("is violated where both were acknowledged; the two are the proof", () => {
    const writes = [
      put(0, [2, 4], { ifMatch: '"1"', etag: '"2"' }),
      put(1, [2, 5], { ifMatch: '"1"', etag: '"3"' }),
    ];
    expect(judgeInvariant("no-lost-update", roundOf(writes))).toMatchObject({
      holds: false,
      evidence: idsOf(writes),
      explanation: expect.stringContaining("overwritten by a writer that had not seen it"),
    });
  });

  it("is undecided where no write was sent", () => {
    const reads = [get(0, [0, 1], '"1"'), get(1, [0, 1], '"1"')];
    expect(judgeInvariant("no-lost-update", roundOf(reads))).toMatchObject({
      holds: null,
      explanation: "no writer sent a write, so none could be lost",
    });
  });

  it.each([401, 403, 404, 429])("is undecided where every write was turned away with %i", (status) => {
    const away = [0, 1].map((writer) => raced({ method: "PUT", writer, at: [0, 1], status, body: "{}" }));
    expect(judgeInvariant("no-lost-update", roundOf(away))).toMatchObject({
      holds: null,
      explanation: "every write was turned away, so none could be lost",
    });
  });

  it("is undecided where no write was answered", () => {
    const open = [0, 1].map((writer) =>
      raced({ method: "PUT", writer, at: [0, 1], body: "{}", error: RESET }),
    );
    expect(judgeInvariant("no-lost-update", roundOf(open))).toMatchObject({
      holds: null,
      explanation: "no write was answered, so nothing shows whether one was lost",
    });
  });

  it("holds where every write was refused for lack of a precondition", () => {
    const refused = [0, 1].map((writer) =>
      raced({ method: "PUT", writer, at: [0, 1], status: 428, body: "{}" }),
    );
    expect(judgeInvariant("no-lost-update", roundOf(refused))).toMatchObject({ holds: true });
  });

  const blind = (writer: number, at: readonly [number, number], body: unknown, key?: string): Exchange =>
    raced({
      method: "PATCH",
      writer,
      at,
      body: JSON.stringify(body),
      headers: key === undefined ? [] : [["Idempotency-Key", key]],
    });

  it("is violated where writers without a precondition set one member to different values at a time", () => {
    const writes = [blind(0, [0, 5], { a: { tier: "x" } }), blind(1, [1, 6], { a: { tier: "y" } })];
    expect(judgeInvariant("no-lost-update", roundOf(writes))).toMatchObject({
      holds: false,
      evidence: idsOf(writes),
      explanation: expect.stringContaining("both set a.tier"),
    });
  });

  it("is violated where one wrote later what it had read before", () => {
    const writes = [get(1, [0, 1], '"1"'), blind(0, [2, 3], { tier: "x" }), blind(1, [6, 7], { tier: "y" })];
    expect(judgeInvariant("no-lost-update", roundOf(writes))).toMatchObject({ holds: false });
  });

  it("is undecided where they set different members: nobody looked whether both are there", () => {
    const writes = [blind(0, [0, 5], { tier: "x" }), blind(1, [1, 6], { queue: "y" })];
    expect(judgeInvariant("no-lost-update", roundOf(writes))).toMatchObject({
      holds: null,
      explanation: expect.stringContaining("read the resource afterwards"),
    });
  });

  it("says nothing of a stored answer: requests under one key are one", () => {
    const writes = [blind(0, [0, 5], { tier: "x" }, "k"), blind(1, [1, 6], { tier: "y" }, "k")];
    expect(judgeInvariant("no-lost-update", roundOf(writes)).holds).not.toBe(false);
  });
});

describe("one-winner", () => {
  it("holds with one, is violated with two and with none", () => {
    const won = put(0, [2, 4], { ifMatch: '"1"', etag: '"2"' });
    const lost = put(1, [2, 5], { ifMatch: '"1"' });
    const alsoWon = put(2, [2, 5], { ifMatch: '"1"', etag: '"3"' });
    expect(judgeInvariant("one-winner", roundOf([won, lost])).holds).toBe(true);
    expect(judgeInvariant("one-winner", roundOf([won, alsoWon])).holds).toBe(false);
    const none = judgeInvariant("one-winner", roundOf([lost, put(3, [2, 5], { ifMatch: '"1"' })]));
    expect(none).toMatchObject({ holds: false, explanation: "none of the 2 conditional writes won" });
  });

  it("is undecided where nobody sent a precondition, or the only winner may be one without an answer", () => {
    expect(judgeInvariant("one-winner", roundOf([get(0, [0, 1], '"1"'), get(1, [0, 1], '"1"')])).holds).toBe(
      null,
    );
    const open = raced({
      method: "PUT",
      writer: 0,
      at: [0, 5],
      headers: [["If-Match", '"1"']],
      error: RESET,
    });
    const found = judgeInvariant("one-winner", roundOf([open, put(1, [0, 3], { ifMatch: '"1"' })]));
    expect(found).toMatchObject({ holds: null, explanation: expect.stringContaining("may have won") });
  });
});

describe("at-most-once", () => {
  const order = (
    writer: number,
    id: string | null,
    more: Partial<Parameters<typeof raced>[0]> = {},
  ): Exchange =>
    raced({
      method: "POST",
      url: "http://127.0.0.1:1/orders",
      writer,
      at: [0, 5],
      headers: [["Idempotency-Key", "k"]],
      body: '{"sku":1}',
      answer: id === null ? "" : JSON.stringify({ id }),
      ...more,
    });

  it("is undecided where every request with a key was turned away", () => {
    const refused = roundOf([order(0, null, { status: 404 }), order(1, null, { status: 404 })]);
    expect(judgeInvariant("at-most-once", refused)).toMatchObject({
      holds: null,
      explanation: "every request with a key was turned away, so there is no effect to count",
    });
  });

  it("holds where all answers carry one id, and is violated by a second one", () => {
    expect(judgeInvariant("at-most-once", roundOf([order(0, "a"), order(1, "a")])).holds).toBe(true);
    const twice = [order(0, "a"), order(1, "b")];
    expect(judgeInvariant("at-most-once", roundOf(twice))).toMatchObject({
      holds: false,
      evidence: idsOf(twice),
      explanation: expect.stringContaining("two effects"),
    });
  });

  it("is undecided where answers tell no effect apart, and decided by the scenario's own count", () => {
    const silent = [order(0, null), order(1, null)];
    expect(judgeInvariant("at-most-once", roundOf(silent))).toMatchObject({
      holds: null,
      explanation: expect.stringContaining("`effects`"),
    });
    expect(judgeInvariant("at-most-once", roundOf(silent, { effects: 1 })).holds).toBe(true);
    expect(judgeInvariant("at-most-once", roundOf(silent, { effects: 2 }))).toMatchObject({
      holds: false,
      explanation: "one key and 2 effects by the scenario's own count",
    });
  });

  it("is undecided where the count shows fewer effects than keys were acknowledged: it does not see them", () => {
    const silent = [order(0, null), order(1, null)];
    expect(judgeInvariant("at-most-once", roundOf(silent, { effects: 0 }))).toMatchObject({
      holds: null,
      explanation: expect.stringContaining("one key was acknowledged and 0 effects"),
    });
    const refused = silent.map((each) => ({ ...each, response: null, error: RESET }));
    expect(judgeInvariant("at-most-once", roundOf(refused, { effects: 0 })).holds).toBe(true);
  });

  it("does not wait for the effect of a key that was used before the race", () => {
    const first = { ...order(0, null, { at: [-5, -1] }), writer: null };
    const round = roundOf([first, order(0, null), order(1, null)], { effects: 0 });
    expect(judgeInvariant("at-most-once", round).holds).toBe(true);
  });

  it("does not blame a key for what writes without a key may have done", () => {
    const keyed = [order(0, null), order(1, null)];
    const plain = order(2, null, { headers: [] });
    expect(judgeInvariant("at-most-once", roundOf([...keyed, plain], { effects: 2 })).holds).toBe(null);
    expect(judgeInvariant("at-most-once", roundOf([...keyed, plain], { effects: 3 })).holds).toBe(false);
  });

  it("is undecided where a stored answer of a PUT may show what another writer made meanwhile", () => {
    const keyed = { headers: [["Idempotency-Key", "k"]] as const, method: "PUT" };
    const tagged = (etag: string): Partial<Parameters<typeof raced>[0]> => ({
      answerHeaders: [["ETag", etag]],
    });
    const writes = [
      raced({ writer: 0, at: [0, 1], ...keyed, ...tagged('"2"') }),
      raced({ method: "PUT", writer: 1, at: [2, 3], ...tagged('"3"') }),
      raced({ writer: 0, at: [4, 5], ...keyed, ...tagged('"3"') }),
    ];
    expect(judgeInvariant("at-most-once", roundOf(writes))).toMatchObject({
      holds: null,
      explanation: expect.stringContaining("show different versions"),
    });
    const alone = writes.filter(({ writer }) => writer === 0);
    expect(judgeInvariant("at-most-once", roundOf(alone)).holds).toBe(false);
    expect(judgeInvariant("at-most-once", roundOf(alone, { exclusive: false })).holds).toBe(null);
  });

  it("is undecided where an answer was lost beside a success", () => {
    const lost = [order(0, "a"), order(1, null, { error: RESET })];
    expect(judgeInvariant("at-most-once", roundOf(lost)).holds).toBe(null);
  });

  it("is undecided without a key", () => {
    const none = [order(0, "a", { headers: [] }), order(1, "b", { headers: [] })];
    expect(judgeInvariant("at-most-once", roundOf(none)).holds).toBe(null);
  });
});

describe("linearizable, read-your-writes, monotonic-reads", () => {
  const behind = [
    put(0, [0, 1], { ifMatch: '"1"', etag: '"2"' }),
    get(0, [2, 3], '"1"'),
    get(1, [0, 1], '"1"'),
  ];

  it("a read that shows less than its own writer had written violates the first two", () => {
    const round = roundOf(behind);
    expect(judgeInvariant("linearizable", round)).toMatchObject({ holds: false });
    expect(judgeInvariant("read-your-writes", round)).toMatchObject({ holds: false });
    expect(judgeInvariant("monotonic-reads", round)).toMatchObject({ holds: true });
  });

  it("reads that go back violate the last", () => {
    const back = [
      put(0, [0, 1], { ifMatch: '"1"', etag: '"2"' }),
      get(1, [2, 3], '"2"'),
      get(1, [4, 5], '"1"'),
    ];
    expect(judgeInvariant("monotonic-reads", roundOf(back))).toMatchObject({ holds: false });
    expect(judgeInvariant("read-your-writes", roundOf(back))).toMatchObject({ holds: true });
  });

  it("all hold where each read shows the newest", () => {
    const round = roundOf([
      put(0, [0, 1], { ifMatch: '"1"', etag: '"2"' }),
      get(0, [2, 3], '"2"'),
      put(1, [4, 5], { ifMatch: '"2"', etag: '"3"' }),
      get(1, [6, 7], '"3"'),
    ]);
    for (const name of ["linearizable", "read-your-writes", "monotonic-reads"] as const)
      expect(judgeInvariant(name, round)).toMatchObject({ holds: true });
  });

  it("a refusal although nothing had changed is told, a lock and a key's conflict are none", () => {
    const calm = (body: string): readonly Exchange[] => [
      get(0, [0, 1], '"1"'),
      raced({
        method: "PUT",
        writer: 1,
        at: [2, 3],
        headers: [["If-Match", '"1"']],
        status: 409,
        answer: body,
      }),
      get(0, [4, 5], '"1"'),
    ];
    expect(judgeInvariant("linearizable", roundOf(calm("{}")))).toMatchObject({
      holds: false,
      explanation: expect.stringContaining("although version"),
    });
    expect(judgeInvariant("linearizable", roundOf(calm('{"code":"locked"}'))).holds).toBe(true);
  });
});

describe("answers without any version", () => {
  it.each(["linearizable", "read-your-writes", "monotonic-reads"] as const)(
    "decide nothing of %s",
    (name) => {
      const bare = [0, 1].map((writer) => raced({ method: "GET", writer, at: [0, 1] }));
      expect(judgeInvariant(name, roundOf(bare))).toMatchObject({
        holds: null,
        explanation: "no answer showed a version, so there is nothing to put in order",
      });
    },
  );
});

describe("a race of one request", () => {
  it("decides nothing", () => {
    expect(judgeInvariant("linearizable", roundOf([get(0, [0, 1], '"1"')]))).toMatchObject({
      holds: null,
      explanation: "the race sent fewer than two requests",
    });
  });
});

describe("the story of a violation", () => {
  it("counts from the race's start, as the picture does, and says when that was", () => {
    const late = [put(0, [1_000, 1_001], { ifMatch: '"1"', etag: '"2"' }), get(1, [1_004, 1_005], '"1"')];
    const round = roundOf(late);
    expect(startOf(round)).toBe(1_000);
    expect(judgeInvariant("linearizable", fromStart(round)).explanation).toContain("sent at 4 ms");
    expect(startOf(roundOf([]))).toBeNull();
  });
});
