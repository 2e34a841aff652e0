import { describe, expect, test } from "vitest";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import { json, recorded } from "../diagnose/recorded.js";
import { confirmed, confirmingSteps, refusalsOf } from "./confirmed.js";

/** `state-locked possible` and the like, of one step. */
async function said(step: string, text: string): Promise<readonly string[]> {
  const all = refusalsOf(await confirmed(text));
  return all.filter((each) => each.startsWith(`${step} `)).map((each) => each.slice(step.length + 1));
}

describe("what --confirm must not drop", () => {
  test("a token of the conversation, where its participant goes by one of its own", async () => {
    const all = await said(
      "late",
      `
policy:
  extends: rfc9110
  errors: opaque
  churn: { every: 40ms, jitter: 0ms, on: conversations }
  concurrency: { validator: { kind: etag-strong }, readFrom: [if-match], stale: { status: 409 } }
vars: { c: $(uuid()), p: $(uuid()) }
world: { conversations: [{ id: $(c), state: connected, participants: [$(p)] }] }
steps:
  - { id: read, request: GET /api/v2/conversations/$(c), capture: { etag: header ETag } }
  - wait: 1s
  - id: late
    request: PATCH /api/v2/conversations/calls/$(c)/participants/$(p)
    ifMatch: $(read.etag)
    json: { attributes: { a: "1" } }
`,
    );
    expect(all).toContain("etag-other-resource possible");
  });

  test("a lock that was shown, where the server keeps its refusals under their keys", async () => {
    const all = await said(
      "locked",
      `
policy:
  extends: rfc9110
  errors: opaque
  idempotency: { support: honoured, outcomes: { 4xx: replay } }
  concurrency: { absent: accepted }
  locks: { states: [alerting], status: 409, code: locked, for: 10s }
vars: { k: $(uuid()) }
world: { things: [{ id: "4", state: alerting }] }
steps:
  - { id: read, request: GET /api/v2/mock/things/4 }
  - { id: locked, request: PATCH /api/v2/mock/things/4, idempotencyKey: $(k), json: { a: "1" } }
  - { id: readAgain, request: GET /api/v2/mock/things/4 }
  - wait: 12s
  - { id: later, repeat: locked }
`,
    );
    expect(all).toContain("state-locked possible");
    expect(all.join()).not.toContain("certain");
  });
});

describe("where nothing was found on the platform", () => {
  const text = `
policy: { extends: documented, errors: opaque }
vars: { c: $(uuid()), p: $(uuid()) }
steps:
  - { id: user, request: PATCH /api/v2/users/nosuchuser, json: { version: 1 } }
  - { id: part, request: PATCH /api/v2/conversations/$(c)/participants/$(p)/frobs, json: { a: 1 } }
`;

  test("a documented operation is there, though its list cannot be read", async () => {
    expect((await said("user", text))[0]).toBe("invalid-request possible");
  });

  test("what no document lets anybody read is not read to see whether it is there", async () => {
    const ran = await confirmed(text);
    const read = ran.exchanges.filter(({ request }) => request.method === "GET");
    expect(read.map(({ request }) => new URL(request.url).pathname).join()).not.toContain("frobs");
    expect(await said("part", text)).toEqual(["no-such-operation possible"]);
  });
});

describe("what an outcome would mean", () => {
  test("a refusal that is told in a 2xx is told apart from a success", async () => {
    const { run } = await confirmed(
      `
policy:
  extends: rfc9110
  errors: graphql
  concurrency: { validator: { kind: etag-strong }, readFrom: [if-match], stale: 200-with-error }
world: { things: [{ id: "1", tier: none }] }
steps:
  - { id: late, request: PUT /api/v2/mock/things/1, ifMatch: '"9-x"', json: { tier: b } }
`,
      { confirm: async () => {} },
    );
    const outcomes = run.diagnoses.flatMap(({ toConfirm }) => toConfirm?.meanings ?? []);
    expect(outcomes.map(({ outcome }) => outcome)).toContain("2xx that tells no refusal");
    expect(outcomes.map(({ outcome }) => outcome)).toContain("200 that refuses again");
  });

  test("the same again, once the first request with the key has ended, is let in", () => {
    const url = "http://127.0.0.1:1/v1/orders";
    const sent = { method: "POST", url, body: json({ a: 1 }), key: "8e03978e-40d5-43e6-8a30-4a4e4c7b0c1d" };
    const meanings = diagnoseExchanges(
      recorded(
        { ...sent, status: 201, answer: json({ id: "o-1" }), at: [0, 100] },
        { ...sent, status: 409, answer: json({}), at: [20, 30] },
      ),
    ).flatMap(({ toConfirm }) => (toConfirm?.what.includes("after a pause") ? toConfirm.meanings : []));
    expect(meanings.find(({ outcome }) => outcome === "2xx")?.causes).toContain("key-in-flight");
  });

  test("a token that is outdated stays so: the same again after a pause does not pass for it", () => {
    const url = "http://127.0.0.1:1/v1/things/1";
    const late = { method: "PUT", url, body: json({ a: 1 }), ifMatch: "7", status: 409, answer: json({}) };
    const meanings = diagnoseExchanges(
      recorded({ method: "GET", url, status: 200, shows: "7" }, late, late, late),
    ).flatMap(({ toConfirm }) => (toConfirm?.what.includes("unchanged, after") ? toConfirm.meanings : []));
    expect(meanings.length).toBeGreaterThan(0);
    for (const { outcome, causes } of meanings)
      expect(`${outcome} ${causes.join(" ")}`).not.toMatch(/^2xx.*stale/);
  });
});

describe("--confirm stops asking", () => {
  const THINGS = "world: { things: [{ id: a, tier: none }] }";

  test("where the server says that there were too many requests, and says so", async () => {
    const ran = await confirmed(`
name: t
policy: { extends: rfc9110, errors: opaque, rateLimit: { perMinute: 2, retryAfter: true } }
${THINGS}
steps:
  - { id: made, request: POST /api/v2/mock/things, json: { tier: gold } }
  - { id: refused, request: PUT /api/v2/mock/things/a, ifMatch: '"7"', json: { tier: gold } }
`);
    expect(confirmingSteps(ran)).toEqual(["confirm-1/read 429"]);
    expect(ran.warnings.join()).toContain("was answered 429, which tells nothing of the cause");
  });

  test("at so many questions, and says that more is open", async () => {
    const steps = Array.from(
      { length: 12 },
      (_, index) => `  - { id: s${index}, request: DELETE /api/v2/mock/things/b${index} }`,
    ).join("\n");
    const things = Array.from({ length: 12 }, (_, index) => `{ id: b${index} }`).join(", ");
    const ran = await confirmed(
      `name: t\npolicy: { extends: rfc9110, errors: opaque }\nworld: { things: [${things}] }\nsteps:\n${steps}\n`,
    );
    expect(ran.warnings.join()).toMatch(/the most of one command; what is open after that stays open/);
    const experiments = new Set(confirmingSteps(ran).map((each) => each.split("/")[0]));
    expect(experiments.size).toBe(20);
  });
});
