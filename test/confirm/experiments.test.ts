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
