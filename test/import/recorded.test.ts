import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Imported } from "../../src/import/import.js";
import { importScenario } from "../../src/import/import-scenario.js";
import { openTraffic } from "../../src/import/open-traffic.js";
import { bufferSource } from "../../src/intake/byte-source.js";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import { type Entry, harText, specEntry } from "../intake/recorders.js";

const ORDERS = "https://api.example.com/v1/orders";
const JSON_TYPE = ["Content-Type", "application/json"] as const;

/** An entry that begins so many ms after 22:37 and takes 10 ms. */
function entry(atMs: number, more: Entry): object {
  const at = new Date(Date.UTC(2026, 10, 21, 22, 37, 0, atMs)).toISOString();
  return specEntry({ url: ORDERS, at, time: 10, timings: { send: 0, wait: 10, receive: 0 }, ...more });
}

function imported(entries: readonly object[]): Imported {
  return importText(harText(entries), "export.har");
}

function importText(text: string, name: string): Imported {
  const traffic = openTraffic(bufferSource(Buffer.from(text), name), () => "none");
  if (traffic === null) throw new Error("a journal");
  const made = importScenario(traffic, { stem: "it" });
  loadScenario(made.text, "it.yaml");
  return made;
}

function steps({ text }: Imported): readonly Readonly<Record<string, unknown>>[] {
  return (parse(text) as { readonly steps: readonly Record<string, unknown>[] }).steps;
}

describe("what answers say and later requests carry becomes a capture", () => {
  test("an id that the server made, an ETag, and a version in the body", () => {
    const made = imported([
      entry(0, { method: "POST", body: '{"sku":"A1"}', status: 201, answer: '{"id":"o-77","version":1}' }),
      entry(100, {
        method: "GET",
        url: `${ORDERS}/o-77`,
        headers: [],
        answer: '{"id":"o-77","version":1}',
        answerHeaders: [["ETag", '"a"']],
      }),
      entry(200, {
        method: "PUT",
        url: `${ORDERS}/o-77`,
        headers: [JSON_TYPE, ["If-Match", '"a"']],
        body: '{"version":1,"sku":"B2"}',
        status: 409,
        answer: "{}",
      }),
    ]);
    expect(steps(made)).toEqual([
      { id: "postOrders", request: "POST /v1/orders", json: { sku: "A1" }, capture: { id: "$.id" } },
      {
        id: "readOrders",
        request: "GET /v1/orders/$(postOrders.id)",
        capture: { version: "$.version", etag: "header ETag" },
      },
      {
        id: "putOrders",
        request: "PUT /v1/orders/$(postOrders.id)",
        ifMatch: "$(readOrders.etag)",
        json: { version: "$(readOrders.version)", sku: "B2" },
      },
    ]);
    expect(made.text).toContain("# export.har, request 3: answered 409");
  });

  test("an id of a Location", () => {
    const made = imported([
      entry(0, {
        method: "POST",
        body: "{}",
        status: 201,
        answer: "",
        answerHeaders: [["Location", "/v1/orders/9?x=1"]],
      }),
      entry(100, {
        method: "DELETE",
        url: `${ORDERS}/9`,
        request: { postData: undefined },
        status: 204,
        answer: "",
      }),
    ]);
    expect(steps(made)[0]).toMatchObject({
      capture: { id: { from: "header Location", regex: "([^/?#]+)(?:[?#].*)?$" } },
    });
    expect(steps(made)[1]).toMatchObject({ request: "DELETE /v1/orders/$(postOrders.id)" });
  });

  test("but not what the client knew before, and not an old version of another thing", () => {
    const made = imported([
      entry(0, { method: "GET", url: `${ORDERS}/7`, answer: '{"id":"7","version":3}' }),
      entry(100, {
        method: "PUT",
        url: "https://api.example.com/v1/users/8",
        headers: [JSON_TYPE],
        body: '{"version":3,"order":"7"}',
      }),
    ]);
    expect(steps(made)[0]).not.toHaveProperty("capture");
    expect(steps(made)[1]).toMatchObject({ json: { version: 3, order: "7" } });
  });
});

describe("requests that overlapped", () => {
  const put = (atMs: number, tier: string): object =>
    entry(atMs, { method: "PUT", url: `${ORDERS}/7`, headers: [JSON_TYPE], body: JSON.stringify({ tier }) });

  test("become a race, each in a lane", () => {
    const made = imported([put(0, "a"), put(5, "b"), put(12, "c")]);
    const [race] = steps(made);
    expect(race).toMatchObject({
      id: "race",
      race: {
        lanes: [
          { steps: [{ json: { tier: "a" } }, { json: { tier: "c" } }] },
          { steps: [{ json: { tier: "b" } }] },
        ],
      },
    });
  });

  test("become writers of one where they said the same", () => {
    const [race] = steps(imported([put(0, "a"), put(2, "a"), put(4, "a")]));
    expect(race).toMatchObject({ race: { writers: 3, steps: [{ request: "PUT /v1/orders/$(orderId)" }] } });
  });

  test("stay steps where all of them read, as pages do", () => {
    const get = (atMs: number, id: string): object => entry(atMs, { method: "GET", url: `${ORDERS}/${id}` });
    expect(steps(imported([get(0, "1"), get(1, "2"), get(2, "3")]))).toHaveLength(3);
  });
});

describe("a recording", () => {
  test("with a burst of equal reads has one step for it", () => {
    const made = imported(
      Array.from({ length: 12 }, (_each, index) => entry(index * 20, { method: "GET", headers: [] })),
    );
    expect(steps(made)).toEqual([{ id: "readOrders", request: "GET /v1/orders", times: 12 }]);
  });

  test("loses what browsers add, and says so", () => {
    const made = imported([
      entry(0, {
        method: "GET",
        headers: [
          ["Sec-Fetch-Mode", "cors"],
          ["Origin", "https://x"],
          ["X-Team", "crm"],
          ["Host", "h"],
        ],
      }),
    ]);
    expect(steps(made)).toEqual([
      { id: "readOrders", request: "GET /v1/orders", headers: { "X-Team": "crm" } },
    ]);
    expect(made.notes.map(({ text }) => text)).toContain(
      "headers sec-fetch-mode, origin: browsers add them by themselves",
    );
  });

  test("that lacks a body asks for it", () => {
    const made = imported([entry(0, { method: "PUT", request: { postData: undefined, bodySize: 20 } })]);
    expect(parse(made.text)).toMatchObject({ vars: { body: { mock: "{}" } }, steps: [{ text: "$(body)" }] });
    expect(made.notes.map(({ text }) => text)).toContain(
      "its body is not in the source, or not whole: it is asked for",
    );
  });

  test("of very many requests keeps those about what was refused", () => {
    const many = Array.from({ length: 900 }, (_each, index) =>
      entry(index * 20, {
        method: "PUT",
        url: `${ORDERS}/${index % 300}`,
        headers: [JSON_TYPE],
        body: `{"n":${index}}`,
        status: index === 450 ? 409 : 200,
      }),
    );
    const made = imported(many);
    expect(made.steps).toBe(3);
    expect(made.notes.at(-1)?.text ?? "").toBe(
      "3 of 900 requests become steps: those about what a conflict is about, at most 400",
    );
  });

  test("with large bodies stays a document that can be read: they go beside it", () => {
    const many = Array.from({ length: 80 }, (_each, index) =>
      entry(index * 20, {
        method: "PUT",
        url: `${ORDERS}/${index}`,
        headers: [JSON_TYPE],
        body: JSON.stringify({ n: index, text: "x".repeat(30_000) }),
      }),
    );
    const made = imported(many);
    expect(made.text.length).toBeLessThan(2 << 20);
    expect(made.files.length).toBeGreaterThan(40);
  });

  test("of the Genesys SDK becomes steps without a race", () => {
    const line = (statusCode: number): string =>
      JSON.stringify({
        correlationId: "c",
        date: "2026-11-21T22:37:05.118Z",
        level: "error",
        method: "PATCH",
        url: "https://api.mypurecloud.ie/api/v2/users/7",
        requestHeaders: { Authorization: "[REDACTED]", "Idempotency-Key": "k-1234567" },
        requestBody: '{"version":1}',
        statusCode,
        responseHeaders: {},
      });
    const made = importText(`${line(409)}\n${line(409)}\n`, "worker.log");
    expect(steps(made)).toHaveLength(2);
    expect(made.origin).toBe("https://api.mypurecloud.ie");
    expect(made.credentials).toEqual(["authorization"]);
  });
});

describe("the same answers need the same circumstances", () => {
  const write = { method: "PATCH", url: `${ORDERS}/o-1`, headers: [JSON_TYPE], body: '{"a":1}' } as const;
  const refused = { ...write, status: 429, answerHeaders: [["Retry-After", "3"]] } as const;

  test.each([
    ["a client that waited as long as a Retry-After asked for waits again", 3_020, ["PATCH", "3s", "PATCH"]],
    ["one that did not does not", 2_900, ["PATCH", "PATCH"]],
  ])("%s", (_what, againAtMs, expected) => {
    const made = imported([entry(0, refused), entry(againAtMs, { ...write, status: 200 })]);
    expect(steps(made).map((step) => step.wait ?? "PATCH")).toEqual(expected);
  });

  test("whoever waited before something else did so for reasons of their own", () => {
    const other = { ...write, url: `${ORDERS}/o-2`, status: 200 };
    expect(steps(imported([entry(0, refused), entry(9_000, other)]))).toHaveLength(2);
  });

  test("a login is left out and listed, for the target brings its own", () => {
    const login = {
      method: "POST",
      url: "https://api.example.com/oauth/token",
      headers: [
        ["Content-Type", "application/x-www-form-urlencoded"],
        ["Authorization", "Basic Y2lkOmNzZWNyZXQ="],
      ],
      body: "grant_type=client_credentials",
    } as const;
    const made = imported([entry(0, login), entry(100, { ...write, status: 200 })]);
    expect(steps(made).map(({ request }) => request)).toEqual(["PATCH /v1/orders/o-1"]);
    expect(made.notes).toContainEqual({
      place: "export.har, request 1",
      text: "the login is left out: the target brings its own credentials",
    });
    const alone = imported([entry(0, login)]);
    expect(steps(alone).map(({ request }) => request)).toEqual(["POST /oauth/token"]);
  });
});
