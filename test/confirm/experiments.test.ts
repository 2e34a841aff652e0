import { describe, expect, test } from "vitest";
import { confirmed, confirmingSteps, refusalsOf } from "./confirmed.js";

/** What a run comes to once it is confirmed. */
async function told(text: string): Promise<{ readonly refusals: readonly string[]; readonly sent: string }> {
  const ran = await confirmed(text);
  return { refusals: refusalsOf(ran), sent: confirmingSteps(ran).join(", ") };
}

describe("--confirm sends what tells those apart that are open", () => {
  test("no key, to a server that takes none", async () => {
    const { refusals, sent } = await told(`
policy: { extends: rfc9110, errors: opaque, idempotency: { support: rejected } }
world: { things: [{ id: "1", tier: none }] }
steps:
  - { id: keyed, request: POST /api/v2/mock/things, idempotencyKey: $(uuid()), json: { tier: gold } }
`);
    expect(refusals.map((each) => each.split(" ")[1])).toEqual(["key-malformed"]);
    expect(sent).toContain("again 20");
  });

  test("the first one's body, where path and body have changed", async () => {
    const { refusals } = await told(`
policy:
  extends: rfc9110
  errors: opaque
  idempotency: { support: honoured, scope: [account], fingerprint: { body: { kind: none }, path: true } }
world: { things: [{ id: "1", tier: none }] }
vars: { key: $(uuid()) }
steps:
  - { id: first, request: POST /api/v2/mock/things, idempotencyKey: $(key), json: { tier: gold } }
  - { id: late, request: "POST /api/v2/mock/things?trace=1", idempotencyKey: $(key), json: { tier: silver } }
`);
    expect(refusals.map((each) => each.split(" ")[1])).toEqual(["key-reused-other-resource"]);
  });

  test("the first request twice, where a refused one may have taken the key over", async () => {
    const scenario = (rules: string): string => `
policy:
  extends: none
  errors: opaque
  idempotency: { support: honoured, scope: [account], mismatch: { status: 409 }, ${rules} }
world: { things: [{ id: "1", tier: none }, { id: "2", tier: none }] }
vars: { key: $(uuid()) }
steps:
  - { id: first, request: PUT /api/v2/mock/things/1, idempotencyKey: $(key), json: { tier: gold } }
  - { id: late, request: PUT /api/v2/mock/things/2, idempotencyKey: $(key), json: { tier: gold } }
  - { id: back, request: PUT /api/v2/mock/things/1, idempotencyKey: $(key), json: { tier: gold } }
`;
    const causes = async (rules: string): Promise<readonly string[]> =>
      (await told(scenario(rules))).refusals.map((each) => each.split(" ").slice(0, 2).join(" "));
    expect(await causes("mismatchKeeps: overwritten")).toEqual([
      "late key-reused-other-resource",
      "back key-reused-other-resource",
    ]);
    expect(await causes("outcomes: { 2xx: conflict }")).toEqual([
      "late conflict-not-replay",
      "back conflict-not-replay",
    ]);
  });

  test("a read before any write, where the first attempt with the key got no answer", async () => {
    const { sent } = await told(`
policy:
  extends: none
  errors: opaque
  idempotency: { support: honoured, scope: [account] }
  faults: [{ on: { step: lost }, kind: reset-after }]
world: { things: [{ id: "1", tier: none }] }
vars: { key: $(uuid()) }
steps:
  - { id: lost, request: PATCH /api/v2/mock/things/1, idempotencyKey: $(key), json: { tier: gold } }
  - { id: late, request: PATCH /api/v2/mock/things/1, idempotencyKey: $(key), json: { tier: silver } }
`);
    expect(sent.split(", ")[0]).toBe("confirm-1/read 200");
  });

  test("and says of what is left far behind that nothing contradicts it", async () => {
    const { run } = await confirmed(`
policy:
  extends: none
  errors: opaque
  concurrency: { validator: { kind: etag-strong }, readFrom: [if-match], malformed: { status: 400 } }
world: { things: [{ id: "1", tier: none }] }
steps:
  - { id: read, request: GET /api/v2/mock/things/1, capture: { etag: header ETag } }
  - { id: odd, request: PATCH /api/v2/mock/things/1, headers: { If-Match: "$(read.etag) $(read.etag)" }, json: { tier: gold } }
`);
    const [only, ...others] = run.diagnoses.filter(({ kind }) => kind === "refusal");
    expect(others).toEqual([]);
    expect(only?.cause).toBe("etag-malformed");
    const behind = only?.ruledOut.filter(({ because }) => because.endsWith("nothing contradicts it")) ?? [];
    expect(behind.length).toBeGreaterThan(0);
    expect(only?.certainty).toBe("possible");
  });

  test("a read of the collection, where nothing was found", async () => {
    const { refusals, sent } = await told(`
policy: { extends: rfc9110, errors: opaque }
steps:
  - { id: nowhere, request: PATCH /api/v2/mock/things/nowhere, json: { tier: gold } }
`);
    expect(refusals.map((each) => each.split(" ")[1])).toEqual(["invalid-request"]);
    expect(sent).toContain("read 200");
  });

  test("a copy that nothing refers to, where a delete was refused", async () => {
    const { refusals, sent } = await told(`
policy: { extends: rfc9110, errors: opaque, references: [{ on: things, status: 409 }] }
world: { things: [{ id: "2", tier: none }, { id: "3", parentId: "2" }] }
steps:
  - { id: gone, request: DELETE /api/v2/mock/things/2 }
`);
    expect(refusals.map((each) => each.split(" ")[1])).toEqual(["referenced-entity"]);
    expect(sent).toContain("/made 20");
  });

  test("and no more than the limits of a run", async () => {
    const steps = Array.from(
      { length: 12 },
      (_, index) => `  - { request: PATCH /api/v2/mock/none-${index}/x, json: { a: ${index} } }`,
    );
    const { exchanges } = await confirmed(
      `policy: { extends: rfc9110, errors: opaque }\nsteps:\n${steps.join("\n")}\n`,
    );
    const names = new Set(exchanges.map(({ step }) => /^confirm-\d+/.exec(step)?.[0]).filter(Boolean));
    expect(names.size).toBeGreaterThan(0);
    expect(names.size).toBeLessThanOrEqual(20);
  });
});

describe("--confirm, by rules that are true of servers in general", () => {
  const causesOf = (refusals: readonly string[], step: string): readonly string[] =>
    refusals.filter((each) => each.startsWith(`${step} `)).map((each) => each.split(" ")[1] ?? "");

  test("a fresh key in a body has the quotes of the one that was sent", async () => {
    const { refusals, sent } = await told(`
policy:
  extends: rfc9110
  errors: opaque
  idempotency:
    { support: honoured, scope: [account], syntax: quoted, carrier: body idempotency_key }
world: { things: [{ id: "1", tier: none }] }
steps:
  - { id: first, request: PUT /api/v2/mock/things/1, json: { tier: gold, idempotency_key: '"0b6a9af1-31ba-4ac4-99ed-750afc024930"' } }
  - { id: late, request: PATCH /api/v2/mock/things/1, json: { tier: silver, idempotency_key: '"0b6a9af1-31ba-4ac4-99ed-750afc024930"' } }
`);
    expect(sent).toContain("again 200");
    expect(causesOf(refusals, "late")).not.toContain("key-malformed");
  });

  test("a version in the body, where answers show it there and none was sent", async () => {
    const { refusals, sent } = await told(`
policy:
  extends: rfc9110
  errors: opaque
  concurrency:
    validator: { kind: revision, name: _rev, form: opaque, etag: none }
    readFrom: [body _rev]
    absent: { PATCH: { status: 400 } }
world: { things: [{ id: "1", tier: none }] }
steps:
  - { id: bare, request: PATCH /api/v2/mock/things/1, json: { tier: gold } }
`);
    expect(sent).toContain("again 200");
    expect(causesOf(refusals, "bare")).toEqual(["precondition-missing"]);
  });

  test("without its token, once a read has shown that this is current", async () => {
    const { refusals } = await told(`
policy: { extends: rfc9110, errors: opaque, concurrency: { granularity: field } }
steps:
  - { id: whole, request: "GET /api/v2/conversations/5b7f3f0e-1111-4a6b-8d53-0c1d2e3f4a01", capture: { etag: header ETag } }
  - id: part
    request: PATCH /api/v2/conversations/5b7f3f0e-1111-4a6b-8d53-0c1d2e3f4a01/participants/9a1c2d3e-4444-4b5c-9e6f-102030405060/attributes
    ifMatch: $(whole.etag)
    json: { attributes: { tier: gold } }
`);
    expect(causesOf(refusals, "part")).toEqual(["etag-other-resource"]);
  });

  test("a usual key of the same form, where only long ones were tried", async () => {
    const long = (end: string): string => `'"0b6a9af1-31ba-4ac4-99ed-750afc0249300123456789${end}"'`;
    const { refusals } = await told(`
policy:
  { extends: rfc9110, errors: opaque, idempotency: { support: required, syntax: quoted, maxLength: 40, malformed: { status: 400 } } }
steps:
  - { id: long, request: POST /api/v2/mock/things, idempotencyKey: ${long("a")}, json: { tier: gold } }
  - { id: other, request: POST /api/v2/mock/things, idempotencyKey: ${long("b")}, json: { tier: gold } }
`);
    expect(causesOf(refusals, "long")).toEqual(["key-malformed"]);
  });

  test("each of two equal requests, where the first alone has been answered for", async () => {
    const { refusals } = await told(`
policy: { extends: rfc9110, errors: opaque, terminal: { states: [terminated], status: 409 } }
world: { things: [{ id: "1", state: terminated }] }
steps:
  - { id: once, request: PATCH /api/v2/mock/things/1, json: { tier: gold } }
  - { id: twice, request: PATCH /api/v2/mock/things/1, json: { tier: gold } }
`);
    expect(causesOf(refusals, "twice")).toEqual(causesOf(refusals, "once"));
  });

  test.each([
    ["a key in a header did not help", ""],
    ["one came in a header already, and the server looks for it elsewhere", "idempotencyKey: $(uuid()), "],
  ])("and a cause that the server names stays, though %s", async (_why, key) => {
    const { refusals } = await told(`
policy:
  extends: rfc9110
  errors: problem+json
  idempotency: { support: required, missing: { status: 422 }, carrier: body idempotency_key }
world: { things: [{ id: "1", tier: none }] }
steps:
  - { id: put, request: PUT /api/v2/mock/things/1, ${key}json: { tier: gold } }
`);
    expect(causesOf(refusals, "put")).toEqual(["key-missing"]);
  });
});
