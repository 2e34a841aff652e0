import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KeepRule, readKeepRule } from "../../src/core/keep-rules.js";
import { PERSONAL_NAMES } from "../../src/core/personal-names.js";
import { createRedactor, type Redactor } from "../../src/core/redact.js";
import { replaceInJson } from "../../src/core/replace-in-json.js";
import { callersDataAt } from "../../src/platform/callers-data.js";

const CALL = "https://api.mypurecloud.ie/api/v2/conversations/calls/7";

/** As recordings have it, or with `everywhere` as runs on an org do. */
function platform(keep: readonly string[] = [], everywhere = false): Redactor {
  const rules: readonly KeepRule[] = keep.map(readKeepRule);
  return createRedactor(undefined, { scopeOf: (url) => callersDataAt(url, false), everywhere, keep: rules });
}

function inCall(text: string, keep: readonly string[] = []): string {
  return platform(keep).about(CALL).text(text);
}

describe("callers' data in the platform's messages", () => {
  it("is hidden by the names that the documentation lists, each with a placeholder of its own", () => {
    for (const name of PERSONAL_NAMES) {
      expect(inCall(JSON.stringify({ id: "7", [name]: "Anna" })), name).toBe(
        JSON.stringify({ id: "7", [name]: "<personal:1>" }),
      );
    }
  });

  it("leaves what a diagnosis needs: ids, states, versions, queues and attributes", () => {
    const body = JSON.stringify({
      id: "8b34dbc2-c05e-44d7-a25d-48efeace8245",
      state: "connected",
      version: 8,
      queue: { id: "q1" },
      attributes: { "queue-name": "support-tier-2" },
      selfUri: "/api/v2/conversations/calls/7",
    });
    expect(inCall(body)).toBe(body);
  });

  it("gives equal values equal placeholders, in a request and its answer, and different ones different ones", () => {
    const redactor = platform().about(CALL);
    expect(redactor.text('{"ani":"tel:+13175550123","dnis":"Anna"}')).toBe(
      '{"ani":"<personal:1>","dnis":"<personal:2>"}',
    );
    expect(redactor.text('{ "name" : "Anna", "address":"tel:+13175550123" }')).toBe(
      '{ "name" : "<personal:2>", "address":"<personal:1>" }',
    );
    expect(redactor.countPersonal()).toBe(2);
    expect(redactor.count()).toBe(0);
  });

  it("hides what stands in a list or an object of such a name, numbers too, but for its id", () => {
    expect(
      inCall('{"callbackNumbers":["Anna",13175550123],"address":{"id":"a1","city":"Indy","main":true}}'),
    ).toBe(
      '{"callbackNumbers":["<personal:1>","<personal:2>"],"address":{"id":"a1","city":"<personal:3>","main":true}}',
    );
  });

  it("hides telephone numbers and mail addresses wherever they stand, and digits that are known to be a number", () => {
    const redactor = platform().about(CALL);
    expect(redactor.text('{"message":"+13175550123 or anna.b@example.com is no contact"}')).toBe(
      '{"message":"<personal:1> or <personal:2> is no contact"}',
    );
    expect(redactor.text("caller 13175550123, at 1763800000")).toBe("caller <personal:1>, at 1763800000");
    expect(redactor.text("/x?who=%2B13175550123&mail=anna.b%40example.com")).toBe(
      "/x?who=<personal:1>&mail=<personal:2>",
    );
  });

  it("hides fields of forms and queries by name", () => {
    expect(inCall("phoneNumber=555+12&state=held")).toBe("phoneNumber=<personal:1>&state=held");
    expect(inCall("https://x/api/v2/externalcontacts?email=anna&pageSize=25")).toBe(
      "https://x/api/v2/externalcontacts?email=<personal:1>&pageSize=25",
    );
  });

  it("leaves base64, versions and dates alone", () => {
    const text = '{"a":"c2VjcmV0+1234567890abc==","b":"2026-11-21T22:37:05+0000","c":"pkg@1.2.3"}';
    expect(inCall(text)).toBe(text);
  });

  it("changes nothing twice", () => {
    const redactor = platform().about(CALL);
    const once = redactor.text('{"name":"Anna","phone":"+13175550123","token":"canary-77"}');
    expect(once).toBe('{"name":"<personal:1>","phone":"<personal:2>","token":"<secret:1>"}');
    expect(redactor.text(once)).toBe(once);
    expect(redactor.countPersonal()).toBe(2);
  });

  it("leaves valid JSON valid, whatever stands in it, with the same members", () => {
    const word = fc.constantFrom(
      ...[
        "+13175550123",
        "tel:+13175550123",
        "a.b@example.com",
        "13175550123",
        "Anna",
        "x?name=Anna&email=a@b.de",
      ],
      ...["\n", "\t", "\\", '"', " ", "=", "%2B13175550123", "&phone=", "el:", "\u2028", "\u0001"],
    );
    const text = fc.array(word, { maxLength: 6 }).map((words) => words.join(""));
    const key = fc.constantFrom("name", "note", "phone", "attributes");
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(key, tie("value")),
      ),
    }));
    const shape = (any: unknown): unknown =>
      JSON.parse(
        JSON.stringify(any, (_key, each: unknown) => (["string", "number"].includes(typeof each) ? 0 : each)),
      );
    fc.assert(
      fc.property(fc.dictionary(key, value), (any) => {
        const redacted = inCall(JSON.stringify(any));
        expect(shape(JSON.parse(redacted))).toEqual(shape(any));
        expect(redacted).not.toMatch(/"(?:name|phone)":"(?!<personal:|")/);
      }),
      { numRuns: 500 },
    );
  });

  it("is found after an escaped line break too", () => {
    expect(inCall(JSON.stringify({ text: "call\n+13175550123\nor\ta.b@example.com" }))).toBe(
      JSON.stringify({ text: "call\n<personal:1>\nor\t<personal:2>" }),
    );
  });

  it("is looked for in what is made to be slow, within the time of any test", () => {
    const slow = `{"a":"${"a.".repeat(500_000)}@${"+1".repeat(200_000)}${"1".repeat(500_000)}"}`;
    expect(inCall(slow).length).toBeGreaterThan(1_000_000);
  });

  it("reads a body that was cut as far as it goes", () => {
    expect(inCall('{"participants":[{"name":"Anna","address":"tel:+1317')).toBe(
      '{"participants":[{"name":"<personal:1>","address":"<personal:2>"',
    );
  });
});

describe("which messages may hold callers' data", () => {
  const body = '{"name":"Support","email":"a@example.com"}';

  it("is decided by the host, and behind a gateway by the path", () => {
    for (const url of [CALL, "https://gateway.example/genesys/api/v2/conversations/7"])
      expect(platform().about(url).text(body)).toBe('{"name":"<personal:1>","email":"<personal:2>"}');
    for (const url of ["https://api.example.com/api/v2/users/7", "http://127.0.0.1/v1/orders"])
      expect(platform().about(url).text(body)).toBe(body);
  });

  it("spares the names of queues and other things of the organization", () => {
    expect(platform().about("https://api.mypurecloud.com/api/v2/routing/queues/1").text(body)).toBe(
      '{"name":"Support","email":"<personal:1>"}',
    );
  });

  it("is never the rest of the record but for what is known, unless a run says so", () => {
    const redactor = platform();
    redactor.about(CALL).text('{"name":"Anna","ani":"+13175550123"}');
    expect(redactor.text("+13175550123")).toBe("<personal:2>");
    expect(redactor.text("Anna called +13175550199")).toBe("Anna called +13175550199");
    expect(platform([], true).text("call: +13175550199")).toBe("call: <personal:1>");
  });
});

describe("--keep", () => {
  it("keeps members of a name, and what they hold wherever else its shape would hide it", () => {
    expect(inCall('{"ani":"+13175550123","name":"Anna","note":"+13175550123"}', ["ani"])).toBe(
      '{"ani":"+13175550123","name":"<personal:1>","note":"+13175550123"}',
    );
  });

  it("keeps a place by its path, where * is any one step", () => {
    const body = '{"name":"Call","participants":[{"name":"Anna"},{"name":"Ben"}]}';
    expect(inCall(body, ["/participants/*/name"])).toBe(
      '{"name":"<personal:1>","participants":[{"name":"Anna"},{"name":"Ben"}]}',
    );
    expect(inCall(body, ["/participants/1"])).toBe(
      '{"name":"<personal:1>","participants":[{"name":"<personal:2>"},{"name":"Ben"}]}',
    );
  });

  it("keeps no secret", () => {
    expect(inCall('{"name":"Anna","token":"canary-77"}', ["name", "/token", "/*"])).toBe(
      '{"name":"Anna","token":"<secret:1>"}',
    );
  });
});

describe("what a scenario expects", () => {
  it("is compared as the record has it", () => {
    const redactor = platform();
    redactor.about(CALL).text('{"name":"Anna","phone":5551234567}');
    expect(redactor.expected('"Anna"')).toBe('"<personal:1>"');
    expect(redactor.expected("5551234567")).toBe('"<personal:2>"');
    expect(redactor.expected('{"name":"Anna","state":"connected"}')).toBe(
      '{"name":"<personal:1>","state":"connected"}',
    );
    expect(redactor.expected('"connected"')).toBe('"connected"');
  });
});

describe("values in a JSON text", () => {
  it("are replaced where they stand, and every other byte stays", () => {
    const text = '{ "a" : [1, {"b\\"":"x\\\\"}, true],\n"c":{"d":"y"} }';
    const met: string[] = [];
    replaceInJson(text, (json, at) => {
      met.push(`${at.join("/")}=${json}`);
      return null;
    });
    expect(met).toEqual(["a/0=1", 'a/1/b"="x\\\\"', 'c/d="y"']);
  });

  it("are all of its strings and numbers, whatever it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, spaced) => {
        const text = JSON.stringify(value, null, spaced ? 2 : undefined);
        expect(replaceInJson(text, (json) => json)).toBe(text);
        const flat = JSON.stringify(value, (_key, each: unknown) =>
          typeof each === "string" || typeof each === "number" ? "x" : each,
        );
        expect(JSON.stringify(JSON.parse(replaceInJson(text, () => '"x"')))).toBe(flat);
      }),
    );
  });

  it("are looked for in anything without an error", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[],:"\\1-ax ') }), (text) => {
        expect(replaceInJson(text, () => null)).toBe(text);
      }),
    );
  });
});
