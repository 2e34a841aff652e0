import { describe, expect, it } from "vitest";
import { replayed, result, verdicts } from "./replayed.js";

const IDS = "vars: { key: $(uuid()), c: $(uuid()), p: $(uuid()) }";
const ATTRIBUTES = "/api/v2/conversations/calls/$(c)/participants/$(p)/attributes";

function twice(path: string, method = "PATCH"): string {
  return `
- id: first
  request: ${method} ${path}
  idempotencyKey: $(key)
  json: ${method === "POST" ? "{ amount: 10, currency: usd }" : "{ attributes: { tier: gold } }"}
- id: second
  repeat: first
  expect: { replayOf: first }`;
}

describe("replayOf", () => {
  it("holds where both answers carry the id that the server made", async () => {
    const run = await replayed(twice("/api/charges", "POST"), `policy: forum-lore\n${IDS}`);
    expect(result(run, "second replayOf")).toMatchObject({ ok: true });
    expect(run.storedAnswers).toEqual({ e2: "e1" });
  });

  it("is violated where the server made a second one", async () => {
    const head = `policy: { extends: forum-lore, routes: [{ match: POST /api/charges, idempotency: { support: ignored } }] }\n${IDS}`;
    const run = await replayed(twice("/api/charges", "POST"), head);
    expect(result(run, "second replayOf")).toMatchObject({ ok: false, actual: "a second effect" });
    expect(run.storedAnswers).toEqual({});
  });

  it("is violated where the repeat was refused", async () => {
    const head = `policy: { extends: forum-lore, idempotency: { outcomes: { 2xx: conflict } } }\n${IDS}`;
    const run = await replayed(twice("/api/charges", "POST"), head);
    expect(result(run, "second replayOf")).toMatchObject({ ok: false, actual: 409 });
  });

  it("is told by a token that did not move", async () => {
    const run = await replayed(twice(ATTRIBUTES), `policy: forum-lore\n${IDS}`);
    expect(result(run, "second replayOf").note).toMatch(/the token in both answers is/);
  });

  it("cannot be decided where neither answers nor reads tell", async () => {
    const run = await replayed(twice(ATTRIBUTES), `policy: documented\n${IDS}`);
    expect(result(run, "second replayOf").ok).toBeNull();
    expect(run.verdict).toBe("inconclusive");
  });

  it("is told by the scenario's own count of effects", async () => {
    const head = (support: string): string =>
      `policy: { extends: documented, idempotency: { support: ${support} } }\n${IDS}\neffects: { request: GET /api/v2/mock/things, count: $.entities }`;
    const steps = twice("/api/v2/mock/things", "POST");
    expect(verdicts(await replayed(steps, head("honoured")))).toEqual({ "second replayOf": true });
    const ignored = await replayed(steps, head("ignored"));
    expect(result(ignored, "second replayOf")).toMatchObject({ ok: false, note: "effects counted: 1 more" });
  });
});

describe("executed", () => {
  const lost = (fault: string, later: string): string => `
- id: before
  request: GET /api/v2/mock/things/1
  capture: { etag: header ETag }
- id: lost
  request: PATCH /api/v2/mock/things/1
  ifMatch: $(before.etag)
  json: { tier: gold }
  fault: ${fault}
  expect: { error: any, executed: ${later} }
- id: after
  request: GET /api/v2/mock/things/1`;
  const head = 'policy: rfc9110\nworld: { things: [{ id: "1", tier: none }] }';

  it("is true where a later read shows the effect of a request whose answer was lost", async () => {
    expect(verdicts(await replayed(lost("drop-response", "true"), head))).toEqual({
      "lost error": true,
      "lost executed": true,
    });
  });

  it("is false where reads before and after show that nothing happened", async () => {
    expect(verdicts(await replayed(lost("reset-before", "false"), head))).toEqual({
      "lost error": true,
      "lost executed": true,
    });
    expect(verdicts(await replayed(lost("reset-before", "true"), head))).toEqual({
      "lost error": true,
      "lost executed": false,
    });
  });

  it("cannot be decided where nothing was read", async () => {
    const run = await replayed(
      "- id: lost\n  request: PATCH /api/v2/mock/things/1\n  json: {}\n  fault: drop-response\n  expect: { error: any, executed: true }",
      head,
    );
    expect(result(run, "lost executed")).toMatchObject({ ok: null });
  });

  it("cannot be decided by the status of a repeat that may be a stored answer", async () => {
    const steps = twice(ATTRIBUTES).replace("replayOf: first", "executed: true");
    expect(verdicts(await replayed(steps, `policy: documented\n${IDS}`))).toEqual({
      "second executed": null,
    });
  });

  it("cannot be decided of a read, which has no effect", async () => {
    const run = await replayed("- id: r\n  request: GET /api/v2/users/me\n  expect: { executed: true }");
    expect(result(run, "r executed")).toMatchObject({ ok: null, note: "a read has no effect to look for" });
  });

  it("is false for a repeat that got the stored answer", async () => {
    const steps = twice("/api/charges", "POST").replace("replayOf: first", "executed: false");
    expect(verdicts(await replayed(steps, `policy: forum-lore\n${IDS}`))).toEqual({
      "second executed": true,
    });
  });
});

describe("retries", () => {
  const head = `policy: { extends: forum-lore, rateLimit: { perMinute: 2, retryAfter: true } }\n${IDS}`;

  it("are exchanges of their own; attempts are judged in order, everything else by the last", async () => {
    const run = await replayed(
      `
- request: GET /api/v2/users/me
  times: 2
- id: patient
  request: GET /api/v2/users/me
  retry: { on: [429], max: 3 }
  expect: { status: 200, attempts: [429, 200] }`,
      head,
    );
    expect(verdicts(run)).toEqual({ "patient status": true, "patient attempts": true });
    const [refused, passed] = [...run.exchanges].slice(-2);
    expect([refused?.attempt, passed?.attempt]).toEqual([1, 2]);
    const pauseMs = (passed?.timings.startMs ?? 0) - (refused?.timings.endMs ?? 0);
    expect(pauseMs).toBeGreaterThanOrEqual(1000);
  });

  it("may have attempts without an answer, which are called network", async () => {
    const run = await replayed(
      `
- id: lost
  request: POST /api/charges
  idempotencyKey: $(key)
  json: { amount: 10, currency: usd }
  fault: drop-response
  retry: { on: [network], max: 1 }
  expect: { attempts: [network, 2xx] }`,
      `policy: forum-lore\n${IDS}`,
    );
    expect(verdicts(run)).toEqual({ "lost attempts": true });
  });

  it("send the same bytes again, unless the step says newKey", async () => {
    const sent = async (newKey: boolean): Promise<readonly (string | null)[]> => {
      const run = await replayed(
        `- id: s\n  request: POST /api/charges\n  idempotencyKey: $(key)\n  json: { a: 1 }\n  fault: drop-response\n  retry: { on: [network], max: 1, newKey: ${newKey} }`,
        `policy: forum-lore\n${IDS}`,
      );
      return [...run.exchanges].map(({ idempotencyKey }) => idempotencyKey);
    };
    const [first, second] = await sent(false);
    expect(second).toBe(first);
    const [one, other] = await sent(true);
    expect(other).not.toBe(one);
  });

  it("read again first where the step says so, and use what they read", async () => {
    const run = await replayed(
      `
- id: read
  request: GET /api/v2/mock/things/1
  capture: { etag: header ETag }
- id: rival
  request: PUT /api/v2/mock/things/1
  ifMatch: $(read.etag)
  json: { tier: rival }
- id: write
  request: PUT /api/v2/mock/things/1
  ifMatch: $(read.etag)
  json: { tier: mine }
  retry: { on: [412], max: 2, reread: read }
  expect: { status: 200, attempts: [412, 200] }`,
      'policy: rfc9110\nworld: { things: [{ id: "1", tier: none }] }',
    );
    expect(run.verdict).toBe("pass");
    expect([...run.exchanges].map(({ step, attempt }) => `${step} ${attempt}`)).toEqual([
      "read 1",
      "rival 1",
      "write 1",
      "read 2",
      "write 2",
    ]);
  });
});
