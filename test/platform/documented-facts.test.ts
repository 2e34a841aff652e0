import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { knownOperations } from "../../src/platform/all-operations.js";
import { documentedFacts } from "../../src/platform/documented-facts.js";
import type { AskedRequest, DocumentedFact } from "../../src/platform/platform.js";

const ID = "8a1f2c3d-1111-4222-8333-444455556666";
const CALL = `/api/v2/conversations/calls/${ID}/participants/${ID}`;
const ATTRIBUTES = `/api/v2/conversations/${ID}/participants/${ID}/attributes`;

function facts(method: string, url: string, more: Partial<AskedRequest> = {}): readonly DocumentedFact[] {
  return documentedFacts({ method, url, headers: [], body: null, ...more });
}

/** The facts of one kind, as their few words and what to do. */
function said(cause: DocumentedFact["cause"], from: readonly DocumentedFact[]): readonly string[] {
  return from.filter((fact) => fact.cause === cause).map(({ fact, remedy }) => `${fact}. ${remedy}`);
}

test("of an operation that is none, the one is named that takes what the body has", () => {
  const url = `/api/v2/conversations/${ID}/participants/${ID}`;
  const [only] = said("no-such-operation", facts("PUT", url, { body: '{"attributes":{"tier":"gold"}}' }));
  expect(only).toMatch(
    /Send PATCH \/api\/v2\/conversations\/\{conversationId\}\/participants\/\{participantId\}\/attributes: that takes `attributes`\.$/,
  );
  const [plain] = said("no-such-operation", facts("PUT", url, { body: '{"state":"connected"}' }));
  expect(plain).toMatch(
    /Send PATCH \/api\/v2\/conversations\/\{conversationId\}\/participants\/\{participantId\}\.$/,
  );
});

describe("headers that an operation does not declare", () => {
  test.each(["Idempotency-Key", "idempotency-key", "X-Idempotency-Key"])("%s on a participant", (name) => {
    const [only, ...more] = said(
      "header-not-declared",
      facts("PATCH", ATTRIBUTES, { headers: [[name, "k"]] }),
    );
    expect(only).toMatch(`takes no ${name}. Do not count on the key`);
    expect(more).toEqual([]);
  });

  test("the one operation that takes a key is told of no key, but of one in another header", () => {
    const url = `/api/v2/quality/conversations/${ID}/evaluations`;
    expect(facts("POST", url, { headers: [["idempotency-key", "k"]] })).toEqual([]);
    expect(
      said("header-not-declared", facts("POST", url, { headers: [["X-Idempotency-Key", "k"]] })),
    ).toEqual([
      "takes its key as Idempotency-Key, not as X-Idempotency-Key. Send the key as Idempotency-Key.",
    ]);
  });

  test("If-Match where the version belongs into the body", () => {
    const from = facts("PATCH", `/api/v2/users/${ID}`, {
      headers: [["If-Match", '"7"']],
      body: '{"version":7}',
    });
    expect(said("header-not-declared", from)).toEqual([
      "takes no If-Match. Send the current `version` in the body instead: that is what is compared.",
    ]);
  });

  test("If-Match and If-None-Match are no news to SCIM", () => {
    const url = `/api/v2/scim/v2/users/${ID}`;
    expect(facts("PUT", url, { headers: [["If-Match", '"7"']], body: "{}" })).toEqual([]);
    expect(facts("GET", url, { headers: [["If-None-Match", '"7"']] })).toEqual([]);
  });

  test("no other header is spoken of", () => {
    expect(
      facts("GET", "/api/v2/users/me", {
        headers: [
          ["X-Team", "crm"],
          ["Accept", "*/*"],
        ],
      }),
    ).toEqual([]);
  });
});

describe("members that a body does not have", () => {
  test("attributes of a call's participant have an operation of their own", () => {
    expect(said("field-not-declared", facts("PATCH", CALL, { body: '{"attributes":{"a":"b"}}' }))).toEqual([
      "has no `attributes` in its body (MediaParticipantRequest). Send `attributes` to PATCH /api/v2/conversations/calls/{conversationId}/participants/{participantId}/attributes.",
    ]);
  });

  test("a version that nothing compares", () => {
    const [fact] = facts("PATCH", ATTRIBUTES, { body: '{"attributes":{},"version":7}' });
    expect(fact?.fact).toBe("has no `version` in its body (ParticipantAttributes)");
    expect(fact?.explanation).toContain("an outdated write is not refused for it");
  });

  test("all of them at once, each once, and a body where there is none", () => {
    const [fact] = facts("PATCH", ATTRIBUTES, { body: '{"b":1,"a":1,"b":2}' });
    expect(fact?.fact).toContain("no `b`, `a` in its body");
    const many = JSON.stringify(
      Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`m${index}`, 1])),
    );
    expect(facts("PATCH", ATTRIBUTES, { body: many })[0]?.fact).toMatch(/`m4` and 895 more in its body/);
    const put = facts("PUT", `/api/v2/users/${ID}/station/associatedstation/s1`, { body: '{"a":1}' });
    expect(said("field-not-declared", put)).toEqual(["has no body, so no `a`. Send no body."]);
  });

  test.each([
    ["an action takes any input", "POST", "/api/v2/integrations/actions/a1/execute", '{"contactId":"c-1"}'],
    ["gcidem knows no more than that it is there", "POST", "/api/v2/groups/search", '{"anything":1}'],
    ["the body is no object", "PATCH", `/api/v2/users/${ID}`, "[1]"],
    ["the body is no JSON", "PATCH", `/api/v2/users/${ID}`, "title=Agent"],
    ["all members are documented", "PATCH", `/api/v2/users/${ID}`, '{"title":"Agent","version":1}'],
  ])("none where %s", (_why, method, url, body) => {
    expect(said("field-not-declared", facts(method, url, { body }))).toEqual([]);
  });
});

describe("the answer", () => {
  test("a success without a body says what to read instead", () => {
    expect(said("success-without-body", facts("PATCH", ATTRIBUTES))).toEqual([
      "answers a success with 202 and without a body. Read GET /api/v2/conversations/{conversationId} to see what is there now.",
    ]);
    expect(said("success-without-body", facts("PATCH", `/api/v2/users/${ID}`))).toEqual([]);
  });

  test("a call's participant may need a user; its attributes do not", () => {
    expect(said("user-required", facts("PATCH", CALL))).toHaveLength(1);
    expect(said("user-required", facts("PATCH", `${CALL}/attributes`))).toEqual([]);
  });
});

describe("an operation that is none", () => {
  test("is said with the nearest, and nothing else is said of it", () => {
    const from = facts("POST", "/api/v2/dataactions/actions/a1/invoke?x=1", {
      headers: [["Idempotency-Key", "k"]],
    });
    expect(from).toMatchObject([
      {
        cause: "no-such-operation",
        operation: "POST /api/v2/dataactions/actions/{id}/invoke",
        remedy: "Send POST /api/v2/integrations/actions/{actionId}/execute.",
      },
    ]);
  });

  test.each(["/api/v2/analytics/x", "/v1/orders", "https://api.example.com/api/v2/wfm"])(
    "is not said of %s",
    (url) => {
      expect(facts("GET", url)).toEqual([]);
    },
  );
});

test("every fact names its operation, says that it was not tested, and where it stands", () => {
  const all = knownOperations();
  const request = fc.record({
    name: fc.constantFrom("Idempotency-Key", "If-Match", "If-None-Match"),
    body: fc.json(),
  });
  fc.assert(
    fc.property(fc.constantFrom(...all), request, ({ operation }, { name, body }) => {
      const url = operation.path.replace(/\{\w+\}/g, ID);
      for (const fact of facts(operation.method, url, { headers: [[name, "x"]], body })) {
        expect(fact.operation).toBe(`${operation.method} ${operation.path}`);
        expect(fact.explanation).toMatch(/^[A-Z]+ \/.+ Documented, not tested: .+, read \d{4}-\d\d-\d\d\.$/s);
        expect(fact.remedy).toMatch(/^[A-Z].*\.$/s);
      }
    }),
  );
});
