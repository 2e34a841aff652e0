import { describe, expect, it } from "vitest";
import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import type { Exchange } from "../../src/journal/journal.js";
import { json, LOST, type RecordedSketch, recorded } from "./recorded.js";

/** A body that says nothing. */
const SILENT = json({ message: "no" });

function read(shows: string): RecordedSketch {
  return { method: "GET", status: 200, shows, answer: json({ tier: "none" }) };
}

function put(sketch: RecordedSketch): RecordedSketch {
  return { method: "PUT", body: json({ tier: "gold" }), answer: SILENT, ...sketch };
}

function order(sketch: RecordedSketch): RecordedSketch {
  return {
    method: "POST",
    url: "http://127.0.0.1:1/v1/orders",
    body: json({ sku: "A1" }),
    answer: SILENT,
    ...sketch,
  };
}

function ofExchange(exchanges: readonly Exchange[], id: string): readonly Diagnosis[] {
  return diagnoseExchanges(exchanges).filter((each) => each.kind === "refusal" && each.exchange === id);
}

function named(exchanges: readonly Exchange[], id: string): readonly string[] {
  return ofExchange(exchanges, id).map(({ cause, certainty }) => `${cause} ${certainty}`);
}

describe("a status alone", () => {
  it("is no proof: a single 409 with a token and a key has several possible causes, and a request that would tell", () => {
    const [lone] = recorded(put({ status: 409, ifMatch: "7", key: "8e03978e-40d5-43e8-bc93-6894a57f9324" }));
    const found = diagnoseExchanges(lone === undefined ? [] : [lone]).filter(
      ({ kind }) => kind === "refusal",
    );
    expect(found.length).toBeGreaterThan(1);
    expect(new Set(found.map(({ certainty }) => certainty))).toEqual(new Set(["possible"]));
    expect(found.map(({ cause }) => cause)).toContain("stale-etag");
    expect(found[0]?.toConfirm?.meanings.map(({ outcome }) => outcome)).toEqual(["2xx", "409 again"]);
    expect(found[0]?.missing).not.toEqual([]);
  });

  it.each([
    [401, ["token-invalid", "token-expired"]],
    [403, ["permission-missing"]],
    [429, ["rate-limited"]],
  ])("%d is kept for one purpose", (status, causes) => {
    expect(ofExchange(recorded(order({ status })), "e1").map(({ cause }) => cause)).toEqual(causes);
  });
});

describe("the server's own words", () => {
  it("not.a.user is about who asks, whatever its status, and no role mends it", () => {
    const answer = json({
      code: "not.a.user",
      message: "This request requires a user context.",
      status: 400,
    });
    const [found, ...others] = ofExchange(recorded(put({ status: 400, answer })), "e1");
    expect([found?.cause, found?.certainty, others]).toEqual(["permission-missing", "certain", []]);
    expect(found?.remedy).toContain("a user's token");
    const forbidden = recorded(put({ status: 403 }));
    expect(ofExchange(forbidden, "e1")[0]?.remedy).toContain("Give the client's role the permission");
  });

  it("raise a cause to likely, and no further", () => {
    const words = json({
      code: "general.conflict",
      message: "The version supplied does not match the current version",
    });
    expect(named(recorded(put({ status: 409, ifMatch: "7", answer: words })), "e1")[0]).toBe(
      "stale-etag likely",
    );
  });

  it("mean nothing where they are what the server says of everything", () => {
    const words = json({
      code: "bad.request",
      message: "The request could not be understood by the server.",
    });
    const causes = ofExchange(recorded(put({ status: 400, answer: words })), "e1");
    expect(causes.every(({ certainty }) => certainty === "possible")).toBe(true);
  });
});

describe("a control contradicts every cause that lies in nothing of what differs", () => {
  const reuse = [
    order({ status: 201, key: "k-0123456789abcdef", answer: json({ id: "o-1" }) }),
    order({ status: 409, key: "k-0123456789abcdef", body: json({ sku: "B2" }) }),
  ];
  const fresh = order({
    status: 201,
    key: "k-fedcba9876543210",
    body: json({ sku: "B2" }),
    answer: json({ id: "o-2" }),
  });
  const again = reuse[1] ?? fresh;

  it("a fresh key that passes leaves causes of keys alone", () => {
    const causes = ofExchange(recorded(...reuse, fresh), "e2").map(({ cause }) => cause);
    expect(causes[0]).toBe("key-reused-body-changed");
    expect(causes).not.toContain("precondition-missing");
    expect(causes).not.toContain("duplicate-entity");
  });

  it("what passes between two refusals of the same request did not pass with time: the cause is certain", () => {
    const [only, ...others] = ofExchange(
      recorded(...reuse, fresh, again, {
        ...order({ status: 201 }),
        key: "k-0123456789abcdef",
        answer: json({ id: "o-1" }),
      }),
      "e2",
    );
    expect(others).toEqual([]);
    expect(only).toMatchObject({ cause: "key-reused-body-changed", certainty: "certain", toConfirm: null });
    expect(only?.ruledOut.find(({ cause }) => cause === "state-locked")?.because).toContain("e3");
  });

  it("a fresh key that is refused in the same way speaks against keys, and is no proof", () => {
    const refusedToo = { ...fresh, status: 409, answer: SILENT };
    const causes = ofExchange(recorded(...reuse, refusedToo), "e2");
    expect(causes.every(({ certainty }) => certainty === "possible")).toBe(true);
  });

  it("a control that differs in two things proves nothing of either", () => {
    const both = { ...fresh, caller: "2" };
    expect(named(recorded(...reuse, both), "e2").every((line) => line.endsWith("possible"))).toBe(true);
  });
});

describe("tokens", () => {
  it("one that a write of the same client moved is stale by its own write", () => {
    const found = ofExchange(
      recorded(
        read("1"),
        put({ status: 200, ifMatch: "1", shows: "2", answer: json({ tier: "gold" }) }),
        put({ status: 412, ifMatch: "1" }),
        read("2"),
      ),
      "e3",
    );
    expect(found[0]).toMatchObject({ cause: "stale-etag", movedBy: "own-write" });
  });

  it("one that nobody here moved was moved by somebody who was not recorded", () => {
    const found = ofExchange(recorded(read("1"), put({ status: 412, ifMatch: "1" }), read("5")), "e2");
    expect(found[0]).toMatchObject({ cause: "stale-etag", movedBy: "not-ours" });
  });

  it("one that is current before and after is not stale: the refusal is spurious, or something else", () => {
    const causes = ofExchange(recorded(read("1"), put({ status: 412, ifMatch: "1" }), read("1")), "e2").map(
      ({ cause }) => cause,
    );
    expect(causes[0]).toBe("spurious-conflict");
    expect(causes).not.toContain("stale-etag");
  });

  it("one of another resource is told as that", () => {
    const other = { ...read("a1b2c3d4"), url: "http://127.0.0.1:1/v1/things/2" };
    const found = ofExchange(
      recorded(other, put({ status: 412, ifMatch: "a1b2c3d4" }), read("ffff0000")),
      "e2",
    );
    expect(found[0]).toMatchObject({ cause: "etag-other-resource" });
  });
});

describe("keys", () => {
  it("a first request that still runs is in flight; one that ended is not", () => {
    const first = order({
      status: 201,
      key: "k-0123456789abcdef",
      at: [0, 100],
      answer: json({ id: "o-1" }),
    });
    const during = order({ status: 409, key: "k-0123456789abcdef", at: [50, 60] });
    const after = order({ status: 409, key: "k-0123456789abcdef", at: [150, 160] });
    expect(named(recorded(first, during), "e2")[0]).toMatch(/^key-in-flight/);
    const causes = ofExchange(recorded(first, after), "e2").map(({ cause }) => cause);
    expect(causes[0]).toBe("conflict-not-replay");
    expect(causes).not.toContain("key-in-flight");
  });

  it("of a recording without times no overlap is concluded", () => {
    const first = order({
      status: 201,
      key: "k-0123456789abcdef",
      at: [0, 100],
      answer: json({ id: "o-1" }),
    });
    const during = order({ status: 409, key: "k-0123456789abcdef", at: [50, 60] });
    const found = diagnoseExchanges(recorded(first, during), { timesKnown: false });
    expect(found.find(({ kind }) => kind === "refusal")?.cause).not.toBe("key-in-flight");
  });

  it("an attempt that nobody answered binds its key", () => {
    const causes = ofExchange(
      recorded(
        order({ error: LOST, key: "k-0123456789abcdef" }),
        order({ status: 409, key: "k-0123456789abcdef" }),
      ),
      "e2",
    ).map(({ cause }) => cause);
    expect(causes[0]).toBe("key-bound-to-unacknowledged-attempt");
    expect(causes).not.toContain("key-first-use-unseen");
  });
});
