import { describe, expect, it } from "vitest";
import { replayed, result, verdicts } from "./replayed.js";

const THING = 'policy: rfc9110\nworld: { things: [{ id: "1", tier: none, count: 3, tags: [a, b] }] }';

describe("an expectation of one answer", () => {
  it.each([
    ["200", true],
    ["[404, 200]", true],
    ["2xx", true],
    ["{ not: 409 }", true],
    ["404", false],
    ["[4xx, 5xx]", false],
    ["{ not: 2xx }", false],
  ])("status: %s is %s for a 200", async (status, ok) => {
    const run = await replayed(
      `- id: r\n  request: GET /api/v2/mock/things/1\n  expect: { status: ${status} }`,
      THING,
    );
    expect(verdicts(run)).toEqual({ "r status": ok });
    expect(run.verdict).toBe(ok ? "pass" : "fail");
  });

  it("compares headers exactly, by presence and by pattern", async () => {
    const run = await replayed(
      `
- id: r
  request: GET /api/v2/mock/things/1
  expect:
    headers: { ETag: /^"/, ININ-Correlation-Id: present, X-Nothing: absent, Content-Type: text/html, Pragma: absent }`,
      THING,
    );
    expect(verdicts(run)).toEqual({
      "r header ETag": true,
      "r header ININ-Correlation-Id": true,
      "r header X-Nothing": true,
      "r header Content-Type": false,
      "r header Pragma": false,
    });
    expect(result(run, "r header Content-Type").actual).toMatch(/application\/json/);
  });

  it("compares JSON values whatever their member order, and says what was there", async () => {
    const run = await replayed(
      `
- id: r
  request: GET /api/v2/mock/things/1
  expect:
    json: { $.count: 3, $.tags: [a, b], "$.tags[0]": /^a$/, $.tier: gold, $.missing: absent, $.id: present, $.none: 1 }`,
      THING,
    );
    expect(verdicts(run)).toEqual({
      "r json $.count": true,
      "r json $.tags": true,
      "r json $.tags[0]": true,
      "r json $.tier": false,
      "r json $.missing": true,
      "r json $.id": true,
      "r json $.none": false,
    });
    expect(result(run, "r json $.tier")).toMatchObject({ expected: "gold", actual: "none", at: { line: 8 } });
    expect(result(run, "r json $.none").actual).toBe("absent");
  });

  it("may name vars and captures, with the values that they had then", async () => {
    const run = await replayed(
      `
- id: read
  request: GET /api/v2/mock/things/1
  capture: { etag: header ETag }
- id: write
  request: PUT /api/v2/mock/things/1
  ifMatch: $(read.etag)
  json: { tier: $(tier) }
  expect: { status: 200, json: { $.tier: $(tier) } }
- id: again
  request: GET /api/v2/mock/things/1
  expect: { headers: { ETag: $(read.etag) } }`,
      `${THING}\nvars: { tier: gold }`,
    );
    expect(verdicts(run)).toEqual({
      "write status": true,
      "write json $.tier": true,
      "again header ETag": false,
    });
  });

  it("that has nothing to judge leaves the run without a verdict", async () => {
    expect((await replayed("- request: GET /api/v2/mock/things/1", THING)).verdict).toBe("not-judged");
  });
});

describe("a capture that finds nothing", () => {
  it("leaves the steps that need it skipped and the run inconclusive", async () => {
    const run = await replayed(
      `
- id: read
  request: GET /api/v2/mock/things/1
  capture: { missing: $.missing }
- id: write
  request: PUT /api/v2/mock/things/$(read.missing)
  json: {}
  expect: { status: 200 }`,
      THING,
    );
    expect(run.skipped).toMatchObject([{ step: "write", reason: "$(read.missing) was not captured" }]);
    expect(result(run, "write status")).toMatchObject({ ok: null, exchange: null });
    expect(run.verdict).toBe("inconclusive");
  });
});

describe("a step that is sent many times", () => {
  it("is judged by each answer, and the first that fails is shown", async () => {
    const run = await replayed(
      "- id: burst\n  request: GET /api/v2/users/me\n  times: 12\n  expect: { status: 200 }",
      "policy: { extends: documented, rateLimit: { perMinute: 10, retryAfter: true } }",
    );
    expect(result(run, "burst status")).toMatchObject({ ok: false, actual: 429, exchange: "e11" });
  });

  it("can be judged by how often each status came", async () => {
    const run = await replayed(
      '- id: burst\n  request: GET /api/v2/users/me\n  times: 12\n  expect: { statuses: { 200: 10, 429: ">=1", 5xx: 0 } }',
      "policy: { extends: documented, rateLimit: { perMinute: 10, retryAfter: true } }",
    );
    expect(result(run, "burst statuses")).toMatchObject({ ok: true, actual: { 200: 10, 429: 2 } });
    expect(run.verdict).toBe("pass");
  });
});
