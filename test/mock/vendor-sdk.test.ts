import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Mock } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { CONVERSATION, PARTICIPANT, USER } from "./an-org.js";

/** What an answer looks like with the SDK's extended responses. */
interface Extended {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | string;
}

type Call = (...parameters: readonly unknown[]) => Promise<Extended>;

/** The part of the vendor's SDK that is used here. Its own types describe the bare bodies, not extended answers. */
interface VendorSdk {
  readonly ApiClient: {
    readonly instance: {
      readonly config: { readonly setConfigPath: (path: string) => void };
      readonly setGateway: (gateway: { host: string; protocol: string; port: number }) => void;
      readonly setReturnExtendedResponses: (extended: boolean) => void;
      readonly setAccessToken: (token: string) => void;
      readonly loginClientCredentialsGrant: (
        id: string,
        secret: string,
      ) => Promise<{ readonly accessToken: string }>;
    };
  };
  readonly ConversationsApi: new () => Readonly<
    Record<
      | "getConversation"
      | "getConversationsCall"
      | "patchConversationsCallParticipant"
      | "patchConversationParticipant"
      | "patchConversationParticipantAttributes"
      | "patchConversationsCallParticipantAttributes"
      | "getConversationSecureattributes"
      | "putConversationSecureattributes"
      | "patchConversationSecureattributes",
      Call
    >
  >;
  readonly UsersApi: new () => Readonly<Record<"getUser" | "getUsersMe" | "patchUser", Call>>;
  readonly IntegrationsApi: new () => Readonly<Record<"postIntegrationsActionExecute", Call>>;
}

const sdk = createRequire(import.meta.url)("purecloud-platform-client-v2") as VendorSdk;
const client = sdk.ApiClient.instance;
const conversations = new sdk.ConversationsApi();
const users = new sdk.UsersApi();
const integrations = new sdk.IntegrationsApi();

let mock: Mock;

beforeAll(async () => {
  mock = await startMock({ policy: presetPolicy("documented") });
  client.config.setConfigPath("");
  client.setGateway({ host: "127.0.0.1", protocol: "http", port: Number(new URL(mock.url).port) });
  client.setReturnExtendedResponses(true);
  await client.loginClientCredentialsGrant("cid", "csecret");
});

afterAll(() => mock.close());

/** What the SDK rejects with. */
async function rejection(call: Promise<Extended>): Promise<Extended> {
  return call.then(
    () => expect.fail("the SDK did not reject"),
    (error: Extended) => error,
  );
}

describe("the vendor's JavaScript SDK, unchanged", () => {
  test("reads a conversation in both views", async () => {
    const plain = await conversations.getConversation(CONVERSATION);
    expect(plain).toMatchObject({ status: 200, body: { id: CONVERSATION, participants: expect.any(Array) } });
    expect(plain.headers["inin-correlation-id"]).toBe(mock.trace().at(-1)?.correlationId);
    const call = await conversations.getConversationsCall(CONVERSATION);
    expect(call).toMatchObject({ status: 200, body: { id: CONVERSATION } });
  });

  test("writes a participant and its attributes: 202 and no body", async () => {
    const customHeaders = { "Idempotency-Key": "k1", "If-Match": '"7"' };
    const media = [{ held: true }, { customHeaders }] as const;
    const attributes = { attributes: { a: "b" } };
    const at = [CONVERSATION, PARTICIPANT] as const;
    for (const answer of [
      await conversations.patchConversationsCallParticipant(...at, ...media),
      await conversations.patchConversationParticipant(...at, { muted: true }),
      await conversations.patchConversationParticipantAttributes(...at, attributes),
      await conversations.patchConversationsCallParticipantAttributes(...at, { attributes: { c: "d" } }),
    ]) {
      expect([answer.status, answer.body]).toEqual([202, ""]);
    }
    expect(mock.trace().find((entry) => entry.key === "k1")).toMatchObject({ executed: true });
    const read = await conversations.getConversationsCall(CONVERSATION);
    expect(read.body).toMatchObject({
      participants: [{ held: true, muted: true, attributes: { a: "b", c: "d" } }],
    });
  });

  test("reads and writes secure attributes, and is told of an outdated version", async () => {
    const read = await conversations.getConversationSecureattributes(CONVERSATION);
    expect(read.body).toEqual({ attributes: {}, version: 1 });
    const put = (version: number) =>
      conversations.putConversationSecureattributes(CONVERSATION, { attributes: { pan: "1" }, version });
    expect((await put(1)).status).toBe(200);
    const error = await rejection(put(1));
    expect(error).toMatchObject({ status: 409, body: { code: "general.conflict", status: 409 } });
    const patched = await conversations.patchConversationSecureattributes(CONVERSATION, {
      attributes: { x: "y" },
    });
    expect(patched.status).toBe(200);
  });

  test("updates a user with its version", async () => {
    const { body } = await users.getUser(USER);
    expect(body).toMatchObject({ id: USER, version: 1 });
    const update = await users.patchUser(USER, { title: "Agent", version: 1 });
    expect(update.body).toMatchObject({ title: "Agent", version: 2 });
    expect((await users.getUsersMe()).status).toBe(200);
  });

  test("executes a data action", async () => {
    const answer = await integrations.postIntegrationsActionExecute(
      "custom_-_abc",
      { x: 1 },
      { flatten: false },
    );
    expect(answer).toMatchObject({ status: 200, body: { actionId: "custom_-_abc", executions: 1 } });
  });

  test.each([
    ["409 for an outdated version", 409, () => users.patchUser(USER, { title: "Boss", version: 1 })],
    ["400 for a missing version", 400, () => users.patchUser(USER, { title: "Boss" })],
    ["404 for what does not exist", 404, () => conversations.getConversation("c1")],
    [
      "400 for attributes that are no strings",
      400,
      () =>
        conversations.patchConversationParticipantAttributes(CONVERSATION, PARTICIPANT, {
          attributes: { a: 1 },
        }),
    ],
  ])("rejects with %s and the contextId that the mock sent", async (_what, status, call) => {
    const error = await rejection(call());
    const decision = mock.trace().at(-1);
    expect(error.status).toBe(status);
    expect(error.body).toMatchObject({ status, contextId: decision?.correlationId });
    expect(error.headers["inin-correlation-id"]).toBe(decision?.correlationId);
  });

  test("rejects with 401 under a bad token, and with OAuth's error where the login fails", async () => {
    await expect(client.loginClientCredentialsGrant("unknown", "x")).rejects.toMatchObject({ status: 400 });
    await expect(client.loginClientCredentialsGrant("cid", "wrong")).rejects.toMatchObject({ status: 401 });
    client.setAccessToken("nobody issued this");
    expect((await rejection(users.getUsersMe())).body).toMatchObject({
      code: "bad.credentials",
      status: 401,
    });
    const { accessToken } = await client.loginClientCredentialsGrant("cid", "csecret");
    expect(accessToken).toMatch(/^[0-9a-f]{64}$/);
  });

  test("rejects once with 429: it does not retry by itself", async () => {
    mock.arm({ kind: "429" });
    const before = mock.trace().length;
    const error = await rejection(users.getUsersMe());
    expect(error.status).toBe(429);
    expect(error.headers["retry-after"]).toMatch(/^\d+$/);
    expect(mock.trace().length - before).toBe(1);
  });
});
