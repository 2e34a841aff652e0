import { describe, expect, test } from "vitest";
import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import { json, LOST, type RecordedSketch, recorded } from "./recorded.js";

const SILENT = json({ message: "no" });
const KEY = "1f0c6a52-9d0b-4e0c-8b39-0c1f6c0f5d11";
const OTHER_KEY = "7d5e8a52-9d0b-4e0c-8b39-0c1f6c0f5d22";

function read(shows: string, more: RecordedSketch = {}): RecordedSketch {
  return { method: "GET", status: 200, shows, answer: json({ tier: "none" }), ...more };
}

function put(ifMatch: string, more: RecordedSketch): RecordedSketch {
  return { method: "PUT", body: json({ tier: "gold" }), answer: SILENT, ifMatch, ...more };
}

function won(ifMatch: string, more: RecordedSketch): RecordedSketch {
  return put(ifMatch, {
    status: 200,
    body: json({ tier: "silver" }),
    answer: json({ tier: "silver" }),
    ...more,
  });
}

function make(sketch: RecordedSketch): RecordedSketch {
  return { method: "POST", url: "http://127.0.0.1:1/v1/jobs", answer: SILENT, ...sketch };
}

function said(id: string, ...sketches: readonly RecordedSketch[]): readonly Diagnosis[] {
  return diagnoseExchanges(recorded(...sketches)).filter(({ exchange }) => exchange === id);
}

function words(diagnoses: readonly Diagnosis[]): readonly string[] {
  return diagnoses.map(({ cause, certainty }) => `${cause} ${certainty}`);
}

describe("a writer who loses again and again", () => {
  test("lost to the winner of each round: what passed with the token was not refused twice with it", () => {
    const own = { status: 412, writer: 1 };
    const found = said(
      "e10",
      read("1", { at: [0, 10], writer: 1 }),
      won("1", { shows: "2", at: [20, 30], writer: 2 }),
      put("1", { ...own, at: [21, 31] }),
      read("2", { at: [40, 50], writer: 1 }),
      won("2", { shows: "3", at: [51, 55], writer: 2 }),
      put("2", { ...own, at: [52, 58] }),
      read("3", { at: [60, 70], writer: 1 }),
      read("3", { at: [61, 71], writer: 2 }),
      won("3", { shows: "4", at: [72, 76], writer: 2 }),
      put("3", { ...own, at: [73, 79] }),
      read("4", { at: [80, 90], writer: 1 }),
    );
    expect(words(found)).toEqual(["stale-etag certain"]);
    expect(found[0]?.movedBy).toBe("other-writer");
  });
});

describe("an ETag to which a compressing proxy added its suffix", () => {
  const suffixed = put("7-gzip", { status: 412 });

  test("is malformed: the token itself had not moved", () => {
    const exact = won("7", { shows: "8", body: json({ tier: "gold" }), answer: json({ tier: "gold" }) });
    expect(words(said("e2", read("7"), suffixed, read("7"), exact))[0]).toBe("etag-malformed possible");
    expect(words(said("e2", read("7"), suffixed, suffixed, read("7"), exact))).toEqual([
      "etag-malformed certain",
    ]);
  });

  test("may be outdated as well, where the token had moved", () => {
    const causes = said("e2", read("7"), suffixed, read("9")).map(({ cause }) => cause);
    expect(causes).toEqual(expect.arrayContaining(["stale-etag", "etag-malformed"]));
  });
});

describe("an answer that speaks of a version", () => {
  test("asks for one where it says that one must come: none that was sent is outdated", () => {
    const answer = json({ title: "Conflict", detail: "This request must say which version it is for." });
    const found = said("e1", { method: "DELETE", status: 409, body: "", answer });
    expect(words(found)[0]).toBe("precondition-missing likely");
    expect(found.map(({ cause }) => cause)).not.toContain("stale-version");
  });
});

describe("an attempt without an answer whose key a list shows afterwards", () => {
  const lost = make({ body: json({ to: "1" }), key: KEY, error: LOST });
  const refused = make({ body: json({ to: "1" }), key: KEY, status: 409 });
  const list = read("1", {
    url: "http://127.0.0.1:1/v1/executions",
    answer: json({ entities: [{ id: "x-1", key: KEY }] }),
  });
  const passed = make({ body: json({ to: "1" }), key: OTHER_KEY, status: 201, answer: json({ id: "x-2" }) });

  test("was done, and nothing runs under the key any more", () => {
    const found = said("e2", lost, refused, refused, list, passed);
    expect(found[0]?.cause).toBe("key-bound-to-unacknowledged-attempt");
    expect(found.map(({ cause }) => cause)).not.toContain("key-in-flight");
    const facts = found[0]?.evidence.map(({ fact }) => fact).join("; ");
    expect(facts).toContain("shows that it was done all the same");
    expect(facts).not.toContain("nobody knows");
  });

  test("was perhaps not, where another request with the key passed before the list", () => {
    const retried = { ...refused, status: 201, answer: json({ id: "x-1" }) };
    const found = said("e3", lost, retried, refused, list);
    expect(found.flatMap(({ evidence }) => evidence.map(({ fact }) => fact)).join()).not.toContain(
      "was done",
    );
  });
});

describe("an id that an earlier answer gave", () => {
  test("comes from a stored answer, whatever header held its key: it proves nothing of the refusal", () => {
    const first = make({ body: json({ label: "x" }), status: 201, answer: json({ id: "j-77" }) });
    const refused = make({ body: json({ label: "y" }), status: 409 });
    const contradicted = (made: string): boolean =>
      said("e2", first, refused, refused, { ...first, answer: json({ id: made }) }).some(({ ruledOut }) =>
        ruledOut.some(({ cause, because }) => cause === "state-locked" && because.startsWith("e4 ")),
      );
    expect(contradicted("j-77")).toBe(false);
    expect(contradicted("j-78")).toBe(true);
  });
});

describe("a cause that fits and is not named", () => {
  test("is among those that are less likely, so that each is either named or has its reason", () => {
    const named = said("e1", make({ status: 412, headers: [["If-None-Match", "*"]], body: json({ q: 1 }) }));
    expect(named.map(({ cause }) => cause)).toEqual(["duplicate-entity"]);
    const settled = named[0]?.toConfirm?.meanings.flatMap(({ causes }) => causes) ?? [];
    const less = named[0]?.ruledOut.filter(({ because }) => because.startsWith("less likely")) ?? [];
    expect(settled.length).toBeGreaterThan(1);
    expect(["duplicate-entity", ...less.map(({ cause }) => cause)]).toEqual(expect.arrayContaining(settled));
  });
});

describe("a habit that rests on a refusal", () => {
  const blind = (found: readonly Diagnosis[]): Diagnosis | undefined =>
    found.find(({ cause }) => cause === "blind-retry");

  test("is as certain as the reason of that refusal, and says so", () => {
    const stale = put("1", { status: 412 });
    const open = blind(said("e3", read("1"), stale, stale));
    expect(open?.certainty).toBe("possible");
    expect(open?.explanation).toContain("may have been refused for an outdated token");
    const moved = won("1", { shows: "2" });
    const sure = blind(said("e4", read("1"), moved, stale, stale, read("2")));
    expect(sure?.certainty).toBe("certain");
    expect(sure?.explanation).toContain("e3 was refused for an outdated token");
  });
});

describe("a redirect of a write", () => {
  test("says nothing of what was refused: it may lead to a log-in page", () => {
    const refused = put("7", { status: 409 });
    const found = said("e1", refused, put("7", { status: 302, headers: [["Location", "/login"]] }));
    expect(found.flatMap(({ evidence }) => evidence.map(({ exchange }) => exchange))).not.toContain("e2");
    expect(words(found)[0]).toBe(words(said("e1", refused))[0]);
  });
});

describe("a header that may be a key though nothing says so", () => {
  const asked = (id: string): NonNullable<RecordedSketch["headers"]> => [["X-Request-Id", id]];
  const other = won("3", { url: "http://127.0.0.1:1/v1/things/2", shows: "4", headers: asked("r-1") });
  const seen = read("7", { answer: json({ tier: "none", state: "connected" }) });
  const refused = put("7", { status: 409, headers: asked("r-1") });
  const passed = (id: string): RecordedSketch =>
    won("7", { body: json({ tier: "gold" }), shows: "8", headers: asked(id) });

  test("makes nobody certain where it came before with another request and only a new one passed", () => {
    const found = said("e3", other, seen, refused, seen, passed("r-2"));
    expect(words(found)).toEqual(["spurious-conflict possible"]);
    expect(found[0]?.missing.join()).toContain("whether X-Request-Id is this server's idempotency key");
    expect(found[0]?.evidence.map(({ fact }) => fact)).toContain(
      "the same request, but for X-Request-Id, was accepted later",
    );
  });

  test("is none where the same value passed, or where it never came twice", () => {
    expect(words(said("e3", other, seen, refused, seen, passed("r-1")))).toEqual([
      "spurious-conflict certain",
    ]);
    const traced = put("7", { status: 409, headers: asked("r-9") });
    expect(words(said("e3", other, seen, traced, seen, passed("r-2")))).toEqual([
      "spurious-conflict certain",
    ]);
  });
});

describe("a token that a write between two refusals used", () => {
  const refused = put("7", { status: 412 });
  const between = won("7", { shows: "8" });

  test("had moved for the later one, whatever the first was refused for", () => {
    const found = said("e4", read("7"), refused, between, refused);
    expect(found[0]?.cause).toBe("stale-etag");
    expect(found[0]?.movedBy).toBe("own-write");
  });

  test("had not for the first, which the later one neither explains nor clears", () => {
    const causes = said("e2", read("7"), refused, between, refused).map(({ cause }) => cause);
    expect(causes).toContain("spurious-conflict");
    expect(causes).not.toContain("unexplained");
  });
});

describe("a state in which servers take no writes", () => {
  const inState = (state: string): RecordedSketch =>
    read("7", { answer: json({ tier: "none", state }), status: 200 });
  const refused = put("7", { status: 409 });
  const passed = won("7", { shows: "8", body: json({ tier: "gold" }) });
  const long = { at: [20_000, 20_010] } as const;

  test("makes nobody certain of a lock where the request was refused once: chance does that, too", () => {
    expect(words(said("e2", inState("dialing"), refused, inState("dialing"), passed))).toEqual([
      "state-locked possible",
      "spurious-conflict possible",
    ]);
  });

  test("is the reason where the same was refused twice, and passed after a while", () => {
    expect(words(said("e2", inState("dialing"), refused, refused, { ...passed, ...long }))).toEqual([
      "state-locked possible",
    ]);
  });

  test("is not why a request was refused that passed in it, if nothing leaves that state", () => {
    expect(said("e2", inState("terminated"), refused, passed)[0]?.cause).toBe("spurious-conflict");
  });

  test("makes nobody certain of an end where the request was refused once", () => {
    const other = { url: "http://127.0.0.1:1/v1/things/2" };
    const elsewhere = won("3", { ...other, shows: "4", body: json({ tier: "gold" }) });
    const certainOf = (...more: readonly RecordedSketch[]): readonly string[] =>
      words(said("e2", inState("terminated"), refused, inState("terminated"), ...more)).filter((each) =>
        each.endsWith("certain"),
      );
    expect(certainOf(read("3", other), elsewhere)).toEqual([]);
  });
});

describe("a list that shows the name which was refused", () => {
  test("is a look-up, though the same was refused again before it", () => {
    const taken = make({ body: json({ name: "north" }), status: 409 });
    const list = make({ method: "GET", body: "", status: 200, answer: json([{ id: "j-1", name: "north" }]) });
    const [found] = said("e1", taken, taken, list);
    expect(found?.evidence).toEqual([{ exchange: "e3", fact: "something of the same name exists" }]);
  });
});

describe("a key that was refused and then taken", () => {
  test("is certain to nobody to have been used before", () => {
    const refused = make({ body: json({ tier: "x" }), key: KEY, status: 409 });
    const passed = { ...refused, status: 201, answer: json({ id: "j-1" }) };
    const other = { ...refused, key: OTHER_KEY };
    const found = said("e1", refused, passed, other);
    expect(found.filter(({ certainty }) => certainty === "certain")).toEqual([]);
  });
});

test("what was deleted and is shown again by a read that is behind is not there", () => {
  const group = "http://127.0.0.1:1/api/v2/groups/7a1";
  const gone = { method: "DELETE", url: group, status: 200, answer: json({ id: "7a1" }) };
  const member = { method: "DELETE", url: `${group}/members?ids=u1`, status: 404, answer: SILENT };
  const late = { method: "GET", url: group, status: 200, answer: json({ id: "7a1" }) };
  const found = said("e2", gone, member, late);
  expect(found.map(({ cause }) => cause)).toContain("invalid-request");
  expect(found.filter(({ certainty }) => certainty === "certain")).toEqual([]);
});

test("a key that passed once it had run out, and is refused again after that, was not only in flight", () => {
  const patch: RecordedSketch = { method: "PATCH", body: json({ a: 1 }), key: KEY, answer: SILENT };
  const broken: RecordedSketch = {
    ...patch,
    error: { ...LOST, code: "HPE_INVALID_CONSTANT", phase: "response" },
  };
  const found = said(
    "e2",
    broken,
    { ...patch, status: 409 },
    { ...patch, status: 200, answer: json({ a: 1 }), at: [10_000, 10_010] },
    { ...patch, status: 409, at: [10_020, 10_030] },
  );
  expect(found.map(({ cause }) => cause)).toContain("conflict-not-replay");
  expect(found.filter(({ certainty }) => certainty === "certain")).toEqual([]);
});
