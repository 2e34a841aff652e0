import { describe, expect, it } from "vitest";
import { adviseOn } from "../../src/strategies/advise.js";
import { compare } from "./comparing.js";

async function advice(conditions: Parameters<typeof compare>[0]): Promise<string> {
  return adviseOn(await compare(conditions)).join("\n");
}

describe("the advice", () => {
  it("says that a pause does not make a token valid again, and what does", async () => {
    expect(await advice({})).toMatch(
      /^An outdated token stays outdated.*: with churn 5\/s, \d\d% succeed by sending the same bytes again, 100% by reading again\.$/m,
    );
  });

  it("says what pauses cost only where they cost something", async () => {
    const sentence = "A pause does not outwait the platform's own writes";
    expect(await advice({ churnsPerSecond: [0, 25] })).toContain(sentence);
    expect(await advice({ churnsPerSecond: [0] })).not.toContain(sentence);
  });

  it("where nothing is checked, counts what is gone and names turns as the way that loses nothing", async () => {
    const text = await advice({ policy: "documented", churnsPerSecond: [0] });
    expect(text).toMatch(/of 32 that read first, \d+ are gone at the end; of those that took turns, 0\./);
    expect(text).toContain('the best of what lost nothing: "queue, re-read at once" (no churn: 100%');
    expect(text).not.toContain("stays outdated");
  });

  it("where a refusal comes as a 2xx, says that the status alone is not to be believed", async () => {
    const policy = "extends: forum-lore\nerrors: graphql\n";
    const text = await advice({ policy, churnsPerSecond: [0] });
    expect(text).toMatch(/^Refusals come as a success here: up to \d+ of 32 were told of one/m);
    expect(await advice({ churnsPerSecond: [0] })).not.toContain("Refusals come as a success");
  });

  it("puts nothing down to a missing token where nobody had the time to succeed", async () => {
    const text = await advice({ churnsPerSecond: [0], deadlineMs: 1 });
    expect(text).toBe(
      "Nobody is told of success before the deadline, whatever the way: give them longer with --deadline.",
    );
  });

  it("does not praise an attribute of one's own where the server replaces all of them", async () => {
    const policy = "extends: forum-lore\nconcurrency: { patchMerges: replace }\n";
    const text = await advice({ policy, churnsPerSecond: [0] });
    expect(text).toContain("An attribute of one's own is no shelter");
    expect(text).not.toContain("needs no token");
  });

  it("does not send a writer to an endpoint that refuses it", async () => {
    const text = await advice({ policy: "rfc9110", churnsPerSecond: [0], runs: 2 });
    expect(text).toContain("Without a token nobody succeeds at the attributes' own endpoint.");
  });

  it("recommends the same key only where it made a difference", async () => {
    const lossy = { churnsPerSecond: [], lostShare: 0.3 };
    expect(await advice(lossy)).toMatch(/^After a lost answer keep the key: \d+ of 32 were done twice/);
    expect(await advice({ ...lossy, policy: "rfc9110" })).toContain("A key is no help here");
    expect(await advice({ ...lossy, lostShare: 0 })).toBe("");
  });

  it("says where the same key is refused after what happened to its first use", async () => {
    const policy = "extends: forum-lore\nidempotency: { outcomes: { 2xx: conflict } }\n";
    const text = await advice({ policy, churnsPerSecond: [], lostShare: 0.3 });
    expect(text).toMatch(/^With the same key only \d+% were told of success, with a new one 100%/);
  });

  it("of a single writer speaks of churn alone", async () => {
    const text = await advice({ writers: 1, churnsPerSecond: [25] });
    expect(text).toContain("Against churn alone, the best of what lost nothing: ");
    expect(text).not.toMatch(/best of what lost nothing: "attributes/);
  });
});
