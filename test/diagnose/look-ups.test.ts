import { describe, expect, it } from "vitest";
import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import { json, type RecordedSketch, recorded } from "./recorded.js";

function first(id: string, ...sketches: readonly RecordedSketch[]): Diagnosis | undefined {
  return diagnoseExchanges(recorded(...sketches)).find(
    ({ kind, exchange }) => kind === "refusal" && exchange === id,
  );
}

const LIST = "http://127.0.0.1:1/v1/queues";
const HOLDS = "something of the same name exists";

describe("what a list shows under the name that was to be made", () => {
  const list = (...names: readonly string[]): RecordedSketch => ({
    ...{ method: "GET", url: LIST, status: 200 },
    answer: json({ entities: names.map((name, id) => ({ id, name })) }),
  });
  const make = (name: string, status: number): RecordedSketch => ({
    ...{ method: "POST", url: LIST, body: json({ name }), status },
    answer: status < 400 ? json({ id: "q9", name }) : json({ error: "conflict" }),
  });

  it("exists, whether the list was read before or after", () => {
    const facts = [{ exchange: "e1", fact: HOLDS }];
    expect(first("e2", list("Support"), make("Support", 409))).toMatchObject({
      cause: "duplicate-entity",
      evidence: facts,
    });
    expect(first("e1", make("Support", 409), list("Support"))).toMatchObject({
      cause: "duplicate-entity",
      evidence: [{ exchange: "e2", fact: HOLDS }],
    });
  });

  it("may be what was made later", () => {
    const found = first("e1", make("Support", 409), make("Support", 201), list("Support"));
    expect(JSON.stringify(found?.evidence)).not.toContain(HOLDS);
  });

  it("is in the metadata of what Kubernetes makes", () => {
    const map = { kind: "ConfigMap", metadata: { name: "app" } };
    const read: RecordedSketch = { ...list(), answer: json({ kind: "List", items: [map] }) };
    expect(first("e2", read, { ...make("", 409), body: json(map) })?.evidence).toContainEqual({
      exchange: "e1",
      fact: HOLDS,
    });
  });
});

describe("what is read now", () => {
  const write = (status: number): RecordedSketch => ({
    method: "PUT",
    body: json({ a: 1 }),
    status,
    answer: "{}",
  });

  it("tells nothing of a lock that has let the same in since", () => {
    const experiment = first("e1", write(423), write(200))?.toConfirm ?? null;
    expect(experiment).toBeNull();
  });

  it("is not refused again", () => {
    const gone: RecordedSketch = {
      method: "PATCH",
      body: json({ a: 1 }),
      status: 404,
      answer: json({ code: "not.found" }),
    };
    const experiment = first("e1", gone)?.toConfirm;
    expect(experiment?.steps.map(({ request }) => request.split(" ")[0])).toEqual(["GET"]);
    expect(experiment?.meanings.map(({ outcome }) => outcome)).toEqual(["2xx", "otherwise"]);
  });
});
