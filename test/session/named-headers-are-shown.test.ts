import { expect, test } from "vitest";
import { createRedactor } from "../../src/core/redact.js";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import { redactionOf } from "../../src/session/redaction-of.js";
import { profiled } from "./leave-options.js";

const SCENARIO = `steps:
  - { id: a, request: POST /x, idempotencyKey: { value: k, header: X-Once-Token } }
  - { repeat: a, mutate: [{ set: { idempotencyKey: { value: l, header: X-Other-Token } } }] }
`;

const PROFILE = profiled("https://api.example", {
  names: {
    idempotencyKey: { header: "X-Key-Token", syntax: "bare" },
    correlationId: ["Set-Cookie", "X-Call-Token"],
    sentCorrelationId: "X-Asked-Token",
    validator: "X-State-Token",
  },
});

test("a header that a profile or the scenario names as key, validator or correlation ID is shown, whatever it is called", () => {
  const target = PROFILE;
  const redactor = createRedactor(redactionOf({ target }, loadScenario(SCENARIO, "t.yaml")));
  const named = [
    ["X-Key-Token", "key-4711"],
    ["x-call-token", "call-4711"],
    ["X-Asked-Token", "asked-4711"],
    ["X-State-Token", '"state-4711"'],
    ["X-Once-Token", "once-4711"],
    ["X-Other-Token", "other-4711"],
  ] as const;
  expect(redactor.headers(named)).toEqual(named);
});

test("a credential is hidden, whatever a config file calls it", () => {
  const redactor = createRedactor(redactionOf({ target: PROFILE }, null));
  expect(
    redactor.headers([
      ["Set-Cookie", "id=canary-4711"],
      ["X-Gitlab-Token", "canary-4712"],
    ]),
  ).toEqual([
    ["Set-Cookie", "id=<secret:1>"],
    ["X-Gitlab-Token", "<secret:2>"],
  ]);
});
