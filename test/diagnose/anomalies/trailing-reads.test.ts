import { describe, expect, test } from "vitest";
import { anomaliesOf } from "../on-the-mock.js";
import { json, LOST, type RecordedSketch, recorded, told } from "../recorded.js";

function anomalies(...sketches: readonly RecordedSketch[]): readonly string[] {
  return told("anomaly", recorded(...sketches)).filter((each) => each.includes("stale-read"));
}

function get(tier: string, shows?: string): RecordedSketch {
  return { method: "GET", answer: json({ id: "1", tier }), ...(shows === undefined ? {} : { shows }) };
}

function put(tier: string, more: RecordedSketch = {}): RecordedSketch {
  return { method: "PUT", body: json({ tier }), ...more };
}

/** An answer that shows what was written. */
const shown = (tier: string): RecordedSketch => ({ answer: json({ id: "1", tier }) });

describe("a read that lacks what was acknowledged is stale", () => {
  test("where the write's own answer shows it", () => {
    expect(anomalies(put("gold", shown("gold")), get("none"))).toEqual(["e2 stale-read likely"]);
  });

  test("where another read of the same kind had shown it already", () => {
    const silent = { status: 202 };
    expect(anomalies(put("gold", silent), get("gold"), get("none"))).toEqual(["e3 stale-read likely"]);
  });

  test("perhaps, where it is the very answer from before the write: the write may not have been carried out", () => {
    const silent = { status: 202 };
    expect(anomalies(get("none"), put("gold", silent), get("none"))).toEqual(["e3 stale-read possible"]);
  });

  test("not where nothing shows that such a read would tell of it", () => {
    expect(anomalies(put("gold", { status: 202 }), get("none"))).toEqual([]);
  });

  test("not where all but a member that the server may not know is there", () => {
    const thing = json({ tier: "gold" });
    const write = { method: "PUT", body: json({ tier: "gold", colour: "red" }), status: 202 };
    const read = { method: "GET", answer: thing };
    expect(anomalies(read, write, read)).toEqual([]);
  });

  test("not where something else was written since, be it a repeat of which nobody knows what became", () => {
    const key = { key: "k-1", status: 202 };
    const other = { key: "k-2", status: 202 };
    expect(
      anomalies(put("silver", key), put("gold", other), get("gold"), put("silver", key), get("silver")),
    ).toEqual([]);
  });

  test("not where a cache in front acknowledged: the server may never have seen the write", () => {
    const cached = { answerHeaders: [["Age", "3"] as const], status: 202 };
    expect(anomalies(get("none"), put("gold", cached), get("none"))).toEqual([]);
  });

  test("not where nobody acknowledged the write", () => {
    expect(
      anomalies(get("none"), { method: "PUT", body: json({ tier: "gold" }), error: LOST }, get("none")),
    ).toEqual([]);
  });

  test("where a read of the whole lacks what was written to a part, and shows it later", async () => {
    const steps = `
- { id: write, request: PATCH /api/v2/conversations/5b7f3f0e-1111-4a6b-8d53-0c1d2e3f4a01/participants/9a1c2d3e-4444-4b5c-9e6f-102030405060/attributes, json: { attributes: { tier: gold } } }
- { id: late, request: GET /api/v2/conversations/5b7f3f0e-1111-4a6b-8d53-0c1d2e3f4a01 }
- { wait: 5s }
- { id: later, request: GET /api/v2/conversations/5b7f3f0e-1111-4a6b-8d53-0c1d2e3f4a01 }
`;
    const head = "policy: { extends: documented, concurrency: { readLag: 2s } }";
    expect(await anomaliesOf(steps, head)).toEqual(["late stale-read likely"]);
  });
});

describe("a token that comes back is a stale read", () => {
  const hash = { a: "705bfe9e7b7d6a87", b: "18ddca05e6812b70" };

  test("where a write had replaced it, and nothing since can have brought it back", () => {
    const write = put("gold", { ...shown("gold"), shows: hash.b });
    const found = anomalies(get("none", hash.a), write, put("gold", { shows: hash.b }), get("none", hash.a));
    expect(found).toEqual(["e4 stale-read likely"]);
  });

  test("not where another write may have made the old content anew", () => {
    const back = put("none", { status: 202 });
    const write = put("gold", { status: 202, shows: hash.b });
    expect(anomalies(get("none", hash.a), write, back, get("none", hash.a))).toEqual([]);
  });

  test("and a count that falls is one, though the newer count came with a repeated key", () => {
    const first = put("gold", { key: "k-1", error: LOST });
    const again = put("gold", { key: "k-1", shows: "2" });
    expect(anomalies(get("none", "1"), first, again, get("none", "1"))).toEqual(["e4 stale-read likely"]);
  });
});
