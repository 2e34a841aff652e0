import { describe, expect, test } from "vitest";
import { load, problemsOf, sending } from "./loading.js";

describe("a step", () => {
  test("is named by its place in its list where the file does not name it", () => {
    const { setUp, steps, cleanUp } = load(
      "setUp: [{ request: GET /x }]\nsteps: [{ request: GET /x }, { wait: 1s }, { id: a, request: GET /x }, { repeat: step-1 }]\ncleanUp: [{ request: GET /x }, { repeat: setUp-1 }]\n",
    );
    expect([setUp, steps, cleanUp].map((list) => list.map(({ id }) => id))).toEqual([
      ["setUp-1"],
      ["step-1", "step-2", "a", "step-4"],
      ["cleanUp-1", "cleanUp-2"],
    ]);
  });

  test("is tried once, with the target's credentials, unless it says otherwise", () => {
    expect(sending("steps: [{ request: GET /x }]")[0]).toEqual({
      kind: "request",
      id: "step-1",
      request: {
        method: "GET",
        path: { parts: ["/x"] },
        headers: [],
        idempotencyKey: null,
        ifMatch: null,
        body: null,
      },
      captures: [],
      expectations: [],
      retry: null,
      times: 1,
      timeoutMs: null,
      abort: null,
      as: null,
      auth: "valid",
      fault: null,
    });
  });

  test("says when it is tried again; what it leaves out has the documented values", () => {
    expect(sending("steps: [{ request: GET /x, retry: {} }]")[0]?.retry).toEqual({
      on: [409, 429, "5xx", "network"],
      max: 5,
      backoff: { initialMs: 100, factor: 2, maxMs: 5000, jitter: "full" },
      respectRetryAfter: true,
      reread: null,
      newKey: false,
    });
    const full =
      "steps:\n  - { id: r, request: GET /x }\n  - request: GET /x\n    retry: { on: [5xx], max: 1, backoff: { initial: 1s, factor: 1.5, max: 1m, jitter: none }, respectRetryAfter: false, reread: r, newKey: true }\n";
    expect(sending(full)[1]?.retry).toEqual({
      on: ["5xx"],
      max: 1,
      backoff: { initialMs: 1000, factor: 1.5, maxMs: 60_000, jitter: "none" },
      respectRetryAfter: false,
      reread: "r",
      newKey: true,
    });
  });

  test("can go wrong on purpose", () => {
    const text =
      "world: { principals: { reader: {} } }\nsteps: [{ request: GET /x, fault: 429, timeout: 2s, abort: 250ms, as: reader, auth: expired, times: 3 }, { request: GET /x, abort: sent }]\n";
    expect(sending(text)).toMatchObject([
      { fault: "429", timeoutMs: 2000, abort: 250, as: "reader", auth: "expired", times: 3 },
      { abort: "sent" },
    ]);
  });

  test.each([
    ["{ id: a }", "found a map with `id`, expected exactly one of request, repeat, wait, race and compare"],
    [
      "{ reqest: GET /x }",
      "expected exactly one of request, repeat, wait, race and compare (did you mean `request`?)",
    ],
    ["{ request: GET /x, wait: 1s }", "found `request` and `wait` together, expected exactly one of"],
    [
      "{ wait: 1s, timeout: 1s }",
      "found the unknown field `timeout`, expected id or wait (a wait sends nothing)",
    ],
    ["{ wait: 5 minutes }", "found the text `5 minutes`, expected a duration such as 250ms, 5s, 15m or 24h"],
    ["{ id: 1st, request: GET /x }", "found the text `1st`, expected a simple name"],
    ["{ id: a.b, request: GET /x }", "found the text `a.b`, expected a simple name"],
    ["{ id: env, request: GET /x }", "found the id `env`, which has a meaning of its own"],
    ["{ id: uuid, request: GET /x }", "found the id `uuid`, which has a meaning of its own"],
    ["{ request: GET /x, tiems: 2 }", "(did you mean `times`?)"],
    ["{ request: GET /x, times: 0 }", "found the number 0, expected at least 1"],
    ["{ request: GET /x, times: 1.5 }", "found the number 1.5, expected a whole number"],
    ["{ request: GET /x, timeout: 0s }", "found a time-out of no length, expected more than 0ms"],
    [
      "{ request: GET /x, abort: send }",
      "found the text `send`, expected `sent` or a duration such as 250ms (did you mean `sent`?)",
    ],
    [
      "{ request: GET /x, auth: non }",
      "found the text `non`, expected none, invalid or expired (did you mean `none`?)",
    ],
    ["{ request: GET /x, fault: drop-respons }", "(did you mean `drop-response`?)"],
    [
      "{ request: GET /x, as: reader }",
      "found the principal `reader`, expected one that `world.principals` lists, and it lists none",
    ],
    [
      "{ request: GET /x, retry: { on: [netwrk] } }",
      "found the text `netwrk`, expected a status such as 409 or 4xx, or network (did you mean `network`?)",
    ],
    ["{ request: GET /x, retry: { on: [] } }", "found an empty list, expected at least 1 entry"],
    ["just text", "found the text `just text`, expected a map"],
  ])("%s is refused", (step, expected) => {
    const problems = problemsOf(`steps:\n  - ${step}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  test("has an id of its own", () => {
    expect(
      problemsOf(
        "setUp: [{ id: a, request: GET /x }]\nsteps:\n  - { id: a, request: GET /x }\n  - { id: step-1, request: GET /x }\n  - { wait: 1s }\n  - { id: step-3, wait: 1s }\n",
      ),
    ).toEqual([
      "3:11 found the id `a` a second time (first at f.yaml:1:15), expected one for each step",
      "6:11 found the id `step-3` a second time (first at f.yaml:5:5), expected one for each step",
    ]);
  });
});

describe("a step that refers to another", () => {
  const two = (first: string, second: string): string => `steps:\n  - ${first}\n  - ${second}\n`;

  test.each([
    [
      "{ id: a, request: GET /x }",
      "{ repeat: b }",
      "3:15 found the unknown step `b`, expected the id of an earlier step",
    ],
    [
      "{ id: first, request: GET /x }",
      "{ repeat: frist }",
      "3:15 found the unknown step `frist`, expected the id of an earlier step (did you mean `first`?)",
    ],
    [
      "{ id: a, repeat: b }",
      "{ id: b, request: GET /x }",
      "2:22 found `b`, which runs later, expected an earlier step",
    ],
    [
      "{ id: a, repeat: a }",
      "{ id: b, request: GET /x }",
      "2:22 found the step's own id `a`, expected an earlier step",
    ],
    ["{ id: a, wait: 1s }", "{ repeat: a }", "3:15 found `a`, which is a wait and sends nothing"],
    [
      "{ id: a, repeat: b }",
      "{ id: b, repeat: a }",
      "2:22 found `b`, which runs later, expected an earlier step: a cycle (a -> b -> a)",
    ],
    [
      "{ id: a, request: GET /x, retry: { reread: b } }",
      "{ id: b, repeat: a }",
      "2:48 found `b`, which runs later, expected an earlier step: a cycle (a -> b -> a)",
    ],
    ["{ id: a, request: GET /x, retry: { reread: a } }", "{ wait: 1s }", "2:48 found the step's own id `a`"],
    [
      "{ id: a, request: GET /x }",
      "{ request: GET /x, expect: { replayOf: c } }",
      "found the unknown step `c`, expected the id of an earlier step",
    ],
    ["{ id: a, request: GET /x }", "{ compare: [a, b] }", "3:20 found the unknown step `b`"],
    ["{ id: a, request: GET /x }", "{ compare: [a] }", "expected at least 2 entries"],
  ])("%s, %s is refused", (first, second, expected) => {
    const problems = problemsOf(two(first, second));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  test("may name a step of an earlier list", () => {
    const text =
      "setUp: [{ id: a, request: GET /x }]\nsteps: [{ id: b, repeat: a }]\ncleanUp: [{ repeat: b }, { compare: [a, b] }]\n";
    expect(load(text).cleanUp).toHaveLength(2);
  });

  test("is not blamed where the other step cannot be read", () => {
    expect(
      problemsOf(
        "steps:\n  - { id: a b, request: GET /x }\n  - { repeat: a b }\n  - { request: GET /$(c.d) }\n",
      ),
    ).toEqual([expect.stringContaining("2:11 found the text `a b`, expected a simple name")]);
    expect(
      problemsOf("steps:\n  - { id: look, request: GET /$.a[0] }\n  - { request: GET /$(look.a) }\n"),
    ).toEqual([expect.stringContaining("2:34 found `[0] }` after a value that had ended")]);
    expect(problemsOf("setUp: { id: a }\nsteps: [{ repeat: a }]\n")).toEqual([
      "1:8 found a map, expected a list",
    ]);
    expect(
      problemsOf(
        "steps:\n  - { id: a, request: [x] }\n  - { repeat: a, mutate: [{ reserialize: whitespace }] }\n",
      ),
    ).toEqual([expect.stringContaining("2:23 found a list, expected METHOD /path")]);
  });
});

describe("a name in a template", () => {
  const after = (path: string): string =>
    `vars: { key: a }\nsteps:\n  - { id: read, request: GET /x, capture: { etag: header ETag, id: $.id } }\n  - { id: two, request: "GET /${path}" }\n  - { id: late, request: GET /x, capture: { z: status } }\n  - { id: pause, wait: 1s }\n`;

  test.each([
    ["$(kye)", "4:31 found the unknown name $(kye), expected a var: key (did you mean `key`?)"],
    ["a/$(key)/$(x)", "4:40 found the unknown name $(x), expected a var: key"],
    ["$(read)", "found $(read), which is a step, expected one of its captures (write $(read.etag))"],
    [
      "$(red.etag)",
      "found $(red.etag), but there is no step `red`, expected $(step.capture) (did you mean `read`?)",
    ],
    [
      "$(read.etga)",
      "found $(read.etga), but the step `read` captures etag and id, expected a capture of an earlier step (did you mean `etag`?)",
    ],
    ["$(late.z)", "found $(late.z), but the step `late` has not run at that point"],
    ["$(two.id)", "found $(two.id), but the step `two` captures nothing"],
    ["$(pause.x)", "found $(pause.x), but the step `pause` captures nothing"],
    ["$(key.x)", "found $(key.x), but `key` is a var and has no parts, expected $(key)"],
    ["$(sha256(nope))", "found the unknown name $(nope), expected a var: key"],
  ])("%s is refused", (path, expected) => {
    const problems = problemsOf(after(path));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  test("of the step's own capture has a value only in its expectations", () => {
    const step = (rest: string): string =>
      `steps:\n  - { id: a, request: POST /x, capture: { id: $.id }, ${rest} }\n`;
    expect(load(step("expect: { headers: { Location: /x/$(a.id) } }")).steps).toHaveLength(1);
    expect(problemsOf(step("text: $(a.id)"))).toEqual([
      expect.stringContaining(
        "found $(a.id), but the step `a` is this very step, expected a capture of an earlier step",
      ),
    ]);
  });

  test("is known in the file's lists in their order, and in effects", () => {
    const text =
      "setUp: [{ id: made, request: POST /x, capture: { id: $.id } }]\nsteps: [{ id: s, request: GET /$(made.id), capture: { e: status } }]\ncleanUp: [{ request: DELETE /$(made.id)/$(s.e) }]\neffects: { request: GET /$(made.id)/$(s.e), count: $.items }\n";
    expect(load(text).effects?.count).toBe("$.items");
  });

  test("of a var refers to earlier vars alone", () => {
    expect(
      problemsOf(
        "vars:\n  a: $(b)\n  b: $(a)\n  c: $(c)\n  d: $(s.e)\n  e: { mock: $(d)$(zz), ask: what }\nsteps: [{ id: s, request: GET /, capture: { e: status } }]\n",
      ),
    ).toEqual([
      "2:6 found $(b) before that var has a value, expected an earlier var (vars are evaluated in the order of the file)",
      "4:6 found $(c) before that var has a value, expected an earlier var (vars are evaluated in the order of the file)",
      "5:6 found $(s.e) in a value that is made before the first step runs, expected vars only",
      "6:18 found the unknown name $(zz), expected a var: a, b, c, d or e",
    ]);
  });

  test("in the world refers to vars alone", () => {
    const text =
      "vars: { id: $(uuid()) }\nworld: { things: [{ id: $(id), of: $(s.e) }] }\nsteps: [{ id: s, request: GET /, capture: { e: status } }]\n";
    expect(problemsOf(text)).toEqual([
      "2:36 found $(s.e) in a value that is made before the first step runs, expected vars only",
    ]);
  });

  test("in default headers is checked once, however many steps send them", () => {
    expect(
      problemsOf(
        "defaults: { headers: { X-A: $(nope) } }\nsteps: [{ request: GET /x }, { request: GET /y }]\n",
      ),
    ).toEqual(["1:29 found the unknown name $(nope), expected a var, and the scenario has none"]);
  });

  test("from the environment is listed with its places", () => {
    const text = "vars: { a: $(env.A) }\nsteps: [{ request: GET /$(sha256(env.B)), text: $(env.A) }]\n";
    expect(load(text).envNames).toEqual([{ name: "A" }, { name: "B" }, { name: "A" }]);
  });

  test("is not blamed where captures or vars cannot be read", () => {
    expect(
      problemsOf(
        "vars: [a]\nsteps:\n  - { id: s, request: GET /$(a), capture: 5 }\n  - { request: GET /$(s.x) }\n",
      ),
    ).toEqual(["1:7 found a list, expected a map", "3:43 found the number 5, expected a map"]);
  });
});

describe("a var", () => {
  test("has a value, or one for the mock and a question for people", () => {
    const { variables } = load(
      "vars:\n  b: { x: 1 }\n  a: { mock: $(uuid()), ask: an id }\n  c: { ask: a token }\nsteps: [{ wait: 1s }]\n",
    );
    expect(variables).toMatchObject([
      { name: "b", value: { kind: "object" }, ask: null },
      { name: "a", value: { kind: "string" }, ask: "an id" },
      { name: "c", value: null, ask: "a token" },
    ]);
  });

  test.each([
    ["{ uuid: a }", "1:9 found the var `uuid`, whose name has a meaning of its own"],
    ["{ writer: a }", "found the var `writer`"],
    ["{ 10: a }", "found the name `10`, expected a simple name"],
    ["{ a: { mock: 1 } }", "`ask` is missing, expected what a person must give with --var"],
    ["{ a: { mock: 1, ask: 5 } }", "found the number 5, expected what a person must give with --var"],
    [
      "{ a: { mock: 1, ask: x, aks: y } }",
      "found the unknown field `aks` of a var, expected mock or ask (did you mean `ask`?)",
    ],
    ["{ a: 1.0 }", "found the number `1.0`"],
    ["{ a: ${x} }", "found `${x}`, expected a value; a template is written `$(name)`"],
    ["{ a: '${x}' }", "found `${x}`, expected $(name)"],
  ])("%s is refused", (vars, expected) => {
    const problems = problemsOf(`vars: ${vars}\nsteps: [{ wait: 1s }]\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });
});
