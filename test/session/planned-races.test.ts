import { describe, expect, test } from "vitest";
import { buildPlan } from "../../src/plan/build-plan.js";
import type { RunPlan } from "../../src/plan/plan.js";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import { checkOptions } from "../../src/session/check-options.js";
import { describePlan } from "../../src/session/dry-run.js";
import { checkWrites, countWrites, plannedWrites } from "../../src/session/judge-writes.js";
import { readyScenario } from "../../src/session/run-scenario.js";
import type { SessionOptions } from "../../src/session/session.js";

const OPTIONS: SessionOptions = {
  target: { kind: "mock" },
  policy: null,
  seed: null,
  given: new Map(),
  headers: [],
  allowedEnv: [],
  env: {},
  runsFolder: "",
  runsFolderIgnored: false,
  timeoutMs: null,
  maxWaitMs: 60_000,
  maxRequests: null,
  rounds: null,
  technique: "auto",
  ca: null,
  safety: { readOnly: false, allowWrites: false, allowDestructive: false, only: [] },
  bail: false,
  requireExpectations: false,
  interrupt: new AbortController().signal,
  observer: { onStep: () => {}, onWarning: () => {} },
};

const ELSEWHERE: SessionOptions = {
  ...OPTIONS,
  target: { kind: "http", baseUrl: "https://api.example.com" },
};

function planOf(text: string): RunPlan {
  return buildPlan(loadScenario(text, "t.yaml"));
}

function dryRun(text: string, options: Partial<SessionOptions> = {}): string {
  const scenario = loadScenario(text, "t.yaml");
  const ready = readyScenario({ scenario, text, sha256: "", folder: null, policy: null });
  return [...describePlan(ready, { ...OPTIONS, ...options })].join("");
}

/** Without what every request carries. */
function shortened(text: string): string {
  return text.replaceAll(/^ +(?:user-agent|accept|accept-encoding|content-type): .*\n/gm, "");
}

const RACE = `name: r
steps:
  - { id: made, request: POST /v1/orders, json: {}, capture: { id: $.id } }
  - id: w
    race:
      writers: 10
      vars: { tier: tier-$(writer) }
      steps:
        - { id: look, request: GET /v1/orders/$(made.id), capture: { etag: header ETag } }
        - { id: write, request: PUT /v1/orders/$(made.id), ifMatch: $(look.etag), json: { tier: $(tier) }, retry: { max: 2 } }
        - { id: again, repeat: write }
  - { id: gone, request: DELETE /v1/orders/$(made.id), times: 3 }
`;

describe("a dry run", () => {
  test("shows what the first two writers of a race would send, and how many are like them", () => {
    expect(shortened(dryRun(RACE))).toBe(`DRY RUN, nothing is sent   r   t.yaml -> the embedded mock
  made
      POST http://mock.invalid/v1/orders
      {}
  w: race of 10 writers, released together
    writer 0
      w/look
        GET http://mock.invalid/v1/orders/<made.id>
      w/write, up to 3 attempts
        PUT http://mock.invalid/v1/orders/<made.id>
        if-match: <look.etag>
        {"tier":"tier-0"}
      w/again
        PUT http://mock.invalid/v1/orders/<made.id>
        if-match: <look.etag>
        {"tier":"tier-0"}
    writer 1
      w/look
        GET http://mock.invalid/v1/orders/<made.id>
      w/write, up to 3 attempts
        PUT http://mock.invalid/v1/orders/<made.id>
        if-match: <look.etag>
        {"tier":"tier-1"}
      w/again
        PUT http://mock.invalid/v1/orders/<made.id>
        if-match: <look.etag>
        {"tier":"tier-1"}
    ... and 8 more alike
  gone, 3 times
      DELETE http://mock.invalid/v1/orders/<made.id>
`);
  });

  test("shows writers that send the same once", () => {
    const race = (writers: number): string =>
      dryRun(
        `steps: [{ id: w, race: { writers: ${writers}, release: staggered 5ms, steps: [{ request: GET /x }] } }]`,
      );
    expect(shortened(race(2))).toContain(`  w: race of 2 writers, released 5ms apart
    writer 0
      w/step-1
        GET http://mock.invalid/x
    writer 1: the same
`);
    expect(race(10)).toContain("    writers 1 to 9: the same\n");
  });

  test("shows every lane", () => {
    const text =
      "steps: [{ id: w, race: { release: 'offsets [0ms, 3ms]', lanes: [{ steps: [{ request: GET /x }] }, { steps: [{ request: GET /y }] }] } }]";
    expect(shortened(dryRun(text))).toContain(`  w: race of 2 writers, released after 0ms, 3ms
    writer 0
      w/lane-1-step-1
        GET http://mock.invalid/x
    writer 1
      w/lane-2-step-1
        GET http://mock.invalid/y
`);
  });

  test("says how many rounds there would be", () => {
    const [first] = dryRun(RACE, { rounds: { most: 50, untilConflict: false } }).split("\n", 1);
    expect(first).toBe("DRY RUN, nothing is sent   r   t.yaml -> the embedded mock   50 rounds");
    expect(dryRun(RACE, { rounds: { most: 9, untilConflict: true } })).toContain("   up to 9 rounds\n");
  });
});

describe("leave to write", () => {
  test("counts what each writer writes, in each round, up to the budget", () => {
    expect(plannedWrites(planOf(RACE), []).map(({ step, count }) => `${step.id} ${count}`)).toEqual([
      "made 1",
      "w/write 10",
      "w/again 10",
      "gone 3",
    ]);
    const count = (more: Partial<SessionOptions>): number =>
      countWrites([planOf(RACE), planOf(RACE)], { ...OPTIONS, ...more });
    expect(count({})).toBe(48);
    expect(count({ rounds: { most: 50, untilConflict: false } })).toBe(2_400);
    expect(count({ rounds: { most: 50, untilConflict: true }, maxRequests: 100 })).toBe(200);
  });

  test("counts each lane once", () => {
    const text =
      "steps: [{ race: { lanes: [{ steps: [{ request: PUT /x }] }, { steps: [{ request: GET /x }, { request: DELETE /x }] }] } }]";
    expect(countWrites([planOf(text)], OPTIONS)).toBe(2);
  });

  test("is needed for what a race writes, and more for what destroys", () => {
    const writes = (request: string): RunPlan =>
      planOf(`steps: [{ id: w, race: { writers: 2, steps: [{ id: a, request: ${request} }] } }]`);
    const allowWrites = { ...ELSEWHERE, safety: { ...OPTIONS.safety, allowWrites: true } };
    expect(() => checkWrites(writes("GET /x"), ELSEWHERE)).not.toThrow();
    expect(() => checkWrites(writes("PUT /x"), ELSEWHERE)).toThrow(
      "t.yaml:1:46 step w/a: PUT /x: a write to a real server needs leave: api.example.com is not plain loopback; nothing was sent",
    );
    expect(() => checkWrites(writes("PUT /x"), allowWrites)).not.toThrow();
    expect(() => checkWrites(writes("DELETE /x"), allowWrites)).toThrow("DELETE removes something");
    const only = { ...OPTIONS, safety: { ...OPTIONS.safety, only: ["/v1"] } };
    expect(() => checkWrites(writes("PUT /x"), only)).toThrow("outside --only");
  });

  test("follows a repeat inside a race to what it repeats", () => {
    const text =
      "steps: [{ id: first, request: PUT /x }, { id: w, race: { writers: 2, steps: [{ id: a, repeat: first }, { id: b, repeat: a, mutate: [{ set: { method: DELETE } }] }] } }]";
    const writes = plannedWrites(planOf(text), []);
    expect(writes.map(({ step, method, destructive }) => [step.id, method, destructive])).toEqual([
      ["first", "PUT", null],
      ["w/a", "PUT", null],
      ["w/b", "DELETE", "DELETE removes something"],
    ]);
  });
});

describe("a dry run says under each request what the vendor documents otherwise", () => {
  const KEYED = "steps: [{ id: a, request: PATCH /api/v2/users/7, idempotencyKey: k, json: { version: 1 } }]";
  const SAID = "documented, not tested: takes no ";

  test("on the mock, and at a host of the platform", () => {
    expect(dryRun(KEYED)).toContain(
      `      {"version":1}\n      ${SAID}Idempotency-Key (JavaScript SDK 262.0.0)\n`,
    );
    const target = { kind: "http", baseUrl: "https://api.mypurecloud.ie" } as const;
    expect(dryRun(KEYED, { target })).toContain(`${SAID}Idempotency-Key`);
  });

  test("also of headers that all requests get", () => {
    expect(dryRun(KEYED, { headers: [["If-Match", '"1"']] })).toContain(`${SAID}If-Match`);
  });

  test("but not of another API with such a path", () => {
    expect(dryRun(KEYED, ELSEWHERE)).not.toContain("documented");
  });

  test("and of a writer's request in a race", () => {
    const race = "steps: [{ id: w, race: { writers: 2, steps: [{ id: a, request: POST /api/v2/wfm/x }] } }]";
    expect(dryRun(race)).toContain(
      "        documented, not tested: is no operation of the platform; none is near it",
    );
  });
});

describe("what only a mock can do", () => {
  test.each([
    ["as: reader", "as: reader works only on a gcidem mock"],
    ["auth: expired", "auth: expired works only on a gcidem mock"],
  ])("%s inside a race is refused elsewhere, at its place", (field, message) => {
    const plan = planOf(
      `world: { principals: { reader: {} } }\nsteps: [{ id: w, race: { writers: 2, steps: [{ id: a, request: GET /x, ${field} }] } }]`,
    );
    expect(() => checkOptions(plan, OPTIONS)).not.toThrow();
    expect(() => checkOptions(plan, ELSEWHERE)).toThrow(`t.yaml:2:46 step w/a: ${message}`);
  });
});
