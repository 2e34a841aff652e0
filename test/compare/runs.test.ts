import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareRuns } from "../../src/compare/compare-runs.js";
import { type ComparedRun, type CompareRules, hasDifference } from "../../src/compare/runs.js";
import type { Exchange } from "../../src/journal/journal.js";
import { exchangeOf } from "./exchanges.js";

const PLAINLY: CompareRules = { exact: [], ignored: [], matched: [] };

interface Told {
  readonly step: string;
  readonly url?: string;
  readonly status?: number;
  readonly etag?: string;
  readonly key?: string;
  readonly body?: string;
  readonly via?: string;
}

function runOf(name: string, told: readonly Told[], how: Partial<ComparedRun> = {}): ComparedRun {
  const exchanges = told.map((each, at): Exchange => {
    return exchangeOf({
      id: `e${at + 1}`,
      step: each.step,
      method: "PUT",
      url: `${how.baseUrl ?? "http://127.0.0.1:8080"}${each.url ?? "/things/1"}`,
      headers: each.key === undefined ? [] : [["Idempotency-Key", each.key]],
      status: each.status ?? 200,
      answerHeaders: [
        ...(each.etag === undefined ? [] : [["ETag", each.etag] as const]),
        ...(each.via === undefined ? [] : [["Via", each.via] as const]),
      ],
      answer: each.body ?? "",
    });
  });
  return {
    name,
    scenario: "s",
    baseUrl: "http://127.0.0.1:8080",
    hasSteps: true,
    exchanges,
    exchange: (id) => {
      const found = exchanges.find((each) => each.id === id);
      if (found === undefined) throw new Error(`no exchange ${id}`);
      return found;
    },
    causeOf: () => null,
    ...how,
  };
}

describe("two runs of one scenario", () => {
  it("are the same where ids, tokens and dates stand for each other throughout", () => {
    const base = runOf("a", [
      { step: "read", etag: '"7"', body: '{"id":"x1","at":"2026-11-22T10:00:00Z"}' },
      { step: "write", etag: '"8"', key: "8e031111-1111-4111-8111-111111111111" },
    ]);
    const other = runOf("b", [
      { step: "read", etag: '"41"', body: '{"id":"x9","at":"2027-01-02T10:00:00Z"}' },
      { step: "write", etag: '"42"', key: "51ab2222-2222-4222-8222-222222222222" },
    ]);
    const compared = compareRuns(base, other, PLAINLY);
    expect(hasDifference(compared)).toBe(false);
    expect(compared.equal).toBe(2);
    expect(compared.renamed.map(({ kind, count }) => [kind, count])).toEqual([
      ["ids", 2],
      ["tokens", 2],
      ["dates", 1],
    ]);
  });

  it("are the same where only the way to another server differs; at one server a proxy that comes in is a difference", () => {
    const direct = runOf("mock", [{ step: "read" }]);
    const through = [{ step: "read", via: "1.1 cache.example" }];
    const org = runOf("org", through, { baseUrl: "https://api.example" });
    expect(hasDifference(compareRuns(direct, org, PLAINLY))).toBe(false);
    expect(hasDifference(compareRuns(org, direct, PLAINLY))).toBe(false);
    expect(hasDifference(compareRuns(direct, runOf("later", through), PLAINLY))).toBe(true);
  });

  it("differ where one ETag stands for two: the resource moved in one run and not in the other", () => {
    const base = runOf("a", [
      { step: "read", etag: '"1"' },
      { step: "again", etag: '"1"' },
    ]);
    const other = runOf("b", [
      { step: "read", etag: '"1"' },
      { step: "again", etag: '"2"' },
    ]);
    const [pair] = compareRuns(base, other, PLAINLY).pairs;
    expect(pair?.place).toBe("again");
    expect(pair?.response?.headers).toEqual([{ name: "ETag", base: '"1"', other: '"2"' }]);
  });

  it("differ in every token where tokens are to be exact", () => {
    const base = runOf("a", [{ step: "read", etag: '"1"' }]);
    const other = runOf("b", [{ step: "read", etag: '"9"' }]);
    expect(compareRuns(base, other, { ...PLAINLY, exact: ["tokens"] }).pairs).toHaveLength(1);
  });

  it("differ by status, cause, and what only one of them has", () => {
    const base = runOf("a", [{ step: "first" }, { step: "second", status: 409 }, { step: "third" }], {
      causeOf: (id) => (id === "e2" ? "stale-etag" : null),
    });
    const other = runOf("b", [{ step: "first" }, { step: "second" }, { step: "fourth" }]);
    const compared = compareRuns(base, other, PLAINLY);
    expect(compared.pairs.map(({ place, status, cause }) => ({ place, status, cause }))).toEqual([
      { place: "second", status: [409, 200], cause: ["stale-etag", null] },
    ]);
    expect(compared.onlyInBase).toEqual([{ exchange: "e3", place: "third" }]);
    expect(compared.onlyInOther).toEqual([{ exchange: "e3", place: "fourth" }]);
  });

  it("are the same on servers at other addresses that name themselves in their answers", () => {
    const self = (origin: string): string => `{"selfUri":"${origin}/things/1"}`;
    const base = runOf("a", [{ step: "read", body: self("http://127.0.0.1:8080") }]);
    const other = runOf("b", [{ step: "read", body: self("http://localhost:9999") }], {
      baseUrl: "http://localhost:9999",
    });
    expect(hasDifference(compareRuns(base, other, PLAINLY))).toBe(false);
  });
});

describe("rules", () => {
  const base = runOf("a", [{ step: "read", body: '{"items":[{"load":0.1}],"mode":"fast-1"}' }]);
  const other = runOf("b", [{ step: "read", body: '{"items":[{"load":0.9}],"mode":"fast-22"}' }]);
  const load = { kind: "pointer", segments: ["items", "*", "load"] } as const;
  const mode = { kind: "pointer", segments: ["mode"] } as const;

  it("leave a place out", () => {
    const [pair] = compareRuns(base, other, { ...PLAINLY, ignored: [load] }).pairs;
    expect(pair?.response?.body.map(({ path }) => path)).toEqual(["/mode"]);
  });

  it("make values equal that both match", () => {
    const matched = [{ place: mode, matches: (text: string) => /^fast-\d+$/.test(text) }];
    expect(hasDifference(compareRuns(base, other, { ...PLAINLY, ignored: [load], matched }))).toBe(false);
  });
});

describe("recorded traffic", () => {
  it("is paired by method and path, each thing's id aside, in its order", () => {
    const named = (id: string): string => `/v1/orders/${id}`;
    const told = (ids: readonly string[]): readonly Told[] =>
      ids.map((id, at) => ({ step: `e${at + 1}`, url: named(id), body: `{"id":"${id}"}` }));
    const base = runOf("a.har", told(["17", "17", "18"]), { hasSteps: false });
    const other = runOf("b.har", told(["91", "91", "92"]), { hasSteps: false });
    const compared = compareRuns(base, other, PLAINLY);
    expect(hasDifference(compared)).toBe(false);
    expect(compared.equal).toBe(3);
    const crossed = runOf("c.har", told(["91", "92", "92"]), { hasSteps: false });
    expect(compareRuns(base, crossed, PLAINLY).pairs.map(({ place }) => place)).toEqual([
      "PUT /v1/orders/…, no. 2",
    ]);
  });
});

describe("renaming", () => {
  const uuid = fc.uuid({ version: 4 });

  it("never hides a value that takes two others' places, and never makes a difference of its own", () => {
    const property = fc.property(
      fc.array(uuid, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(5), { minLength: 2, maxLength: 12 }),
      fc.nat(),
      (names, order, broken) => {
        const ids = [...new Set(names)];
        const renamed = new Map(
          ids.map((id) => [id, id.replace(/^./, (first) => (first === "f" ? "0" : "f"))]),
        );
        const picks = order.map((at) => ids[at % ids.length] ?? "");
        const told = (to: (id: string, at: number) => string): readonly Told[] =>
          picks.map((id, at) => ({ step: `s${at}`, body: JSON.stringify({ text: `about ${to(id, at)}.` }) }));
        const same = told((id) => renamed.get(id) ?? id);
        const isInjective = new Set(renamed.values()).size === ids.length;
        fc.pre(isInjective);
        const base = runOf("a", told(String));
        expect(hasDifference(compareRuns(base, runOf("b", same), PLAINLY))).toBe(false);
        const at = broken % picks.length;
        const once = picks.filter((id) => id === picks[at]).length === 1;
        const other = told((id, place) =>
          place === at ? "11111111-1111-4111-8111-111111111111" : (renamed.get(id) ?? id),
        );
        expect(hasDifference(compareRuns(base, runOf("b", other), PLAINLY))).toBe(!once);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });
});
