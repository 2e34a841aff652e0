import { describe, expect, test } from "vitest";
import { anomaliesOf } from "../on-the-mock.js";
import { json, LOST, type RecordedSketch, recorded, told } from "../recorded.js";

const HEAD = `policy: { extends: forum-lore, idempotency: { support: ignored } }
world: { actions: [{ id: a1 }], things: [{ id: "1", tier: none }] }`;

function run(fault: string, key = "idempotencyKey: 0b9a6e0e-5d7c-4a36-9df0-0f4a3a0f0001"): string {
  return `
- { id: before, request: GET /api/v2/mock/executions }
- { id: lost, request: POST /api/v2/integrations/actions/a1/execute, ${key}, json: { contactId: c-1 }, fault: ${fault} }
- { id: look, request: GET /api/v2/mock/executions }
`;
}

function write(fault: string): string {
  return `
- { id: before, request: GET /api/v2/mock/things/1 }
- { id: lost, request: PUT /api/v2/mock/things/1, json: { tier: gold }, fault: ${fault} }
- { id: look, request: GET /api/v2/mock/things/1 }
`;
}

describe("response-lost", () => {
  test("is a run that a list shows though nobody answered", async () => {
    expect(await anomaliesOf(run("drop-response"), HEAD)).toEqual(["lost response-lost certain"]);
  });

  test("is a write that a read shows though nobody answered", async () => {
    expect(await anomaliesOf(write("drop-response"), HEAD)).toEqual(["lost response-lost certain"]);
  });

  test("is not a request that never got through", async () => {
    expect(await anomaliesOf(run("reset-before"), HEAD)).toEqual([]);
    expect(await anomaliesOf(write("reset-before"), HEAD)).toEqual([]);
  });

  test("is told by the stored answer that a retry got", async () => {
    const honoured = HEAD.replace("ignored", "honoured, replay: { marker: header Idempotent-Replayed }");
    const steps = `
- { id: lost, request: PUT /api/v2/mock/things/1, idempotencyKey: k-1, json: { tier: gold }, fault: drop-response }
- { id: retry, repeat: lost }
`;
    expect(await anomaliesOf(steps, honoured)).toEqual([
      "lost response-lost likely",
      "retry stored-answer-returned likely",
    ]);
  });

  test("is told by an answer that names the correlation ID of another one, which nobody here got", () => {
    const made = { method: "POST", url: "http://127.0.0.1:1/v1/things", key: "k-1", body: json({ a: "x" }) };
    const header = { answerHeaders: [["X-Original-Correlation-Id", "c-0"] as const], status: 201 };
    expect(told("anomaly", recorded({ ...made, error: LOST }, { ...made, ...header }))).toEqual([
      "e1 response-lost likely",
      "e2 stored-answer-returned likely",
    ]);
  });

  test("is not concluded from a retry that was simply accepted", () => {
    const made = { method: "POST", url: "http://127.0.0.1:1/v1/things", key: "k-1", body: json({ a: "x" }) };
    const found = told(
      "anomaly",
      recorded({ ...made, error: LOST }, { ...made, status: 201, answer: json({ id: "7" }) }),
    );
    expect(found).toEqual([]);
  });
});

describe("duplicate-delivery", () => {
  test("comes first, and what came of it under the key beside it", async () => {
    expect(await anomaliesOf(run("duplicate-delivery"), HEAD)).toEqual([
      "lost duplicate-delivery likely",
      "lost executed-twice likely",
    ]);
  });

  test("is more effects than requests, where the request was sent again as well", async () => {
    const again = run("duplicate-delivery").replace(
      "- { id: look",
      "- { id: retry, repeat: lost }\n- { id: look",
    );
    const found = await anomaliesOf(again, HEAD);
    expect(found).toContain("lost duplicate-delivery likely");
    expect(found).toContain("retry executed-twice certain");
  });

  test("is seen in lists that keep a key with the quotes that it was sent in", async () => {
    const quoted = `idempotencyKey: '"0b9a6e0e-5d7c-4a36-9df0-0f4a3a0f0001"'`;
    expect(await anomaliesOf(run("duplicate-delivery", quoted), HEAD)).toContain(
      "lost duplicate-delivery likely",
    );
  });

  test("is not a version that moved by two after an attempt whose end nobody knows, or a refusal", () => {
    const put = (more: RecordedSketch): RecordedSketch => ({
      method: "PUT",
      body: json({ a: "x" }),
      ...more,
    });
    const read = { method: "GET", shows: "1" };
    const lost = told("anomaly", recorded(put({ error: LOST }), read, put({ shows: "3" })));
    expect(lost.filter((each) => each.includes("duplicate"))).toEqual([]);
    const refused = told("anomaly", recorded(read, put({ status: 409 }), put({ shows: "3" })));
    expect(refused.filter((each) => each.includes("duplicate"))).toEqual([]);
  });

  test("is two effects of a run that was sent once", async () => {
    const found = await anomaliesOf(run("duplicate-delivery"), HEAD);
    expect(found).toContain("lost duplicate-delivery likely");
  });

  test("is not two runs under a key that came with another operation, too", async () => {
    const key = "idempotencyKey: 0b9a6e0e-5d7c-4a36-9df0-0f4a3a0f0001";
    const steps = `
- { id: made, request: POST /api/v2/mock/things, ${key}, json: { tier: gold } }
- { id: run, request: POST /api/v2/integrations/actions/a1/execute, ${key}, json: { contactId: c-1 } }
- { id: again, repeat: run }
- { id: look, request: GET /api/v2/mock/executions }
`;
    const found = await anomaliesOf(steps, HEAD);
    expect(found).toEqual(["again executed-twice certain"]);
  });

  test("may be a version that moved by two for one write", async () => {
    expect(await anomaliesOf(write("duplicate-delivery"), HEAD)).toEqual([
      "lost duplicate-delivery possible",
    ]);
  });

  test("is not one write, nor two that were sent", async () => {
    const twice = write("none")
      .replace(", fault: none", "")
      .replace("- { id: look", "- { id: again, repeat: lost }\n- { id: look");
    expect(await anomaliesOf(twice, HEAD)).toEqual([]);
  });

  test("is not said where another caller writes the thing as well", () => {
    const put = (shows: string, caller: string): RecordedSketch => ({
      method: "PUT",
      body: json({ a: shows }),
      shows,
      caller,
    });
    const read = { method: "GET", shows: "1" };
    expect(told("anomaly", recorded(read, put("3", "1"), put("4", "2")))).toEqual([]);
    expect(told("anomaly", recorded(read, put("3", "1")))).toEqual(["e2 duplicate-delivery possible"]);
  });
});

describe("altered-in-transit", () => {
  const put = (sent: string, stored: unknown, more: RecordedSketch = {}): RecordedSketch => ({
    method: "PUT",
    body: json({ tier: sent }),
    answer: json(stored),
    ...more,
  });

  test("is a member that came back with another value", () => {
    expect(told("anomaly", recorded(put("gold", { id: "1", tier: "silver" })))).toEqual([
      "e1 altered-in-transit possible",
    ]);
  });

  test("is likely where something on the way names itself", () => {
    const via = { answerHeaders: [["Via", "1.1 gateway"] as const] };
    expect(told("anomaly", recorded(put("gold", { id: "1", tier: "silver" }, via)))).toEqual([
      "e1 altered-in-transit likely",
    ]);
  });

  test("is not what a server makes of a value, keeps by itself, or leaves out", () => {
    const stored = {
      id: "1",
      tier: "GOLD ",
      version: 2,
      dateModified: "2026-11-21",
      selfUri: "/v1/things/1",
    };
    expect(told("anomaly", recorded(put("gold", stored), put("gold", { id: "1" })))).toEqual([]);
  });

  const traced = { id: "1", tier: "gold", traceId: "t-1" };

  test("is a tracing member in the thing that was written, which nobody sent", () => {
    expect(told("anomaly", recorded(put("gold", traced)))).toEqual(["e1 altered-in-transit possible"]);
    const silent = { method: "PUT", body: json({ tier: "gold" }), status: 202 };
    const read = { method: "GET", answer: json(traced) };
    expect(told("anomaly", recorded(silent, read))).toEqual(["e1 altered-in-transit possible"]);
  });

  test("is not a tracing member that the server puts into its answers", () => {
    const other = { method: "GET", answer: json({ id: "1", tier: "none", traceId: "t-0" }) };
    expect(told("anomaly", recorded(other, put("gold", traced)))).toEqual([]);
  });

  test("is not concluded from the hash of a body whose key another request had brought before", () => {
    const hash = "dc38219a641fa6c7f2de350a5c82f63112d39a8eeeba51fe4a248e4f4ed66f09";
    const reveals = { key: "k-1", status: 409, answer: json({ sha256: hash }) };
    const refused = { method: "PUT", body: json({ tier: "gold" }), ...reveals };
    expect(told("anomaly", recorded(refused, refused))).toEqual([]);
  });

  test("is told by the hash that a refusal reveals of the first body", async () => {
    const head = `policy:
  extends: forum-lore
  front: { kind: rewrite, what: add-field, name: traceId }
  idempotency: { mismatch: { reveals: first-request } }
world: { actions: [{ id: a1 }] }`;
    const steps = `
- { id: first, request: POST /api/v2/integrations/actions/a1/execute, idempotencyKey: k-1, json: { contactId: c-1 } }
- { id: same, repeat: first }
`;
    expect(await anomaliesOf(steps, head)).toEqual(["first altered-in-transit likely"]);
  });
});
