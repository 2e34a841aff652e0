import { describe, expect, test } from "vitest";
import { json, type RecordedSketch, recorded, told } from "../recorded.js";

const LIST = "http://127.0.0.1:1/v1/things";

function anomalies(...sketches: readonly RecordedSketch[]): readonly string[] {
  return told("anomaly", recorded(...sketches)).filter((each) => /stored|executed|replay-of/.test(each));
}

function get(shows: string, tier?: string): RecordedSketch {
  return { method: "GET", shows, ...(tier === undefined ? {} : { answer: json({ id: "1", tier }) }) };
}

function put(body: unknown, more: RecordedSketch = {}): RecordedSketch {
  return { method: "PUT", key: "k-1", body: json(body), status: 202, ...more };
}

describe("whether a repeat was carried out is told by", () => {
  test("counts: one step for each write, though no answer shows one", () => {
    expect(anomalies(get("1"), put({ tier: "gold" }), put({ tier: "gold" }), get("3"))).toEqual([
      "e3 executed-twice likely",
    ]);
    expect(anomalies(get("1"), put({ tier: "gold" }), put({ tier: "silver" }), get("2"))).toEqual([
      "e3 replay-of-other-body likely",
    ]);
  });

  test("the version that its own answer shows, and not by a read that trails behind that", () => {
    const first = put({ tier: "gold" }, { shows: "2" });
    const second = put({ tier: "silver" }, { shows: "3" });
    expect(anomalies(get("1"), first, second, get("2", "gold"))).toEqual(["e3 executed-other-body likely"]);
  });

  test("the item that another body made in a list without keys", () => {
    const make = (a: string): RecordedSketch => ({
      url: LIST,
      method: "POST",
      key: "k-1",
      body: json({ a }),
      status: 202,
    });
    const list = (...all: readonly string[]): RecordedSketch => ({
      url: LIST,
      method: "GET",
      answer: json({ entities: all.map((a, id) => ({ id, a })) }),
    });
    expect(anomalies(list(), make("x"), make("y"), list("x", "y"))).toEqual([
      "e3 executed-other-body likely",
    ]);
    expect(anomalies(list(), make("x"), make("y"), list("x"))).toEqual(["e3 replay-of-other-body likely"]);
  });

  test("no member that the server may not know", () => {
    const first = put({ tier: "gold" }, { shows: "2", answer: json({ tier: "gold" }) });
    const second = put({ tier: "gold", colour: "red" }, { shows: "3", answer: json({ tier: "gold" }) });
    expect(anomalies(get("1"), first, second)).toEqual(["e3 executed-other-body likely"]);
  });

  test("no list of other effects", () => {
    const key = "0b9a6e0e-5d7c-4a36-9df0-0f4a3a0f0001";
    const runs = (...keys: readonly string[]): RecordedSketch => ({
      url: "http://127.0.0.1:1/v1/runs",
      method: "GET",
      answer: json({ entities: keys.map((each) => ({ key: each })) }),
    });
    const run = { url: "http://127.0.0.1:1/v1/runs", method: "POST", key, body: json({ b: 1 }), status: 202 };
    const write = put({ tier: "gold" }, { shows: "2" });
    const again = put({ tier: "gold" }, { shows: "3" });
    expect(anomalies(get("1"), write, again, runs(), run, runs(key))).toEqual(["e3 executed-twice likely"]);
  });
});
