import { describe, expect, test } from "vitest";
import { withOrg } from "./an-org.js";

const EXECUTE = "/api/v2/integrations/actions/a1/execute";
const headers = { "Idempotency-Key": "k1" };

describe("a middleware of the user's own in front", () => {
  test("a cache by key answers by itself: an old correlation ID, Age and Via, and the server is not asked", () =>
    withOrg({ extends: "documented", front: { kind: "cache" } }, async ({ send, clock, last }) => {
      const first = await send("POST", EXECUTE, { json: { a: 1 }, headers });
      await clock.advance(7_000);
      const second = await send("POST", EXECUTE, { json: { a: 2 }, headers });
      expect([second.status, second.text]).toEqual([200, first.text]);
      expect(second.headers).toMatchObject({
        age: "7",
        via: "1.1 middleware",
        "inin-correlation-id": first.headers["inin-correlation-id"],
      });
      expect(first.headers).not.toHaveProperty("age");
      expect(last()).toMatchObject({ cause: "answered-by-intermediary", executed: false });
      expect((await send("GET", "/api/v2/mock/executions")).json.total).toBe(1);
    }));

  test("it keeps successes alone, and knows no request without a key", () =>
    withOrg({ extends: "documented", front: { kind: "cache" } }, async ({ send, mock }) => {
      mock.arm({ kind: "5xx-before" });
      expect((await send("POST", EXECUTE, { json: {}, headers })).status).toBe(503);
      expect((await send("POST", EXECUTE, { json: {}, headers })).headers).not.toHaveProperty("age");
      await send("POST", EXECUTE, { json: {} });
      expect((await send("POST", EXECUTE, { json: {} })).json.executions).toBe(3);
    }));

  test("reserialising breaks a comparison of bytes, since members come out in another order each time", () =>
    withOrg(
      {
        extends: "forum-lore",
        front: { kind: "rewrite", what: "reserialise" },
        idempotency: { fingerprint: { body: "bytes" } },
      },
      async ({ send, last }) => {
        await send("POST", EXECUTE, { json: { a: 1, b: 2 }, headers });
        expect(last().cause).toBe("altered-in-transit");
        expect((await send("POST", EXECUTE, { json: { a: 1, b: 2 }, headers })).status).toBe(409);
        expect(last().cause).toBe("key-reused-bytes-changed");
      },
    ));

  test("and does no harm where the values are compared", () =>
    withOrg(
      { extends: "forum-lore", front: { kind: "rewrite", what: "reserialise" } },
      async ({ send, last }) => {
        await send("POST", EXECUTE, { json: { a: 1, b: [{ c: 2, d: 3 }] }, headers });
        expect((await send("POST", EXECUTE, { json: { a: 1, b: [{ c: 2, d: 3 }] }, headers })).status).toBe(
          200,
        );
        expect(last().cause).toBe("stored-answer-returned");
      },
    ));

  test("a member that it adds is another one each time, and lands in what is written", () =>
    withOrg(
      { extends: "forum-lore", front: { kind: "rewrite", what: "add-field", name: "traceId" } },
      async ({ send, last }) => {
        const made = await send("POST", "/api/v2/mock/things", { json: { a: 1 }, headers });
        expect(made.json).toMatchObject({ a: 1, traceId: "mw-1" });
        expect(last().cause).toBe("altered-in-transit");
        expect((await send("POST", "/api/v2/mock/things", { json: { a: 1 }, headers })).status).toBe(409);
        expect(last().cause).toBe("key-reused-body-changed");
      },
    ));

  test("a header that it drops never reaches the server: keys stop working", () =>
    withOrg(
      { extends: "forum-lore", front: { kind: "rewrite", what: "drop-header", name: "Idempotency-Key" } },
      async ({ send, last }) => {
        await send("POST", EXECUTE, { json: {}, headers });
        expect((await send("POST", EXECUTE, { json: {}, headers })).json.executions).toBe(2);
        expect(last()).toMatchObject({ cause: "altered-in-transit", key: null });
      },
    ));
});
