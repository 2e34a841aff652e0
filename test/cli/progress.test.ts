import { describe, expect, it } from "vitest";
import { createProgress, type Progress, type Surroundings } from "../../src/cli/progress.js";
import { progressLine, progressWords, type Way } from "../../src/cli/progress-words.js";

const WAY: Way = { step: "writers/write", round: 3, rounds: 50, sent: 200, planned: 1000, elapsedMs: 20_000 };

describe("how far a run is", () => {
  it("is said by round, step, count, rate and time left", () => {
    expect(progressWords(WAY)).toEqual([
      "round 3 of 50",
      "writers/write",
      "200 of 1000 requests sent",
      "10/s",
      "about 80 s left",
    ]);
    expect(progressLine(WAY, 30_000)).toBe(
      "30 s: round 3 of 50, writers/write, 200 of 1000 requests sent, 10/s, about 80 s left",
    );
  });

  it("leaves out what nobody knows", () => {
    expect(progressWords({ ...WAY, rounds: null, planned: null, sent: 7 })).toEqual([
      "round 3",
      "writers/write",
      "7 requests sent",
    ]);
    expect(progressWords({ ...WAY, round: 1, rounds: null, planned: 2, sent: 1 })).toEqual([
      "writers/write",
      "1 request sent",
    ]);
    expect(progressWords({ ...WAY, sent: 1200 }).slice(2)).toEqual(["1200 requests sent", "60/s"]);
  });

  it("is said in words that fit slow runs and long ones", () => {
    expect(progressWords({ ...WAY, sent: 10, elapsedMs: 100_000 }).slice(3)).toEqual([
      "6/min",
      "about 3 h left",
    ]);
    expect(progressWords({ ...WAY, sent: 20, elapsedMs: 10_000 }).slice(3)).toEqual([
      "2.0/s",
      "about 9 min left",
    ]);
  });

  it("has no control character of a step's name, and no more of it than a line takes", () => {
    const [step = ""] = progressWords({
      ...WAY,
      rounds: null,
      round: 1,
      step: `\u001b[31m${"x".repeat(90)}`,
    });
    expect(step).toMatch(/^\\u001b\[31mx+\.\.\.$/);
    expect(step.length).toBeLessThan(50);
  });
});

/** Surroundings whose time the test moves on itself. */
function around(env: Surroundings["env"]): {
  readonly surroundings: Surroundings;
  readonly written: string[];
  readonly wait: (ms: number) => void;
} {
  const written: string[] = [];
  let nowMs = 0;
  let tick: (() => void) | null = null;
  return {
    written,
    surroundings: {
      stderr: { write: (text: string | Uint8Array) => written.push(String(text)) > 0 },
      env,
      nowMs: () => nowMs,
      every: (_intervalMs, call) => {
        tick = call;
        return () => {
          tick = null;
        };
      },
    },
    wait: (ms) => {
      nowMs += ms;
      tick?.();
    },
  };
}

function twelveRequests(progress: Progress): void {
  for (let sent = 1; sent <= 6; sent++) progress.onStep("a", sent, 1);
  for (let sent = 1; sent <= 6; sent++) progress.onStep("b", sent, 1);
}

describe("in the log of a build server", () => {
  it("a line now and then says how far it is, over all scenarios", () => {
    const { surroundings, written, wait } = around({ CI: "true" });
    const progress = createProgress(false, surroundings);
    progress.start({ requests: 24, rounds: null });
    wait(30_000);
    twelveRequests(progress);
    wait(30_000);
    progress.stop();
    wait(30_000);
    expect(written).toEqual([
      "gcidem: 30 s: no answer yet\n",
      "gcidem: 60 s: b, 12 of 24 requests sent, 12/min, about 60 s left\n",
    ]);
  });

  it.each([
    ["piped", {}, false],
    ["where CI is said to be off", { CI: "false" }, false],
    ["with --quiet", { GITHUB_ACTIONS: "true" }, true],
  ])("there is nothing %s", (_where, env, quiet) => {
    const { surroundings, written, wait } = around(env);
    const progress = createProgress(quiet, surroundings);
    progress.start();
    twelveRequests(progress);
    wait(30_000);
    expect(written).toEqual([]);
  });
});

it("warnings are said wherever stderr goes, but for --quiet, with no control characters", () => {
  const { surroundings, written } = around({});
  createProgress(true, surroundings).onWarning("quiet");
  createProgress(false, surroundings).onWarning("a\u001b[2Jb\nc");
  expect(written).toEqual(["gcidem: a\\u001b[2Jb\\nc\n"]);
});
