import { describe, expect, test } from "vitest";
import { CONVERSATION, type Org, PARTICIPANT, USER, withOrg } from "./an-org.js";

const CALLBACKS = "/api/v2/conversations/callbacks";
const BODY = {
  queueId: USER,
  callbackUserName: "Ada",
  callbackNumbers: ["+493012345678"],
  data: { topic: "invoice" },
};

interface Made {
  readonly conversation: { readonly id: string; readonly selfUri: string };
  readonly callbackIdentifiers: readonly { readonly type: string; readonly id: string }[];
}

async function make({ send }: Org, json: unknown = BODY): Promise<Made> {
  const made = await send("POST", CALLBACKS, { json });
  expect(made.status).toBe(200);
  return made.json as unknown as Made;
}

describe("callbacks: nothing that a client can send makes a second one impossible", () => {
  test("each makes a conversation of its own, whose parties the answer names", () =>
    withOrg("documented", async (org) => {
      const { conversation, callbackIdentifiers } = await make(org);
      expect(conversation.selfUri).toBe(`${CALLBACKS}/${conversation.id}`);
      expect(callbackIdentifiers.map(({ type }) => type)).toEqual(["ACD", "EXTERNAL"]);
      const [acd, external] = callbackIdentifiers;
      const { json } = await org.send("GET", conversation.selfUri);
      expect(json).toMatchObject({
        id: conversation.id,
        selfUri: conversation.selfUri,
        participants: [
          {
            id: external?.id,
            purpose: "customer",
            attributes: BODY.data,
            callbackNumbers: BODY.callbackNumbers,
          },
          { id: acd?.id, purpose: "acd", attributes: {}, callbackUserName: "Ada" },
        ],
      });
    }));

  test("the conversation shows them under callbacks, not under calls", () =>
    withOrg("documented", async (org) => {
      const { conversation } = await make(org);
      const { json } = await org.send("GET", `/api/v2/conversations/${conversation.id}`);
      const [customer] = json.participants as readonly Readonly<Record<string, unknown>>[];
      expect(customer).toMatchObject({
        callbacks: [{ state: "connected", callbackNumbers: BODY.callbackNumbers }],
      });
      expect(customer).not.toHaveProperty("calls");
    }));

  test("the same request again, with the same key, makes a second one: both are counted", () =>
    withOrg("documented", async (org) => {
      const headers = { "Idempotency-Key": "k1" };
      const first = await org.send("POST", CALLBACKS, { json: BODY, headers });
      const second = await org.send("POST", CALLBACKS, { json: BODY, headers });
      const ids = [first, second].map(({ json }) => (json as unknown as Made).conversation.id);
      expect(new Set(ids).size).toBe(2);
      expect(org.last()).toMatchObject({ cause: "executed-twice", key: "k1" });
      const counted = await org.send("GET", "/api/v2/mock/executions?operation=callbacks");
      expect(counted.json).toEqual({
        entities: ids.map((id, index) => ({ id, operation: "callbacks", key: "k1", count: index + 1 })),
        total: 2,
      });
    }));

  test("its participants are written as those of a call are: 202 and no body", () =>
    withOrg("documented", async (org) => {
      const { conversation, callbackIdentifiers } = await make(org);
      const participant = `${conversation.selfUri}/participants/${String(callbackIdentifiers[1]?.id)}`;
      const held = await org.send("PATCH", participant, { json: { held: true } });
      const named = await org.send("PATCH", `${participant}/attributes`, {
        json: { attributes: { tier: "gold" } },
      });
      expect([held, named].map(({ status, text }) => [status, text])).toEqual([
        [202, ""],
        [202, ""],
      ]);
      expect((await org.send("GET", conversation.selfUri)).json).toMatchObject({
        participants: [{ held: true, attributes: { topic: "invoice", tier: "gold" } }, { held: false }],
      });
    }));

  test("a world's conversations are not the only ones: a client may create", () =>
    withOrg(
      "documented",
      async (org) => {
        const { conversation } = await make(org);
        expect((await org.send("GET", conversation.selfUri)).status).toBe(200);
        expect((await org.send("GET", `${CALLBACKS}/${CONVERSATION}`)).status).toBe(404);
      },
      { world: { principals: {}, conversations: [], things: [], users: [], groups: [], actions: [] } },
    ));
});

describe("what the vendor demands of a callback", () => {
  test.each([
    ["no number", { queueId: USER }, "missing.value", "callbackNumbers"],
    ["neither queue nor routing data", { callbackNumbers: [] }, "missing.value", "queueId"],
    [
      "routing data without a queue",
      { callbackNumbers: [], routingData: {} },
      "missing.value",
      "routingData.queueId",
    ],
    ["one number instead of a list", { ...BODY, callbackNumbers: "+49" }, "invalid.value", "callbackNumbers"],
    [
      "a number that is no text",
      { ...BODY, callbackNumbers: ["+49", 49] },
      "invalid.value",
      "callbackNumbers[1]",
    ],
    [
      "a time that is none",
      { ...BODY, callbackScheduledTime: "soon" },
      "invalid.date",
      "callbackScheduledTime",
    ],
    ["data that is no text", { ...BODY, data: { topic: 7 } }, "invalid.value", "data.topic"],
    [
      "a flag that is no flag",
      { ...BODY, validateCallbackNumbers: "no" },
      "invalid.value",
      "validateCallbackNumbers",
    ],
  ])("%s is the platform's 400, and no callback", (_what, json, errorCode, fieldName) =>
    withOrg("documented", async ({ send, last }) => {
      const refused = await send("POST", CALLBACKS, { json });
      expect([refused.status, refused.json.details]).toEqual([400, [{ errorCode, fieldName }]]);
      expect(last()).toMatchObject({ cause: "invalid-request", executed: false });
      expect((await send("GET", "/api/v2/mock/executions")).json.total).toBe(0);
    }),
  );

  test("routing data will do in place of a queue; members that the type lacks are passed over", () =>
    withOrg("documented", async (org) => {
      const callbackScheduledTime = "2026-11-22T08:00:00.000Z";
      const body = {
        callbackNumbers: ["+49"],
        routingData: { queueId: USER },
        callbackScheduledTime,
        shoeSize: 43,
      };
      const { conversation } = await make(org, body);
      const { json, text } = await org.send("GET", conversation.selfUri);
      expect(json).toMatchObject({ participants: [{ callbackScheduledTime }, { callbackScheduledTime }] });
      expect(text).not.toContain("shoeSize");
    }));
});

describe("attributes by the paths of other media", () => {
  test.each(["callbacks", "chats", "cobrowsesessions", "emails", "messages"])(
    "%s: the same participant, the same attributes, merged per key",
    (media) =>
      withOrg("documented", async ({ send }) => {
        const write = (path: string, attributes: unknown) =>
          send("PATCH", `${path}/participants/${PARTICIPANT}/attributes`, { json: { attributes } });
        const conversation = `/api/v2/conversations/${CONVERSATION}`;
        await write(conversation, { a: "1", b: "1" });
        const written = await write(`/api/v2/conversations/${media}/${CONVERSATION}`, { b: "2" });
        expect([written.status, written.text]).toEqual([202, ""]);
        expect((await send("GET", conversation)).json).toMatchObject({
          participants: [{ attributes: { a: "1", b: "2" } }],
        });
        const refused = await write(`/api/v2/conversations/${media}/${CONVERSATION}`, { b: 2 });
        expect(refused.json).toMatchObject({ status: 400, details: [{ fieldName: "attributes.b" }] });
        expect((await write(`/api/v2/conversations/${media}/c1`, { b: "2" })).status).toBe(404);
      }),
  );
});
