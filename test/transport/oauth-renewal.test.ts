import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { virtualClock } from "../../src/core/clock.js";
import { createTokenSource } from "../../src/transport/oauth/token-source.js";
import { type Answer, client, granted, loginBy, loginServer, refusal, watch } from "./login-server.js";

const MINUTE_MS = 60_000;

async function source(answer: (nth: number) => Answer | Promise<Answer>) {
  const clock = virtualClock();
  const server = await loginServer(answer);
  const heard = watch();
  const tokens = createTokenSource(loginBy(client(server.tokenUrl), clock), null);
  return {
    clock,
    heard,
    logins: () => server.arrived.length,
    token: () => tokens.token(heard),
    /** A request of this instant was answered 401. */
    refused: (sentMs = clock.nowMs()) => tokens.renew(sentMs, heard),
  };
}

const numbered = (nth: number): Answer => granted(`token-${nth + 1}`, 3_600);

describe("a token", () => {
  test("is kept: a thousand requests at once share one login", async () => {
    const it = await source(numbered);
    const all = await Promise.all(Array.from({ length: 1_000 }, () => it.token()));
    expect(new Set(all)).toEqual(new Set(["token-1"]));
    expect(await it.token()).toBe("token-1");
    expect(it.logins()).toBe(1);
  });

  test("is replaced 60 s before it ends, once for all who ask then", async () => {
    const it = await source(numbered);
    await it.token();
    await it.clock.advance(3_600_000 - MINUTE_MS - 1_000);
    expect(await it.token()).toBe("token-1");
    await it.clock.advance(1_001);
    expect(new Set(await Promise.all([it.token(), it.token(), it.token()]))).toEqual(new Set(["token-2"]));
    expect(it.logins()).toBe(2);
    expect(it.heard.logins).toHaveLength(2);
  });

  test("that lives shorter than the margin is used for half of its life", async () => {
    const it = await source((nth) => granted(`token-${nth + 1}`, 20));
    await it.token();
    await it.clock.advance(9_900);
    expect(await it.token()).toBe("token-1");
    await it.clock.advance(200);
    expect(await it.token()).toBe("token-2");
  });

  test("of which nobody says how long it lives is used until it is refused", async () => {
    const it = await source((nth) => granted(`token-${nth + 1}`, null));
    await it.token();
    await it.clock.advance(30 * 24 * 3_600_000);
    expect(await it.token()).toBe("token-1");
    expect(await it.refused()).toBe(true);
    expect(await it.token()).toBe("token-2");
  });

  test("that could not be had at all is tried for again by the next who asks", async () => {
    const it = await source((nth) => (nth === 0 ? refusal(401, "invalid_client", "") : granted("second")));
    await expect(it.token()).rejects.toMatchObject({ code: "login" });
    expect(await it.token()).toBe("second");
  });
});

describe("after a 401", () => {
  test("one login replaces the token for all whose requests were refused", async () => {
    const it = await source(numbered);
    await it.token();
    await it.clock.advance(5);
    expect(await Promise.all([it.refused(), it.refused(), it.refused()])).toEqual([true, true, true]);
    expect(it.logins()).toBe(2);
    expect(await it.token()).toBe("token-2");
  });

  test("a request that was sent before the present token came needs no other login", async () => {
    const it = await source(numbered);
    await it.token();
    const sentMs = it.clock.nowMs();
    await it.clock.advance(5);
    await it.refused();
    expect(await it.refused(sentMs)).toBe(true);
    expect(it.logins()).toBe(2);
  });

  test("there is at most one login a minute, however long a target refuses every token", async () => {
    const it = await source(numbered);
    await it.token();
    for (let second = 0; second < 600; second++) {
      await it.clock.advance(1_000);
      await it.token();
      await it.refused();
    }
    expect(it.logins()).toBeLessThanOrEqual(11);
  });

  test("a login that fails is said, and the run goes on with the token that there is", async () => {
    const it = await source((nth) => (nth === 0 ? granted("first") : { status: 503, body: "" }));
    await it.token();
    await it.clock.advance(5);
    expect(await Promise.all([it.refused(), it.refused()])).toEqual([false, false]);
    expect(await it.token()).toBe("first");
    expect(it.heard.warnings).toHaveLength(1);
    expect(it.heard.warnings[0]).toMatch(
      /^could not log in again: .*503.*going on with the token that there is$/,
    );
  });
});

describe("a login host that goes down", () => {
  test("is asked once a minute, also once the token has ended", async () => {
    const it = await source((nth) => (nth === 0 ? granted("first", 300) : { status: 503, body: "" }));
    await it.token();
    for (let second = 0; second < 600; second++) {
      await it.clock.advance(1_000);
      expect(await it.token()).toBe("first");
    }
    // It is due for 360 of these 600 seconds.
    expect(it.logins() - 1).toBe(7);
  });
});

test("whatever happens in whatever order, 401s and failures never cost more than a login a minute besides those that lives ask for", async () => {
  const move = fc.oneof(
    fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 90_000 }) }),
    fc.record({ kind: fc.constantFrom("token" as const, "refused" as const), ms: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(move, { maxLength: 60 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
      async (moves, works) => {
        const fine = (nth: number): boolean => nth === 0 || works[nth % works.length] === true;
        const it = await source((nth) => (fine(nth) ? granted(`t${nth}`, 600) : { status: 500, body: "" }));
        await it.token();
        const startMs = it.clock.nowMs();
        for (const { kind, ms } of moves) {
          if (kind === "wait") await it.clock.advance(ms);
          else await it[kind]();
        }
        const tookMs = it.clock.nowMs() - startMs;
        const byMinute = Math.floor(tookMs / MINUTE_MS) + 1;
        const byLife = Math.floor(tookMs / (9 * MINUTE_MS));
        expect(it.logins()).toBeLessThanOrEqual(1 + byMinute + byLife);
      },
    ),
    { numRuns: 15 },
  );
});
