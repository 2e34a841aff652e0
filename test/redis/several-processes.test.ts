import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../src/core/random.js";
import { policyOf, type Reply } from "../mock/an-org.js";
import { type MockProcess, type MockProcesses, mockProcesses } from "./mock-processes.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";

const EXECUTE = "/api/v2/integrations/actions/a1/execute";
const POLICY = policyOf({ extends: "forum-lore", rateLimit: null, idempotency: { lookup: "/keys/{key}" } });

const ROUNDS = Number(process.env.GCIDEM_REDIS_ROUNDS ?? 200);
const KILLS = Number(process.env.GCIDEM_REDIS_KILLS ?? 20);
const SEED = Number(process.env.GCIDEM_SEED ?? Date.now() % 2 ** 31);

let redis: PrivateRedis;
let processes: MockProcesses;
let mocks: MockProcess[];

const startOne = (): Promise<MockProcess> => processes.start({ policy: POLICY, store: redis.url });

beforeAll(async () => {
  redis = await startRedis();
  processes = await mockProcesses();
  mocks = await Promise.all([startOne(), startOne(), startOne(), startOne()]);
}, 60_000);
afterAll(async () => {
  await processes.close();
  await redis.kill();
});

function execute(mock: MockProcess, key: string): Promise<Reply> {
  return mock.send("POST", EXECUTE, { json: { contactId: "c-1" }, headers: { "Idempotency-Key": key } });
}

async function effectsOf(mock: MockProcess, key: string): Promise<unknown> {
  return (await mock.send("GET", `/api/v2/mock/executions?key=${key}`)).json.total;
}

/** Twenty at once, over all processes in turn. A process that dies answers nobody. */
function twentyAtOnce(key: string): Promise<readonly PromiseSettledResult<Reply>[]> {
  const sent = Array.from({ length: 20 }, (_, index) => mocks[index % mocks.length]);
  return Promise.allSettled(sent.flatMap((mock) => (mock === undefined ? [] : [execute(mock, key)])));
}

function statusesOf(settled: readonly PromiseSettledResult<Reply>[]): readonly number[] {
  return settled.flatMap((each) => (each.status === "fulfilled" ? [each.value.status] : []));
}

describe("four mocks in processes of their own, one Redis", () => {
  it(`have one effect for twenty requests with one key, in each of ${ROUNDS} rounds`, async () => {
    const [first] = mocks;
    if (first === undefined) throw new Error("no mock");
    for (let round = 0; round < ROUNDS; round++) {
      const key = randomUUID();
      const statuses = statusesOf(await twentyAtOnce(key));
      expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
      expect(statuses).toContain(200);
      expect(await effectsOf(first, key)).toBe(1);
    }
  }, 120_000);

  it(`have one effect also when one of them is killed at a random moment (${KILLS} times, seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    for (let round = 0; round < KILLS; round++) {
      const key = randomUUID();
      const victim = Math.floor(random.fraction() * mocks.length);
      const atMs = random.fraction() * 6;
      const answers = twentyAtOnce(key);
      await new Promise((resolve) => setTimeout(resolve, atMs));
      await mocks[victim]?.kill();
      await answers;
      mocks = mocks.filter((_, index) => index !== victim);
      const [survivor] = mocks;
      if (survivor === undefined) throw new Error("no mock");
      await survivor.call("advance", 60_000);
      const retries = await Promise.all(mocks.map((mock) => execute(mock, key)));
      expect(retries.map(({ status }) => status)).toContain(200);
      expect(await effectsOf(survivor, key)).toBe(1);
      mocks = [...mocks, await startOne()];
    }
  }, 300_000);
});

describe("a mock that is killed", () => {
  const slow = policyOf({ extends: "forum-lore", rateLimit: null, latency: { base: "60s" } });

  const survivorOf = (): MockProcess => {
    const [survivor] = mocks;
    if (survivor === undefined) throw new Error("no mock");
    return survivor;
  };

  it("while it works leaves the key in flight until its lease is over; then one retry executes", async () => {
    const [victim, survivor, key] = [
      await processes.start({ policy: slow, store: redis.url }),
      survivorOf(),
      randomUUID(),
    ];
    const lost = execute(victim, key).catch(() => "no answer");
    while ((await survivor.send("GET", `/keys/${key}`)).status !== 200) await new Promise(setImmediate);
    await victim.kill();
    expect(await lost).toBe("no answer");
    expect((await execute(survivor, key)).status).toBe(409);
    await survivor.call("advance", 60_000);
    expect((await execute(survivor, key)).status).toBe(409);
    await survivor.call("advance", 10_000);
    const retries = await Promise.all(mocks.map((mock) => execute(mock, key)));
    expect(retries.map(({ status }) => status)).toContain(200);
    expect(await effectsOf(survivor, key)).toBe(1);
  });

  it("after it has committed leaves the answer, which any other one gives", async () => {
    const [victim, survivor, key] = [await startOne(), survivorOf(), randomUUID()];
    await victim.call("arm", { kind: "drop-response" });
    await expect(execute(victim, key)).rejects.toThrow();
    await victim.kill();
    const replay = await execute(survivor, key);
    expect([replay.status, (await survivor.trace()).at(-1)?.cause]).toEqual([200, "stored-answer-returned"]);
    expect(await effectsOf(survivor, key)).toBe(1);
  });
});
