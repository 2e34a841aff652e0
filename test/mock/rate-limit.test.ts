import { describe, expect, test } from "vitest";
import { startOrg, withOrg } from "./an-org.js";

const ME = "/api/v2/users/me";

describe("the rate limit", () => {
  test("every answer says how much of the minute is used", () =>
    withOrg("documented", async ({ send }) => {
      await send("GET", ME);
      const { headers } = await send("GET", ME);
      expect(headers).toMatchObject({
        "inin-ratelimit-count": "2",
        "inin-ratelimit-allowed": "300",
        "inin-ratelimit-reset": "60",
      });
    }));

  test("the request over the limit gets the vendor's normalised 429 and is not carried out", async () => {
    const { send, clock, last, close } = await startOrg({ rateLimit: { perMinute: 2, retryAfter: true } });
    await send("GET", ME);
    await clock.advance(18_000);
    await send("GET", ME);
    const refused = await send("POST", "/api/v2/mock/things", { json: {} });
    expect(refused.status).toBe(429);
    expect(refused.headers["retry-after"]).toBe("42");
    expect(refused.json).toEqual({
      message: "Rate limit exceeded the maximum. Retry the request in [42] seconds",
      code: "too.many.requests.retry.after",
      status: 429,
      contextId: refused.headers["inin-correlation-id"],
      details: [],
      errors: [],
    });
    expect(last()).toMatchObject({ cause: "rate-limited", executed: false });
    await clock.advance(42_000);
    expect((await send("GET", "/api/v2/mock/things")).json.total).toBe(0);
    await close();
  });

  test("each token has its own minute", () =>
    withOrg(
      { rateLimit: { perMinute: 1, retryAfter: true } },
      async ({ send }) => {
        expect((await send("GET", ME)).status).toBe(200);
        expect((await send("GET", ME, { as: "other" })).status).toBe(200);
        expect((await send("GET", ME)).status).toBe(429);
      },
      {
        world: {
          principals: { other: { account: "a", scopes: ["users"], tokenLifeMs: 1_000_000 } },
          conversations: [],
          things: [],
          users: [],
          actions: [],
        },
      },
    ));

  test("a policy without Retry-After answers with the older code", () =>
    withOrg({ rateLimit: { perMinute: 1, retryAfter: false } }, async ({ send }) => {
      await send("GET", ME);
      const refused = await send("GET", ME);
      expect([refused.status, refused.json.code]).toEqual([429, "too.many.requests"]);
      expect(refused.headers["retry-after"]).toBeUndefined();
    }));

  test("without a limit there are no such headers", () =>
    withOrg("rfc9110", async ({ send }) => {
      expect((await send("GET", ME)).headers).not.toHaveProperty("inin-ratelimit-count");
    }));

  test("a refused login does not count", () =>
    withOrg({ rateLimit: { perMinute: 1, retryAfter: true } }, async ({ send }) => {
      expect((await send("GET", ME, { auth: "invalid" })).status).toBe(401);
      expect((await send("GET", ME, { auth: "invalid" })).status).toBe(401);
      expect((await send("GET", ME)).status).toBe(200);
    }));
});
