import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { DIMENSION_NAMES } from "../../src/policy/dimension-names.js";
import type { RoutePolicy } from "../../src/policy/policy.js";
import { PRESET_NAMES, type PresetName } from "../../src/policy/preset-names.js";
import { presetFile, presetFor, presetPolicy } from "../../src/policy/presets.js";
import { parsePolicy } from "../../src/policy/read-policy.js";
import { routePolicy } from "../../src/policy/route-policy.js";

function at(name: PresetName, request: string): RoutePolicy {
  const [method = "", path = ""] = request.split(" ");
  return routePolicy(presetFor(name), method, path);
}

describe("every preset", () => {
  test.each(PRESET_NAMES)("%s, written out as YAML, is a policy file of the same meaning", (name) => {
    expect(parsePolicy(stringify(presetFile(name)), name)).toEqual(presetPolicy(name));
  });

  test.each(PRESET_NAMES)("%s says of each value that it gives where it is from", (name) => {
    const { source, sources, routes } = presetFor(name);
    expect(source).not.toBeNull();
    expect(Object.keys(sources).sort()).toEqual([...DIMENSION_NAMES].sort());
    expect(routes.filter((route) => route.source === null)).toEqual([]);
  });

  test("is the same object each time, so that what was compiled of it stays compiled", () => {
    expect(presetPolicy("documented")).toBe(presetPolicy("documented"));
  });

  test("an unknown name is told with the nearest one", () => {
    expect(() => presetPolicy("forum-lor")).toThrowError(
      expect.objectContaining({ code: "usage", hint: "did you mean `forum-lore`?" }),
    );
    expect(() => presetPolicy("xyzzy")).toThrowError(
      expect.objectContaining({ hint: "or the path of a policy file" }),
    );
  });
});

describe("documented", () => {
  test.each([
    "PATCH /api/v2/conversations/calls/c/participants/p",
    "PATCH /api/v2/conversations/calls/c/participants/p/attributes",
    "PATCH /api/v2/conversations/emails/c/participants/p/attributes",
    "PATCH /api/v2/conversations/c/participants/p",
    "PATCH /api/v2/conversations/c/participants/p/attributes",
  ])("%s answers 202 without a body, an ETag or a key", (request) => {
    const { success, concurrency, idempotency } = at("documented", request);
    expect(success).toEqual({ status: 202, body: "empty" });
    expect(concurrency.validator).toEqual({ kind: "none" });
    expect(concurrency.readFrom).toEqual([]);
    expect(idempotency.support).toBe("ignored");
  });

  test.each([
    ["PATCH /api/v2/users/u", 409, 400],
    ["PATCH /api/v2/integrations/actions/a", 409, 400],
    ["PATCH /api/v2/integrations/actions/a/draft", 409, 400],
    ["POST /api/v2/integrations/actions/a/draft/publish", 400, 400],
    ["PUT /api/v2/conversations/c/secureattributes", 409, null],
  ])("%s reads the version in the body: %s when outdated, %s when missing", (request, stale, missing) => {
    const { concurrency } = at("documented", request);
    expect(concurrency.validator).toMatchObject({ kind: "version", name: "version", form: "integer" });
    expect(concurrency.readFrom).toEqual([{ kind: "body", name: "version" }]);
    expect(concurrency.stale).toMatchObject({ outcome: "refuse", status: stale });
    const method = request.split(" ")[0] as "PATCH" | "POST" | "PUT";
    expect(concurrency.absent[method]).toEqual(
      missing === null ? { kind: "accepted" } : { kind: "refuse", status: missing },
    );
  });

  test.each([
    "GET /api/v2/users/u",
    "GET /api/v2/users/me",
    "GET /api/v2/conversations/c/secureattributes",
    "PATCH /api/v2/conversations/c/secureattributes",
  ])("%s shows the version and reads none", (request) => {
    const { concurrency } = at("documented", request);
    expect(concurrency.validator.kind).toBe("version");
    expect(concurrency.readFrom).toEqual([]);
  });

  test.each(["GET", "PUT", "PATCH"])(
    "%s of a SCIM user has an ETag whose outdated form is a 400",
    (method) => {
      const { concurrency } = at("documented", `${method} /api/v2/scim/v2/users/u`);
      expect(concurrency.readFrom).toEqual([{ kind: "if-match" }]);
      expect(concurrency.stale.status).toBe(400);
    },
  );

  test("a key is honoured on evaluations alone", () => {
    const { routes } = presetPolicy("documented");
    const honoured = routes.filter(({ overrides }) => overrides.idempotency?.support === "honoured");
    expect(honoured.map(({ match }) => match.path)).toEqual([
      "/api/v2/quality/conversations/{conversationId}/evaluations",
    ]);
    expect(honoured[0]?.unknown.map(({ dimension }) => dimension)).toContain("idempotency.ttl");
  });

  test("gcidem's own things follow RFC 9110, and a write without If-Match is accepted", () => {
    const put = at("documented", "PUT /api/v2/mock/things/1");
    expect(put.concurrency.validator).toEqual({ kind: "etag-strong" });
    expect(put.concurrency.stale).toMatchObject({ outcome: "refuse", status: 412 });
    expect(put.concurrency.absent.PUT).toEqual({ kind: "accepted" });
    expect(at("documented", "POST /api/v2/mock/things").success.status).toBe(201);
    expect(at("documented", "DELETE /api/v2/mock/things/1").success).toEqual({ status: 204, body: "empty" });
  });

  test("requests are limited to 300 a minute, with Retry-After", () => {
    expect(presetPolicy("documented").rateLimit).toEqual({ perMinute: 300, retryAfter: true });
  });

  test("what the vendor documents has its source, what it does not is gcidem's choice", () => {
    const { sources, routes } = presetPolicy("documented");
    expect(sources["idempotency.support"]).toContain("JavaScript SDK");
    expect(sources["idempotency.ttl"]).toBe("gcidem's choice");
    const users = routes.find(({ match }) => match.path === "/api/v2/users/{userId}");
    expect(users?.sources["concurrency.stale"]).toContain("general.conflict");
    expect(users?.sources["concurrency.absent"]).toContain("gcidem's choice");
  });
});

describe("forum-lore", () => {
  test("a conversation has one token, as an ETag and as a version; 409 when outdated", () => {
    const { concurrency, success } = at("forum-lore", "PATCH /api/v2/conversations/voice/c");
    expect(concurrency.validator).toEqual({
      kind: "version",
      name: "version",
      form: "integer",
      etag: "strong",
    });
    expect(concurrency.readFrom).toEqual([{ kind: "if-match" }, { kind: "body", name: "version" }]);
    expect(concurrency.stale.status).toBe(409);
    expect(success).toEqual({ status: 200, body: "representation" });
  });

  test("a key is one per method and path, compared as canonical JSON, for 24 hours; 409 for everything", () => {
    const { idempotency } = at("forum-lore", "PATCH /api/v2/conversations/calls/c/participants/p");
    expect(idempotency).toMatchObject({
      support: "honoured",
      scope: ["method", "path"],
      ttlMs: 86_400_000,
      mismatch: { outcome: "refuse", status: 409 },
      inFlight: { outcome: "refuse", status: 409 },
    });
    expect(idempotency.fingerprint.body).toEqual({ kind: "canonical-json" });
  });

  test("a charge needs a key, and its replay is a 200 though the first answer was a 201", () => {
    const { idempotency, success } = at("forum-lore", "POST /api/charges");
    expect(success).toEqual({ status: 201, body: "representation" });
    expect(idempotency).toMatchObject({
      support: "required",
      missing: { status: 400 },
      replay: { status: 200 },
      mismatch: { reveals: "first-request" },
      lookup: "/idempotency-keys/{key}",
    });
  });

  test("has the paths that the platform lacks", () => {
    expect(presetPolicy("forum-lore").paths).toBe("forum-lore");
    expect(presetPolicy("documented").paths).toBe("documented");
  });
});

test("rfc9110 demands If-Match on what changes something that exists: 428 without, 412 when outdated", () => {
  const { concurrency, idempotency, errors } = at("rfc9110", "PUT /api/v2/mock/things/1");
  expect(concurrency.stale.status).toBe(412);
  expect(concurrency.absent).toEqual({
    POST: { kind: "accepted" },
    PUT: { kind: "refuse", status: 428 },
    PATCH: { kind: "refuse", status: 428 },
    DELETE: { kind: "refuse", status: 428 },
  });
  expect(concurrency.createOnly).toBe(412);
  expect(idempotency.support).toBe("ignored");
  expect(errors).toBe("problem+json");
});
