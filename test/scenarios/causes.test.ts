import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAUSES as CAUSE_IDS, CAUSES_BY_KIND, type Cause } from "../../src/core/causes.js";
import type { RunSection } from "../../src/index.js";
import { diagnose, replay, startMock } from "../../src/index.js";
import type { StatusPattern } from "../../src/scenario/scenario.js";
import { ALL, CAUSES, everySendingStep, isLookAlike, type Shipped, statedCauses } from "./shipped.js";

/** Every id that is about exchanges: what the vendor documents needs none, and `unexplained` is what is left. */
const SHOWN: readonly Cause[] = [
  ...CAUSES_BY_KIND.refusal,
  ...CAUSES_BY_KIND.anomaly,
  ...CAUSES_BY_KIND.pattern,
].filter((id) => id !== "unexplained");

/** Nobody can name it who shares a server with others, since another client may have written. */
const NEEDS_TO_BE_ALONE: Cause = "phantom-version";

function causeOf({ name }: Shipped): Cause {
  const id = name.slice("causes/".length).replace(/\.look-alike$/, "");
  const cause = CAUSE_IDS.find((each) => each === id);
  if (cause === undefined) throw new Error(`${name} is named after no cause`);
  return cause;
}

const SHOWING = CAUSES.filter((each) => !isLookAlike(each));
const LOOK_ALIKES = CAUSES.filter(isLookAlike);
const isRefusal = (cause: Cause): boolean => CAUSES_BY_KIND.refusal.includes(cause);

let out: string;

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), "gcidem-causes-"));
});

afterAll(() => {
  rmSync(out, { recursive: true, force: true });
});

async function run({ file }: Shipped, target?: string): Promise<RunSection> {
  const [section] = (await replay(file, { out, ...(target === undefined ? {} : { target }) })).runs;
  if (section === undefined) throw new Error(`${file} gave no report`);
  return section;
}

/** Causes that are named with some confidence. */
function named({ diagnoses }: RunSection): readonly Cause[] {
  return diagnoses.filter(({ certainty }) => certainty !== "possible").map(({ cause }) => cause);
}

describe("scenarios/causes", () => {
  test("has one scenario for each id, and its look-alike beside it", () => {
    expect(SHOWING.map(causeOf).sort()).toEqual([...SHOWN].sort());
    expect(LOOK_ALIKES.map(causeOf).sort()).toEqual([...SHOWN].sort());
  });

  test.each(SHOWING)("$name states its cause, and no other one of its kind", (shipped) => {
    const id = causeOf(shipped);
    const kind = isRefusal(id) ? CAUSES_BY_KIND.refusal : [id];
    const stated = statedCauses(shipped).map(({ cause }) => cause);
    expect(stated).toContain(id);
    expect(stated.filter((cause) => kind.includes(cause) && cause !== id)).toEqual([]);
  });

  test.each(SHOWING.filter((each) => isRefusal(causeOf(each))))(
    "$name goes on with its control: the same with one thing put right passes",
    (shipped) => {
      const steps = everySendingStep(shipped);
      const refused = steps.findIndex(({ id }) => id === statedCauses(shipped)[0]?.step);
      const statuses = steps
        .slice(refused + 1)
        .flatMap(({ expectations }) => expectations.filter(({ what }) => what === "status"));
      expect(JSON.stringify(statuses)).toMatch(/2(?:\d\d|xx)/);
    },
  );

  test("are certain of every refusal", () => {
    const unsure = SHOWING.filter((each) => isRefusal(causeOf(each))).filter(
      (each) => !statedCauses(each).some(({ certainty }) => certainty === "certain"),
    );
    expect(unsure.map(causeOf)).toEqual([]);
  });
});

/** Refusals that speak of a conflict. */
const CONFLICTS: ReadonlySet<StatusPattern> = new Set<StatusPattern>([409, 412, 423, 428]);

/** Steps that expect a conflict and do not say why. */
function unexplained(shipped: Shipped): readonly string[] {
  const stated = new Set(statedCauses(shipped).map(({ step }) => step));
  return everySendingStep(shipped)
    .filter(({ id, expectations }) => {
      const conflict = expectations.some(
        (each) =>
          each.what === "status" && !each.negated && each.any.every((status) => CONFLICTS.has(status)),
      );
      return conflict && !stated.has(id);
    })
    .map(({ id }) => `${shipped.name} ${id}`);
}

test("basics and claims say why each conflict is one, where their steps settle it", () => {
  expect(ALL.flatMap(unexplained)).toEqual([
    // Nobody who sees only what was sent can know that the bytes changed on their way.
    "claims/guide-middleware-rewrites sameBytes",
    // Without the same refusal again both a lock and a fault of the server's would fit as well.
    "claims/voice-forbidden-as-conflict write",
    "claims/voice-forbidden-as-conflict otherBodyAndKey",
  ]);
});

describe("a look-alike", () => {
  test.each(LOOK_ALIKES)("$name is told apart", async (shipped) => {
    expect(statedCauses(shipped).map(({ cause }) => cause)).not.toContain(causeOf(shipped));
    expect(named(await run(shipped))).not.toContain(causeOf(shipped));
  });

  test.each(LOOK_ALIKES.filter(({ loaded }) => /gcidem says nothing\.$/.test(loaded.scenario.description)))(
    "$name is innocent",
    async (shipped) => {
      const { diagnoses } = await run(shipped);
      expect(diagnoses.filter(({ kind }) => kind !== "documented").map(({ cause }) => cause)).toEqual([]);
    },
  );
});

test("a version that nobody wrote is named by who claims to be alone", async () => {
  const shipped = SHOWING.find((each) => causeOf(each) === NEEDS_TO_BE_ALONE);
  if (shipped === undefined) throw new Error("nothing shows it");
  const text = shipped.text.replace("[no-lost-update]", "[linearizable]");
  const [section] = (await replay(text, { out })).runs;
  expect(section?.invariants).toMatchObject([
    { holds: false, explanation: expect.stringContaining("which nobody in this history wrote") },
  ]);
  expect(section?.diagnoses.map(({ cause }) => cause)).toContain(NEEDS_TO_BE_ALONE);
  const alone = diagnose(section?.exchanges ?? [], { exclusive: true });
  expect(alone.map(({ cause }) => cause)).toContain(NEEDS_TO_BE_ALONE);
  expect(diagnose(section?.exchanges ?? []).map(({ cause }) => cause)).not.toContain(NEEDS_TO_BE_ALONE);
});

/** What the trace calls what the exchanges show more of, or less. */
const IN_THE_TRACE: Readonly<Partial<Record<Cause, Cause>>> = {
  // The first delivery of the two is not among the exchanges.
  "key-first-use-unseen": "conflict-not-replay",
  "duplicate-delivery": "executed-twice",
  // A stored answer, whatever it looks like.
  "replay-differs": "stored-answer-returned",
  // One writer's ignored precondition is the other's loss.
  "lost-update": "precondition-ignored",
};

/** What a server cannot know: what the client got, and what the history shows. */
const NOT_IN_THE_TRACE: ReadonlySet<Cause> = new Set<Cause>([
  ...CAUSES_BY_KIND.pattern,
  "response-lost",
  "duplicate-version",
  "future-read",
  "order",
  "several-winners",
  NEEDS_TO_BE_ALONE,
]);

describe("the mock's own trace", () => {
  const traced = CAUSES.filter((each) =>
    statedCauses(each).some(({ cause }) => !NOT_IN_THE_TRACE.has(cause)),
  );

  test.each(traced)("agrees with what $name states", async (shipped) => {
    const mock = await startMock({});
    try {
      const section = await run(shipped, `mock+${mock.url}`);
      const trace = mock.trace();
      const wanted = section.expectations.filter(({ what }) => what === "cause");
      const stated = statedCauses(shipped);
      expect(wanted.length).toBe(stated.length);
      for (const [index, { cause }] of stated.entries()) {
        if (NOT_IN_THE_TRACE.has(cause)) continue;
        const exchange = section.exchange(wanted[index]?.exchange ?? "");
        const said = trace.filter(({ correlationId }) => correlationId === exchange?.correlationId);
        expect(said.at(-1)?.cause).toBe(IN_THE_TRACE[cause] ?? cause);
      }
    } finally {
      await mock.close();
    }
  });
});
