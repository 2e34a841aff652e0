import { describe, expect, it } from "vitest";
import { resolveUrl } from "../../src/plan/resolve-url.js";

const AT = { file: "t.yaml", line: 1, column: 1 };

function codeOf(path: string, base = "https://api.example.com/v1"): string {
  try {
    return resolveUrl({ baseUrl: base }, path, AT);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("a step's path on its target", () => {
  it("is put behind the target's own path", () => {
    expect(codeOf("/orders?a=b")).toBe("https://api.example.com/v1/orders?a=b");
    expect(codeOf("/orders", "http://localhost:8080")).toBe("http://localhost:8080/orders");
  });

  it("may be an absolute URL of the same target", () => {
    expect(codeOf("https://api.example.com/v1/orders")).toBe("https://api.example.com/v1/orders");
  });

  it.each([
    "//evil.example",
    "///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "https://evil.example/v1/x",
    "http://api.example.com/v1/x",
    "https://api.example.com:444/v1/x",
    "https://user@api.example.com/v1/x",
    "https://api.example.com@evil.example/x",
  ])("never leads to another host: %j", (path) => {
    expect(codeOf(path)).toBe("ERR_OTHER_HOST");
  });

  it.each(["/../secret", "/%2e%2e/secret", "/a/../../secret", "https://api.example.com/other"])(
    "never climbs out of the target's path: %j",
    (path) => {
      expect(codeOf(path)).toBe("ERR_OUTSIDE_TARGET");
    },
  );

  it.each(["/__gcidem/clock", "/x/../__gcidem/clock", "/__gcidem"])(
    "never reaches the mock's control: %j",
    (path) => {
      expect(codeOf(path, "http://127.0.0.1:1")).toBe("ERR_CONTROL_PATH");
    },
  );
});
