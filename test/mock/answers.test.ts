import { describe, expect, test } from "vitest";
import { THING, USER, withOrg } from "./an-org.js";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOWHERE = "/api/v2/conversations/voice/x";

describe("headers, as in the vendor's published traces", () => {
  test("every answer has a correlation ID of its own, the cache headers and the virtual date", () =>
    withOrg("documented", async ({ send, clock, last }) => {
      await clock.advance(90_000);
      const { headers } = await send("GET", "/api/v2/users/me");
      expect(headers).toMatchObject({
        "content-type": "application/json",
        "strict-transport-security": "max-age=600; includeSubDomains",
        "cache-control": "no-cache, no-store, must-revalidate",
        pragma: "no-cache",
        expires: "0",
        date: "Sat, 21 Nov 2026 00:01:30 GMT",
      });
      expect(headers["inin-correlation-id"]).toMatch(UUID);
      expect(headers["inin-correlation-id"]).toBe(last().correlationId);
    }));

  test("nothing of the trace is in an answer", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("PATCH", `/api/v2/users/${USER}`, { json: { version: 1 } });
      const stale = await send("PATCH", `/api/v2/users/${USER}`, { json: { version: 1 } });
      const seen = `${JSON.stringify(stale.headers)} ${stale.text}`;
      for (const hidden of ["stale-version", "own-write", String(last().reason)])
        expect(seen).not.toContain(hidden);
    }));

  test("HEAD answers as GET does, without the body", () =>
    withOrg("documented", async ({ send }) => {
      const get = await send("GET", "/api/v2/users/me");
      const head = await send("HEAD", "/api/v2/users/me");
      expect([head.status, head.text, head.headers["content-length"]]).toEqual([
        200,
        "",
        get.headers["content-length"],
      ]);
    }));
});

describe("unknown routes", () => {
  test.each([
    ["GET", "/nope"],
    ["GET", "/"],
    ["DELETE", "/api/v2/users/me"],
    ["GET", "/api/v2/users/"],
    ["GET", "/api/v2/users/%ff"],
    ["PATCH", NOWHERE],
    ["OPTIONS", "/api/v2/users/me"],
  ])("%s %s: the platform's 404", (method, path) =>
    withOrg("documented", async ({ send, last }) => {
      const refused = await send(method, path);
      expect(refused.status).toBe(404);
      expect(refused.json).toEqual({
        message: "The requested resource was not found.",
        code: "not.found",
        status: 404,
        contextId: last().correlationId,
        details: [],
        errors: [],
      });
      expect(last()).toMatchObject({ method, path, cause: "no-such-operation" });
    }),
  );
});

describe("the form of a refusal", () => {
  const refuse = (errors: "genesys" | "problem+json" | "stripe" | "generic" | "graphql" | "opaque") => ({
    errors,
    concurrency: {
      validator: "etag-strong",
      readFrom: ["if-match"],
      stale: { status: 412 },
      absent: { PATCH: { status: 428 } },
    } as const,
  });
  const stale = { json: { a: 1 }, headers: { "If-Match": '"9"' } };

  test("genesys: ErrorBody, whose contextId is the correlation ID", () =>
    withOrg(refuse("genesys"), async ({ send }) => {
      await send("PUT", THING, { json: {} });
      const { json, headers } = await send("PATCH", THING, stale);
      expect(json).toEqual({
        message: "The version supplied does not match the current version of the thing",
        code: "precondition.failed",
        status: 412,
        contextId: headers["inin-correlation-id"],
        details: [],
        errors: [],
      });
    }));

  test("problem+json: RFC 9457", () =>
    withOrg(refuse("problem+json"), async ({ send }) => {
      await send("PUT", THING, { json: {} });
      const { json, headers } = await send("PATCH", THING, stale);
      expect(headers["content-type"]).toBe("application/problem+json");
      expect(json).toMatchObject({
        type: "urn:problem-type:precondition-failed",
        title: "Precondition Failed",
        status: 412,
      });
      expect(json.instance).toBe(`urn:uuid:${String(headers["inin-correlation-id"])}`);
    }));

  test("stripe: one error object with type and code", () =>
    withOrg({ ...refuse("stripe"), idempotency: { support: "honoured" } }, async ({ send }) => {
      const headers = { "Idempotency-Key": "k1" };
      await send("PUT", THING, { json: { a: 1 }, headers });
      const reused = await send("PUT", THING, { json: { a: 2 }, headers });
      expect(reused.json).toMatchObject({ error: { type: "idempotency_error", code: "general_conflict" } });
      const unauthorised = await send("GET", THING, { auth: "invalid" });
      expect(unauthorised.json).toMatchObject({ error: { type: "authentication_error" } });
    }));

  test("generic: status, error, message", () =>
    withOrg(refuse("generic"), async ({ send }) => {
      await send("PUT", THING, { json: {} });
      expect((await send("PATCH", THING, stale)).json).toMatchObject({
        status: 412,
        error: "PRECONDITION_FAILED",
      });
    }));

  test("graphql: 200 with userErrors, but a refused login stays a 401", () =>
    withOrg(refuse("graphql"), async ({ send }) => {
      await send("PUT", THING, { json: {} });
      const refused = await send("PATCH", THING, stale);
      expect([refused.status, refused.json.data]).toEqual([200, null]);
      expect(refused.json.userErrors).toMatchObject([{ code: "PRECONDITION_FAILED" }]);
      expect((await send("GET", THING, { auth: "none" })).status).toBe(401);
    }));

  test("opaque: one constant body whatever went wrong", () =>
    withOrg(refuse("opaque"), async ({ send }) => {
      await send("PUT", THING, { json: {} });
      const texts = [
        await send("PATCH", THING, stale),
        await send("PATCH", THING, { json: {} }),
        await send("PATCH", THING, { text: "{", headers: stale.headers }),
        await send("GET", "/nope"),
        await send("GET", THING, { auth: "expired" }),
      ].map((reply) => reply.text);
      expect(new Set(texts).size).toBe(1);
    }));
});
