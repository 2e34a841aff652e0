import { describe, expect, test } from "vitest";
import type { Exchange } from "../../../src/journal/journal.js";
import { json, type RecordedSketch, recorded, told } from "../recorded.js";

function anomalies(...sketches: readonly RecordedSketch[]): readonly string[] {
  return told("anomaly", recorded(...sketches));
}

function get(shows: string, more: RecordedSketch = {}): RecordedSketch {
  return { method: "GET", shows, ...more };
}

function put(ifMatch: string | undefined, shows: string, more: RecordedSketch = {}): RecordedSketch {
  const token = ifMatch === undefined ? {} : { ifMatch };
  return { method: "PUT", body: json({ tier: "gold" }), ...token, shows, ...more };
}

const silver = json({ tier: "silver" });

describe("precondition-ignored", () => {
  test("is a success with a token that another answer had shown to be outdated", () => {
    expect(anomalies(get("1"), put("1", "2", { body: silver }), put("1", "3"))).toEqual([
      "e3 precondition-ignored likely",
    ]);
  });

  test("is no more than possible where the writes set different members: some servers compare field by field", () => {
    const other = json({ name: "ada" });
    expect(anomalies(get("1"), put("1", "2", { body: other }), put("1", "3"))).toEqual([
      "e3 precondition-ignored possible",
    ]);
  });

  test("is certain of a version in the body, which no middleware can have taken away", () => {
    const thing = (version: number, tier: string): string => json({ version, tier });
    const read = { method: "GET", answer: thing(1, "silver") };
    const write = (sent: number, tier: string): RecordedSketch => ({
      method: "PUT",
      body: thing(sent, tier),
      answer: thing(sent === 1 && tier === "gold" ? 2 : 3, tier),
    });
    expect(anomalies(read, write(1, "gold"), write(1, "bronze"))).toEqual([
      "e3 precondition-ignored certain",
    ]);
  });

  test("is not the success of a writer that read again", () => {
    expect(anomalies(get("1"), put("1", "2", { body: silver }), get("2"), put("2", "3"))).toEqual([]);
  });

  test("is not said where the token that was sent is newer than a read that trails", () => {
    const found = anomalies(put("1", "2", { body: silver }), get("1"), put("2", "3"));
    expect(found.filter((each) => each.includes("precondition"))).toEqual([]);
  });

  test("is not said of a token that names a second, as long as the second lasts", () => {
    const silent = (ifMatch: string, body: string): RecordedSketch => ({ method: "PUT", ifMatch, body });
    expect(
      anomalies(
        get("6b014f80"),
        silent("6b014f80", silver),
        silent("6b014f80", json({ tier: "gold" })),
        get("6b014f80"),
      ),
    ).toEqual([]);
  });
});

describe("lost-update and several-winners", () => {
  const race = (second: string): readonly string[] =>
    anomalies(
      get("7", { at: [0, 5], writer: 0 }),
      get("7", { at: [0, 6], writer: 1 }),
      put("7", "8", { at: [10, 20], writer: 0, body: silver }),
      put("7", "9", { at: [11, 22], writer: 1, body: second }),
      { method: "GET", shows: "9", at: [30, 35], answer: second },
    );

  test("are two acknowledged writes from one version, that set one member to different values", () => {
    const found = race(json({ tier: "gold" }));
    expect(found).toContain("e4 lost-update certain");
    expect(found).toContain("e4 several-winners certain");
  });

  test("are not said where the loser was refused", () => {
    expect(
      anomalies(
        get("7", { at: [0, 5], writer: 0 }),
        get("7", { at: [0, 6], writer: 1 }),
        put("7", "8", { at: [10, 20], writer: 0, body: silver }),
        { method: "PUT", ifMatch: "7", body: json({ tier: "gold" }), at: [11, 22], writer: 1, status: 412 },
      ),
    ).toEqual([]);
  });

  test.each([
    ["* names no version", "*"],
    ["a list leaves the choice", '"7", "8"'],
  ])("no winner is one too many where If-Match is no single token: %s", (_what, field) => {
    const write = (shows: string, writer: number): RecordedSketch => ({
      ...{ method: "PATCH", headers: [["If-Match", field]], shows, writer, at: [10 + writer, 20 + writer] },
      body: json({ tier: `t${writer}` }),
      status: 200,
      answer: json({ tier: `t${writer}` }),
    });
    const found = anomalies(get("7", { at: [0, 5] }), write("8", 0), write("9", 1));
    expect(found.filter((each) => /several-winners|precondition-ignored/.test(each))).toEqual([]);
  });

  test("are not said where each set another member by PATCH: nothing is gone", () => {
    const patch = (name: string, shows: string, writer: number): RecordedSketch => ({
      method: "PATCH",
      ifMatch: "7",
      shows,
      writer,
      body: json({ [name]: "x" }),
      at: [10 + writer, 20 + writer],
    });
    const found = anomalies(get("7", { at: [0, 5] }), patch("a", "8", 0), patch("b", "9", 1));
    expect(found.filter((each) => /lost-update|several-winners/.test(each))).toEqual([]);
  });
});

describe("duplicate-version", () => {
  const write = (tier: string, at: RecordedSketch["at"]): RecordedSketch => ({
    method: "PUT",
    body: json({ tier }),
    answer: json({ tier }),
    shows: "8",
    ...(at === undefined ? {} : { at }),
  });

  test("is one version for two contents", () => {
    expect(anomalies(get("7", { at: [0, 5] }), write("gold", [10, 20]), write("silver", [11, 22]))).toContain(
      "e3 duplicate-version likely",
    );
  });

  test("is not one version for the same content twice: many servers keep it then", () => {
    expect(anomalies(get("7", { at: [0, 5] }), write("gold", [10, 20]), write("gold", [30, 40]))).toEqual([]);
  });
});

describe("stale-read", () => {
  test("is a read with less than what was over before it was sent", () => {
    expect(anomalies(put("7", "8"), get("7"), get("8"))).toEqual(["e2 stale-read certain"]);
  });

  test("is likely as long as nothing shows the newer version again", () => {
    expect(anomalies(put("7", "8"), get("7"))).toEqual(["e2 stale-read likely"]);
  });

  test("is told by what was written, too, where nothing has a version", () => {
    const write = { method: "PUT", body: json({ tier: "gold" }), status: 202 };
    const read = (tier: string): RecordedSketch => ({ method: "GET", answer: json({ id: "1", tier }) });
    expect(anomalies(write, read("silver"), read("gold"))).toEqual(["e2 stale-read likely"]);
  });

  test("is not a read that was under way while the write was", () => {
    expect(anomalies(put("7", "8", { at: [0, 20] }), get("7", { at: [5, 30] }))).toEqual([]);
  });

  test("is not a version that begins anew after a DELETE", () => {
    expect(
      anomalies(put("7", "8"), { method: "DELETE", status: 204 }, put(undefined, "1"), get("1")),
    ).toEqual([]);
  });

  test("is not said without times", () => {
    expect(told("anomaly", recorded(put("7", "8"), get("7")), { timesKnown: false })).toEqual([]);
  });
});

describe("what only a resource of one's own can show", () => {
  const all = (...sketches: readonly RecordedSketch[]): readonly Exchange[] => recorded(...sketches);
  const seen = all(get("1"), put("1", "2"), get("5"), get("2"));

  test("phantom-version: a version that nobody here wrote", () => {
    expect(told("anomaly", seen, { exclusive: true })).toContain("e3 phantom-version likely");
  });

  test("is not said where others may write: it is theirs", () => {
    const others = all(get("1"), put("1", "2"), get("5"));
    expect(told("anomaly", others)).toEqual([]);
  });

  test("future-read: the version was there before its write was sent", () => {
    const read = { method: "GET", shows: "2", answer: json({ tier: "silver" }), at: [0, 5] } as const;
    const write = put("1", "2", { at: [10, 20], answer: json({ tier: "gold" }) });
    expect(told("anomaly", all(read, write))).toContain("e1 future-read possible");
  });

  test("future-read is not a write that found what it wanted, and kept the version", () => {
    const read = { method: "GET", shows: "2", answer: json({ tier: "gold" }), at: [0, 5] } as const;
    const write = {
      method: "PUT",
      body: json({ tier: "gold" }),
      shows: "2",
      answer: json({ tier: "gold" }),
      at: [10, 20],
    } as const;
    expect(told("anomaly", all(read, write))).toEqual([]);
  });

  test("order: each of two writes replaced what the other made", () => {
    const found = told("anomaly", all(put("2", "1"), put("1", "2", { body: silver })));
    expect(found).toContain("e1 order likely");
  });
});
