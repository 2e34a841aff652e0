import { describe, expect, it } from "vitest";
import { gcidem } from "./run-gcidem.js";

describe("gcidem explain", () => {
  it("lists every cause by kind", async () => {
    const { code, stdout } = await gcidem(["explain"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Refusals: /);
    expect(stdout).toMatch(/^ {2}stale-etag\s+If-Match names a state/m);
  });

  it("says one cause: what you see, why, how it is told, what to do", async () => {
    const { code, stdout } = await gcidem(["explain", "key-in-flight"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^key-in-flight\n {2}The first .*\n\nyou see .*\nwhy .*/);
    expect(stdout).toMatch(/^do {8}Wait for the first answer/m);
  });

  it("a word that is no cause is exit 2 with the nearest one", async () => {
    const { code, stderr } = await gcidem(["explain", "stale-etags"]);
    expect(code).toBe(2);
    expect(stderr).toContain("stale-etag");
  });

  it("a part of an id brings up those that have it", async () => {
    const { code, stderr } = await gcidem(["explain", "Key-Reuse"]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "did you mean key-reused-body-changed, key-reused-bytes-changed, key-reused-other-resource?",
    );
  });
});
