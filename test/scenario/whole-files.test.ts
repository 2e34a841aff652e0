import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import { load, problemsOf } from "./loading.js";

const everyField = readFileSync("test/scenario/every-field.yaml", "utf8");

describe("a scenario", () => {
  test("may use every field of the format", () => {
    const scenario = load(everyField);
    expect(scenario.steps.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      "read request",
      "first request",
      "second repeat",
      "mutated repeat",
      "spaced repeat",
      "elsewhere repeat",
      "step-7 wait",
      "thing request",
      "writers race",
      "withRetry request",
      "lost request",
      "burst request",
      "step-13 compare",
    ]);
    expect(scenario).toMatchObject({
      file: "f.yaml",
      name: "Same key, changed body",
      tags: ["idempotency", "smoke"],
      policy: { kind: "preset", name: "forum-lore" },
      seed: 1,
      defaultTimeoutMs: 10_000,
      setUp: [{ id: "made" }],
      cleanUp: [{ id: "cleanUp-1" }],
      effects: { count: "$.items", request: { method: "GET" } },
    });
  });

  test("needs steps alone; its name is then the file's", () => {
    expect(loadScenario("steps: [{ wait: 1s }]", "a/stale etag.yaml")).toMatchObject({
      name: "stale etag",
      description: "",
      tags: [],
      policy: null,
      seed: null,
      variables: [],
      world: null,
      setUp: [],
      cleanUp: [],
      effects: null,
      envNames: [],
    });
  });

  test("may be JSON", () => {
    expect(load('{\n\t"name": "x",\n\t"steps": [{"request": "GET /x"}]\n}').steps).toHaveLength(1);
  });
});

describe("a policy", () => {
  const withPolicy = (policy: string): string => `policy: ${policy}\nsteps: [{ wait: 1s }]\n`;

  test("is a preset, a file beside the scenario, or written in place", () => {
    expect(load(withPolicy("rfc9110")).policy).toEqual({ kind: "preset", name: "rfc9110" });
    expect(load(withPolicy("policies/mine.yaml")).policy).toEqual({
      kind: "file",
      path: "policies/mine.yaml",
    });
    expect(load(withPolicy("{ extends: forum-lore, idempotency: { ttl: 15m } }")).policy).toMatchObject({
      kind: "inline",
      policy: { idempotency: { ttlMs: 900_000 } },
    });
  });

  test.each([
    ["forum-lor", "1:9 found the policy `forum-lor`, expected documented, forum-lore"],
    ["forum-lor", "(did you mean `forum-lore`?)"],
    ["../mine.yaml", "1:9 found `../mine.yaml`, which leads out of the scenario's folder"],
    ["/mine.yaml", "1:9 found the absolute path `/mine.yaml`"],
    ["[a]", "1:9 found a list, expected a preset, a policy file, or a map"],
    ["{ extends: forum-lore, idempotency: { tll: 15m } }", "1:47 found the unknown field `tll`"],
    ["{ idempotency: { ttl: 15 } }", "1:31 found the number 15, expected a duration such as 24h, or forever"],
  ])("%s is refused", (policy, expected) => {
    const problems = problemsOf(withPolicy(policy));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });
});

describe("a fault for a step, in a policy that is written in place", () => {
  const RACE = `{ id: w, race: { writers: 2, steps: [{ id: hit, request: GET /x }] } }`;
  const withFault = (step: string, policy = (faults: string): string => faults): string =>
    `policy: { ${policy(`faults: [{ on: { step: ${step} }, kind: drop-response }]`)} }\nsetUp: [{ id: made, request: PUT /x }]\nsteps: [{ id: first, request: GET /x }, { id: pause, wait: 1s }, { repeat: first }, ${RACE}]\n`;
  const inRoute = (faults: string): string => `routes: [{ match: GET /x, ${faults} }]`;

  test.each(["made", "first", "step-3"])("may name %s, which sends a request", (step) => {
    expect(load(withFault(step)).policy).toMatchObject({ kind: "inline" });
  });

  test.each([
    [
      withFault("frist"),
      "1:34 found the unknown step `frist`, expected the id of a step that sends a request",
    ],
    [withFault("frist"), "(did you mean `first`?)"],
    [withFault("frist", inRoute), "1:60 found the unknown step `frist`"],
    [
      withFault("pause"),
      "1:34 found the step `pause`, which sends nothing by itself, expected the id of a step",
    ],
    [withFault("w"), "1:34 found the step `w`, which sends nothing by itself"],
    [
      withFault("hit"),
      "1:34 found `hit`, a step inside the race `w`, expected one outside of it (of requests",
    ],
  ])("%s is refused", (text, expected) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  test("is not blamed where the steps cannot be read", () => {
    const text =
      "policy: { faults: [{ on: { step: nobody }, kind: delay }] }\nsteps: [{ id: 5, request: GET /x }]\n";
    expect(problemsOf(text).filter((each) => each.includes("nobody"))).toEqual([]);
  });
});

describe("effects", () => {
  test.each([
    ["{ request: POST /x, count: $.a }", "1:21 found POST, expected GET: counting must change nothing"],
    ["{ request: GET /x }", "`count` is missing, expected a JSONPath such as $.id"],
    ["{ request: GET /x, count: items }", "found the text `items`, expected a JSONPath"],
    ["{ request: GET /x, count: $.a-b }", "(a name with a hyphen is written ['a-b'])"],
    ["{ request: GET //x, count: $ }", "found `//x`, expected a path on the target"],
  ])("%s are refused", (effects, expected) => {
    const problems = problemsOf(`effects: ${effects}\nsteps: [{ wait: 1s }]\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });
});

describe("a file that is no scenario", () => {
  test.each([
    ["curl", "curl -X POST https://api.example/x -d '{}'\n"],
    ["curl", "# from the log\n$ curl 'https://api.example/x'\n"],
    ["a HAR file", '{ "log": { "version": "1.2", "entries": [] } }'],
    [
      "a Postman collection",
      '{ "info": { "schema": "https://schema.getpostman.com/json/collection/v2.1.0/" } }',
    ],
    ["a Postman collection", '{ "id": "1", "name": "old", "order": ["2"], "requests": [{ "id": "2" }] }'],
    ["an .http file", "### first\n# comment\nGET https://api.example/x\nAccept: */*\n"],
  ])("but %s is told what to do", (name, text) => {
    expect(problemsOf(text, "in/put")).toEqual([`1:1 this is ${name}: gcidem import in/put`]);
  });

  test.each([
    ["", ["1:1 the file is empty, expected a map of fields"]],
    ["# nothing\n", ["1:1 the file is empty, expected a map of fields"]],
    ["just text\n", ["1:1 found the text `just text`, expected a map"]],
    ["- a\n", ["1:1 found a list, expected a map"]],
    ["name: x\n", ["1:1 `steps` is missing, expected a list"]],
    ["steps: []\n", ["1:8 found an empty list, expected at least 1 entry"]],
    ["steps:\n", ["1:1 found nothing, expected a list"]],
  ])("%j is refused", (text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });
});

test("all mistakes of a file are told at once, in its order, each once and without what follows from it", () => {
  const text = `nmae: typo
tags: [a, 5]
seed: -1
vars:
  key: $(uuid(
  n: 1.0
world:
  principals: { reader: { tokenLife: 10 } }
defaults:
  timeout: soon
  headers: { Authorization: Bearer x }
steps:
  - id: read
    request: GET /x/\${id}?k=$(kye)
    capture: { a: $.x-y, b: header ETag, c: $.list[0].id }
  - id: read
    request: GET //evil
    ifMatch: $(read.b)$(read.c)$(read.d)
    headers: { X-A: hello, world }
  - repeat: raed
    mutate: [{ patch: [{ op: replace, path: n }] }]
    as: raeder
  - wait: 5
    expect: { status: 200 }
  - id: "x
    bytesFrom: ../y
  - compare: [read, x]
`;
  expect(problemsOf(text).map((problem) => problem.split(" (", 1)[0])).toEqual(
    [
      "1:1 found the unknown field `nmae`, expected name, description, tags, policy, seed, vars, world, defaults, setUp, steps, effects or cleanUp",
      "2:11 found the number 5, expected text",
      "3:7 found the number -1, expected at least 0",
      "5:8 found `$(` without a closing `)`",
      "6:6 found the number `1.0`, which JSON would carry as 1, expected one that stays as it is written",
      "8:38 found the number 10, expected a duration such as 250ms, 5s, 15m or 24h",
      "10:12 found the text `soon`, expected a duration such as 250ms, 5s, 15m or 24h",
      "11:14 found a literal credential in the header `Authorization`, expected none in a file",
      "14:21 found `${id}`, expected $(name)",
      "14:29 found the unknown name $(kye), expected a var: key or n",
      "15:51 found `[0].id }` after a value that had ended, expected the end of the value",
      "16:9 found the id `read` a second time",
      "17:18 found `//evil`, expected a path on the target that starts with /",
      "19:28 found `world` without a value, expected `name: value` between commas",
      "20:13 found the unknown step `raed`, expected the id of an earlier step",
      "21:24 `value` is missing, expected a value for the operation replace",
      "21:45 found `n`, expected a JSON Pointer that starts with /",
      "22:9 found the principal `raeder`, expected reader",
      "23:11 found the number 5, expected a duration such as 250ms, 5s, 15m or 24h",
      "24:5 found the unknown field `expect`, expected id or wait",
      '25:9 found the text `"x` that is never closed, expected a " at its end',
      "25:5 found a map with `id` and `bytesFrom`, expected exactly one of request, repeat, wait, race and compare",
    ].toSorted((a, b) => Number.parseFloat(a.replace(":", ".")) - Number.parseFloat(b.replace(":", "."))),
  );
});

test("a file of 2,000 steps is read in one go", () => {
  const steps = Array.from(
    { length: 2_000 },
    (_, n) => `  - { id: s${n}, request: "GET /x/$(key)", json: { n: ${n} } }`,
  );
  expect(loadScenario(`vars: { key: a }\nsteps:\n${steps.join("\n")}\n`, "f.yaml").steps).toHaveLength(2_000);
});
