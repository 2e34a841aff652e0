import { describe, expect, test } from "vitest";
import type { RaceStep } from "../../src/scenario/scenario.js";
import { load, problemsOf } from "./loading.js";

/** A file whose only step is a race; `inside` are fields of `race`, in flow style. */
function racing(inside: string, expected = ""): string {
  return `steps:\n  - id: w\n    race: { ${inside} }\n${expected === "" ? "" : `    expect: { ${expected} }\n`}`;
}

function raceOf(text: string): RaceStep {
  const race = load(text).steps.find((step) => step.kind === "race");
  if (race === undefined) throw new Error("there is no race");
  return race;
}

const LOOK = "{ id: look, request: GET /t, capture: { etag: header ETag } }";
const WRITE = "{ id: write, request: PUT /t, ifMatch: $(look.etag), json: { n: $(writer) } }";

describe("a race", () => {
  test("has so many writers with the same steps, whose ids begin with the race's", () => {
    const race = raceOf(racing(`writers: 3, steps: [${LOOK}, ${WRITE}]`));
    expect(race).toMatchObject({ id: "w", alike: true, exclusive: true, release: { kind: "together" } });
    expect(race.writers.map((steps) => steps.map(({ id }) => id))).toEqual(
      Array.from({ length: 3 }, () => ["w/look", "w/write"]),
    );
    expect(race.writers[2]?.[1]).toMatchObject({
      request: {
        ifMatch: { parts: [{ kind: "capture", step: "w/look", name: "etag" }] },
        body: { kind: "json" },
      },
    });
  });

  test("has lanes where writers do different things; each lane is one writer", () => {
    const race = raceOf(
      racing(
        "lanes: [{ steps: [{ request: PUT /t }, { request: GET /t }] }, { steps: [{ request: DELETE /t }] }]",
      ),
    );
    expect(race.alike).toBe(false);
    expect(race.writers.map((steps) => steps.map(({ id }) => id))).toEqual([
      ["w/lane-1-step-1", "w/lane-1-step-2"],
      ["w/lane-2-step-1"],
    ]);
  });

  test.each([
    ["together", { kind: "together" }],
    ["as-ready", { kind: "as-ready" }],
    ["staggered 5ms", { kind: "staggered", everyMs: 5 }],
    ["'offsets [0ms, 3ms]'", { kind: "offsets", offsetsMs: [0, 3] }],
    ["'offsets [1s]'", { kind: "offsets", offsetsMs: [1000] }],
  ])("is released %s", (release, expected) => {
    expect(raceOf(racing(`writers: 2, release: ${release}, steps: [${LOOK}]`)).release).toEqual(expected);
  });

  test("expects statuses of its steps, and invariants", () => {
    const text = racing(
      `writers: 10, steps: [${LOOK}, ${WRITE}]`,
      'statuses: { write: { 200: 1, 4xx: ">=1" } }, invariants: [one-winner, linearizable]',
    );
    expect(raceOf(text).expectations).toEqual([
      {
        what: "raceStatuses",
        step: "w/write",
        counts: [
          [200, "1"],
          ["4xx", ">=1"],
        ],
      },
      { what: "invariant", invariant: "one-winner" },
      { what: "invariant", invariant: "linearizable" },
    ]);
    expect(raceOf(racing(`writers: 2, steps: [${LOOK}]`)).expectations).toEqual([]);
  });

  test("may be of resources that others write too", () => {
    expect(raceOf(racing(`writers: 2, exclusive: false, steps: [${LOOK}]`)).exclusive).toBe(false);
  });

  test("knows the scenario's vars, what was captured before it, its own vars and the writer's number", () => {
    const text = `vars: { key: a }
steps:
  - { id: made, request: POST /t, capture: { id: $.id } }
  - id: w
    race:
      writers: 2
      vars: { mine: $(key)-$(writer)-$(made.id), twice: $(mine)$(mine) }
      steps: [{ request: "PUT /t/$(made.id)/$(twice)", headers: { X-W: $(sha256(writer)) } }]
`;
    expect(raceOf(text).variables.map(({ name }) => name)).toEqual(["mine", "twice"]);
  });

  test("repeats earlier steps, and steps of the same writer", () => {
    const text = `steps:
  - { id: first, request: PUT /t, json: {} }
  - id: w
    race:
      writers: 2
      steps:
        - { id: a, repeat: first }
        - { id: b, repeat: a, retry: { reread: a } }
  - { repeat: first }
`;
    expect(raceOf(text).writers[0]).toMatchObject([
      { id: "w/a", of: "first" },
      { id: "w/b", of: "w/a", retry: { reread: "w/a" } },
    ]);
  });

  test("means its own step where one outside has the same id", () => {
    const text = `steps:
  - { id: look, request: GET /t, capture: { etag: header ETag } }
  - id: w
    race: { writers: 2, steps: [${LOOK}, ${WRITE}] }
  - { request: PUT /t, ifMatch: $(look.etag) }
`;
    const { steps } = load(text);
    expect(raceOf(text).writers[0]?.[1]).toMatchObject({
      request: { ifMatch: { parts: [{ step: "w/look" }] } },
    });
    expect(steps[2]).toMatchObject({ request: { ifMatch: { parts: [{ step: "look" }] } } });
  });

  test("of many writers is read as quickly as one of two", () => {
    const race = raceOf(racing(`writers: 10000, steps: [${LOOK}, ${WRITE}]`));
    expect(race.writers).toHaveLength(10_000);
  });
});

describe("what is refused of a race", () => {
  const step = "steps: [{ request: GET /t }]";

  test.each([
    [
      `writers: 1, ${step}`,
      "3:22 found 1 writer, expected 2 to 10000 (one alone has nobody to race with: write its steps without `race`)",
    ],
    [`writers: 0, ${step}`, "3:22 found 0 writers, expected 2 to 10000"],
    [`writers: 10001, ${step}`, "3:22 found 10001 writers, expected 2 to 10000"],
    [`writers: 2.5, ${step}`, "3:22 found the number 2.5, expected a whole number"],
    [`writers: many, ${step}`, "3:22 found the text `many`, expected a whole number"],
    [step, "3:11 `writers` is missing, expected how many send at the same time (write writers: 10, or lanes"],
    ["writers: 2", "found a map with `writers`, expected exactly one of steps and lanes"],
    ["writers: 2, steps: []", "found an empty list, expected at least 1 entry"],
    [`lanes: [{ ${step} }]`, "found 1 entry, expected at least 2 entries"],
    [`writers: 3, lanes: [{ ${step} }, { ${step} }]`, "3:13 found `writers` with 2 lanes, expected none"],
    [`${step}, lanes: [{ ${step} }]`, "found `steps` and `lanes` together, expected exactly one of"],
    [`writers: 2, relase: together, ${step}`, "(did you mean `release`?)"],
    [`writers: 2, release: staggered, ${step}`, "expected together, staggered 5ms, as-ready or offsets"],
    [`writers: 2, release: staggered 5, ${step}`, "expected together, staggered 5ms, as-ready or offsets"],
    [`writers: 2, release: 'offsets []', ${step}`, "expected together, staggered 5ms, as-ready or offsets"],
    [`writers: 2, release: 'offsets [1ms, 2ms, 3ms]', ${step}`, "found 3 offsets for 2 writers"],
    [`writers: 2, vars: { writer: 1 }, ${step}`, "3:33 found the var `writer`, whose name has a meaning"],
    [`writers: 2, vars: { a: $(b), b: 1 }, ${step}`, "found $(b) before that var has a value"],
    [
      `writers: 2, vars: { a: { ask: an id } }, ${step}`,
      "found `ask` in a var of a race, expected its value",
    ],
    [
      "writers: 2, steps: [{ wait: 1s }]",
      "found a map with `wait`, expected exactly one of request and repeat",
    ],
    [
      "writers: 2, steps: [{ race: { writers: 2 } }]",
      "found a map with `race`, expected exactly one of request and repeat",
    ],
    ["writers: 2, steps: [{ request: GET /t, times: 2 }]", "each writer sends each step once"],
    ["writers: 2, steps: [{ request: GET /t, fault: delay }]", "put it into the policy, `faults:"],
    [
      "writers: 2, steps: [{ request: GET /t, expect: { executed: true } }]",
      "expect the invariant at-most-once of the race",
    ],
    [
      "writers: 2, steps: [{ request: GET /t }, { request: GET /t, expect: { replayOf: step-1 } }]",
      "expect the invariant at-most-once of the race",
    ],
    [
      "writers: 2, steps: [{ request: GET /t, expect: { statuses: { 200: 1 } } }]",
      "the race itself expects `statuses: { STEP: { 200: 1 } }`",
    ],
    [
      "writers: 2, steps: [{ id: a, request: GET /t }, { id: a, request: GET /t }]",
      "found the id `a` a second time",
    ],
    [
      "lanes: [{ steps: [{ id: a, request: GET /t }] }, { steps: [{ id: a, request: GET /t }] }]",
      "found the id `a` a second time",
    ],
    [
      "writers: 2, steps: [{ id: now, request: GET /t }]",
      "found the id `now`, which has a meaning of its own",
    ],
    ["writers: 2, steps: [{ repeat: nope }]", "found the unknown step `nope`"],
    ["writers: 2, steps: [{ repeat: w }]", "found `w`, which is a race of several writers"],
    [
      "lanes: [{ steps: [{ id: a, request: GET /t }] }, { steps: [{ repeat: a }] }]",
      "found `a`, a step inside the race `w`, expected one outside of it",
    ],
    [
      "writers: 2, steps: [{ id: a, request: GET /t, ifMatch: $(b.e) }, { id: b, request: GET /t, capture: { e: status } }]",
      "found $(b.e), but the step `b` has not run at that point",
    ],
    [
      `lanes: [{ steps: [${LOOK}] }, { steps: [{ request: GET /t, ifMatch: $(look.etag) }] }]`,
      "found $(look.etag), but `look` is a step inside the race `w`",
    ],
    [`writers: 2, steps: [${LOOK}, { request: GET /t, ifMatch: $(look.etga) }]`, "(did you mean `etag`?)"],
    [`writers: 2, steps: [${LOOK}, { request: GET /t, ifMatch: $(lok.etag) }]`, "there is no step `lok`"],
  ])("{ %s }", (inside, expected) => {
    const problems = problemsOf(racing(inside));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  test.each([
    ["statuses: { wirte: { 200: 1 } }", "found `wirte`, which is no step of this race, expected write"],
    ["statuses: { wirte: { 200: 1 } }", "(did you mean `write`?)"],
    ["statuses: { 200: 1 }", "found the name `200`, expected a simple name"],
    ["statuses: { write: { 20: 1 } }", "found the name `20`, expected a status such as 409 or 4xx"],
    ["invariants: [no-lost-updates]", "(did you mean `no-lost-update`?)"],
    ["invariants: []", "expected at least 1 entry"],
    ["status: 200", "one writer's answer is expected by its step inside the race"],
  ])("expect: { %s }", (expected, message) => {
    const problems = problemsOf(racing("writers: 2, steps: [{ id: write, request: PUT /t }]", expected));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });

  test.each([
    ["{ repeat: look }", "found `look`, a step inside the race `w`, expected one outside of it"],
    ["{ repeat: w }", "found `w`, which is a race of several writers, expected a step that sends a request"],
    ["{ compare: [w, first] }", "found `w`, which is a race of several writers"],
    ["{ request: GET /$(look.etag) }", "found $(look.etag), but `look` is a step inside the race `w`"],
    ["{ request: GET /$(w.etag) }", "found $(w.etag), but the race `w` captures nothing"],
    ["{ request: GET /$(writer) }", "found $(writer) outside a race, where no writer is"],
    ["{ request: GET /t, expect: { invariants: [one-winner] } }", "`invariants` are expected of a race"],
  ])("after the race: %s", (after, expected) => {
    const text = `steps:\n  - { id: first, request: GET /t }\n  - id: w\n    race: { writers: 2, steps: [${LOOK}] }\n  - ${after}\n`;
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  test.each(["setUp", "cleanUp"])("in %s, which is never raced", (list) => {
    const text = `${list}:\n  - id: w\n    race: { writers: 2, steps: [{ request: GET /t }] }\nsteps: [{ wait: 1s }]\n`;
    expect(problemsOf(text)).toEqual([
      `3:5 found a race in \`${list}\`, expected it in \`steps\` (setUp and cleanUp are never raced)`,
    ]);
  });

  test("fields that belong to the steps inside it", () => {
    const text = `steps:\n  - race: { writers: 2, steps: [{ request: GET /t }] }\n    timeout: 2s\n`;
    expect(problemsOf(text)).toEqual([expect.stringContaining("(this goes to the steps inside the race)")]);
  });

  test("is told all at once, each at its place", () => {
    const text = `steps:
  - id: w
    race:
      writers: 1
      release: at once
      steps:
        - { id: a, request: get /t, times: 3 }
        - { repeat: b }
    expect: { invariants: [none], statuses: { c: { 200: 1 } } }
`;
    expect(problemsOf(text).map((problem) => problem.split(" ", 1)[0])).toEqual([
      "4:16",
      "5:16",
      "7:29",
      "7:37",
      "8:21",
      "9:28",
      "9:47",
    ]);
  });
});
