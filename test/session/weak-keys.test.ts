import { describe, expect, test } from "vitest";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import { warnOfWeakKeys } from "../../src/session/warn-of-weak-keys.js";

function warned(text: string): readonly string[] {
  return warnOfWeakKeys(loadScenario(text, "t.yaml")).map(
    ({ position, message }) => `${position.line} ${message}`,
  );
}

const order = (key: string): string => `  - { request: POST /v1/orders, idempotencyKey: ${key}, json: {} }\n`;

describe("a weak key", () => {
  test("that is written down", () => {
    expect(warned(`steps:\n${order("order-1")}`)).toEqual([
      '2 the idempotency key is short: "order-1" has 7 characters: others may well come to the same',
    ]);
  });

  test("that a template makes of the time", () => {
    expect(warned(`vars: { key: update-$(now()) }\nsteps:\n${order("$(key)")}`)[0]).toMatch(
      /^3 the idempotency key is time-based: "update-2026-/,
    );
  });

  test("that counts up over steps, or over the writers of a race", () => {
    const name = "nightly-job-of-the-crm-worker";
    expect(warned(`steps:\n${order(`${name}-41`)}${order(`${name}-42`)}`)[0]).toMatch(/^3 .*sequential: /);
    const race = `steps:
  - id: w
    race:
      writers: 3
      steps:
        - { request: POST /v1/orders, idempotencyKey: ${name}-$(writer), json: {} }
`;
    expect(warned(race)[0]).toMatch(/^6 .*sequential: /);
  });

  test("that is quoted, or in another header", () => {
    expect(warned(`steps:\n${order("{ value: k1, syntax: quoted }")}`)[0]).toContain('"k1" has 2');
    expect(warned(`steps:\n${order("{ value: k1, header: X-Request-Key }")}`)[0]).toContain('"k1" has 2');
  });

  test("is said once for each kind of weakness", () => {
    expect(warned(`steps:\n${order("a")}${order("b-b")}${order("c-c-c")}`)).toHaveLength(1);
  });
});

describe("no key is weak", () => {
  test.each([
    ["random", "vars: { key: $(uuid()) }\n", "$(key)"],
    ["a digest", "vars: { key: $(uuid()) }\n", "$(sha256(key))"],
    ["known only to a run", "", "$(made.key)"],
  ])("that is %s", (_why, before, key) => {
    const made = "  - { id: made, request: GET /v1/keys, capture: { key: $.key } }\n";
    expect(warned(`${before}steps:\n${made}${order(key)}${order(key)}`)).toEqual([]);
  });

  test("where none is sent", () => {
    expect(warned("steps:\n  - request: GET /v1/orders\n")).toEqual([]);
  });
});
