import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Mock } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { ATTRIBUTES, policyOf, type Reply, sendTo, THING } from "../mock/an-org.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";

let redis: PrivateRedis;
let mock: Mock;

beforeAll(async () => {
  redis = await startRedis();
  mock = await startMock({ policy: policyOf({ extends: "forum-lore", rateLimit: null }), store: redis.url });
});
afterAll(async () => {
  await mock.close();
  await redis.kill();
});
beforeEach(() => mock.reset({ seed: 1, world: null }));

function send(
  method: string,
  path: string,
  sending: { readonly json?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Reply> {
  const { json, headers } = sending;
  return sendTo(mock.url, undefined, {
    method,
    path,
    headers: {
      Authorization: `Bearer ${mock.token(null, "valid")}`,
      ...(json === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    body: json === undefined ? undefined : JSON.stringify(json),
  });
}

describe("a mock whose state lies in Redis", () => {
  it("replays the stored answer to a key that comes again", async () => {
    const json = { attributes: { a: "1" } };
    const first = await send("PATCH", ATTRIBUTES, { json, headers: { "Idempotency-Key": "k1" } });
    const second = await send("PATCH", ATTRIBUTES, { json, headers: { "Idempotency-Key": "k1" } });
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.text).toBe(first.text);
    expect(mock.trace().map(({ cause }) => cause)).toEqual([null, "stored-answer-returned"]);
  });

  it("keeps resources and their tokens", async () => {
    const made = await send("PUT", THING, { json: { tier: "none" } });
    const stale = await send("PUT", THING, { json: { tier: "gold" }, headers: { "If-Match": '"0-0000"' } });
    const read = await send("GET", THING);
    expect([made.status, stale.status, read.status]).toEqual([201, 409, 200]);
    expect(read.json).toMatchObject({ id: "1", tier: "none" });
    expect(read.headers.etag).toBe(made.headers.etag);
  });
});
