import { describe, expect, it } from "vitest";
import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import { json, LOST, type RecordedSketch, recorded } from "./recorded.js";

const SILENT = json({ message: "no" });
const KEY = "1f0c6a52-9d0b-4e0c-8b39-0c1f6c0f5d11";
const OTHER_KEY = "7d5e8a52-9d0b-4e0c-8b39-0c1f6c0f5d22";
const GAVE_UP = { code: "ETIMEDOUT", phase: "timeout", message: "no answer in time" } as const;
const MINUTES = 60_000;

function read(shows: string, more: RecordedSketch = {}): RecordedSketch {
  return { method: "GET", status: 200, shows, answer: json({ tier: "none" }), ...more };
}

function put(sketch: RecordedSketch): RecordedSketch {
  return { method: "PUT", body: json({ tier: "gold" }), answer: SILENT, ...sketch };
}

function run(sketch: RecordedSketch): RecordedSketch {
  return {
    method: "POST",
    url: "http://127.0.0.1:1/v1/jobs",
    body: json({ a: "x" }),
    answer: SILENT,
    ...sketch,
  };
}

/** What is said of one request, best first. */
function said(id: string, ...sketches: readonly RecordedSketch[]): readonly Diagnosis[] {
  return diagnoseExchanges(recorded(...sketches)).filter(
    ({ kind, exchange }) => kind === "refusal" && exchange === id,
  );
}

function causes(id: string, ...sketches: readonly RecordedSketch[]): readonly string[] {
  return said(id, ...sketches).map(({ cause }) => cause);
}

describe("a token that was refused", () => {
  const refused = put({ status: 409, ifMatch: "1" });

  it("is hardly outdated where the very same request passes next: the refusal came by chance", () => {
    const taken = put({ status: 200, ifMatch: "1", answer: json({ tier: "gold" }) });
    expect(causes("e2", read("1"), refused, taken)[0]).toBe("spurious-conflict");
  });

  it("is not what the repeat is refused for, where the first refusal came while it was current", () => {
    const flawed = put({ status: 409, headers: [["If-Match", 'x"1"']] });
    const right = put({ status: 200, ifMatch: "1", shows: "2", answer: json({ tier: "gold" }) });
    expect(causes("e5", read("1"), flawed, read("1"), right, flawed)[0]).toBe("etag-malformed");
  });

  it("is outdated by a write that was accepted, though a read that trails behind still shows it", () => {
    const write = put({ status: 200, ifMatch: "1", shows: "2", answer: json({ tier: "silver" }) });
    const found = said("e3", read("1"), write, refused, read("1"));
    expect(found[0]).toMatchObject({ cause: "stale-etag", movedBy: "own-write" });
    expect(found.map(({ cause }) => cause)).not.toContain("spurious-conflict");
  });

  it("is hardly by chance refused again and again", () => {
    const plain = json({
      code: "general.conflict",
      message: "The request conflicts with the current state.",
    });
    const one = put({ status: 409, ifMatch: "1", answer: plain });
    expect(causes("e2", read("1"), one)[0]).toBe("spurious-conflict");
    expect(causes("e2", read("1"), one, one, one)[0]).not.toBe("spurious-conflict");
  });

  it("in a body is a version like any other, even where another thing showed it", () => {
    const elsewhere = read("rev-a1b2c3", { url: "http://127.0.0.1:1/v1/things/2" });
    const inBody = put({ status: 409, body: json({ tier: "gold", _rev: "rev-a1b2c3" }) });
    const named = causes("e2", elsewhere, inBody, read("rev-ffff"));
    expect(named[0]).toBe("etag-other-resource");
    expect(named).toContain("stale-version");
  });
});

describe("a key after an attempt that the client gave up", () => {
  const first = run({ error: GAVE_UP, key: KEY });

  it("is bound to it, where nothing says that it is still held", () => {
    expect(causes("e2", first, run({ status: 409, key: KEY }))[0]).toBe(
      "key-bound-to-unacknowledged-attempt",
    );
  });

  it("is stuck, where the server speaks of a request that runs long after", () => {
    const busy = json({ message: "A request with this key is still being processed." });
    const late = run({ status: 409, key: KEY, answer: busy, at: [10 * MINUTES, 10 * MINUTES + 5] });
    expect(causes("e2", first, late)[0]).toBe("key-stuck");
  });
});

describe("a key that came before", () => {
  const used = json({ message: "The key was used already." });

  it("is spent where its answer came broken, or the server says so", () => {
    const broken = run({ error: { ...LOST, code: "HPE_INVALID_CONSTANT" }, key: KEY });
    expect(causes("e2", broken, run({ status: 409, key: KEY }))).toContain("conflict-not-replay");
    const lost = run({ error: LOST, key: KEY });
    expect(causes("e2", lost, run({ status: 409, key: KEY, answer: used }))).toContain("conflict-not-replay");
    expect(causes("e2", lost, run({ status: 409, key: KEY }))).not.toContain("conflict-not-replay");
  });

  it("is not replayed on one path, though its first use on another one passes", () => {
    const done = run({ status: 201, key: KEY, answer: json({ id: "j-1" }) });
    const refused = run({ status: 409, key: KEY });
    const elsewhere = put({ status: 200, key: KEY, answer: json({ tier: "gold" }) });
    expect(causes("e2", done, refused, elsewhere, refused)[0]).toBe("conflict-not-replay");
  });

  it("may be refused for a body that became another one on its way, where the server says so", () => {
    const done = run({ status: 201, key: KEY, answer: json({ id: "j-1" }) });
    const other = json({ message: "The key was used with another request body." });
    expect(causes("e2", done, run({ status: 409, key: KEY, answer: other }))[0]).toBe(
      "key-reused-body-changed",
    );
  });

  it("in a body: the rest of the body is compared to the byte", () => {
    const keyed = (text: string): RecordedSketch => run({ body: text });
    const first = keyed(`{"a":"x","n":1,"idempotency_key":"${KEY}"}`);
    const other = keyed(`{"n":1,"a":"x","idempotency_key":"${KEY}"}`);
    const fresh = keyed(`{"n":1,"a":"x","idempotency_key":"${OTHER_KEY}"}`);
    const found = said(
      "e2",
      { ...first, status: 201, answer: json({ id: "j-1" }) },
      { ...other, status: 409 },
      { ...first, status: 201, answer: json({ id: "j-1" }) },
      { ...fresh, status: 201, answer: json({ id: "j-2" }) },
      { ...other, status: 409 },
    );
    expect(found.map(({ cause, certainty }) => `${cause} ${certainty}`)).toEqual([
      "key-reused-bytes-changed certain",
    ]);
  });

  it("is in flight while the first request runs, though that one is refused in the end", () => {
    const slow = run({
      status: 409,
      key: KEY,
      at: [0, 500],
      answer: json({ message: "Say which version." }),
    });
    const during = run({
      status: 409,
      key: KEY,
      at: [20, 25],
      answer: json({ message: "still being processed" }),
    });
    expect(causes("e2", slow, during)).toContain("key-in-flight");
  });

  it("before this recording: an earlier answer that shows it gives it away", () => {
    const list = read("1", { url: "http://127.0.0.1:1/v1/jobs", answer: json([{ id: "j-9", key: KEY }]) });
    expect(causes("e2", list, run({ status: 409, key: KEY }))[0]).toBe("key-first-use-unseen");
  });
});

describe("a key that is not understood", () => {
  it("is of a form that the server refuses, where another one of that form is refused as well", () => {
    expect(causes("e1", run({ status: 422, key: KEY }), run({ status: 422, key: OTHER_KEY }))[0]).toBe(
      "key-malformed",
    );
  });

  it("is missing where the server looks, though one was sent elsewhere", () => {
    const words = json({
      code: "idempotency.key.missing",
      message: "This operation requires an idempotency key.",
    });
    expect(causes("e1", run({ status: 400, key: KEY, answer: words }))[0]).toBe("key-missing");
    expect(causes("e1", run({ status: 400, key: KEY }))).not.toContain("key-missing");
  });
});

describe("the state of a resource", () => {
  it("that refuses the same ten minutes later is no lock", () => {
    const refused = put({
      status: 409,
      url: "http://127.0.0.1:1/api/v2/conversations/c1/participants/p1/attributes",
    });
    const ranks = causes("e1", refused, { ...refused, at: [10 * MINUTES, 10 * MINUTES + 5] });
    expect(ranks.indexOf("state-terminal")).toBeLessThan(ranks.indexOf("state-locked"));
  });

  it("is referred to by its members, which lie on another path", () => {
    const member = run({ status: 200, url: "http://127.0.0.1:1/v1/groups/1/members", answer: "{}" });
    const gone = run({ method: "DELETE", url: "http://127.0.0.1:1/v1/groups/1", body: "", status: 400 });
    expect(causes("e2", member, gone)[0]).toBe("referenced-entity");
  });
});

describe("a caller whose writes are all refused while those of others pass", () => {
  it("more likely lacks a permission", () => {
    const others = run({ status: 201, caller: "1", answer: json({ id: "j-1" }) });
    const plain = json({
      code: "general.conflict",
      message: "The request conflicts with the current state.",
    });
    const refused = put({ status: 409, caller: "2", answer: plain });
    expect(causes("e2", others, refused)[0]).toBe("permission-shown-as-409");
  });
});

describe("a refusal that is told in a success", () => {
  it("can be any that has a status of its own elsewhere", () => {
    const told = (code: string, message: string): string =>
      json({ data: null, userErrors: [{ code, message }] });
    const absent = told("NOT_FOUND", "The requested resource was not found.");
    expect(causes("e1", put({ status: 200, answer: absent }))).toContain("no-such-operation");
    const conflict = told("GENERAL_CONFLICT", "The request conflicts with the current state of the target.");
    expect(causes("e1", put({ status: 200, answer: conflict }))).toContain("permission-shown-as-409");
  });
});
