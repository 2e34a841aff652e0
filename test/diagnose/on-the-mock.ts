import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import { replayed } from "../check/replayed.js";

/** Anomalies of a scenario's steps on the mock, `STEP CAUSE CERTAINTY`, told from its exchanges alone. */
export async function anomaliesOf(steps: string, head: string): Promise<readonly string[]> {
  return (await diagnosed(steps, head))
    .filter(({ kind }) => kind === "anomaly")
    .map(({ step, cause, certainty }) => `${step} ${cause} ${certainty}`);
}

/** Everything that is told of a scenario's steps on the mock, with the step of each exchange. */
export async function diagnosed(
  steps: string,
  head: string,
): Promise<readonly (Diagnosis & { readonly step: string })[]> {
  const exchanges = [...(await replayed(steps, head)).exchanges];
  const stepOf = new Map(exchanges.map(({ id, step }) => [id, step]));
  return diagnoseExchanges(exchanges).map((each) => ({ ...each, step: stepOf.get(each.exchange) ?? "" }));
}
