import { describe, expect, it } from "vitest";
import { json, type RecordedSketch, recorded, told } from "./recorded.js";

const READ: RecordedSketch = { method: "GET", status: 200, answer: json({ id: 1, note: "" }), shows: "1" };

function put(note: string, shows: string, caller: string): RecordedSketch {
  return { method: "PUT", status: 200, body: json({ note }), answer: json({ id: 1, note }), shows, caller };
}

function anomalies(...sketches: readonly RecordedSketch[]): readonly string[] {
  return told("anomaly", recorded(...sketches));
}

describe("two credentials that were in use at the same time", () => {
  const end: RecordedSketch = { ...READ, answer: json({ id: 1, note: "B" }), shows: "3" };

  it("are two writers: what one of them overwrote unseen is lost", () => {
    const all = [READ, { ...READ, caller: "2" }, put("A", "2", "1"), put("B", "3", "2"), end];
    expect(anomalies(...all)).toEqual(["e4 lost-update likely"]);
  });

  it("lose nothing where the second read what the first had written", () => {
    const again: RecordedSketch = { ...READ, answer: json({ id: 1, note: "A" }), shows: "2", caller: "2" };
    const all = [READ, { ...READ, caller: "2" }, put("A", "2", "1"), again, put("B", "3", "2"), end];
    expect(anomalies(...all)).toEqual([]);
  });

  it("one that follows on another may be the same client, logged in anew", () => {
    expect(anomalies(READ, put("A", "2", "1"), put("B", "3", "2"), { ...end, caller: "2" })).toEqual([]);
  });
});
