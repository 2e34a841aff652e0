import { describe, expect, test } from "vitest";
import { ATTRIBUTES, CALL_PARTICIPANT, CONVERSATION, PARTICIPANT, withOrg } from "./an-org.js";

const READ = `/api/v2/conversations/${CONVERSATION}`;
const READ_CALL = `/api/v2/conversations/calls/${CONVERSATION}`;
const SECURE = `${READ}/secureattributes`;

const WORLD = {
  principals: {},
  conversations: [{ id: CONVERSATION, state: "connected", participants: [PARTICIPANT] }],
  things: [],
  users: [],
  actions: [],
};

describe("conversations as the vendor documents them", () => {
  test("a conversation has the vendor's members, a start and no version", () =>
    withOrg("documented", async ({ send }) => {
      const { status, json, headers } = await send("GET", READ);
      expect(status).toBe(200);
      expect(json).toMatchObject({ id: CONVERSATION, participants: [], state: "connected", selfUri: READ });
      expect(json.startTime).toBe("2026-11-21T00:00:00.000Z");
      expect(json).not.toHaveProperty("version");
      expect(headers.etag).toBeUndefined();
    }));

  test("attributes are answered with 202 and no body, and the next read shows them in both views", () =>
    withOrg("documented", async ({ send }) => {
      const write = await send("PATCH", ATTRIBUTES, { json: { attributes: { tier: "gold" } } });
      expect([write.status, write.text, write.headers["content-type"]]).toEqual([202, "", undefined]);
      const shown = [{ id: PARTICIPANT, attributes: { tier: "gold" } }];
      expect((await send("GET", READ)).json).toMatchObject({ participants: shown });
      expect((await send("GET", READ_CALL)).json).toMatchObject({ participants: shown });
    }));

  test("attributes merge per key, by either path", () =>
    withOrg("documented", async ({ send }) => {
      await send("PATCH", ATTRIBUTES, { json: { attributes: { a: "1", b: "1" } } });
      await send("PATCH", `${CALL_PARTICIPANT}/attributes`, { json: { attributes: { b: "2" } } });
      const { json } = await send("GET", READ);
      expect(json).toMatchObject({ participants: [{ attributes: { a: "1", b: "2" } }] });
    }));

  test("a policy can have them replaced as a whole", () =>
    withOrg({ concurrency: { patchMerges: "replace" } }, async ({ send }) => {
      await send("PATCH", ATTRIBUTES, { json: { attributes: { a: "1", b: "1" } } });
      await send("PATCH", ATTRIBUTES, { json: { attributes: { b: "2" } } });
      const { json } = await send("GET", READ_CALL);
      expect(json.participants).toMatchObject([{ attributes: { b: "2" } }]);
      expect(JSON.stringify(json.participants)).not.toContain('"a":"1"');
    }));

  test("an attribute named __proto__ is an attribute like any other", () =>
    withOrg("documented", async ({ send }) => {
      await send("PATCH", ATTRIBUTES, { text: '{"attributes":{"__proto__":"x","constructor":"y"}}' });
      expect((await send("GET", READ)).text).toContain('{"__proto__":"x","constructor":"y"}');
    }));

  test.each([
    ["a number", { attributes: { tier: 3 } }, "attributes.tier"],
    ["an object", { attributes: { tier: { value: "gold" } } }, "attributes.tier"],
    ["null", { attributes: { tier: null } }, "attributes.tier"],
    ["no attributes at all", {}, "attributes"],
    ["a list", { attributes: ["gold"] }, "attributes"],
  ])("values are strings: %s gets the platform's 400, and nothing is written", (_what, json, fieldName) =>
    withOrg("documented", async ({ send, last }) => {
      const refused = await send("PATCH", ATTRIBUTES, { json });
      expect(refused.status).toBe(400);
      expect(refused.json).toMatchObject({
        code: "bad.request",
        details: [{ errorCode: "invalid.value", fieldName }],
      });
      expect(last()).toMatchObject({ cause: "invalid-request", executed: false });
      expect((await send("GET", READ)).text).toContain('"attributes":{}');
    }),
  );

  test("a media request takes state, hold, mute, confinement, recording and wrap-up", () =>
    withOrg("documented", async ({ send }) => {
      const json = { held: true, muted: true, confined: true, recording: true, wrapup: { code: "sold" } };
      expect((await send("PATCH", CALL_PARTICIPANT, { json })).status).toBe(202);
      expect((await send("GET", READ_CALL)).json).toMatchObject({
        participants: [{ id: PARTICIPANT, ...json }],
      });
    }));

  test("members that the vendor's type lacks are passed over: attributes above all", () =>
    withOrg("documented", async ({ send }) => {
      const json = { attributes: { tier: "gold" }, held: true };
      expect((await send("PATCH", CALL_PARTICIPANT, { json })).status).toBe(202);
      expect((await send("GET", READ_CALL)).json).toMatchObject({
        participants: [{ held: true, attributes: {} }],
      });
    }));

  test.each([
    [{ held: "yes" }, "held"],
    [{ state: 7 }, "state"],
    [{ state: "asleep" }, "state"],
    [{ wrapup: "sold" }, "wrapup"],
  ])("a media request of the wrong type is a 400: %j", (json, fieldName) =>
    withOrg("documented", async ({ send }) => {
      const refused = await send("PATCH", CALL_PARTICIPANT, { json });
      expect(refused.status).toBe(400);
      expect(refused.json).toMatchObject({ details: [{ fieldName }] });
    }),
  );

  test("the conversation ends when its last participant is disconnected", () =>
    withOrg("documented", async ({ send }) => {
      await send("PATCH", CALL_PARTICIPANT, { json: { state: "disconnected" } });
      expect((await send("GET", READ)).json.state).toBe("disconnected");
    }));
});

describe("what exists", () => {
  test("without a world a conversation comes into being at first sight of a UUID, and of nothing else", () =>
    withOrg("documented", async ({ send }) => {
      expect((await send("GET", READ)).status).toBe(200);
      expect((await send("GET", "/api/v2/conversations/c1")).status).toBe(404);
      expect((await send("PATCH", `${READ}/participants/p1`, { json: {} })).status).toBe(404);
    }));

  test("with a world only what it lists exists", () =>
    withOrg(
      "documented",
      async ({ send }) => {
        const listed = await send("GET", READ);
        expect(listed.json).toMatchObject({ participants: [{ id: PARTICIPANT }] });
        const other = CONVERSATION.replace("0f", "1f");
        const unknown = await send("GET", `/api/v2/conversations/${other}`);
        expect(unknown.status).toBe(404);
        expect(unknown.json).toMatchObject({
          code: "not.found",
          message: "The requested resource was not found.",
          status: 404,
        });
        expect((await send("PATCH", `${READ}/participants/${other}`, { json: {} })).status).toBe(404);
      },
      { world: WORLD },
    ));
});

describe("secure attributes: the one part of a conversation with a version", () => {
  test("GET shows the version, PUT checks it and moves it", () =>
    withOrg("documented", async ({ send, last }) => {
      expect((await send("GET", SECURE)).json).toEqual({ attributes: {}, version: 1 });
      const first = await send("PUT", SECURE, { json: { attributes: { pan: "4111" }, version: 1 } });
      expect([first.status, first.json.version]).toEqual([200, 2]);
      const stale = await send("PUT", SECURE, { json: { attributes: { pan: "0" }, version: 1 } });
      expect(stale.status).toBe(409);
      expect(last()).toMatchObject({ cause: "stale-version", movedBy: "own-write", executed: false });
      expect((await send("GET", SECURE)).json).toEqual({ attributes: { pan: "4111" }, version: 2 });
    }));

  test("PATCH merges and does not look at the version", () =>
    withOrg("documented", async ({ send }) => {
      await send("PUT", SECURE, { json: { attributes: { a: "1" }, version: 1 } });
      const patched = await send("PATCH", SECURE, { json: { attributes: { b: "2" }, version: 1 } });
      expect(patched.status).toBe(200);
      expect((await send("GET", SECURE)).json).toEqual({ attributes: { a: "1", b: "2" }, version: 3 });
    }));
});
