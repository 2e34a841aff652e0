import { describe, expect, test } from "vitest";
import { diagnose, fromHar } from "../../src/index.js";
import type { Exchange } from "../../src/journal/journal.js";
import { diagnoseAll } from "../../src/session/diagnose-journal.js";
import { harText, specEntry } from "../intake/recorders.js";
import { exchangeOf } from "../report/build-report.js";

const KEY = "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f";

/** A POST under the key, so many seconds after 22:37. */
function post(host: string, body: string, status: number, second: number): object {
  return specEntry({
    ...{ method: "POST", url: `https://${host}/v1/orders`, body, status },
    at: new Date(Date.UTC(2026, 10, 21, 22, 37, second)).toISOString(),
    headers: [
      ["Content-Type", "application/json"],
      ["Idempotency-Key", KEY],
    ],
    answer: status < 400 ? '{"id":"o-1"}' : '{"code":"conflict"}',
  });
}

function causesOf(text: string): readonly string[] {
  return diagnose(fromHar(text)).flatMap(({ kind, exchange, cause }) =>
    kind === "refusal" ? [`${exchange} ${cause}`] : [],
  );
}

/** An entry without what a recorder may leave out: JSON has no member for undefined. */
function timeless(entry: object): object {
  return { ...entry, startedDateTime: undefined, time: undefined, timings: undefined };
}

describe("where a recording does not tell times", () => {
  const entries = [
    post("a.example.com", '{"sku":"A"}', 201, 1),
    post("a.example.com", '{"sku":"B"}', 409, 2),
  ];

  test("nothing is taken for a control that was sent before", () => {
    const certainties = diagnose(fromHar(harText(entries.map(timeless)))).flatMap(({ kind, certainty }) =>
      kind === "refusal" ? [certainty] : [],
    );
    expect(new Set(certainties)).toEqual(new Set(["possible"]));
  });

  test("the order of the file says what came first, also where the recorder's clock went back", () => {
    const told = (body: string, status: number, at: string): object =>
      specEntry({
        ...{ method: "POST", url: "https://a.example.com/v1/orders", body, status, at },
        headers: [["Idempotency-Key", KEY]],
        answer: status < 400 ? '{"id":"o-1"}' : '{"message":"The key was used with another request body."}',
        answerHeaders: [["Date", "Sat, 21 Nov 2026 22:37:01 GMT"]],
      });
    const before = told('{"sku":"A"}', 201, "2026-11-21T22:37:01.000Z");
    const [found] = diagnose(
      fromHar(harText([before, told('{"sku":"B"}', 409, "2026-11-21T21:37:01.000Z")])),
    );
    expect(found?.cause).toBe("key-reused-body-changed");
    expect(found?.ruledOut).not.toContainEqual(
      expect.objectContaining({
        because: expect.stringMatching(/^no earlier request here carries/) as unknown,
      }),
    );
  });
});

describe("recorded traffic is explained", () => {
  test("in the order in which it was sent, whatever the order in the file", () => {
    const entries = [
      post("a.example.com", '{"sku":"B"}', 409, 2),
      post("a.example.com", '{"sku":"A"}', 201, 1),
    ];
    expect(fromHar(harText(entries)).map(({ response }) => response?.status)).toEqual([201, 409]);
    expect(causesOf(harText(entries))).toContain("e2 key-reused-body-changed");
  });

  test("host by host: a key on one says nothing of the same key on another", () => {
    const entries = [
      post("a.example.com", '{"sku":"A"}', 201, 1),
      post("b.example.com", '{"sku":"B"}', 409, 2),
    ];
    const causes = causesOf(harText(entries));
    expect(causes).toContain("e2 key-first-use-unseen");
    expect(causes).not.toContain("e2 key-reused-body-changed");
  });

  test("with the causes of one refusal side by side, in the order of the recording, over all hosts", () => {
    const entries = [1, 2, 3, 4].map((second) =>
      post(second % 2 === 0 ? "a.example.com" : "b.example.com", '{"sku":"A"}', 409, second),
    );
    const ids = diagnose(fromHar(harText(entries)))
      .filter(({ kind }) => kind === "refusal")
      .map(({ exchange }) => exchange);
    expect([...new Set(ids)]).toEqual(["e1", "e2", "e3", "e4"]);
    expect(ids).toEqual(ids.toSorted());
  });

  test("without concluding from times that the recorder did not keep", () => {
    const timeless = [1, 2].map((second) => ({
      ...post("a.example.com", '{"sku":"A"}', second === 1 ? 201 : 409, second),
      time: -1,
      timings: {},
    }));
    const exchanges = fromHar(harText(timeless));
    expect(exchanges.recording.timesKnown).toBe(false);
    const inFlight = diagnose(exchanges).filter(({ cause }) => cause === "key-in-flight");
    expect(inFlight.map(({ certainty }) => certainty)).not.toContain("certain");
  });
});

describe("more than can be held in memory", () => {
  function* many(count: number): Generator<Exchange> {
    const one = exchangeOf({ step: "s", request: "GET /v1/orders" }, 0);
    for (let number = 1; number <= count; number++) yield { ...one, id: `e${number}` };
  }

  test("is not diagnosed, and that is said", () => {
    expect(diagnoseAll(many(100_001), {})).toMatchObject({
      exchanges: [],
      diagnoses: [],
      notDiagnosed: expect.stringContaining("more than 100000 exchanges") as unknown,
    });
    expect(() => diagnose(many(100_001))).toThrow("more than 100000 exchanges");
  });
});

describe("where requests could not be read", () => {
  const other = (status: number, second: number): object =>
    specEntry({
      ...{ method: "POST", url: "https://a.example.com/v1/orders", body: '{"sku":"C"}', status },
      at: new Date(Date.UTC(2026, 10, 21, 22, 37, second)).toISOString(),
      headers: [
        ["Content-Type", "application/json"],
        ["Idempotency-Key", `0d9e6b11-95c3-4f0e-a2b4-7e58f1c3d6a${second}`],
      ],
      answer: `{"id":"o-${second}"}`,
    });
  const readable = [
    other(201, 2),
    post("a.example.com", '{"sku":"C"}', 409, 3),
    other(201, 4),
    post("a.example.com", '{"sku":"C"}', 409, 5),
  ];
  const certainties = (text: string): readonly string[] =>
    diagnose(fromHar(text)).flatMap(({ kind, exchange, certainty }) =>
      kind === "refusal" && exchange === "e2" ? [certainty] : [],
    );

  test("one of them may have been a key's first, and nobody is certain that it was not", () => {
    expect(certainties(harText(readable))).toContain("certain");
    const lost = harText([{ startedDateTime: "2026-11-21T22:37:01.000Z", request: "damaged" }, ...readable]);
    expect(fromHar(lost).recording.requestsLost).toBe(true);
    expect(certainties(lost)).not.toContain("certain");
  });
});
