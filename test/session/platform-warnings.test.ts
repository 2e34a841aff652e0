import { describe, expect, test } from "vitest";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import { warnOfPlatform } from "../../src/session/warn-of-platform.js";
import { foldWarnings } from "../../src/session/warnings.js";

/** `LINE CODE`, and what differs from the documents in a few words. */
function warned(text: string): readonly string[] {
  return foldWarnings(warnOfPlatform(loadScenario(text, "t.yaml"))).map(
    ({ position, code, message, morePlaces }) => {
      const words = message.replace(/^[A-Z]+ \S+ /, "").replace(/ \(documented.*/, "");
      return `${position.line} ${code}: ${words}${morePlaces === 0 ? "" : ` +${morePlaces}`}`;
    },
  );
}

const ID = "8a1f2c3d-1111-4222-8333-444455556666";
const ATTRIBUTES = `PATCH /api/v2/conversations/${ID}/participants/${ID}/attributes`;

describe("a step that the vendor documents otherwise", () => {
  test("is warned of where it stands, with what to do, and said to be documented only", () => {
    const text = `steps:
  - request: POST /api/v2/dataactions/actions/a1/invoke
    json: {}
`;
    expect(warnOfPlatform(loadScenario(text, "t.yaml"))).toEqual([
      {
        code: "no-such-operation",
        message:
          "POST /api/v2/dataactions/actions/{id}/invoke is no operation of the platform; the nearest is POST /api/v2/integrations/actions/{actionId}/execute (documented, not tested: JavaScript SDK 262.0.0)",
        hint: "Send POST /api/v2/integrations/actions/{actionId}/execute.",
        position: { file: "t.yaml", line: 2, column: 5 },
      },
    ]);
  });

  test("is warned of whatever policy the mock obeys for it", () => {
    const steps = `steps:\n  - request: PATCH /api/v2/conversations/voice/${ID}\n    json: {}\n`;
    for (const policy of ["", "policy: forum-lore\n"])
      expect(warned(`${policy}${steps}`)[0]).toMatch("no-such-operation: is no operation of the platform");
  });

  test("speaks of keys and members, also of those that a repeat brings", () => {
    expect(
      warned(`vars: { key: $(uuid()) }
steps:
  - id: first
    request: ${ATTRIBUTES}
    json: { attributes: { a: b } }
  - id: keyed
    repeat: first
    mutate: [{ set: { idempotencyKey: $(key) } }]
  - repeat: keyed
    mutate: [{ patch: [{ op: add, path: /version, value: 7 }] }]
`),
    ).toEqual([
      "6 header-not-declared: takes no Idempotency-Key +1",
      "9 field-not-declared: has no `version` in its body (ParticipantAttributes)",
    ]);
  });

  test("is found in set-up, clean-up and races, once for all writers", () => {
    expect(
      warned(`setUp:
  - request: GET /api/v2/conversations/${ID}/participants/${ID}
steps:
  - id: w
    race:
      writers: 10
      steps:
        - request: POST /api/v2/wfm/x
cleanUp:
  - request: DELETE /api/v2/wfm/x
`),
    ).toEqual([
      "2 no-such-operation: is no operation of the platform; the nearest is GET /api/v2/conversations/{conversationId}",
      "8 no-such-operation: is no operation of the platform; none is near it",
      "10 no-such-operation: is no operation of the platform; none is near it",
    ]);
  });

  test("takes what only a run can know for a value", () => {
    expect(
      warned(`steps:
  - id: me
    request: GET /api/v2/users/me
    capture: { id: $.id, version: $.version }
  - request: PATCH /api/v2/users/$(me.id)
    json: { title: Agent, version: $(me.version) }
`),
    ).toEqual([]);
  });
});

describe("a success without a body", () => {
  const about = (more: string) =>
    warned(`steps:\n  - request: ${ATTRIBUTES}\n    json: { attributes: {} }\n${more}`);

  test.each([
    "    capture: { id: $.id }\n",
    '    expect: { json: { "$.attributes": present } }\n',
    "    expect: { status: 200 }\n",
    "    expect: { status: [200, 409] }\n",
  ])("is warned of where the step counts on another: %j", (more) => {
    expect(about(more)).toEqual(["2 success-without-body: answers a success with 202 and without a body"]);
  });

  test.each([
    "",
    "    capture: { tag: header ETag }\n",
    "    expect: { status: 202 }\n",
    "    expect: { status: 2xx }\n",
    "    expect: { status: 409 }\n",
    "    expect: { status: { not: 409 } }\n",
  ])("is not worth a word where it does not: %j", (more) => {
    expect(about(more)).toEqual([]);
  });
});

test("another API is not spoken of, though its paths begin as the platform's do", () => {
  expect(warned("steps:\n  - request: POST /api/v2/shipments\n    json: {}\n")).toEqual([]);
});

test("other paths, and gcidem's own collection, are not spoken of", () => {
  expect(
    warned(`vars: { key: $(uuid()) }
steps:
  - { request: POST /v1/orders, idempotencyKey: $(key), json: {} }
  - { request: PUT /api/v2/mock/things/1, idempotencyKey: $(key), json: { tier: gold } }
`),
  ).toEqual([]);
});
