import { describe, expect, it } from "vitest";
import { replayed, verdicts } from "./replayed.js";

const HEAD = 'policy: rfc9110\nworld: { things: [{ id: "1", tier: none }] }';
const THING = "/api/v2/mock/things/1";

describe("a writer that reads again a step before its race", () => {
  const steps = `
- id: look
  request: GET ${THING}
  capture: { etag: header ETag }
  expect: { attempts: [200], json: { $.tier: none } }
- id: w
  race:
    writers: 3
    steps:
      - id: write
        request: PUT ${THING}
        ifMatch: $(look.etag)
        json: { tier: t$(writer) }
        retry: { on: [412], max: 9, reread: look, backoff: { initial: 1ms, factor: 1 } }
        expect: { status: 200 }
  expect: { statuses: { write: { 200: 3 } }, invariants: [no-lost-update, read-your-writes] }
`;

  it("writes under the token that it read itself, and gets through", async () => {
    const run = await replayed(steps, HEAD);
    expect(verdicts(run)).toEqual({
      "look attempts": true,
      "look json $.tier": true,
      "w statuses write": true,
      "w/write status": true,
    });
    expect(run.invariants.map(({ holds }) => holds)).toEqual([true, true]);
    const rereads = [...run.exchanges].filter(({ step, writer }) => step === "look" && writer !== null);
    expect(rereads.length).toBeGreaterThanOrEqual(2);
    expect(rereads.every(({ attempt }) => attempt > 1)).toBe(true);
  });
});

describe("a writer that reads a step of its own race again", () => {
  it("is judged by what it read in that step's turn", async () => {
    const run = await replayed(
      `
- id: w
  race:
    writers: 3
    steps:
      - id: look
        request: GET ${THING}
        capture: { etag: header ETag }
        expect: { attempts: [200], json: { $.tier: none } }
      - id: write
        request: PUT ${THING}
        ifMatch: $(look.etag)
        json: { tier: t$(writer) }
        retry: { on: [412], max: 9, reread: look, backoff: { initial: 1ms, factor: 1 } }
`,
      HEAD,
    );
    expect(verdicts(run)).toEqual({ "w/look attempts": true, "w/look json $.tier": true });
  });
});

describe("a writer's own values", () => {
  it("end with its race: the next one knows what the scenario knows", async () => {
    const run = await replayed(
      `
- id: first
  race:
    writers: 2
    vars: { tier: own-$(writer) }
    steps: [{ id: a, request: GET ${THING} }]
- id: second
  race:
    writers: 2
    steps:
      - id: b
        request: GET ${THING}
        expect: { json: { $.tier: $(tier) } }
`,
      `${HEAD}\nvars: { tier: none }`,
    );
    expect(verdicts(run)).toEqual({ "second/b json $.tier": true });
  });
});

describe("an expectation of each writer", () => {
  const steps = `
- id: w
  race:
    writers: 5
    steps:
      - id: write
        request: PUT ${THING}
        ifMatch: $(etag)
        json: { tier: t$(writer) }
        expect: { status: 200 }
`;

  it("is one result, which says for how many it did not hold", async () => {
    const run = await replayed(steps, `${HEAD}\nvars: { etag: '"none"' }`);
    expect(run.expectations).toMatchObject([
      { what: "status", actual: 412, ok: false, among: { judged: 5, failed: 5, undecided: 0 } },
    ]);
  });

  it("counts over all rounds, and has no count where it was judged once", async () => {
    const outside = `- { id: read, request: GET ${THING}, expect: { status: 404 } }\n${steps}`;
    const head = `${HEAD}\nvars: { etag: '"none"' }`;
    const once = await replayed(outside, head);
    expect(once.expectations[0]).not.toHaveProperty("among");
    const thrice = await replayed(outside, head, { rounds: 3 });
    expect(thrice.expectations).toMatchObject([
      { step: "read", round: 1, among: { judged: 3, failed: 3 } },
      { step: "w/write", round: 1, among: { judged: 15, failed: 15 } },
    ]);
  });
});

describe("a violated invariant", () => {
  it("says when its race began, from where its times count", async () => {
    const run = await replayed(
      `
- wait: 5s
- id: w
  race:
    writers: 2
    steps:
      - { id: look, request: GET ${THING}, capture: { etag: header ETag } }
      - { id: write, request: PUT ${THING}, ifMatch: $(look.etag), json: { tier: t$(writer) } }
  expect: { invariants: [no-lost-update] }
`,
      HEAD.replace("rfc9110", "naive"),
    );
    const [found] = run.invariants;
    expect(found).toMatchObject({ holds: false });
    expect(found?.startMs).toBeGreaterThanOrEqual(5_000);
  });
});
