import { describe, expect, it } from "vitest";
import { findPattern, PatternTooSlow } from "../../src/core/bounded-pattern.js";

describe("a pattern on text from outside", () => {
  it("finds what it finds, with its groups", () => {
    expect(findPattern("/orders/(.+)$", "/v1/orders/17")?.[1]).toBe("17");
    expect(findPattern("(?:ab)+c(\\d+)", "xababc42")?.[1]).toBe("42");
    expect(findPattern("nothing", "something")).toBeNull();
  });

  it.each(["^(a+)+$", "^(?:a|a)*$", "^a*a*a*a*a*a*b$", "^(a|aa){2,}$"])(
    "/%s/ that backtracks is ended",
    (source) => {
      expect(() => findPattern(source, `${"a".repeat(5_000)}!`)).toThrow(PatternTooSlow);
    },
  );

  it("looks at no more than 10,000 characters", () => {
    expect(findPattern("end", `${"-".repeat(10_000)}end`)).toBeNull();
  });
});
