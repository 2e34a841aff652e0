import { isMethodOverride } from "../core/http.js";
import type { PlannedStep, RunPlan } from "../plan/plan.js";
import type { SendingStep, Step } from "../scenario/scenario.js";
import { replayScenarios } from "./replay.js";
import type { ReadyScenario } from "./run-scenario.js";
import type { SessionOptions } from "./session.js";
import { tellPlan } from "./tell-plan.js";

/** Nobody reads more before answering a question. */
const MOST_READS = 10;

function isRead(step: Step): step is Extract<SendingStep, { readonly kind: "request" }> {
  if (step.kind !== "request" || !["GET", "HEAD"].includes(step.request.method)) return false;
  return !step.request.headers.some(([name]) => isMethodOverride(name));
}

/** A plan of another one's reads alone: each once, in their order, wherever they stand but in races and in the clean-up. */
function readingPlan(plan: RunPlan): RunPlan {
  const seen = new Set<string>();
  const steps = plan.steps.flatMap(({ step, section }): readonly PlannedStep[] => {
    if (!isRead(step) || section === "cleanUp") return [];
    const name = JSON.stringify([step.request.method, step.request.path.parts]);
    if (seen.has(name)) return [];
    seen.add(name);
    const once = { ...step, times: 1, retry: null, expectations: [], abort: null };
    return [{ step: once, section, repeated: false, countsEffects: false }];
  });
  return { ...plan, scenario: { ...plan.scenario, effects: null }, steps: steps.slice(0, MOST_READS) };
}

/** What was read before anything is written. */
export interface ReadFirst {
  readonly lines: readonly string[];
  /** Where the reads were saved; null where the scenario has none that could be sent. */
  readonly folder: string | null;
}

/**
 * Sends the reads of a scenario, in a run of their own, and tells what it would do to what they showed.
 * @throws GcidemError as a run does
 */
export async function readFirst(ready: ReadyScenario, options: SessionOptions): Promise<ReadFirst> {
  const plan = readingPlan(ready.plan);
  if (plan.steps.length === 0) return { lines: tellPlan(ready, options, []), folder: null };
  const { confirm: _confirm, ...others } = options;
  const { report, close } = await replayScenarios([{ ...ready, plan }], {
    ...others,
    rounds: null,
    bail: false,
    requireExpectations: false,
    safety: { ...options.safety, readOnly: true },
  });
  const [section] = report.runs;
  const lines = tellPlan(ready, options, [...(section?.exchanges ?? [])]);
  close();
  return { lines, folder: section?.folder ?? null };
}
