import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CONVERSATION, PARTICIPANT, USER } from "./an-org.js";
import {
  type Call,
  client,
  type Extended,
  invoke,
  rejectionOf,
  startVendorMock,
  type VendorMock,
} from "./vendor-client.js";

let vendor: VendorMock;

beforeAll(async () => {
  vendor = await startVendorMock();
});

afterAll(() => vendor.mock.close());

beforeEach(async () => {
  await vendor.begin();
  client.setReturnExtendedResponses(true);
});

async function ask(...call: Call): Promise<Extended> {
  return (await invoke(call)) as Extended;
}

async function refused(...call: Call): Promise<Extended> {
  return (await rejectionOf(call)) as Extended;
}

/** What ran, by the mock's own list, which the SDK does not know. */
async function executionsOf(query: string): Promise<unknown> {
  const token = vendor.mock.token(null, "valid") ?? "";
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(`${vendor.mock.url}/api/v2/mock/executions?${query}`, { headers });
  return ((await answer.json()) as { readonly total: number }).total;
}

const AT = [CONVERSATION, PARTICIPANT] as const;
const EVALUATION = { evaluationForm: { id: USER }, evaluator: { id: USER }, agent: { id: USER } };

describe("the vendor's JavaScript SDK, unchanged", () => {
  test("writes a participant and its attributes, and reads both back", async () => {
    const customHeaders = { "Idempotency-Key": "k1", "If-Match": '"7"' };
    await ask(
      "ConversationsApi",
      "patchConversationsCallParticipant",
      ...AT,
      { held: true },
      { customHeaders },
    );
    expect(vendor.last()).toMatchObject({ key: "k1", executed: true });
    await ask("ConversationsApi", "patchConversationParticipantAttributes", ...AT, {
      attributes: { a: "b" },
    });
    await ask("ConversationsApi", "patchConversationsEmailParticipantAttributes", ...AT, {
      attributes: { c: "d" },
    });
    const read = await ask("ConversationsApi", "getConversationsCall", CONVERSATION);
    expect(read.body).toMatchObject({ participants: [{ held: true, attributes: { a: "b", c: "d" } }] });
  });

  test("updates a user with the version that it read, and is told once that is outdated", async () => {
    const { body } = await ask("UsersApi", "getUser", USER);
    expect(body).toMatchObject({ id: USER, version: 1 });
    const update = await ask("UsersApi", "patchUser", USER, { title: "Agent", version: 1 });
    expect(update.body).toMatchObject({ title: "Agent", version: 2 });
    const stale = await refused("UsersApi", "patchUser", USER, { title: "Boss", version: 1 });
    expect(stale.body).toMatchObject({
      code: "general.conflict",
      message: "The version supplied does not match the current version of the user",
    });
  });

  test("its idempotencyKey makes one evaluation of two requests", async () => {
    const create = () =>
      ask("QualityApi", "postQualityConversationEvaluations", CONVERSATION, EVALUATION, {
        idempotencyKey: "k1",
      });
    const [first, second] = [await create(), await create()];
    expect(second.body).toEqual(first.body);
    expect(second.headers["inin-correlation-id"]).not.toBe(first.headers["inin-correlation-id"]);
    expect(await executionsOf("key=k1")).toBe(1);
    const other = await refused(
      "QualityApi",
      "postQualityConversationEvaluations",
      CONVERSATION,
      { ...EVALUATION, rescore: true },
      { idempotencyKey: "k1" },
    );
    expect(other.body).toMatchObject({ status: 409, code: "general.conflict" });
  });

  test("a callback has no such parameter: after a lost answer the second request makes a second one", async () => {
    const callback = { queueId: USER, callbackNumbers: ["+493012345678"] };
    vendor.mock.arm({ kind: "drop-response" });
    expect(await rejectionOf(["ConversationsApi", "postConversationsCallbacks", callback])).toMatchObject({
      code: "ECONNRESET",
    });
    await ask("ConversationsApi", "postConversationsCallbacks", callback);
    expect(await executionsOf("operation=callbacks")).toBe(2);
  });

  test("drafts, changes and publishes an action under the versions that it was given", async () => {
    const draft = await ask("IntegrationsApi", "postIntegrationsActionDraft", "a1");
    expect(draft.body).toMatchObject({ id: "a1", version: 1 });
    const changed = await ask("IntegrationsApi", "patchIntegrationsActionDraft", "a1", {
      name: "Find",
      version: 1,
    });
    expect(changed.body).toMatchObject({ version: 2 });
    const early = await refused("IntegrationsApi", "postIntegrationsActionDraftPublish", "a1", {
      version: 1,
    });
    expect(early).toMatchObject({
      status: 400,
      body: { message: "Supplied version 1 does not match latest draft version 2" },
    });
    await ask("IntegrationsApi", "postIntegrationsActionDraftPublish", "a1", { version: 2 });
    const { body } = await ask("IntegrationsApi", "getIntegrationsAction", "a1");
    expect(body).toMatchObject({ name: "Find", version: 2 });
  });

  test("a 429 tells it when to come again", async () => {
    vendor.mock.arm({ kind: "429" });
    const error = await refused("UsersApi", "getUsersMe");
    expect(error.status).toBe(429);
    expect(error.headers["retry-after"]).toMatch(/^\d+$/);
  });
});

describe.each([
  ["plain", false],
  ["extended", true],
] as const)("logging in, in the %s form", (_form, extended) => {
  beforeEach(() => client.setReturnExtendedResponses(extended));

  test("any client may, and its token is good for requests", async () => {
    const { accessToken } = await client.loginClientCredentialsGrant("cid", "csecret");
    expect(accessToken).toMatch(/^\S{32,}$/);
    await expect(invoke(["UsersApi", "getUsersMe"])).resolves.toEqual(
      expect.objectContaining(extended ? { status: 200 } : { id: expect.any(String) }),
    );
  });

  // The SDK rejects with its HTTP client's own error in both forms, so the status lies on that.
  test.each([
    ["a client that is not known", "unknown", "x", 400, "client not found"],
    ["a wrong secret", "cid", "wrong", 401, "authentication failed"],
  ])("%s is refused with OAuth's error", async (_what, id, secret, status, description) => {
    const login = client.loginClientCredentialsGrant(id, secret);
    const error: { readonly response?: Readonly<Record<string, unknown>> } = await login.then(
      () => ({}),
      (rejected) => rejected,
    );
    expect(error).toMatchObject({
      status,
      response: {
        status,
        data: { error: "invalid_client", error_description: description },
        headers: { "inin-correlation-id": vendor.last()?.correlationId },
      },
    });
    expect(vendor.last()).toMatchObject({ path: "/oauth/token", status, cause: "token-invalid" });
  });
});
