import { describe, expect, test } from "vitest";
import { durationWords } from "../../src/auth-check/duration-words.js";
import { judgeClock, measureClock } from "../../src/auth-check/measure-clock.js";

const NOW = Date.UTC(2026, 10, 22, 10, 0, 0);

/** An answer that came a tenth of a second after it was asked for, with this `Date`. */
function answer(date: string | null) {
  const timings = { startMs: 0, sentMs: 1, releasedMs: null, firstByteMs: 100, endMs: 120 };
  return { headers: date === null ? [] : ([["Date", date]] as const), timings };
}

const epochAt = (ms: number): number => NOW + ms;

describe("the clock of a server", () => {
  test("is measured by Date, which lies between the request and the answer", () => {
    const skew = measureClock("api.example.com", answer(new Date(NOW).toUTCString()), epochAt);
    expect(skew).toEqual({ host: "api.example.com", skewMs: 450, marginMs: 560 });
  });

  test.each([[null], ["yesterday"], [""]])("is not known where Date is %j", (date) => {
    expect(measureClock("api.example.com", answer(date), epochAt)).toBeNull();
  });

  test.each([
    [0, null],
    [30_000, null],
    [-30_000, null],
    [31_000, "31.0 s behind"],
    [-31_000, "31.0 s ahead of"],
    [3_600_000, "1 h behind"],
    [-90_061_000, "25 h 1 min ahead of"],
  ])("that is %d ms ahead means: %s", (skewMs, words) => {
    const finding = judgeClock({ host: "api.example.com", skewMs, marginMs: 600 });
    if (words === null) expect(finding).toBeNull();
    else
      expect(finding).toMatchObject({
        code: "clock-skew",
        level: "warning",
        message: `this machine's clock is ${words} the clock of api.example.com`,
      });
  });

  test.each([
    [0, "0.0 s"],
    [1_449, "1.4 s"],
    [59_400, "59.4 s"],
    [59_999, "1 min"],
    [61_000, "1 min 1 s"],
    [86_399_000, "23 h 59 min"],
    [86_400_000, "24 h"],
    [172_800_000, "48 h"],
    [5 * 86_400_000 + 3_600_000, "5 d 1 h"],
  ])("%d ms are %s", (ms, words) => {
    expect(durationWords(ms)).toBe(words);
  });
});
