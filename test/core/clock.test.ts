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

describe("the measured clock", () => {
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
