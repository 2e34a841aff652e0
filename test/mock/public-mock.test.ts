import { describe, expect, test } from "vitest";
import { type Policy, parsePolicy, startMock } from "../../src/index.js";

const EXECUTE = "/api/v2/integrations/actions/a1/execute";

async function withMock<T>(policy: string, act: (mock: Awaited<ReturnType<typeof startMock>>) => Promise<T>) {
  const mock = await startMock({ policy: parsePolicy(policy) });
  try {
    return await act(mock);
  } finally {
    await mock.close();
  }
}

describe("startMock", () => {
  test("its clock runs with the world and moves on when told, by ms or by a duration", () =>
    withMock("extends: forum-lore\nidempotency: { ttl: 15m }\n", async (mock) => {
      const execute = async (): Promise<number> => {
        const authorization = `Bearer ${mock.token(null, "valid")}`;
        const headers = { authorization, "content-type": "application/json", "idempotency-key": "k-1" };
        const answer = await fetch(mock.url + EXECUTE, { method: "POST", headers, body: '{"a":"b"}' });
        const { executions } = (await answer.json()) as { readonly executions: number };
        return executions;
      };
      expect(await execute()).toBe(1);
      await mock.clock.advance("14m");
      expect(await execute()).toBe(1);
      await mock.clock.advance(60_000);
      expect(await execute()).toBe(2);
    }));

  test.each([[-1], [Number.NaN], ["soon"]])("time is not moved by %s", (by) =>
    withMock("extends: none\n", async (mock) => {
      await expect(mock.clock.advance(by)).rejects.toThrow(RangeError);
    }),
  );

  test("takes no object that is only a part of a policy, and says what it lacks", async () => {
    const { idempotency: _left, ...part } = parsePolicy("extends: none\n");
    await expect(startMock({ policy: part as Policy })).rejects.toThrow(
      "the policy that was given lacks idempotency",
    );
  });
});
