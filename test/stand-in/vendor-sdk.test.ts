import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addQueue, addUser } from "./org.js";
import { CLIENT, type StandIn, startStandIn } from "./stand-in.js";

/** The part of the vendor's client that is used here. */
interface SdkClient {
  readonly config: { readonly setConfigPath: (path: string) => void };
  readonly setGateway: (gateway: { host: string; protocol: string; port: number }) => void;
  readonly setReturnExtendedResponses: (extended: boolean) => void;
  readonly loginClientCredentialsGrant: (id: string, secret: string) => Promise<unknown>;
}

/** What a method of the SDK gives with extended responses, or rejects with. */
interface Extended {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

type Api = Readonly<Record<string, (...parameters: readonly unknown[]) => Promise<Extended>>>;

const sdk: Readonly<Record<string, unknown>> = createRequire(import.meta.url)("purecloud-platform-client-v2");
const client = (sdk.ApiClient as { readonly instance: SdkClient }).instance;

async function call(api: string, method: string, ...parameters: readonly unknown[]): Promise<Extended> {
  const instance = new (sdk[api] as new () => Api)();
  const found = instance[method];
  if (found === undefined) throw new Error(`the SDK has no ${api}.${method}`);
  return found.apply(instance, [...parameters]).catch((refused: Extended) => refused);
}

let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn({ tls: false });
  client.config.setConfigPath("");
  client.setGateway({ host: "127.0.0.1", protocol: "http", port: standIn.apiPort });
  client.setReturnExtendedResponses(true);
});

afterAll(() => standIn.close());

describe("the vendor's own SDK takes the stand-in for the platform:", () => {
  test("it logs in, and a wrong secret is refused", async () => {
    await client.loginClientCredentialsGrant(CLIENT.id, CLIENT.secret);
    const refused = client.loginClientCredentialsGrant(CLIENT.id, "wrong");
    await expect(refused).rejects.toMatchObject({ response: { status: 401 } });
    await client.loginClientCredentialsGrant(CLIENT.id, CLIENT.secret);
  });

  test("it reads the organisation, the token and a queue", async () => {
    const queue = addQueue(standIn.org, "Nobody");
    expect((await call("OrganizationApi", "getOrganizationsMe")).body.name).toBe("A stand-in");
    expect((await call("TokensApi", "getTokensMe")).status).toBe(200);
    expect((await call("RoutingApi", "getRoutingQueue", queue.id)).body.name).toBe("Nobody");
  });

  test("it makes a callback, writes an attribute and ends it", async () => {
    const queue = addQueue(standIn.org, "Nobody");
    const made = await call("ConversationsApi", "postConversationsCallbacks", {
      queueId: queue.id,
      callbackNumbers: ["+15550100"],
    });
    const { id } = made.body.conversation as { readonly id: string };
    const customer = standIn.org.conversations.get(id)?.participants[0]?.id;
    const attributes = { attributes: { tier: "gold" } };
    const written = await call(
      "ConversationsApi",
      "patchConversationParticipantAttributes",
      id,
      customer,
      attributes,
    );
    expect([written.status, written.body]).toEqual([202, ""]);
    const read = await call("ConversationsApi", "getConversation", id);
    expect(read.body).toMatchObject({ participants: [attributes, {}] });
    await call("ConversationsApi", "patchConversationsCallbackParticipant", id, customer, {
      state: "disconnected",
    });
    expect(standIn.org.conversations.get(id)?.participants[0]?.state).toBe("disconnected");
  });

  test("it meets the same refusals: an outdated version, and a call that needs a user", async () => {
    const user = addUser(standIn.org, "Ada");
    await call("UsersApi", "patchUser", user.id, { title: "Agent", version: 1 });
    const stale = await call("UsersApi", "patchUser", user.id, { title: "Boss", version: 1 });
    expect(stale).toMatchObject({ status: 409, body: { code: "general.conflict" } });
    expect(stale.headers["inin-correlation-id"]).toBe(stale.body.contextId);
    const me = await call("UsersApi", "getUsersMe");
    expect(me).toMatchObject({ status: 400, body: { code: "not.a.user" } });
  });

  test("it reads and writes a user by SCIM, with If-Match", async () => {
    const user = addUser(standIn.org, "Bea");
    const read = await call("SCIMApi", "getScimV2User", user.id);
    expect(read.headers.etag).toBe('"1"');
    const write = { ifMatch: '"7"' };
    const stale = await call("SCIMApi", "putScimV2User", user.id, { displayName: "B" }, write);
    expect(stale).toMatchObject({ status: 400, body: { scimType: "invalidVers" } });
  });
});
