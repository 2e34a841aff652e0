import { describe, expect, it } from "vitest";
import { adjustableClock, measuredClock, virtualClock } from "../../src/core/clock.js";

describe("the virtual clock", () => {
  it("stands still until somebody sleeps on it", async () => {
    const clock = virtualClock(1_000);
    expect(clock.nowMs()).toBe(0);
    await clock.sleep(86_400_000);
    expect(clock.nowMs()).toBe(86_400_000);
    expect(clock.epochMs()).toBe(86_401_000);
  });

  it("fires timers at their own instants, in order, equal ones in the order they were set", async () => {
    const clock = virtualClock();
    const fired: [string, number][] = [];
    const set = (name: string, ms: number): void => {
      clock.after(ms, () => fired.push([name, clock.nowMs()]));
    };
    set("late", 50);
    set("first", 10);
    set("second", 10);
    await clock.advance(40);
    expect(fired).toEqual([
      ["first", 10],
      ["second", 10],
    ]);
    await clock.advance(10);
    expect(fired.at(-1)).toEqual(["late", 50]);
  });

  it("fires timers that timers set, when these fall due on the way", async () => {
    const clock = virtualClock();
    const instants: number[] = [];
    const tick = (): void => {
      instants.push(clock.nowMs());
      clock.after(40, tick);
    };
    clock.after(40, tick);
    await clock.advance(200);
    expect(instants).toEqual([40, 80, 120, 160, 200]);
  });

  it("does not fire a cancelled timer", async () => {
    const clock = virtualClock();
    let fired = false;
    const cancel = clock.after(5, () => {
      fired = true;
    });
    cancel();
    await clock.advance(10);
    expect(fired).toBe(false);
  });
});

describe("the virtual clock at real speed", () => {
  it("runs with the world until what it runs for is over, and then stands still again", async () => {
    const clock = virtualClock();
    await clock.advance(1_000);
    const began = performance.now();
    await clock.atRealSpeed(() => clock.sleep(5));
    const tookMs = performance.now() - began;
    const ran = clock.nowMs() - 1_000;
    expect(ran).toBeGreaterThanOrEqual(5);
    expect(ran).toBeLessThanOrEqual(tookMs);
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(clock.nowMs() - 1_000).toBe(ran);
    expect(clock.jumpedMs()).toBe(1_000);
  });

  it("fires timers that were set before, during and for after it, each at its own instant", async () => {
    const clock = virtualClock();
    const fired: [string, number][] = [];
    const set = (name: string, ms: number): void => {
      clock.after(ms, () => fired.push([name, clock.nowMs()]));
    };
    set("before", 4);
    set("late", 60_000);
    await clock.atRealSpeed(async () => {
      set("during", 2);
      set("cancelled", 3);
      clock.after(1, () => set("from a timer", 1))();
      await clock.sleep(8);
    });
    expect(fired.map(([name]) => name)).toEqual(["during", "cancelled", "before"]);
    expect(fired.every(([name, atMs]) => atMs >= (name === "before" ? 4 : 2))).toBe(true);
    await clock.advance(60_000);
    expect(fired.at(-1)).toEqual(["late", 60_000]);
  });

  it("can be jumped ahead all the same, and run for several at once", async () => {
    const clock = virtualClock();
    await Promise.all([
      clock.atRealSpeed(() => clock.sleep(86_400_000)),
      clock.atRealSpeed(async () => {
        await clock.sleep(1);
        await clock.advance(86_400_000);
      }),
    ]);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(86_400_000);
  });

  it("stands still again where what it runs for fails", async () => {
    const clock = virtualClock();
    await expect(clock.atRealSpeed(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const stands = clock.nowMs();
    await clock.sleep(60_000);
    expect(clock.nowMs()).toBe(stands + 60_000);
  });
});

describe("the measured clock", () => {
  it("never goes back, and counts no time twice, while the virtual one runs with the world", async () => {
    const virtual = virtualClock(1_000);
    const began = performance.now();
    const clock = measuredClock(virtual);
    const seen: number[] = [clock.nowMs()];
    await virtual.atRealSpeed(async () => {
      seen.push(clock.nowMs());
      await virtual.sleep(5);
      seen.push(clock.nowMs());
    });
    seen.push(clock.nowMs());
    await clock.sleep(100);
    seen.push(clock.nowMs());
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(clock.nowMs()).toBeLessThanOrEqual(100 + performance.now() - began);
    expect(clock.epochMs() - clock.nowMs()).toBeCloseTo(1_000, 0);
  });

  it("adds jumps to the time that really passes", async () => {
    const virtual = virtualClock();
    const clock = measuredClock(virtual);
    const before = clock.nowMs();
    await clock.sleep(900_000);
    expect(clock.nowMs() - before).toBeGreaterThanOrEqual(900_000);
    expect(virtual.nowMs()).toBe(900_000);
  });
});

describe("the adjustable clock", () => {
  it("jumps ahead of the world, for its readers and for people", async () => {
    const clock = adjustableClock();
    const aheadMs = clock.epochMs() - Date.now();
    await clock.advance(900_000);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(900_000);
    expect(clock.epochMs() - Date.now() - aheadMs).toBeGreaterThanOrEqual(899_000);
  });

  it("fires what falls due in a jump in order, and not again", async () => {
    const clock = adjustableClock();
    const fired: string[] = [];
    clock.after(60_000, () => fired.push("late"));
    clock.after(10_000, () => fired.push("early"));
    const cancel = clock.after(20_000, () => fired.push("cancelled"));
    cancel();
    await clock.advance(30_000);
    expect(fired).toEqual(["early"]);
    await clock.advance(30_000);
    expect(fired).toEqual(["early", "late"]);
  });

  it("wakes who sleeps on it", async () => {
    const clock = adjustableClock();
    const slept = clock.sleep(86_400_000);
    await clock.advance(86_400_000);
    await slept;
    expect(clock.nowMs()).toBeGreaterThanOrEqual(86_400_000);
  });
});
