import { parentPort, workerData } from "node:worker_threads";
import type { Cause } from "../../../src/core/causes.js";
import { diagnoseConfirmed } from "../../../src/diagnose/confirmed.js";
import { isConfirming } from "../../../src/journal/confirming.js";
import { confirmScenario } from "./drive/confirm-scenario.js";
import { type Case, type Diagnose, type Judged, judgeScenario } from "./judge/judge-scenario.js";
import { inseparableTwins, rivalOfTwo } from "./judge/separable.js";
import { twinsOf } from "./judge/twins.js";
import type { Scenario } from "./scenario.js";
import { habitScenario, scenarioOf } from "./scenes/random-scene.js";
import { isUncertain, isWrong, show } from "./show.js";

/** Scenarios of one target, by their seeds. */
export interface Job {
  readonly target: Cause | "random" | "habits";
  readonly from: number;
  readonly count: number;
  /** How many cases are shown, and which: those that are wrong, or those that nobody was certain of. */
  readonly show: number;
  readonly which: "wrong" | "uncertain" | "all";
  /** Each scenario is gone on with as `--confirm` does, and only what was refused before is judged. */
  readonly confirm?: boolean;
}

/** What came of a job. */
export interface Done {
  readonly cases: readonly Case[];
  readonly patterns: readonly NonNullable<Judged["patterns"]>[];
  readonly shown: readonly string[];
  /** Seeds whose scenario could not be run to its end. */
  readonly failed: readonly { readonly seed: number; readonly message: string }[];
}

const { diagnoseUrl } = workerData as { readonly diagnoseUrl: string };
const { diagnoseExchanges: diagnose } = (await import(diagnoseUrl)) as {
  readonly diagnoseExchanges: Diagnose;
};

/** Refused or odd: what a person who asks for a scenario wants to see all of. */
function isNoted({ truth, refusals, anomalies }: Case): boolean {
  return truth.kind !== "plain" || refusals.length + anomalies.length > 0;
}

const IS_SHOWN: Readonly<Record<Job["which"], (each: Case) => boolean>> = {
  wrong: isWrong,
  uncertain: isUncertain,
  all: isNoted,
};

/** After what was sent to confirm: not named alone, though what was sent tells it from every other truth. */
function isOpen({ truth, twins, refusals }: Case): boolean {
  const isAlone = refusals.length === 1 && refusals[0]?.cause === truth.cause;
  return truth.kind === "refusal" && twins.length === 0 && !isAlone;
}

function wrongPatterns(judged: Judged): boolean {
  return judged.patterns !== null && judged.patterns.true.join() !== judged.patterns.said.join();
}

/** A scenario, judged after what `--confirm` sends; what it sent is no case of its own. */
async function judgeConfirmed(scenario: Scenario): Promise<Judged> {
  const longer = await confirmScenario(scenario);
  const judged = await judgeScenario(longer, diagnoseConfirmed, (all, happened) =>
    inseparableTwins(scenario, all, happened),
  );
  const cases: Case[] = [];
  for (const [index, each] of judged.cases.entries()) {
    const exchange = judged.exchanges[index];
    if (exchange === undefined || isConfirming(exchange)) continue;
    const { cause } = each.truth;
    if (!isOpen(each) || cause === null) {
      cases.push(each);
      continue;
    }
    const rivals = each.refusals.map((said) => said.cause).filter((said) => said !== cause);
    cases.push({ ...each, rivalOfTwo: await rivalOfTwo(scenario, longer, { index, truth: cause, rivals }) });
  }
  return { ...judged, cases };
}

async function carryOut(job: Job): Promise<Done> {
  const cases: Case[] = [];
  const patterns: NonNullable<Judged["patterns"]>[] = [];
  const shown: string[] = [];
  const failed: { seed: number; message: string }[] = [];
  const isShown = job.confirm === true && job.which === "uncertain" ? isOpen : IS_SHOWN[job.which];
  for (let seed = job.from; seed < job.from + job.count; seed++) {
    const scenario = job.target === "habits" ? habitScenario(seed) : scenarioOf(seed, job.target);
    try {
      const judged =
        job.confirm === true
          ? await judgeConfirmed(scenario)
          : await judgeScenario(scenario, diagnose, twinsOf);
      cases.push(...judged.cases);
      if (judged.patterns !== null) patterns.push(judged.patterns);
      for (const each of judged.cases)
        if (isShown(each) && shown.length < job.show) shown.push(show(scenario, judged, each));
      if (wrongPatterns(judged) && shown.length < job.show) {
        const found = `patterns ${judged.patterns?.true.join()} said ${judged.patterns?.said.join()}`;
        const [last] = judged.exchanges.slice(-1);
        const truth = { kind: "plain", cause: null, movedBy: null } as const;
        const about = { target: scenario.target, seed, exchange: last?.id ?? "", truth, twins: [] };
        const rest = { opaque: true, conflict: false, hasControl: false, refusals: [], anomalies: [] };
        shown.push(`${found}\n${show(scenario, judged, { ...about, ...rest })}`);
      }
    } catch (error) {
      failed.push({ seed, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  return { cases, patterns, shown, failed };
}

parentPort?.on("message", (job: Job) => {
  void carryOut(job).then((done) => parentPort?.postMessage(done));
});
