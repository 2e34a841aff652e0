import { createRequire } from "node:module";
import { virtualClock } from "../../src/core/clock.js";
import type { World } from "../../src/core/world.js";
import type { Mock, TraceEntry } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { CONVERSATION, PARTICIPANT, policyOf, USER } from "./an-org.js";

/** What an answer looks like with the SDK's extended responses, and what it rejects with for an error. */
export interface Extended {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** One call of the SDK: the name of its class, of its method, and the parameters. */
export type Call = readonly [api: string, method: string, ...parameters: readonly unknown[]];

/** The part of the vendor's client that is used here. */
interface VendorClient {
  readonly config: { readonly setConfigPath: (path: string) => void };
  readonly setGateway: (gateway: { host: string; protocol: string; port: number }) => void;
  readonly setReturnExtendedResponses: (extended: boolean) => void;
  readonly setAccessToken: (token: string) => void;
  readonly setPreHook: (hook: (config: SdkRequest) => Promise<SdkRequest>) => void;
  readonly loginClientCredentialsGrant: (
    id: string,
    secret: string,
  ) => Promise<{ readonly accessToken: string }>;
}

/** What the SDK's own hook may change before a request is sent. */
interface SdkRequest {
  readonly headers: Record<string, unknown>;
}

type SdkClass = new () => Readonly<Record<string, (...parameters: readonly unknown[]) => Promise<unknown>>>;

const sdk: Readonly<Record<string, unknown>> = createRequire(import.meta.url)("purecloud-platform-client-v2");

/** The client that all classes of the SDK share. Its own types describe bare bodies, not extended answers. */
export const client: VendorClient = (sdk.ApiClient as { readonly instance: VendorClient }).instance;

let contentType: string | null = null;

/** Has the SDK send bodies under another content type; null: under its own. */
export function sendAs(type: string | null): void {
  contentType = type;
}

client.config.setConfigPath("");
client.setPreHook(async (request) => {
  if (contentType !== null) request.headers["Content-Type"] = contentType;
  return request;
});

/** Calls a method of the SDK. */
export async function invoke([api, name, ...parameters]: Call): Promise<unknown> {
  const instance = new (sdk[api] as SdkClass)();
  const method = instance[name];
  if (method === undefined) throw new Error(`the SDK has no ${api}.${name}`);
  return method.apply(instance, [...parameters]);
}

/** What the SDK's promise rejects with. */
export async function rejectionOf(call: Call): Promise<unknown> {
  const settled = await invoke(call).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  if (settled === null) throw new Error(`${call[1]} did not reject`);
  return settled.error;
}

/** A group that is there and has no members. */
export const GROUP = "6c2f8d63-9f4e-4b01-8b62-1f7f1d6e2c33";

const WORLD: World = {
  principals: { narrow: { account: "default", scopes: ["outbound"], tokenLifeMs: 60_000 } },
  conversations: [{ id: CONVERSATION, state: "connected", participants: [PARTICIPANT] }],
  things: [],
  users: [{ id: USER, name: "Ada" }],
  groups: [{ id: GROUP, name: "Support" }],
  actions: [{ id: "a1" }],
};

/** A mock that the SDK talks to. */
export interface VendorMock {
  readonly mock: Mock;
  /** Makes the world anew and logs the SDK in. */
  readonly begin: () => Promise<void>;
  readonly last: () => TraceEntry | undefined;
}

/** Starts a mock with one of each kind of thing, and points the SDK at it. Its clock stands still. */
export async function startVendorMock(store = "memory"): Promise<VendorMock> {
  const clock = virtualClock(Date.UTC(2026, 10, 21));
  const policy = policyOf({ extends: "documented", rateLimit: null });
  const mock = await startMock({ policy, clock, store, world: WORLD });
  client.setGateway({ host: "127.0.0.1", protocol: "http", port: Number(new URL(mock.url).port) });
  return {
    mock,
    begin: async () => {
      sendAs(null);
      await mock.reset({ seed: 1, world: WORLD });
      client.setAccessToken(mock.token(null, "valid") ?? "");
    },
    last: () => mock.trace().at(-1),
  };
}
