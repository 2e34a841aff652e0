import { describe, expect, test } from "vitest";
import type { Policy } from "../../src/policy/policy.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { parsePolicy } from "../../src/policy/read-policy.js";
import { routePolicy, routeRule } from "../../src/policy/route-policy.js";

describe("extends", () => {
  test("a policy without it starts from documented", () => {
    const policy = parsePolicy("latency: { base: 5ms }");
    expect(policy.rateLimit).toEqual(presetPolicy("documented").rateLimit);
    expect(policy.routes).toEqual(presetPolicy("documented").routes);
  });

  test("none starts from a server that promises nothing", () => {
    const policy = parsePolicy("extends: none\ndescription: d");
    expect(policy.routes).toEqual([]);
    expect(policy.idempotency.support).toBe("ignored");
    expect(policy.concurrency.validator).toEqual({ kind: "none" });
  });

  test("maps merge deeply: what a policy leaves out stays", () => {
    const policy = parsePolicy(
      "extends: forum-lore\nidempotency: { fingerprint: { numbers: textual }, mismatch: { status: 422 } }",
    );
    const base = presetPolicy("forum-lore").idempotency;
    expect(policy.idempotency.fingerprint).toEqual({ ...base.fingerprint, numbers: "textual" });
    expect(policy.idempotency.mismatch).toEqual({ ...base.mismatch, status: 422 });
    expect(policy.idempotency.ttlMs).toBe(base.ttlMs);
  });

  test("lists are replaced whole", () => {
    expect(parsePolicy("extends: forum-lore\nidempotency: { scope: [account] }").idempotency.scope).toEqual([
      "account",
    ]);
  });

  test("maps with a kind are replaced whole", () => {
    const policy = parsePolicy(
      "extends: forum-lore\nconcurrency: { validator: { kind: version, name: rev } }",
    );
    expect(policy.concurrency.validator).toEqual({
      kind: "version",
      name: "rev",
      form: "integer",
      etag: "none",
    });
  });

  test("a status changes the refusal and not its hint; a word changes the outcome", () => {
    const stale = (text: string): unknown =>
      parsePolicy(`extends: rfc9110\nconcurrency: { stale: ${text} }`).concurrency.stale;
    expect(stale("{ status: 409 }")).toEqual({ outcome: "refuse", status: 409, hint: "none" });
    expect(stale("{ hint: current-token }")).toEqual({
      outcome: "refuse",
      status: 412,
      hint: "current-token",
    });
    expect(stale("accepted")).toMatchObject({ outcome: "accepted" });
  });

  test("absent by method changes the methods that it names", () => {
    const { absent } = parsePolicy(
      "extends: rfc9110\nconcurrency: { absent: { PUT: accepted } }",
    ).concurrency;
    expect(absent.PUT).toEqual({ kind: "accepted" });
    expect(absent.DELETE).toEqual({ kind: "refuse", status: 428 });
  });

  test("null switches off", () => {
    expect(parsePolicy("rateLimit: null").rateLimit).toBeNull();
  });

  test("a question that the policy answers is no longer open", () => {
    const open = (text: string): readonly string[] =>
      parsePolicy(text).unknown.map(({ dimension }) => dimension);
    expect(open("latency: { base: 1ms }")).toContain("idempotency.support");
    expect(open("idempotency: { support: honoured }")).not.toContain("idempotency.support");
    expect(open("idempotency: { ttl: 1h }")).toContain("idempotency.support");
    expect(open("unknown: { latency: never measured }")).toContain("latency");
  });
});

describe("who says so", () => {
  const sources = (text: string): Policy["sources"] => parsePolicy(text, "p.yaml").sources;

  test("is the file for what the file changes, and what it extends for the rest", () => {
    const { sources: base } = presetPolicy("stripe-like");
    const changed = sources("extends: stripe-like\nidempotency: { ttl: 1h }");
    expect(changed["idempotency.ttl"]).toBe("p.yaml");
    expect(changed["idempotency.outcomes"]).toBe(base["idempotency.outcomes"]);
  });

  test("is what the file gives as its source, or for one dimension in sources", () => {
    const given = sources(
      "source: our gateway's manual\nsources: { errors: measured on 2026-11-01 }\nidempotency: { ttl: 1h }",
    );
    expect(given["idempotency.ttl"]).toBe("our gateway's manual");
    expect(given.errors).toBe("measured on 2026-11-01");
  });

  test("is gcidem where nothing is extended and nothing said", () => {
    expect(sources("extends: none\nerrors: generic")).toMatchObject({
      errors: "p.yaml",
      locks: "gcidem's choice",
    });
  });

  test("is the route's source for what a route changes, else the file's", () => {
    const { routes } = parsePolicy(
      "extends: none\nsource: manual\nroutes:\n  - { match: GET /a, errors: generic }\n  - { match: GET /b, source: chapter 2, errors: generic, sources: { success: chapter 3 } }",
    );
    expect(routes.map((route) => route.sources)).toEqual([
      { errors: "manual" },
      { errors: "chapter 2", success: "chapter 3" },
    ]);
  });
});

describe("routes", () => {
  test("the first that fits is merged over the base", () => {
    const policy = parsePolicy(
      "extends: none\nidempotency: { support: honoured }\nroutes:\n  - { match: 'PATCH /a/{id}', idempotency: { ttl: 15m } }\n  - { match: '* /a/{id}', errors: generic }",
    );
    const patch = routePolicy(policy, "PATCH", "/a/1");
    expect(patch.idempotency).toMatchObject({ support: "honoured", ttlMs: 900_000 });
    expect(patch.errors).toBe("genesys");
    expect(routePolicy(policy, "GET", "/a/1").errors).toBe("generic");
  });

  test("own routes are tried before the preset's", () => {
    const policy = parsePolicy("routes: [{ match: 'PATCH /api/v2/users/{id}', errors: generic }]");
    expect(routePolicy(policy, "PATCH", "/api/v2/users/u")).toMatchObject({
      errors: "generic",
      concurrency: { readFrom: [] },
    });
  });

  test("a top-level field changes the base only: a preset's route keeps what it says", () => {
    const policy = parsePolicy("success: { status: 299 }");
    expect(routePolicy(policy, "GET", "/anything").success.status).toBe(299);
    expect(routePolicy(policy, "PATCH", "/api/v2/conversations/c/participants/p").success.status).toBe(202);
  });

  test("a base that was changed in code changes what its routes leave to it", () => {
    const policy = { ...presetPolicy("documented"), rateLimit: null };
    expect(routePolicy(policy, "PATCH", "/api/v2/users/u").rateLimit).toBeNull();
  });

  test.each([
    ["GET", "/a/1", "/a/{id}"],
    ["GET", "/a/1?x=/y/z", "/a/{id}"],
    ["GET", "/a/%2F", "/a/{id}"],
    ["GET", "/a/1/b", "/a/{id}/b"],
    ["GET", "/a/", null],
    ["GET", "/a", null],
    ["GET", "/a/1/", null],
    ["GET", "/A/1", null],
    ["POST", "/a/1", null],
  ])("%s %s fits %s", (method, path, expected) => {
    const policy = parsePolicy(
      "extends: none\nroutes: [{ match: 'GET /a/{id}' }, { match: 'GET /a/{id}/b' }]",
    );
    expect(routeRule(policy, method, path)?.match.path ?? null).toBe(expected);
  });

  test("all requests of a route share one policy object", () => {
    const policy = presetPolicy("documented");
    const one = routePolicy(policy, "PATCH", "/api/v2/users/one");
    expect(routePolicy(policy, "PATCH", "/api/v2/users/two?x=1")).toBe(one);
  });
});
