import fc from "fast-check";
import { type Focus, policyOf } from "../generate/policies.js";
import { type Traffic, trafficOf } from "../generate/traffic.js";
import { newModel } from "../spec/model.js";
import { judgeEnd } from "./commands.js";
import { startReal } from "./real.js";

/** What a property varies, and over how many policies unless more are asked for. */
export interface Property {
  readonly focus: Partial<Focus>;
  readonly traffic: Partial<Traffic>;
  readonly runs: number;
}

const NO_FOCUS: Focus = { keys: false, versions: false, faults: false, limits: false, names: false };
const PLAIN_TRAFFIC: Traffic = { keys: false, tokens: false, hostile: false, names: false };

/** Policies for each property. A seed that never changes keeps a gate from failing by luck; more runs draw their own. */
const MORE_RUNS = Number(process.env.GCIDEM_MODEL_RUNS ?? 0);
const SEED = 409;

/** How a property is checked: some policies with the fixed seed, or as many new ones as the environment asks for. */
export function runsOf(runs: number): { readonly numRuns: number; readonly seed?: number } {
  return MORE_RUNS > 0 ? { numRuns: MORE_RUNS } : { numRuns: runs, seed: SEED };
}

/** Time for a property on a busy machine. */
export const TIMEOUT_MS: number = MORE_RUNS > 0 ? 86_400_000 : 120_000;

/** Sends any traffic to a mock that obeys any policy of a focus; throws where the specification says otherwise. */
export async function agree({ focus, traffic, runs }: Property): Promise<void> {
  const policies = policyOf({ ...NO_FOCUS, ...focus });
  const sequences = trafficOf({ ...PLAIN_TRAFFIC, ...traffic });
  const property = fc.asyncProperty(policies, sequences, async (policy, commands) => {
    const model = newModel(policy);
    const real = await startReal(policy);
    try {
      await fc.asyncModelRun(() => ({ model, real }), commands);
      await judgeEnd(model, real);
    } finally {
      await real.close();
    }
  });
  await fc.assert(property, runsOf(runs));
}
