import { describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import type { MaterialRequest } from "../../src/plan/plan.js";
import { checkWrites, requestGate } from "../../src/session/judge-writes.js";
import type { SessionOptions, TargetChoice } from "../../src/session/session.js";
import { at, optionsFor, planOf, profiled } from "./leave-options.js";

const WRITE = planOf("steps:\n  - request: PUT /things/1\n    json: {}\n");

function refusalOf(check: () => void): GcidemError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof GcidemError) return error;
    throw error;
  }
}

function refusedAt(target: TargetChoice, more: Partial<SessionOptions> = {}): string | null {
  return refusalOf(() => checkWrites(WRITE, optionsFor(target, {}, more)))?.message ?? null;
}

describe("no leave is needed", () => {
  test.each([
    ["on the embedded mock", { kind: "mock" }],
    ["on a mock that is running", { kind: "mock", at: "http://127.0.0.1:8080" }],
    ["on localhost", at("http://localhost:8080")],
    ["in 127.0.0.0/8", at("http://127.1.2.3")],
    ["on ::1", at("http://[::1]:1")],
    ["on an IPv4-mapped loopback address", at("http://[::ffff:127.0.0.1]")],
    ["on a profile of kind http at loopback without credentials", profiled("http://localhost:1")],
  ] satisfies readonly (readonly [string, TargetChoice])[])("%s", (_what, target) => {
    expect(refusedAt(target)).toBeNull();
  });

  test("for -H with a header that is no credential", () => {
    const headers = [
      ["X-Team", "crm"],
      ["Idempotency-Key", "k"],
    ] as const;
    expect(refusedAt(at("http://localhost"), { headers })).toBeNull();
  });
});

describe("leave is needed, and the message says why", () => {
  const loopback = "http://127.0.0.1:8080";
  const bearer = { value: { kind: "bearer", token: "t" }, source: "x" } as const;
  test.each([
    ["another host", at("https://api.example.com"), "api.example.com is not plain loopback"],
    ["a host of a compose network", at("http://api:8080"), "compose network"],
    [
      "a name under localhost, which resolvers treat as they like",
      at("http://x.localhost"),
      "compose network",
    ],
    ["localhost with a dot", at("http://localhost.:80"), "localhost. is not plain loopback"],
    ["a name that begins like loopback", at("http://127.0.0.1.example.com"), "is not plain loopback"],
    ["all addresses of this machine", at("http://0.0.0.0"), "0.0.0.0 is not plain loopback"],
    ["a private address", at("http://10.0.0.1"), "10.0.0.1 is not plain loopback"],
    ["another IPv6 address", at("http://[::2]"), "[::2] is not plain loopback"],
    [
      "an org of the platform",
      profiled("https://api.mypurecloud.com", { kind: "genesys" }),
      "prod is an org",
    ],
    ["kind genesys at loopback", profiled(loopback, { kind: "genesys" }), "prod is an org of the platform"],
    ["credentials at loopback", profiled(loopback, { credentials: bearer }), "the credentials of prod"],
    [
      "a client certificate at loopback",
      profiled(loopback, { clientCertificate: { cert: "", key: "" } }),
      "the credentials of prod",
    ],
    ["a header of a profile", profiled(loopback, { headers: [["X-Api-Key", "k"]] }), "X-Api-Key"],
  ] satisfies readonly (readonly [string, TargetChoice, string])[])("%s", (_what, target, words) => {
    expect(refusedAt(target)).toContain(words);
    expect(refusedAt(target)).toMatch(/^it\.yaml:2:5 step step-1: PUT \/things\/1: .*; nothing was sent$/);
  });

  test.each([
    "Authorization",
    "Cookie",
    "X-Api-Key",
    "X-Auth-Token",
    "Ocp-Apim-Subscription-Key",
    "X-Secret",
  ])("-H %s at loopback", (name) => {
    expect(refusedAt(at(loopback), { headers: [[name, "abcdef"]] })).toContain(
      `-H gives the credential ${name}`,
    );
  });

  test("a scenario that reads the environment, at loopback", () => {
    const plan = planOf("steps:\n  - request: POST /x\n    text: $(env.GCIDEM_VAR_A)\n");
    const message = refusalOf(() => checkWrites(plan, optionsFor(at(loopback))))?.message;
    expect(message).toContain("$(env.GCIDEM_VAR_A), which counts as a credential");
  });

  test("a credential that --var gives, at loopback", () => {
    const plan = planOf(
      "vars: { k: none }\nsteps:\n  - request: POST /x\n    headers: { X-Api-Key: $(k) }\n    json: {}\n",
    );
    expect(refusalOf(() => checkWrites(plan, optionsFor(at(loopback))))).toBeNull();
    const given = optionsFor(at(loopback), {}, { given: new Map([["k", "real"]]) });
    expect(refusalOf(() => checkWrites(plan, given))?.message).toContain("--var gives a credential");
  });
});

const CALL = "/api/v2/conversations/calls/c1";
const PARTICIPANT = `${CALL}/participants/p1`;
const REAL = at("https://api.example.com");

/** What needs `--allow-destructive`: the name of the case, the step's lines, and a word of the reason. */
const DESTRUCTIVE: readonly (readonly [what: string, step: string, reason: string])[] = [
  ["DELETE", "request: DELETE /v1/orders/1", "DELETE removes"],
  ["DELETE by a header", "request: POST /v1/a\n    headers: { X-HTTP-Method-Override: Delete }", "DELETE"],
  ["DELETE by another header", "request: GET /v1/a\n    headers: { X-Method-Override: DELETE }", "DELETE"],
  ["DELETE by a third one", "request: POST /v1/a\n    headers: { X-HTTP-Method: DELETE }", "DELETE"],
  ...["state", "held", "muted", "confined", "recording", "wrapup"].flatMap((member) => [
    [
      `a participant's ${member}`,
      `request: PATCH ${PARTICIPANT}\n    json: { ${member}: x }`,
      `"${member}" changes`,
    ] as const,
    [
      `a communication's ${member}`,
      `request: PATCH ${PARTICIPANT}/communications/m1\n    json: { ${member}: x }`,
      `"${member}" changes`,
    ] as const,
  ]),
  ["a member as text", `request: PATCH ${PARTICIPANT}\n    text: '{"held": true}'`, '"held"'],
  ["a member as an escape", `request: PATCH ${PARTICIPANT}\n    text: '{"st\\u0061te": 1}'`, '"state"'],
  ["a member in other letters", `request: PATCH ${PARTICIPANT}\n    json: { State: 1 }`, '"state"'],
  ["a member in a form", `request: POST ${PARTICIPANT}\n    form: { muted: "true" }`, '"muted"'],
  ["a path with escapes", "request: PATCH /v1/%70articipants/1\n    json: { state: x }", '"state"'],
  ["a path with two slashes", "request: PATCH /v1/participants//1/\n    json: { state: x }", '"state"'],
  [
    "a participant's state without a medium",
    "request: PATCH /api/v2/conversations/c1/participants/p1\n    json: { state: x }",
    '"state"',
  ],
  ["the state of a whole call", `request: PATCH ${CALL}\n    json: { state: disconnected }`, '"state"'],
  ["a replace", `request: POST ${PARTICIPANT}/replace\n    json: {}`, "replace or transfer"],
  [
    "a replace by another agent",
    `request: POST ${PARTICIPANT}/replace/agent\n    json: {}`,
    "replace or transfer",
  ],
  ["a consult transfer", `request: POST ${PARTICIPANT}/consult?x=1\n    json: {}`, "replace or transfer"],
  ["a transfer", `request: POST ${PARTICIPANT}/transfer\n    json: {}`, "replace or transfer"],
  ["a disconnect", "request: POST /api/v2/conversations/c1/disconnect", "disconnect"],
  [
    "disconnects in bulk",
    "request: POST /api/v2/conversations/callbacks/bulk/disconnect\n    json: {}",
    "disconnect",
  ],
  ["barging in", `request: POST ${PARTICIPANT}/barge`, "into a live conversation"],
  [
    "the recording of a call",
    `request: PUT ${CALL}/recordingstate\n    json: { recordingState: paused }`,
    "recording",
  ],
  ["a wrap-up", `request: POST ${PARTICIPANT}/communications/m1/wrapup\n    json: { code: x }`, "wraps up"],
];

/** What `--allow-writes` is enough for. */
const HARMLESS: readonly (readonly [what: string, step: string])[] = [
  [
    "attributes, whatever they are called",
    `request: PATCH ${PARTICIPANT}/attributes\n    json: { attributes: { state: x }, state: y }`,
  ],
  [
    "a participant's body without such a member",
    `request: PATCH ${PARTICIPANT}\n    json: { wrapupSkipped: true }`,
  ],
  ["a new participant", `request: POST ${CALL}/participants\n    json: { participants: [] }`],
  ["a state elsewhere", "request: PUT /v1/orders/1\n    json: { state: paid }"],
  ["a user", "request: PATCH /api/v2/users/u1\n    json: { version: 1, state: active }"],
  [
    "another method than DELETE by a header",
    "request: POST /v1/a\n    headers: { X-HTTP-Method-Override: PATCH }",
  ],
];

describe("--allow-destructive is needed besides --allow-writes", () => {
  const writes = { allowWrites: true };

  test.each(DESTRUCTIVE)("for %s", (_what, step, reason) => {
    const plan = planOf(`steps:\n  - ${step}\n`);
    const refusal = refusalOf(() => checkWrites(plan, optionsFor(REAL, writes)));
    expect(refusal?.message).toContain(reason);
    expect(refusal?.hint).toContain("--allow-destructive");
    const both = optionsFor(REAL, { ...writes, allowDestructive: true });
    expect(refusalOf(() => checkWrites(plan, both))).toBeNull();
  });

  test.each(HARMLESS)("but not for %s", (_what, step) => {
    const plan = planOf(`steps:\n  - ${step}\n`);
    expect(refusalOf(() => checkWrites(plan, optionsFor(REAL, writes)))).toBeNull();
  });

  test.each([
    ["sets the method", "set: { method: DELETE }"],
    ["sets an overriding header", "set: { header: { X-HTTP-Method-Override: DELETE } }"],
    ["sets the path", `set: { path: "${PARTICIPANT}/replace" }`],
    ["adds a member", "patch: [{ op: add, path: /recording, value: true }]"],
    ["replaces the whole body", 'patch: [{ op: replace, path: "", value: { held: true } }]'],
  ])("for a repeat that %s", (_what, mutation) => {
    const plan = planOf(
      `steps:\n  - { id: a, request: PATCH ${PARTICIPANT}, json: { wrapupSkipped: false } }\n  - { repeat: a, mutate: [{ ${mutation} }] }\n`,
    );
    expect(refusalOf(() => checkWrites(plan, optionsFor(REAL, writes)))?.hint).toContain(
      "--allow-destructive",
    );
  });

  test("for what -H makes of every request", () => {
    const headers = [["X-HTTP-Method-Override", "DELETE"]] as const;
    const plan = planOf("steps:\n  - request: GET /x\n    headers: { X-HTTP-Method-Override: PATCH }\n");
    expect(refusalOf(() => checkWrites(plan, optionsFor(REAL, writes, { headers })))).not.toBeNull();
  });

  test("where a file's name says otherwise, it does not matter", () => {
    const plan = planOf(
      `steps:\n  - { id: a, request: PATCH ${PARTICIPANT}, json: { wrapupSkipped: false } }\n  - { repeat: a, mutate: [{ patch: [{ op: add, path: /resumeTime, value: x }] }] }\n`,
    );
    expect(refusalOf(() => checkWrites(plan, optionsFor(REAL, writes)))).toBeNull();
  });
});

describe("the last gate judges a request once all of it is known", () => {
  const plan = planOf("steps:\n  - request: GET /x\n");
  const gate = requestGate(plan, optionsFor(REAL, { allowWrites: true }));

  function made(
    path: string,
    body: Uint8Array | string | null,
    more: Partial<MaterialRequest> = {},
  ): MaterialRequest {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    return { method: "PATCH", url: `https://api.example.com${path}`, headers: [], body: bytes, ...more };
  }

  test.each([
    ["JSON", made(PARTICIPANT, '{"state":"disconnected"}')],
    ["JSON in a list", made(PARTICIPANT, '[{"state":"disconnected"}]')],
    ["a form", made(PARTICIPANT, "held=true")],
    ["JSON with a mistake that a server may forgive", made(PARTICIPANT, '{"held":true,}')],
    ["a compressed body", made(PARTICIPANT, "x", { headers: [["Content-Encoding", "gzip"]] })],
    ["a body in another encoding", made(PARTICIPANT, Buffer.from([0xff, 0xfe, 0x7b, 0x00]))],
    ["a path with escapes", made("/api/v2/conversations/c/particip%61nts/p", '{"muted":true}')],
    ["DELETE", made("/x", null, { method: "DELETE" })],
  ])("%s", (_what, request) => {
    expect(gate(request)).toContain("needs --allow-destructive");
  });

  test("and lets pass what needs no further leave", () => {
    expect(gate(made(`${PARTICIPANT}/attributes`, '{"attributes":{"held":"x"}}'))).toBeNull();
    expect(gate(made("/x", null, { method: "GET" }))).toBeNull();
    expect(requestGate(plan, optionsFor(REAL))(made("/x", null))).toContain("--allow-writes");
    const readOnly = optionsFor(REAL, { readOnly: true, allowWrites: true });
    expect(requestGate(plan, readOnly)(made("/x", null))).toContain("--read-only");
    const asking = made("/x", null, { method: "OPTIONS" });
    expect(gate(asking)).toBeNull();
    expect(requestGate(plan, readOnly)(asking)).toContain("only GET and HEAD");
  });
});
