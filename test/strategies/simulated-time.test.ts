import { describe, expect, it } from "vitest";
import { simulatedClock } from "../../src/strategies/simulated-clock.js";
import { createTurns } from "../../src/strategies/turns.js";

describe("the clock of a run", () => {
  it("wakes each sleeper at its own instant, however many sleep and whoever began first", async () => {
    const clock = simulatedClock();
    const woken: string[] = [];
    const sleeper = async (name: string, naps: readonly number[]): Promise<void> => {
      for (const napMs of naps) {
        await clock.sleep(napMs);
        woken.push(`${name} ${clock.nowMs()}`);
      }
    };
    const all = [sleeper("a", [30, 30]), sleeper("b", [10, 10, 25])];
    await clock.advance(100);
    await Promise.all(all);
    expect(woken).toEqual(["b 10", "b 20", "a 30", "b 45", "a 60"]);
    expect(clock.nowMs()).toBe(100);
  });
});

describe("turns", () => {
  it("are given in the order in which they were asked for, one at a time, whatever became of the one before", async () => {
    const clock = simulatedClock();
    const turns = createTurns();
    const seen: string[] = [];
    const act = (name: string, durationMs: number): Promise<void> =>
      turns.inTurn(async () => {
        seen.push(`${name} from ${clock.nowMs()}`);
        await clock.sleep(durationMs);
        if (name === "b") throw new Error("b gives up");
      });
    const all = Promise.allSettled([act("a", 20), act("b", 5), act("c", 1)]);
    await clock.advance(100);
    expect((await all).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(seen).toEqual(["a from 0", "b from 20", "c from 25"]);
  });
});
