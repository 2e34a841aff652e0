import { afterAll, beforeAll, expect, test } from "vitest";
import { parsePolicy, startMock } from "../../src/index.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";

let redis: PrivateRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.kill());

const JSON_TYPE = { "Content-Type": "application/json" };

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) });
}

test("time and policy that one mock was given are what another one on that Redis tells, and gives tokens by", async () => {
  const policy = parsePolicy("extends: documented");
  const mock = await startMock({ policy, store: redis.url });
  const other = await startMock({ policy, store: redis.url });
  const tell = async (what: string): Promise<unknown> =>
    (await fetch(`${other.url}/__gcidem/${what}`)).json();
  try {
    const before = (await tell("clock")) as { readonly epochMs: number };
    await post(`${mock.url}/__gcidem/clock`, { advance: "240h" });
    const answer = await post(`${other.url}/__gcidem/token`, {});
    const { token } = (await answer.json()) as { readonly token: string };
    const headers = { Authorization: `Bearer ${token}` };
    expect((await fetch(`${other.url}/api/v2/users/me`, { headers })).status).toBe(200);

    await post(`${mock.url}/__gcidem/clock`, { advance: "240h" });
    const { epochMs } = (await tell("clock")) as { readonly epochMs: number };
    expect(epochMs - before.epochMs).toBeGreaterThanOrEqual(480 * 3_600_000);

    const body = JSON.stringify({ extends: "rfc9110" });
    await fetch(`${mock.url}/__gcidem/policy`, { method: "PUT", headers: JSON_TYPE, body });
    expect(await tell("policy")).toMatchObject({ name: "rfc9110" });
  } finally {
    await mock.close();
    await other.close();
  }
});
