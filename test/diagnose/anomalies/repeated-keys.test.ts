import { describe, expect, test } from "vitest";
import { anomaliesOf, diagnosed } from "../on-the-mock.js";
import { json, type RecordedSketch, recorded, told } from "../recorded.js";

const RUN = `
- { id: first, request: POST /api/v2/integrations/actions/a1/execute, idempotencyKey: k-1, json: { contactId: c-1 } }
- { id: second, repeat: first }
`;
const OTHER = `
- { id: first, request: PUT /api/v2/mock/things/1, idempotencyKey: k-1, json: { tier: silver } }
- { id: second, repeat: first, mutate: [{ patch: [{ op: replace, path: /tier, value: gold }] }] }
- { id: look, request: GET /api/v2/mock/things/1 }
`;
const WORLD = 'world: { actions: [{ id: a1 }], things: [{ id: "1", tier: none }] }';

function policy(idempotency: string, more = ""): string {
  return `policy: { extends: forum-lore, idempotency: ${idempotency}${more} }\n${WORLD}`;
}

describe("a key that comes again on the mock", () => {
  test("with the same body gets the stored answer", async () => {
    expect(await anomaliesOf(RUN, policy("{ support: honoured }"))).toEqual([
      "second stored-answer-returned likely",
    ]);
  });

  test("and a list with one effect makes that certain", async () => {
    const steps = `${RUN}- { id: list, request: GET /api/v2/mock/executions }`;
    expect(await anomaliesOf(steps, policy("{ support: honoured }"))).toEqual([
      "second stored-answer-returned certain",
    ]);
  });

  test("with the same body is carried out again where keys are ignored", async () => {
    expect(await anomaliesOf(RUN, policy("{ support: ignored }"))).toEqual(["second executed-twice certain"]);
  });

  test("under a new key is a new operation, and nothing is wrong", async () => {
    const steps = `${RUN}- { id: third, repeat: first, mutate: [{ set: { idempotencyKey: k-2 } }] }`;
    const found = await anomaliesOf(steps, policy("{ support: honoured }"));
    expect(found.filter((each) => each.startsWith("third"))).toEqual([]);
  });

  test("with another body gets the answer to the first", async () => {
    const replays = policy("{ mismatch: { outcome: replay-first } }");
    expect(await anomaliesOf(OTHER, replays)).toContain("second replay-of-other-body likely");
  });

  test("with another body is carried out as well", async () => {
    const found = await anomaliesOf(OTHER, policy("{ support: ignored }"));
    expect(found).toContain("second executed-other-body likely");
  });

  test("with another body is refused by most servers: that is no anomaly", async () => {
    expect(await anomaliesOf(OTHER, policy("{ support: honoured }"))).toEqual([]);
  });

  test("after its life is carried out again, and the time between is told", async () => {
    const steps = RUN.replace("- { id: second", "- wait: 25h\n- { id: second");
    const [found] = (await diagnosed(steps, policy("{ support: honoured }"))).filter(
      ({ kind }) => kind === "anomaly",
    );
    expect(found).toMatchObject({ cause: "executed-twice", certainty: "certain", step: "second" });
    expect(found?.explanation).toContain("1500 min");
  });

  test("may have been carried out again or not where nothing tells: neither is said to have happened", async () => {
    const steps = `
- { id: first, request: PUT /api/v2/mock/things/1, idempotencyKey: k-1, json: { tier: silver } }
- { id: second, repeat: first }
`;
    const found = (await diagnosed(steps, policy("{ support: honoured }"))).filter(
      ({ kind }) => kind === "anomaly",
    );
    expect(found.map(({ cause, certainty }) => `${cause} ${certainty}`)).toEqual([
      "stored-answer-returned possible",
      "executed-twice possible",
    ]);
    for (const { explanation } of found) expect(explanation).toContain(" may have ");
  });

  test("is told by a mark of the server's", async () => {
    const marked = policy("{ replay: { marker: header Idempotent-Replayed } }");
    const steps = `
- { id: first, request: PUT /api/v2/mock/things/1, idempotencyKey: k-1, json: { tier: silver } }
- { id: second, repeat: first }
`;
    expect(await anomaliesOf(steps, marked)).toEqual(["second stored-answer-returned likely"]);
  });

  test("gets a stored answer that is not the first one, where the server shows what is there now", async () => {
    const current = policy("{ replay: { content: current-state, marker: header Idempotent-Replayed } }");
    const steps = `
- { id: first, request: PUT /api/v2/mock/things/1, idempotencyKey: k-1, json: { tier: silver } }
- { id: between, request: PUT /api/v2/mock/things/1, json: { tier: gold } }
- { id: second, repeat: first }
`;
    const found = await anomaliesOf(steps, current);
    expect(found).toContain("second stored-answer-returned likely");
    expect(found).toContain("second replay-differs likely");
  });

  test("is answered by a cache of one's own, and the server never hears of it", async () => {
    const cached = policy("{ support: honoured }", ", front: { kind: cache, by: key }");
    expect(await anomaliesOf(OTHER, cached)).toEqual(["second answered-by-intermediary certain"]);
  });
});

describe("answers from a cache", () => {
  const read = (more: RecordedSketch): RecordedSketch => ({
    method: "GET",
    answer: json({ id: "1" }),
    ...more,
  });

  test("are told by X-Cache", () => {
    const hit = read({ answerHeaders: [["X-Cache", "Hit from cloudfront"]] });
    expect(told("anomaly", recorded(hit))).toEqual(["e1 answered-by-intermediary likely"]);
  });

  test("are not what merely passed by one: a miss, and Via on every answer", () => {
    const miss = read({
      answerHeaders: [
        ["X-Cache", "Miss from cloudfront"],
        ["Via", "1.1 cloudfront"],
      ],
    });
    expect(told("anomaly", recorded(miss, miss))).toEqual([]);
  });

  test("may be one correlation ID on two answers", () => {
    const same = read({ answerHeaders: [] });
    const [one, other] = recorded(same, same).map((each) => ({ ...each, correlationId: "c-9" }));
    if (one === undefined || other === undefined) throw new Error("no exchanges");
    expect(told("anomaly", [one, other])).toEqual(["e2 answered-by-intermediary possible"]);
  });
});

describe("a key that nothing settles", () => {
  const write = { method: "PATCH", key: "5b7f3f0e-1111-4a6b", body: json({ a: "x" }), status: 202 };

  test("is named both ways, and says what would settle it", () => {
    expect(told("anomaly", recorded(write, write))).toEqual([
      "e2 stored-answer-returned possible",
      "e2 executed-twice possible",
    ]);
  });

  test("of another caller is not called a second effect: keys are often kept for each caller", () => {
    const made = (id: string, caller: string): RecordedSketch => ({
      method: "POST",
      url: "http://127.0.0.1:1/v1/things",
      key: "5b7f3f0e-1111-4a6b",
      body: json({ a: "x" }),
      answer: json({ id, a: "x" }),
      status: 201,
      caller,
    });
    expect(told("anomaly", recorded(made("p1", "1"), made("p2", "2")))).toEqual([]);
    expect(told("anomaly", recorded(made("p1", "1"), made("p2", "1")))).toEqual([
      "e2 executed-twice certain",
    ]);
  });
});
