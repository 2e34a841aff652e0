import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addQueue, type Queue } from "../stand-in/org.js";
import { type StandIn, startStandIn } from "../stand-in/stand-in.js";
import { behaveWell, LEAVE, onOrg } from "./real-org.js";

const DAY_MS = 24 * 60 * 60 * 1000;

let standIn: StandIn;
let queue: Queue;

beforeAll(async () => {
  standIn = await startStandIn();
  queue = addQueue(standIn.org, "Nobody works here");
});

afterAll(() => standIn.close());

beforeEach(() => behaveWell(standIn));

function vars(): readonly string[] {
  const at = new Date(Date.now() + 7 * DAY_MS).toISOString();
  return ["--var", `queueId=${queue.id}`, "--var", `callbackAt=${at}`];
}

const ON_ATTRIBUTES = "on PATCH /api/v2/conversations/…/participants/…/attributes: the mock";

describe("the same scenario on an org and on the mock, side by side:", () => {
  test.each([
    [
      "repeated-key",
      "idempotency.support",
      "returned the stored answer, this server shows no sign of a stored answer (second)",
    ],
    [
      "mutated-body",
      "idempotency.mismatch",
      "answered 409 (key-reused-body-changed), this server answered 202 (mutated)",
    ],
    ["stale-etag", "concurrency.stale", "answered 409 (stale-etag), this server answered 202 (outdated)"],
  ])(
    "%s says that the org departs from what forum posts say in %s, and on which route",
    async (name, dimension, words) => {
      const args = ["replay", `builtin:real/${name}`, "--target", "gc:prod", ...vars(), ...LEAVE];
      const ran = await onOrg(standIn, [...args, "--against", "mock", "--policy", "forum-lore"]);
      expect(ran.code, ran.stdout).toBe(1);
      const said = ran.stdout.replace(/\s+/g, " ");
      expect(said).toContain(`${dimension} ${ON_ATTRIBUTES} ${words}`);
      expect(said).toMatch(/departs in success\.status on PATCH|concurrency\.validator on GET/);
      expect(ran.arrived.filter(({ host }) => host === "login").length).toBe(1);
    },
  );

  test("an org that does as the vendor documents departs in nothing; the two ways to them are no difference", async () => {
    const args = ["replay", "builtin:real/mutated-body", "--target", "gc:prod", ...vars(), ...LEAVE];
    const ran = await onOrg(standIn, [...args, "--against", "mock", "--policy", "documented"]);
    expect(ran.stdout).toMatch(/against +mock/);
    expect(ran.stdout).not.toContain("departs in");
    expect(ran.stdout).not.toMatch(/header (?:Via|X-Cache|Keep-Alive|Transfer-Encoding|Connection)/);
  });

  test("what runs beside needs the same leave: nothing is sent to either", async () => {
    const args = ["replay", "builtin:real/mutated-body", "--target", "mock", ...vars()];
    const ran = await onOrg(standIn, [...args, "--against", "gc:prod"]);
    expect([ran.code, ran.arrived]).toEqual([2, []]);
    expect(ran.stderr).toContain("gc:prod is an org of the platform, whatever its address");
  });
});
