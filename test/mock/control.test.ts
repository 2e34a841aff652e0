import { describe, expect, test } from "vitest";
import { startMock } from "../../src/mock/start-mock.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { ATTRIBUTES, CONVERSATION, PARTICIPANT, policyOf, THING } from "./an-org.js";
import { answerTo, withControl } from "./controlled.js";

const EXECUTE = "/api/v2/integrations/actions/a1/execute";
const KEYS = { extends: "forum-lore", idempotency: { ttl: "15m" } } as const;
const keyed = { json: { a: "b" }, headers: { "idempotency-key": "k-1" } };

describe("POST clock moves time on", () => {
  test("a key's life ends", () =>
    withControl(KEYS, async ({ control, send }) => {
      const count = async (): Promise<unknown> => (await send("POST", EXECUTE, keyed)).json.executions;
      expect([await count(), await count()]).toEqual([1, 1]);
      const moved = await control("POST", "clock", { advance: "15m" });
      expect([moved.status, moved.text]).toEqual([204, ""]);
      expect(await count()).toBe(2);
    }));

  test("a lock is released", () =>
    withControl(
      { extends: "documented", locks: { states: ["alerting"], for: "3s" } },
      async ({ control, send }) => {
        const conversations = [{ id: CONVERSATION, state: "alerting", participants: [PARTICIPANT] }];
        await control("POST", "reset", { world: { conversations } });
        const write = { json: { attributes: { a: "1" } } };
        expect((await send("PATCH", ATTRIBUTES, write)).status).toBe(409);
        await control("POST", "clock", { advance: "3s" });
        expect((await send("PATCH", ATTRIBUTES, write)).status).toBe(202);
      },
    ));

  test("tokens age", () =>
    withControl({ extends: "documented" }, async ({ control, send }) => {
      await control("POST", "reset", { world: { principals: { short: { tokenLifeMs: 600_000 } } } });
      const { json } = await control("POST", "token", { principal: "short" });
      const me = async () => (await send("GET", "/api/v2/users/me", { token: String(json.token) })).json.code;
      expect(await me()).toBeUndefined();
      await control("POST", "clock", { advance: "10m" });
      expect(await me()).toBe("credentials.expired");
    }));

  test("GET clock says what time the mock has", () =>
    withControl({ extends: "none" }, async ({ control }) => {
      const epochMs = async () => Number((await control("GET", "clock")).json.epochMs);
      const before = await epochMs();
      await control("POST", "clock", { advance: "24h" });
      expect((await epochMs()) - before).toBeGreaterThanOrEqual(24 * 3_600_000);
    }));

  test("two that meet add up", () =>
    withControl({ extends: "none" }, async ({ control, mock }) => {
      const before = mock.clock.nowMs();
      await Promise.all([1, 2].map(() => control("POST", "clock", { advance: "1h" })));
      expect(mock.clock.nowMs() - before).toBeGreaterThanOrEqual(2 * 3_600_000);
    }));

  test.each([
    [{ advance: 5 }, "advance: found 5, expected a duration such as 250ms, 5s, 15m or 24h"],
    [{ advance: "-5s" }, 'advance: found "-5s", expected a duration such as 250ms, 5s, 15m or 24h'],
    [{ advance: "Infinity" }, 'advance: found "Infinity", expected a duration'],
    [{ advance: `${"9".repeat(400)}h` }, "HTTP's dates end with the year 9999"],
    [{ advance: "99999999h" }, "HTTP's dates end with the year 9999"],
    [{}, "advance: found nothing, expected a duration"],
    [{ advance: "5s", by: 1 }, 'found the member "by", expected only advance'],
    [[], "found [], expected an object"],
    ["null", "found null, expected an object"],
  ])("it is not moved by %j", (body, message) =>
    withControl({ extends: "none" }, async ({ control, mock }) => {
      const refused = await control("POST", "clock", body);
      expect(refused.status).toBe(400);
      expect(refused.json.message).toContain(message);
      expect(mock.clock.nowMs()).toBeLessThan(60_000);
    }),
  );
});

describe("GET trace", () => {
  test("tells each decision and why, oldest first, in whatever words the answers hide it", () =>
    withControl({ ...KEYS, errors: "opaque" }, async ({ control, send, mock }) => {
      const first = await send("POST", EXECUTE, keyed);
      await send("POST", EXECUTE, { ...keyed, json: { a: "c" } });
      const trace = await control("GET", "trace");
      expect([trace.status, trace.headers["content-type"]]).toEqual([200, "application/json"]);
      expect(trace.headers["cache-control"]).toBe("no-store");
      expect(JSON.parse(trace.text)).toEqual(mock.trace());
      expect(JSON.parse(trace.text)).toMatchObject([
        {
          method: "POST",
          path: EXECUTE,
          key: "k-1",
          status: 200,
          cause: null,
          movedBy: null,
          correlationId: first.headers["inin-correlation-id"],
        },
        { status: 409, cause: "key-reused-body-changed" },
      ]);
    }));
});

describe("POST reset", () => {
  test("without a body starts the same world anew", () =>
    withControl(KEYS, async ({ control, send, mock }) => {
      const once = async () => (await send("POST", EXECUTE, keyed)).headers["inin-correlation-id"];
      const first = await once();
      const reset = await control("POST", "reset");
      expect([reset.status, mock.trace()]).toEqual([204, []]);
      expect(await once()).toBe(first);
      expect((await control("POST", "reset", {})).status).toBe(204);
      expect(await once()).toBe(first);
    }));

  test("takes another seed, and a later one without returns to the mock's own", () =>
    withControl(
      { extends: "none" },
      async ({ control, mock }) => {
        const own = mock.token(null, "valid");
        await control("POST", "reset", { seed: 8 });
        expect(mock.token(null, "valid")).not.toBe(own);
        await control("POST", "reset", {});
        expect(mock.token(null, "valid")).toBe(own);
      },
      { seed: 7 },
    ));

  test("takes a world: only what it lists exists; null is the world that grows at first sight", () =>
    withControl({ extends: "documented" }, async ({ control, send }) => {
      const status = async (path: string) => (await send("GET", path)).status;
      await control("POST", "reset", { world: { things: [{ id: "1", tier: "none" }] } });
      expect((await send("GET", THING)).json.tier).toBe("none");
      expect(await status(`/api/v2/conversations/${CONVERSATION}`)).toBe(404);
      await control("POST", "reset", { world: null });
      expect(await status(`/api/v2/conversations/${CONVERSATION}`)).toBe(200);
    }));

  test("says every problem of a world", () =>
    withControl({ extends: "none" }, async ({ control }) => {
      const world = {
        principals: { p: { scopes: "all", tokenLifeMs: -1 } },
        conversations: [{ id: 7, partys: [] }],
        things: {},
        persons: [],
      };
      const refused = await control("POST", "reset", { seed: -1, world });
      expect(refused.status).toBe(400);
      expect(String(refused.json.message).split("\n")).toEqual([
        "seed: found -1, expected a whole number from 0 to 4294967295",
        'world.principals.p.scopes: found "all", expected a list',
        "world.principals.p.tokenLifeMs: found -1, expected ms from 0 on",
        "world.conversations[0].id: found 7, expected a text",
        'world.conversations[0]: found the member "partys", expected only id, state, participants',
        "world.things: found {}, expected a list",
        'world: found the member "persons", expected only principals, conversations, things, users, groups, actions',
      ]);
    }));
});

describe("PUT policy", () => {
  const stale = async ({ send }: Parameters<Parameters<typeof withControl>[1]>[0]): Promise<number> => {
    await send("PUT", THING, { json: {} });
    return (await send("PUT", THING, { json: {}, headers: { "if-match": '"nothing-like-it"' } })).status;
  };

  test("makes the mock obey another policy from now on; what exists stays", () =>
    withControl({ extends: "rfc9110" }, async (controlled) => {
      const { control, mock, send } = controlled;
      await send("PUT", THING, { json: { kept: "yes" } });
      const put = await control("PUT", "policy", {
        extends: "rfc9110",
        concurrency: { stale: { status: 409 } },
      });
      expect([put.status, mock.policy().concurrency.stale]).toMatchObject([204, { status: 409 }]);
      expect((await send("GET", THING)).json.kept).toBe("yes");
      expect(await stale(controlled)).toBe(409);
      const { name, description } = mock.policy();
      const file = { extends: "rfc9110", concurrency: { stale: { status: 409 } } };
      expect((await control("GET", "policy")).json).toEqual({ name, description, file });
    }));

  test("takes YAML where the content type says so", () =>
    withControl({ extends: "none" }, async (controlled) => {
      const headers = { "content-type": "application/yaml" };
      expect((await controlled.control("PUT", "policy", "extends: rfc9110\n", headers)).status).toBe(204);
      expect(await stale(controlled)).toBe(412);
      const asJson = await controlled.control("PUT", "policy", "extends: rfc9110\n");
      expect([asJson.status, asJson.json.message]).toEqual([400, "body:1:1: expected a JSON value"]);
    }));

  test("refuses a bad one with every problem and its position, and goes on with the old one", () =>
    withControl({ extends: "rfc9110" }, async ({ control, mock }) => {
      const before = mock.policy();
      const refused = await control(
        "PUT",
        "policy",
        '{\n  "concurency": {},\n  "idempotency": { "ttl": "soon" }\n}',
      );
      expect(refused.status).toBe(400);
      const [first, second, ...more] = String(refused.json.message).split("\n");
      expect(first).toMatch(/^body:2:3: .*concurency.*did you mean `concurrency`/);
      expect(second).toMatch(/^body:3:\d+: .*soon/);
      expect(more).toEqual([]);
      expect(mock.policy()).toBe(before);
    }));
});

describe("GET policy", () => {
  test.each(["forum-lore", "rfc9110"])("gives the file that PUT takes: %s is itself again", (preset) =>
    withControl({ extends: "none" }, async ({ control, mock }) => {
      await control("PUT", "policy", { extends: preset });
      expect(mock.policy()).toBe(presetPolicy(preset));
      const { json } = await control("GET", "policy");
      expect(json).toMatchObject({ name: preset, file: { extends: preset } });
    }),
  );

  test("has no file of a policy that a program put together", () =>
    withControl({ extends: "rfc9110" }, async ({ control }) => {
      expect((await control("GET", "policy")).json.file).toBeNull();
    }));
});

describe("POST step", () => {
  test("says which step of a scenario comes next, for faults that name one", () =>
    withControl(
      { extends: "none", faults: [{ on: { step: "write" }, kind: "5xx-before" }] },
      async (controlled) => {
        const { control, send } = controlled;
        const status = async () => (await send("GET", "/api/v2/users/me")).status;
        expect(await status()).toBe(200);
        expect((await control("POST", "step", { id: "write" })).status).toBe(204);
        expect(await status()).toBe(503);
        expect((await control("POST", "step", {})).json.message).toBe("id: found nothing, expected a text");
      },
    ));
});

describe("POST fault", () => {
  test("spoils the next request, and that one alone", () =>
    withControl({ extends: "documented" }, async ({ control, send }) => {
      expect((await control("POST", "fault", { kind: "drop-response" })).status).toBe(204);
      await expect(send("POST", EXECUTE, keyed)).rejects.toMatchObject({ code: "ECONNRESET" });
      expect((await send("POST", EXECUTE, keyed)).status).toBe(200);
    }));

  test("knows a closed set of kinds", () =>
    withControl({ extends: "documented" }, async ({ control, send }) => {
      for (const kind of ["explode", "constructor", 429]) {
        const refused = await control("POST", "fault", { kind });
        expect([refused.status, refused.json.message]).toMatchObject([
          400,
          expect.stringContaining("drop-response"),
        ]);
      }
      expect((await send("GET", "/api/v2/users/me")).status).toBe(200);
    }));
});

describe("POST token", () => {
  test.each([
    [{}, 200],
    [{ principal: null, auth: "valid" }, 200],
    [{ auth: "expired" }, 401],
    [{ auth: "invalid" }, 401],
    [{ auth: "none" }, 401],
  ])("%j gives one that the org answers with %i", (body, status) =>
    withControl({ extends: "documented" }, async ({ control, send }) => {
      const { json } = await control("POST", "token", body);
      const token = json.token === null ? null : String(json.token);
      expect((await send("GET", "/api/v2/users/me", { token })).status).toBe(status);
    }),
  );

  test("a bad one says what there is", () =>
    withControl({ extends: "documented" }, async ({ control }) => {
      const refused = await control("POST", "token", { principal: 1, auth: "root" });
      expect(refused.json.message).toBe(
        'principal: found 1, expected a text\nauth: found "root", expected one of valid, none, invalid, expired',
      );
    }));
});

describe("GET state", () => {
  test("is JSON of what exists now", () =>
    withControl({ extends: "documented" }, async ({ control, send, mock }) => {
      await send("PUT", THING, { json: { tier: "gold" } });
      const state = await control("GET", "state");
      expect([state.status, state.headers["content-type"]]).toEqual([200, "application/json"]);
      const { tables, seed } = JSON.parse(await mock.save()) as Record<string, unknown>;
      expect(state.json).toMatchObject({ tables, seed });
      expect(state.text).toContain('"gold"');
    }));
});

describe("who may control a mock", () => {
  test.each([
    [{ origin: "http://evil.example" }, 403],
    [{ origin: "http://127.0.0.1" }, 403],
    [{ origin: "null" }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "same-origin" }, 200],
    [{ "sec-fetch-site": "none" }, 200],
    [{}, 200],
  ])("a request with %j: %i", (headers, status) =>
    withControl({ extends: "none" }, async ({ control }) => {
      const answer = await control("GET", "trace", undefined, headers);
      expect(answer.status).toBe(status);
      if (status === 403)
        expect(answer.json.message).toMatch(/^found .*, expected none|^found a Sec-Fetch-Site/);
    }),
  );

  test.each([
    ["localhost", 200],
    ["LocalHost:8080", 200],
    ["127.0.0.1:1", 200],
    ["127.8.9.10", 200],
    ["[::1]", 200],
    ["[::1]:8080", 200],
    ["evil.example", 403],
    ["evil.example:80", 403],
    ["127.0.0.1.evil.example", 403],
    ["localhost.evil.example", 403],
    ["localhost@evil.example", 403],
    ["0.0.0.0", 403],
    ["192.168.0.1", 403],
    ["::1", 403],
    ["[::1", 403],
    ["", 403],
  ])("a request to the Host %j: %i, also where it came over loopback", (host, status) =>
    withControl({ extends: "none" }, async ({ mock }) => {
      const text = `GET /__gcidem/trace HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      expect(await answerTo(mock, text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    }),
  );

  test("HTTP/1.0 without a Host is refused", () =>
    withControl({ extends: "none" }, async ({ mock }) => {
      const answer = await answerTo(mock, "GET /__gcidem/trace HTTP/1.0\r\n\r\n");
      expect(answer).toMatch(/^HTTP\/1\.[01] 403 /);
      expect(answer).toContain("found no Host, expected localhost, 127.0.0.1 or [::1] as the Host");
    }));

  test("a refused request changes nothing", () =>
    withControl({ extends: "none" }, async ({ control, mock, send }) => {
      await send("GET", "/api/v2/users/me");
      await control("POST", "reset", {}, { origin: "http://evil.example" });
      expect(mock.trace()).toHaveLength(1);
    }));
});

describe("control requests that cannot be understood", () => {
  test.each([
    [
      "GET",
      "nothing",
      404,
      "found /__gcidem/nothing, expected clock, trace, reset, policy, state, fault, step, token",
    ],
    ["GET", "", 404, "found /__gcidem/, expected clock"],
    ["GET", "constructor", 404, "found /__gcidem/constructor"],
    ["POST", "trace/", 404, "found /__gcidem/trace/"],
    ["POST", "trace", 405, "found POST /__gcidem/trace, expected GET"],
    ["DELETE", "policy", 405, "found DELETE /__gcidem/policy, expected GET, PUT"],
    ["PUT", "clock", 405, "found PUT /__gcidem/clock, expected GET, POST"],
  ])("%s %j: %i", (method, path, status, message) =>
    withControl({ extends: "none" }, async ({ control }) => {
      const answer = await control(method, path);
      expect(answer.status).toBe(status);
      expect(answer.json.message).toContain(message);
      expect(answer.headers.allow).toBe(
        status === 405 ? String(answer.json.message).split("expected ")[1] : undefined,
      );
    }),
  );

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/json",
    "application/yaml",
    "",
  ])("a content type %j: 415", (type) =>
    withControl({ extends: "none" }, async ({ control, mock }) => {
      const refused = await control("POST", "clock", '{"advance":"1h"}', { "content-type": type });
      expect(refused.status).toBe(415);
      expect(refused.json.message).toContain("expected application/json");
      expect(mock.clock.nowMs()).toBeLessThan(60_000);
    }),
  );

  test("a JSON type may have parameters or a suffix", () =>
    withControl({ extends: "none" }, async ({ control }) => {
      for (const type of [
        "application/json; charset=utf-8",
        "application/merge-patch+json",
        "APPLICATION/JSON",
      ]) {
        const moved = await control("POST", "clock", '{"advance":"1s"}', { "content-type": type });
        expect(moved.status).toBe(204);
      }
    }));

  test.each([
    ['{"advance":}', "body:1:12: expected a JSON value"],
    ['{\n  "advance": "1s",\n}', "body:3:1: expected a string"],
    ["", "body:1:1: expected a JSON value"],
    ['{"advance":"1s"} x', "body:1:18: expected the end of the text"],
  ])("malformed JSON %j: 400 with its position", (body, message) =>
    withControl({ extends: "none" }, async ({ control }) => {
      const refused = await control("POST", "clock", body);
      expect([refused.status, refused.json]).toEqual([400, { message }]);
    }),
  );

  test("more than 2 MB: 413", () =>
    withControl({ extends: "none" }, async ({ control }) => {
      const refused = await control("PUT", "policy", `{"description":"${"x".repeat(2 * 1024 * 1024)}"}`);
      expect(refused.status).toBe(413);
      expect(refused.json.message).toContain("expected at most 2097152");
    }));
});

describe("nothing of it shows in ordinary answers", () => {
  test("no header and no body has the trace's reason or the tool's name", () =>
    withControl({ extends: "forum-lore" }, async ({ send, mock, control }) => {
      const replies = [
        await send("POST", EXECUTE, keyed),
        await send("POST", EXECUTE, keyed),
        await send("POST", EXECUTE, { ...keyed, json: { other: 1 } }),
        await send("GET", "/api/v2/nothing"),
        await send("GET", "/api/v2/users/me", { token: null }),
        await send("PUT", THING, { json: {}, headers: { "if-match": "nonsense" } }),
        await send("GET", "/__gcidem"),
        await send("POST", "/__GCIDEM/reset"),
      ];
      const reasons = mock.trace().flatMap(({ reason }) => reason ?? []);
      expect(reasons.length).toBeGreaterThan(4);
      for (const { headers, text } of replies) {
        const all = JSON.stringify(headers) + text;
        for (const hidden of [...reasons, "gcidem"])
          expect(all.toLowerCase()).not.toContain(hidden.toLowerCase());
      }
      expect((await control("GET", "trace")).headers["inin-correlation-id"]).toBeUndefined();
    }));

  test("a control request is no decision: it is neither traced nor counted", () =>
    withControl({ extends: "documented" }, async ({ control, mock }) => {
      await control("GET", "trace");
      await control("GET", "nothing");
      expect(mock.trace()).toEqual([]);
    }));

  test.each([
    ["listens elsewhere than on loopback", { host: "0.0.0.0" }],
    ["listens elsewhere, even if told to have them", { host: "0.0.0.0", control: true }],
    ["was told to have none", { control: false }],
  ])("a mock that %s has no such paths: the platform's 404", async (_what, options) => {
    const mock = await startMock({ policy: policyOf({ extends: "documented" }), ...options });
    try {
      const { port } = new URL(mock.url);
      for (const path of ["trace", "state", "nothing"]) {
        const answer = await fetch(`http://127.0.0.1:${port}/__gcidem/${path}`);
        expect(answer.status).toBe(404);
        expect(await answer.json()).toMatchObject({ code: "not.found", contextId: expect.any(String) });
      }
    } finally {
      await mock.close();
    }
  });
});
