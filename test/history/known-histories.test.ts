import { describe, expect, it } from "vitest";
import { checkHistory } from "../../src/history/check-history.js";
import type { CheckOptions, Operation, Version } from "../../src/history/history.js";

type Times = readonly [call: number, ret: number | null];

let count = 0;
const base = (process: number, [call, ret]: Times): Pick<Operation, "id" | "process" | "call" | "ret"> => {
  count += 1;
  return { id: `o${count}`, process, call, ret };
};

const read = (process: number, times: Times, version: Version): Operation => ({
  ...base(process, times),
  kind: "read",
  ok: true,
  version,
});
const cas = (process: number, times: Times, [expected, version]: readonly [Version, Version]): Operation => ({
  ...base(process, times),
  kind: "cas",
  ok: times[1] === null ? null : true,
  expected,
  version,
});
const refused = (process: number, times: Times, expected: Version, saw?: Version): Operation => ({
  ...base(process, times),
  kind: "cas",
  ok: false,
  expected,
  ...(saw === undefined ? {} : { saw }),
});
const write = (process: number, times: Times, version?: Version): Operation => ({
  ...base(process, times),
  kind: "write",
  ok: times[1] === null ? null : true,
  ...(version === undefined ? {} : { version }),
});

/** Names of what was found, and the places of the proving operations in the list. */
function found(
  operations: readonly Operation[],
  options: CheckOptions = { initial: 1 },
): readonly (readonly [string, ...number[]])[] {
  const { anomalies } = checkHistory(operations, options);
  return anomalies.map(({ name, operations: ids }) => [
    name,
    ...ids.map((id) => operations.findIndex((each) => each.id === id)),
  ]);
}

const resultOf = (operations: readonly Operation[], options: CheckOptions = { initial: 1 }): string =>
  checkHistory(operations, options).result;

describe("two writers", () => {
  it("both replaced one version and both were acknowledged: an update is lost, and there are two winners", () => {
    const both = [cas(1, [0, 5], [1, 2]), cas(2, [1, 6], [1, 3])];
    expect(found(both)).toEqual([
      ["lost-update", 0, 1],
      ["several-winners", 0, 1],
    ]);
  });

  it("one of them never answered, and somebody met what it made: an update is lost all the same", () => {
    const unanswered = { ...cas(2, [1, null], [1, 3]), id: "u" };
    const both = [cas(1, [0, 5], [1, 2]), unanswered, { ...read(3, [6, 7], 3), id: "r" }];
    expect(found(both)).toEqual([
      ["lost-update", 0, 1, 2],
      ["several-winners", 0, 1, 2],
    ]);
    const [{ explanation } = { explanation: "" }] = checkHistory(both).anomalies;
    expect(explanation).toContain("both were carried out");
    expect(explanation).toContain("u got no answer, but r (read by 3) met what it made.");
    expect(explanation).not.toContain("acknowledged");
  });

  it("one after the other, each from what it had read: nothing is wrong", () => {
    expect(resultOf([cas(1, [0, 5], [1, 2]), cas(2, [6, 9], [2, 3])])).toBe("held");
  });

  it("one of them refused: nothing is wrong", () => {
    expect(resultOf([cas(1, [0, 5], [1, 2]), refused(2, [1, 6], 1)])).toBe("held");
  });

  it("made the same version: one of the two tokens is wrong", () => {
    expect(found([write(1, [0, 1], 2), write(2, [2, 3], 2)])).toEqual([["duplicate-version", 0, 1]]);
  });
});

describe("reads", () => {
  it("that show less than was acknowledged before they were sent are stale", () => {
    expect(found([cas(1, [0, 5], [1, 2]), read(2, [6, 8], 1)])).toEqual([["stale-read", 1, 0]]);
  });

  it("that were sent before the write was acknowledged may show either version", () => {
    expect(resultOf([cas(1, [0, 5], [1, 2]), read(2, [4, 8], 1)])).toBe("held");
    expect(resultOf([cas(1, [0, 5], [1, 2]), read(2, [4, 8], 2)])).toBe("held");
  });

  it("that go back to an older version after another read are stale", () => {
    const back = [cas(1, [0, 20], [1, 2]), read(2, [2, 4], 2), read(3, [6, 8], 1)];
    expect(found(back)).toEqual([["stale-read", 2, 1]]);
  });

  it("at the very instant of the acknowledgement get the benefit of the doubt", () => {
    expect(resultOf([cas(1, [0, 5], [1, 2]), read(2, [5, 8], 1)])).toBe("held");
  });

  it("of a version that was sent only later come from the future", () => {
    expect(found([read(1, [0, 2], 2), cas(2, [5, 7], [1, 2])])).toEqual([["future-read", 0, 1]]);
  });

  it("of a version that nobody wrote met a phantom", () => {
    expect(found([read(1, [0, 2], 1), read(1, [3, 4], 9)])).toEqual([["phantom-version", 1]]);
  });
});

describe("refusals", () => {
  it("for another reason than the version say nothing of versions", () => {
    const calm = (status: number): readonly Operation[] => [
      read(1, [0, 1], 1),
      { ...refused(2, [2, 3], 1), status },
      read(1, [4, 5], 1),
    ];
    expect([400, 403, 429].map((status) => resultOf(calm(status)))).toEqual(["held", "held", "held"]);
    expect([409, 412].map((status) => resultOf(calm(status)))).toEqual(["violated", "violated"]);
  });

  it("although the version that they named was the current one all the time are spurious", () => {
    const calm = [read(1, [0, 1], 1), refused(2, [2, 3], 1), read(1, [4, 5], 1)];
    expect(found(calm)).toEqual([["spurious-conflict", 1, 0, 2]]);
  });

  it("beside a write that may have come first are in order", () => {
    expect(resultOf([read(1, [0, 1], 1), cas(3, [2, 9], [1, 2]), refused(2, [2, 3], 1)])).toBe("held");
  });

  it("of a version that had been replaced are in order", () => {
    expect(resultOf([cas(1, [0, 1], [1, 2]), refused(2, [2, 3], 1)])).toBe("held");
  });

  it("that tell the very version which they were refused for contradict themselves", () => {
    expect(found([read(1, [0, 1], 1), refused(2, [2, 3], 1, 1)])).toEqual([["spurious-conflict", 1]]);
  });

  it("that tell an older version than was acknowledged are stale reads", () => {
    const told = [cas(1, [0, 1], [1, 2]), cas(1, [2, 3], [2, 3]), refused(2, [5, 6], 1, 2)];
    expect(found(told)).toEqual([["stale-read", 2, 1]]);
  });
});

describe("writes of unknown outcome", () => {
  it("may have happened: a read that shows them is in order, however late", () => {
    expect(resultOf([cas(1, [0, null], [1, 2]), read(2, [90, 91], 2)])).toBe("held");
  });

  it("may not have happened: a read that does not show them is in order", () => {
    expect(resultOf([cas(1, [0, null], [1, 2]), read(2, [90, 91], 1)])).toBe("held");
  });

  it("do not come and go: seen once, they stay", () => {
    const seen = [cas(1, [0, null], [1, 2]), read(2, [5, 6], 2), read(2, [7, 8], 1)];
    expect(found(seen)).toEqual([["stale-read", 2, 1]]);
  });

  it("explain a refusal that nothing else explains", () => {
    expect(resultOf([cas(1, [0, null], [1, 2]), refused(2, [5, 6], 1)])).toBe("held");
    expect(resultOf([cas(1, [7, null], [1, 2]), refused(2, [5, 6], 1)])).toBe("violated");
  });

  it("without a version may have made one that nobody is known to have written", () => {
    expect(resultOf([write(1, [0, null]), read(2, [5, 6], 7)])).toBe("held");
    expect(resultOf([write(1, [8, null]), read(2, [5, 6], 7)])).toBe("violated");
  });

  it("lose an update, too, once their version was seen", () => {
    const both = [cas(1, [0, null], [1, 2]), cas(2, [1, 6], [1, 3]), read(3, [2, 4], 2)];
    expect(found(both).map(([name]) => name)).toEqual(["lost-update", "several-winners"]);
  });
});

describe("the version that was there first, where nobody tells it", () => {
  const lost = (process: number, call: number, expected: Version): Operation => ({
    ...base(process, [call, null]),
    kind: "cas",
    ok: null,
    expected,
  });

  it("is any of those that nobody wrote, beside a write that may have made one: no guess is held against a server", () => {
    const tied = [lost(0, 1, 1), read(1, [7, 17], 1), read(2, [11, 17], 3), refused(3, [0, 0], 3)];
    expect(resultOf(tied, {})).toBe("held");
    expect(resultOf(tied.toReversed(), {})).toBe("held");
    expect(resultOf(tied, { initial: 3 })).toBe("violated");
  });

  it("may be one that nobody met: what was refused first and read later was made in between", () => {
    const made = [refused(1, [0, 0], 3), write(2, [1, null]), read(3, [5, 6], 3)];
    expect(resultOf(made, {})).toBe("held");
    expect(resultOf(made, { initial: 3 })).toBe("violated");
  });

  it("may be one that only a write without an answer named", () => {
    expect(resultOf([refused(1, [0, 0], 3), lost(2, 1, 1), read(3, [5, 6], 3)], {})).toBe("held");
  });

  it("is one at most: three versions need two writes", () => {
    const three = [read(1, [0, 1], 1), read(1, [2, 3], 2), read(1, [4, 5], 3)];
    expect(resultOf([...three, write(2, [0, null]), write(3, [0, null])], {})).toBe("held");
    expect(resultOf([...three, write(2, [0, null])], {})).toBe("violated");
    expect(found(three, {}).map(([name]) => name)).toEqual(["phantom-version", "phantom-version"]);
  });
});

describe("a write whose version nobody told", () => {
  it("did not make what was refused after it and read before the refusal was sent", () => {
    const told = [read(1, [4, 4], 7), write(2, [1, 2])];
    expect(resultOf([...told, refused(3, [4, 11], 7)])).toBe("violated");
    expect(resultOf([...told, refused(3, [0, 11], 7)])).toBe("held");
  });

  it("explains one refusal, and not that of its own version as well", () => {
    const replaced = [write(1, [2, 4], 3), cas(2, [7, null], [3, 9]), refused(3, [13, 15], 3)];
    expect(resultOf(replaced)).toBe("held");
    expect(resultOf([...replaced, refused(4, [19, 19], 9)])).toBe("violated");
  });
});

describe("blind writes", () => {
  it("stand in whatever order the reads allow", () => {
    expect(resultOf([write(1, [0, 5], 2), write(2, [1, 6], 3), read(3, [7, 8], 2)])).toBe("held");
    expect(resultOf([write(1, [0, 5], 2), write(2, [6, 7], 3), read(3, [8, 9], 2)])).toBe("violated");
  });

  it("cannot be seen in two orders", () => {
    const twice = [
      write(1, [0, 20], 2),
      write(2, [0, 20], 3),
      read(3, [1, 2], 2),
      read(3, [3, 4], 3),
      read(4, [5, 6], 2),
    ];
    expect(resultOf(twice)).toBe("violated");
  });
});

describe("a resource that others write too", () => {
  const shared = { initial: 1, exclusive: false };

  it("may show versions of theirs", () => {
    expect(resultOf([read(1, [0, 2], 1), read(1, [3, 4], 9)], shared)).toBe("held");
  });

  it("may refuse without our seeing why", () => {
    expect(resultOf([read(1, [0, 1], 1), refused(2, [2, 3], 1)], shared)).toBe("held");
  });

  it("still proves a spurious refusal by a later read of the same version", () => {
    const calm = [read(1, [0, 1], 1), refused(2, [2, 3], 1), read(1, [4, 5], 1)];
    expect(found(calm, shared).map(([name]) => name)).toEqual(["spurious-conflict"]);
  });

  it("still proves lost updates and stale reads among our own", () => {
    expect(found([cas(1, [0, 5], [1, 2]), cas(2, [1, 6], [1, 3])], shared)[0]?.[0]).toBe("lost-update");
    expect(found([cas(1, [0, 5], [1, 2]), read(2, [6, 8], 1)], shared)).toEqual([["stale-read", 1, 0]]);
  });
});

describe("idempotency keys", () => {
  const keyed = (times: Times, more: Partial<Operation>): Operation => ({
    ...base(1, times),
    kind: "write",
    ok: times[1] === null ? null : true,
    key: "POST /orders k1",
    bodyDigest: "a",
    ...more,
  });

  it("two effects for one key and one body: executed twice", () => {
    const twice = [keyed([0, 5], { version: "x1" }), keyed([1, 6], { version: "x2" })];
    expect(found(twice, {}).at(0)).toEqual(["executed-twice", 0, 1]);
  });

  const put = (times: Times, version: Version, key = "PUT /things/1 k1"): Operation =>
    keyed(times, { version, key });

  it("two versions that nothing else can have made: executed twice", () => {
    expect(found([put([0, 5], 2), put([6, 7], 3)]).at(0)).toEqual(["executed-twice", 0, 1]);
  });

  it("a stored answer that shows what another write made meanwhile: nothing is wrong", () => {
    const meanwhile = [put([0, 1], 2), write(2, [2, 3], 3), put([4, 5], 3)];
    expect(resultOf(meanwhile)).toBe("held");
    expect(resultOf([put([0, 9], 3), write(2, [2, 3], 3), put([4, 8], 2)])).toBe("held");
    expect(resultOf([put([0, 1], 2), put([2, 3], 3, "PUT /things/1 k2"), put([4, 5], 3)])).toBe("held");
  });

  it("a stored answer that may show a write without an answer, or one by others: nothing is proved", () => {
    const lost = [put([0, 1], 2), write(2, [2, null]), put([4, 5], 3)];
    expect(found(lost).map(([name]) => name)).not.toContain("executed-twice");
    expect(found([put([0, 1], 2), put([4, 5], 3)], { exclusive: false })).toEqual([]);
  });

  it("an answer that shows what was there before: nothing is proved", () => {
    const accepted = [read(1, [0, 1], 1), put([2, 3], 1), put([4, 5], 2)];
    expect(found(accepted).map(([name]) => name)).not.toContain("executed-twice");
  });

  it("two ids that the server made, whoever else writes: executed twice", () => {
    const twice = [keyed([0, 5], { created: "x1" }), keyed([1, 6], { created: "x2" })];
    expect(found([...twice, write(2, [2, null])], { exclusive: false }).at(0)).toEqual([
      "executed-twice",
      0,
      1,
    ]);
    expect(resultOf(twice.map((each) => ({ ...each, created: "x1" })))).not.toBe("violated");
  });

  it("one effect, answered twice: nothing is wrong", () => {
    expect(resultOf([keyed([0, 5], { version: "x1" }), keyed([6, 7], { version: "x1" })], {})).toBe("held");
  });

  it("two effects for one key and two bodies: executed for another body", () => {
    const other = [keyed([0, 5], { version: "x1" }), keyed([6, 7], { version: "x2", bodyDigest: "b" })];
    expect(found(other, {}).at(0)).toEqual(["executed-other-body", 0, 1]);
  });

  it("the first answer for another body: a replay of another body", () => {
    const other = [keyed([0, 5], { version: "x1" }), keyed([6, 7], { version: "x1", bodyDigest: "b" })];
    expect(found(other, {})).toEqual([["replay-of-other-body", 0, 1]]);
  });

  it("another status for the same effect: the replay differs", () => {
    const differs = [
      keyed([0, 5], { version: "x1", status: 201 }),
      keyed([6, 7], { version: "x1", status: 200 }),
    ];
    expect(found(differs, {})).toEqual([["replay-differs", 0, 1]]);
  });

  it("409 after the first was acknowledged: a conflict instead of a replay", () => {
    const after = [keyed([0, 5], { version: "x1" }), keyed([6, 7], { ok: false, status: 409 })];
    expect(found(after, {})).toEqual([["conflict-not-replay", 0, 1]]);
  });

  it("409 while the first is under way is what servers should answer", () => {
    expect(resultOf([keyed([0, 5], { version: "x1" }), keyed([1, 2], { ok: false, status: 409 })], {})).toBe(
      "held",
    );
  });

  it("a lost first answer and a success: nothing is proved", () => {
    expect(resultOf([keyed([0, null], {}), keyed([6, 7], { version: "x1" })], {})).toBe("held");
  });
});

describe("what a history may hold besides", () => {
  it("nothing at all", () => expect(resultOf([])).toBe("held"));

  it("resources are judged apart", () => {
    const a = { ...cas(1, [0, 5], [1, 2]), resource: "a" };
    expect(resultOf([a, { ...cas(2, [1, 6], [1, 3]), resource: "b" }])).toBe("held");
    expect(resultOf([a, { ...cas(2, [1, 6], [1, 3]), resource: "a" }])).toBe("violated");
  });

  it("a clock that went backwards is not believed", () => {
    const backwards = { ...read(1, [9, 3], 1) };
    expect(checkHistory([backwards], { initial: 1 })).toMatchObject({
      result: "unknown",
      reason: "the clock of this history went backwards",
    });
  });

  it.each([
    ["times that are no numbers", { call: Number.NaN }, "found call NaN"],
    ["times that are texts", { ret: "3" }, "found ret 3"],
    ["a kind that there is not", { kind: "patch" }, "found kind patch"],
    ["an outcome that is none", { ok: undefined }, "found ok undefined"],
  ])("%s: an error of gcidem's", (_what, wrong, message) => {
    const operation: object = { ...read(1, [1, 3], 1), id: "a", ...wrong };
    const refusal = { name: "GcidemError", message: expect.stringContaining(`operation a: ${message}`) };
    expect(() => checkHistory([operation as Operation])).toThrowError(expect.objectContaining(refusal));
  });

  it("versions that replaced each other in a circle have no order", () => {
    expect(found([cas(1, [0, 5], [2, 3]), cas(2, [0, 5], [3, 2])], { initial: 1 })[0]?.[0]).toBe("order");
  });

  it("100,000 writes of unknown outcome are judged, without a search", () => {
    const many = Array.from({ length: 100_000 }, (_, index) => cas(index, [index, null], [1, index + 2]));
    expect(resultOf([...many, read(0, [200_000, 200_001], 1)])).toBe("held");
  });

  it("all at one instant", () => {
    const one = [cas(1, [3, 3], [1, 2]), read(2, [3, 3], 1), refused(3, [3, 3], 1), read(4, [3, 3], 2)];
    expect(resultOf(one)).toBe("held");
  });

  it("a search that runs out of its budget says so", () => {
    const blind = Array.from({ length: 60 }, (_, index) => write(index, [0, 1000], index + 2));
    const reads = Array.from({ length: 60 }, (_, index) => read(index, [0, 1000], ((index * 7) % 60) + 2));
    const late = [read(1, [1001, 1002], 5), read(2, [1003, 1004], 6)];
    expect(checkHistory([...blind, ...reads, ...late], { initial: 1, budgetMs: 1 }).result).not.toBe("held");
  });
});
