import { expect, test } from "vitest";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import { literalHeaders, secretLiterals } from "../../src/session/secret-literals.js";

test("a password that stands in a race is a secret", () => {
  const text =
    "steps: [{ race: { writers: 2, vars: { password: canary-1 }, steps: [{ request: POST /x, json: { client_secret: canary-2 } }] } }]";
  expect(secretLiterals(loadScenario(text, "t.yaml"))).toEqual(["canary-1", "canary-2"]);
});

test("so is one that a mutation puts in, one that is expected, and a member that a config file hides", () => {
  const text = `steps:
  - id: a
    request: POST /x
    json: { customer: canary-1, plain: 1 }
    expect: { json: { "$.user['password']": canary-2, $.plain: no } }
  - repeat: a
    mutate: [{ patch: [{ op: add, path: /user/api-key, value: canary-3 }] }]
`;
  expect(secretLiterals(loadScenario(text, "t.yaml"), ["Customer"])).toEqual([
    "canary-1",
    "canary-2",
    "canary-3",
  ]);
});

test("headers that are written out are known before the first request: defaults, a step's own, a mutation's", () => {
  const text = `defaults: { headers: { X-Api-Key: canary-1 } }
steps:
  - { id: a, request: GET /x, headers: { X-Team: crm, X-Id: $(uuid()) } }
  - { repeat: a, mutate: [{ set: { header: { X-Auth-Token: canary-2 } } }] }
`;
  expect(literalHeaders(loadScenario(text, "t.yaml"))).toEqual([
    ["X-Api-Key", "canary-1"],
    ["X-Team", "crm"],
    ["X-Auth-Token", "canary-2"],
  ]);
});
