import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parsePolicy, replay, startMock } from "../../src/index.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";

let redis: PrivateRedis;
let out: string;
beforeAll(async () => {
  redis = await startRedis();
  out = mkdtempSync(join(tmpdir(), "gcidem-given-back-"));
});
afterAll(async () => {
  await redis.kill();
  rmSync(out, { recursive: true, force: true });
});

const SCENARIO = "policy: naive\nsteps:\n  - request: GET /api/v2/users/me\n";

test.each([
  ["a preset", "rfc9110"],
  ["a file's", parsePolicy("extends: rfc9110\ndescription: Mine.\n")],
] as const)("a mock on a Redis has its policy back after each of two scenarios: %s", async (_of, policy) => {
  await redis.ask("FLUSHALL");
  const [mock, other] = [
    await startMock({ policy, store: redis.url }),
    await startMock({ policy, store: redis.url }),
  ];
  const { description } = mock.policy();
  const after = async (): Promise<unknown> => {
    const { runs } = await replay(SCENARIO, { target: `mock+${mock.url}`, out });
    const answer = await fetch(`${mock.url}/__gcidem/policy`);
    return { during: runs[0]?.target.policy, after: await answer.json() };
  };
  try {
    const own = { during: "naive", after: { description, file: { extends: "rfc9110" } } };
    expect(await after()).toMatchObject(own);
    expect(await after()).toMatchObject(own);
    await fetch(`${other.url}/api/v2/users/me`);
    expect(other.policy()).toMatchObject({ description });
  } finally {
    await mock.close();
    await other.close();
  }
});
