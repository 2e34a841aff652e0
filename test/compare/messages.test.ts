import { describe, expect, test } from "vitest";
import { compareExchanges } from "../../src/compare/compare-exchanges.js";
import { exchangeOf } from "./exchanges.js";

describe("headers", () => {
  test("are told by name without case, with null for the side that has none", () => {
    const diff = compareExchanges(
      exchangeOf({
        answerHeaders: [
          ["ETag", '"1"'],
          ["X-Same", "1"],
        ],
      }),
      exchangeOf({
        answerHeaders: [
          ["x-same", "1"],
          ["Retry-After", "3"],
        ],
      }),
    );
    expect(diff.response?.headers).toEqual([
      { name: "ETag", base: '"1"', other: null },
      { name: "Retry-After", base: null, other: "3" },
    ]);
  });

  test("of one name are one list", () => {
    const base = exchangeOf({
      answerHeaders: [
        ["Vary", "a"],
        ["Vary", "b"],
      ],
    });
    expect(
      compareExchanges(base, exchangeOf({ answerHeaders: [["Vary", "a, b"]] })).response?.headers,
    ).toEqual([]);
    expect(
      compareExchanges(
        base,
        exchangeOf({
          answerHeaders: [
            ["Vary", "b"],
            ["Vary", "a"],
          ],
        }),
      ).response?.headers,
    ).toEqual([{ name: "Vary", base: "a, b", other: "b, a" }]);
  });

  test("that differ between any two answers are folded and counted", () => {
    const answer = (n: number): ReturnType<typeof exchangeOf> =>
      exchangeOf({
        answerHeaders: [
          ["Date", `Sat, 21 Nov 2026 22:37:0${n} GMT`],
          ["ININ-Correlation-Id", `c-${n}`],
          ["inin-ratelimit-count", `${n}`],
          ["X-RateLimit-Remaining", `${n}`],
          ["Age", `${n}`],
          ["X-Amz-Cf-Id", `cf-${n}`],
          ["Retry-After", `${n}`],
        ],
      });
    const diff = compareExchanges(answer(1), answer(2));
    expect(diff.response?.headers).toEqual([{ name: "Retry-After", base: "1", other: "2" }]);
    expect(diff.folded).toBe(6);
    expect(diff.correlationIdDiffers).toBe(true);
  });

  test("of the request: credentials that another login made are folded, a missing one is not", () => {
    const sent = (...headers: readonly (readonly [string, string])[]): ReturnType<typeof exchangeOf> =>
      exchangeOf({ headers });
    const [first, second] = [
      sent(["Authorization", "Bearer <secret:1>"]),
      sent(["Authorization", "Bearer <secret:2>"]),
    ];
    expect(compareExchanges(first, second)).toMatchObject({ folded: 1, request: { headers: [] } });
    expect(compareExchanges(first, sent())).toMatchObject({
      folded: 0,
      request: { headers: [{ name: "Authorization", other: null }] },
    });
  });

  test("of the request that the scenario changes are told", () => {
    const sent = (key: string): ReturnType<typeof exchangeOf> =>
      exchangeOf({ headers: [["Idempotency-Key", key]] });
    expect(compareExchanges(sent("k1"), sent("k2")).request.headers).toEqual([
      { name: "Idempotency-Key", base: "k1", other: "k2" },
    ]);
  });
});

describe("correlation IDs", () => {
  const answer = (id: string): ReturnType<typeof exchangeOf> =>
    exchangeOf({
      status: 409,
      answer: `{"code":"general.conflict","contextId":"${id}"}`,
      answerHeaders: [["ININ-Correlation-Id", id]],
    });

  test("inside an error body are folded like the header", () => {
    const diff = compareExchanges(answer("c-1"), answer("c-2"));
    expect(diff.response).toMatchObject({ bodies: "changed", body: [], headers: [] });
    expect(diff).toMatchObject({ folded: 2, correlationIdDiffers: true });
  });

  test("that are equal are said to be: another server's answer would carry its own", () => {
    expect(compareExchanges(answer("c-1"), answer("c-1")).correlationIdDiffers).toBe(false);
  });

  test("that nobody sent do not differ", () => {
    expect(compareExchanges(exchangeOf({}), answer("c-1")).correlationIdDiffers).toBe(false);
  });
});

describe("status, method, URL and failure", () => {
  test("are told as pairs", () => {
    const lost = exchangeOf({
      id: "e2",
      method: "PUT",
      url: "http://x/2",
      error: { code: "ECONNRESET", phase: "response", message: "" },
    });
    expect(compareExchanges(exchangeOf({}), lost)).toMatchObject({
      base: "e1",
      other: "e2",
      status: [200, null],
      error: [null, "ECONNRESET"],
      response: null,
      request: { method: ["PATCH", "PUT"], url: ["http://127.0.0.1:1/api/v2/things/1", "http://x/2"] },
    });
  });
});
