import { describe, expect, test } from "vitest";
import { type Org, THING, withOrg } from "./an-org.js";

const POLICY = {
  concurrency: { validator: "etag-strong", readFrom: ["if-match"], readLag: "200ms" },
} as const;

async function write({ send }: Org): Promise<void> {
  await send("PUT", THING, { json: { tier: "a" } });
  await send("PUT", THING, { json: { tier: "b" } });
}

describe("the trace calls a read that trails a write a stale read", () => {
  test("as long as it shows what was there before, and not after that", () =>
    withOrg(POLICY, async (org) => {
      await write(org);
      await org.send("GET", THING);
      expect(org.last()).toMatchObject({ cause: "stale-read", movedBy: null, executed: false, status: 200 });
      await org.clock.advance(200);
      await org.send("GET", THING);
      expect(org.last().cause).toBeNull();
    }));

  test("of a list too", () =>
    withOrg(POLICY, async (org) => {
      await write(org);
      await org.send("GET", THING.slice(0, THING.lastIndexOf("/")));
      expect(org.last().cause).toBe("stale-read");
    }));

  test("of what was deleted meanwhile, and is shown still", () =>
    withOrg(POLICY, async (org) => {
      await write(org);
      await org.clock.advance(200);
      await org.send("DELETE", THING);
      await org.send("GET", THING);
      expect(org.last()).toMatchObject({ cause: "stale-read", status: 200 });
    }));

  test("not where it shows the same as what is there now", () =>
    withOrg({ concurrency: { ...POLICY.concurrency, noOpWrite: "keep" } }, async (org) => {
      await org.send("PUT", THING, { json: { tier: "a" } });
      await org.clock.advance(200);
      await org.send("PUT", THING, { json: { tier: "a" } });
      await org.send("GET", THING);
      expect(org.last().cause).toBeNull();
    }));
});
