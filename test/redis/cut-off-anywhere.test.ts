import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../src/core/random.js";
import { type Cuttable, cuttableWay } from "./cuttable.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";
import { EXECUTE, effectsOf, type Server, startServer, until } from "./servers.js";

const ROUNDS = Number(process.env.GCIDEM_REDIS_CUTS ?? 12);
const SEED = Number(process.env.GCIDEM_SEED ?? Date.now() % 2 ** 31);

let redis: PrivateRedis;
let ways: readonly Cuttable[];
let servers: readonly Server[];

beforeAll(async () => {
  redis = await startRedis();
  ways = [await cuttableWay(redis.port), await cuttableWay(redis.port)];
  servers = await Promise.all(ways.map(({ port }) => startServer(`redis://127.0.0.1:${port}`)));
});
afterAll(async () => {
  for (const server of servers) await server.close();
  for (const way of ways) await way.close();
  await redis.kill();
});

const execute = ({ send }: Server, key: string) => send("POST", EXECUTE, { json: {}, key });

async function serves({ send }: Server): Promise<boolean> {
  return (await send("GET", "/api/v2/users/me")).status === 200;
}

describe("connections to Redis that break at any step", () => {
  test(`a key has one effect in the end, and a 200 never lies (${ROUNDS} rounds, seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const below = (count: number): number => Math.floor(random.fraction() * count);
    for (let round = 0; round < ROUNDS; round++) {
      const keys = Array.from({ length: 6 }, (_, index) => `${round}/${index}`);
      for (const way of ways) if (below(4) > 0) way.loseAnswer(1 + below(16));
      const sent = keys.flatMap((key) => servers.map((server) => execute(server, key)));
      const statuses = (await Promise.all(sent)).map(({ status }) => status);
      expect(statuses.filter((status) => ![200, 409, 503].includes(status))).toEqual([]);
      for (const way of ways) way.loseAnswer(Number.POSITIVE_INFINITY);
      for (const server of servers) await until(() => serves(server), "it serves again");
      const [first, second] = servers;
      if (first === undefined || second === undefined) throw new Error("no servers");
      for (const [index, key] of keys.entries()) {
        const answered = statuses.slice(2 * index, 2 * index + 2).includes(200);
        if (answered) expect([key, await effectsOf(second, key)]).toEqual([key, 1]);
      }
      // Whoever was cut off between claim and commit left a key in flight until its lease is over.
      await first.mock.clock.advance(10_000);
      for (const key of keys) expect((await execute(second, key)).status).toBe(200);
      for (const key of keys) expect([key, await effectsOf(first, key)]).toEqual([key, 1]);
    }
  }, 600_000);
});
