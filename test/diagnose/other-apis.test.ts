import { describe, expect, it } from "vitest";
import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import { json, type RecordedSketch, recorded, told } from "./recorded.js";

const SILENT = json({ error: "no" });
const APP = "http://127.0.0.1:1/apps/1";

/** What is said of one request, in order: `stale-version certain`. */
function said(id: string, ...sketches: readonly RecordedSketch[]): readonly string[] {
  return refusalsOf(id, sketches).map(({ cause, certainty }) => `${cause} ${certainty}`);
}

function refusalsOf(id: string, sketches: readonly RecordedSketch[]): readonly Diagnosis[] {
  return diagnoseExchanges(recorded(...sketches)).filter(
    ({ kind, exchange }) => kind === "refusal" && exchange === id,
  );
}

function app(value: object, answer: object, sketch: RecordedSketch = {}): RecordedSketch {
  return { method: "PUT", url: APP, body: json(value), status: 200, answer: json(answer), ...sketch };
}

function refused(value: object, sketch: RecordedSketch = {}): RecordedSketch {
  return app(value, {}, { status: 409, answer: SILENT, ...sketch });
}

function read(answer: object, sketch: RecordedSketch = {}): RecordedSketch {
  return { method: "GET", url: APP, status: 200, answer: json(answer), ...sketch };
}

describe("a member named version that is the client's own data", () => {
  const shown = read({ id: "1", version: "1.0" });
  const published = app({ version: "2.1", a: 1 }, { id: "1", version: "2.1" });

  it("is no token: what was never shown was taken, and is shown since", () => {
    const all = said("e2", shown, refused({ version: "2.0", a: 1 }), published);
    expect(all.join()).not.toMatch(/stale-version|certain/);
  });

  it("makes no blind retry of a request that passes later, unchanged", () => {
    const again = { at: [5_000, 5_010] as const };
    const all = [
      ...[shown, refused({ version: "2.0", a: 1 }), read({ id: "1", version: "1.0" })],
      app({ version: "2.0", a: 1 }, { id: "1", version: "2.0" }, again),
    ];
    expect(said("e2", ...all)[0]).toMatch(/^state-locked/);
    expect(told("pattern", recorded(...all))).toEqual([]);
  });

  it("is a token where it goes up by itself", () => {
    const all = [
      ...[read({ id: "1", version: 7 }), refused({ version: 7, a: 1 }), read({ id: "1", version: 9 })],
      app({ version: 9, a: 1 }, { id: "1", version: 10 }),
    ];
    expect(said("e2", ...all)[0]).toMatch(/^stale-version/);
  });
});

describe("a member v", () => {
  it("is no version: what is missing is the revision that the answers show", () => {
    const all = said(
      "e2",
      read({ _id: "1", _rev: "1-a", v: 1 }),
      refused({ _id: "1", v: 3 }, { answer: json({ error: "conflict" }) }),
      app({ _id: "1", v: 3, _rev: "1-a" }, { ok: true, id: "1", rev: "2-b" }),
    );
    expect(all[0]).toMatch(/^precondition-missing/);
  });

  it("in the query is the version of the API", () => {
    const url = `${APP}?v=2`;
    const all = said(
      "e2",
      read({ id: "1", version: 7 }, { url }),
      refused({ a: 1 }, { url }),
      app({ a: 1 }, { id: "1", version: 8 }, { url, at: [2_000, 2_010] }),
    );
    expect(all.join()).not.toMatch(/stale-version/);
  });
});

describe("a thing that shows no state", () => {
  const current = read({ id: "1", archived: true }, { shows: "1" });
  const write = refused({ a: 2 }, { ifMatch: "1" });

  it("may be locked all the same: nobody is certain of a fault of the server", () => {
    const unlocked = app({ a: 2 }, {}, { ifMatch: "1", shows: "2", at: [3_000, 3_010] });
    const all = said(
      "e3",
      app({ a: 1 }, {}, { ifMatch: "0", shows: "1" }),
      current,
      write,
      current,
      unlocked,
    );
    expect(all).toContain("state-locked possible");
    expect(all.join()).not.toMatch(/certain/);
  });
});

describe("a single refusal that says nothing", () => {
  it("is not put down to a missing key where nobody sends keys", () => {
    const alone: RecordedSketch = { method: "POST", body: json({ a: 1 }), status: 400, answer: "" };
    expect(said("e1", alone)[0]).toBe("invalid-request possible");
    const missing = refusalsOf("e1", [alone]).find(({ cause }) => cause === "key-missing");
    expect(missing?.explanation).toBe(
      "e1 carries no idempotency key. Whether this operation wants one, nothing here shows.",
    );
  });

  it("does not say that others were let through where nobody was", () => {
    const found = refusalsOf("e1", [refused({ a: 1 })]);
    const permission = found.find(({ cause }) => cause === "permission-shown-as-409");
    expect(found[0]?.cause).not.toBe("permission-shown-as-409");
    expect(permission?.explanation).toMatch(/none that passed is among these\.$/);
  });
});

describe("what servers say in forms of their own", () => {
  const first = (answer: object, sketch: RecordedSketch = {}): string | undefined =>
    said("e1", { method: "POST", body: json({ email: "x" }), answer: json(answer), ...sketch })[0];

  it("is read where sentences are listed by field", () => {
    const errors = { email: ["is invalid"] };
    expect(first({ errors }, { status: 422 })).toBe("invalid-request likely");
    expect(first({ errors: { email: ["has already been taken"] } }, { status: 422 })).toBe(
      "duplicate-entity likely",
    );
  });

  it("is read of each write of a bulk request that is told in a success", () => {
    const couch = [{ id: "doc1", error: "conflict", reason: "Document update conflict." }];
    const error = { type: "version_conflict_engine_exception", reason: "[1]: version conflict" };
    const elastic = { took: 1, errors: true, items: [{ index: { _id: "1", status: 409, error } }] };
    expect(first(couch, { status: 201 })).toBe("stale-version likely");
    expect(first(elastic, { status: 200 })).toBe("stale-version likely");
    expect(first({ took: 1, errors: false, items: [{ index: { status: 200 } }] }, { status: 200 })).toBe(
      undefined,
    );
  });
});

describe("a repeat whose correlation ID is that of an earlier answer", () => {
  it("goes back to the first that had it, also after another body under the same key", () => {
    const key = "9d3c5c1e-0000-4000-8000-000000000001";
    const run = (value: object): RecordedSketch => ({
      ...{ method: "POST", url: `${APP}/run`, body: json(value), key, status: 202, answer: "" },
    });
    const list = { url: `${APP}/runs`, answer: json({ entities: [{ id: "r1", key }], total: 1 }) };
    const all = [run({ a: 1 }), run({ a: 2 }), { ...list, method: "GET", status: 200 }, run({ a: 1 })];
    const exchanges = recorded(...all).map((each) => ({
      ...each,
      correlationId: each.id === "e3" ? "c-3" : "c-1",
    }));
    const found = told("anomaly", exchanges).filter((text) => text.startsWith("e4 "));
    expect(found.join()).toMatch(/stored-answer-returned/);
    expect(found.join()).not.toMatch(/replay-of-other-body/);
  });
});
