import type { ExperimentStep } from "../diagnose/diagnose.js";
import { repeatStep } from "../diagnose/experiment-steps.js";
import { isConfirming, REHEARSAL } from "../journal/confirming.js";
import type { Exchange } from "../journal/journal.js";
import type { RoundToConfirm } from "../session/session.js";
import { planExperiment } from "./plan-experiment.js";

function repeated(exchange: Exchange, before: Exchange | undefined): ExperimentStep {
  const endMs = before?.timings.endMs ?? before?.timings.startMs ?? exchange.timings.startMs;
  const waitMs = Math.max(0, Math.round(exchange.timings.startMs - endMs));
  return { ...repeatStep(exchange, exchange.id), ...(waitMs === 0 ? {} : { waitMs }) };
}

/** The first request that was answered otherwise than it was recorded; null where none was. */
function differenceIn(recorded: readonly Exchange[], all: readonly Exchange[]): string | null {
  const statusOf = new Map(all.map(({ step, response }) => [step, response?.status ?? null]));
  for (const { id, response } of recorded) {
    const [then, now] = [response?.status ?? null, statusOf.get(`${REHEARSAL}/${id}`) ?? null];
    if (then !== now)
      return `the mock answers otherwise than was recorded: ${id} got ${then ?? "no answer"}, here ${now ?? "none"}`;
  }
  return null;
}

/**
 * Sends a recording once more to a mock that knows nothing of it. Gives why nothing can be confirmed there; null where the
 * mock answered each request with the recorded status.
 */
export async function rehearse(round: RoundToConfirm): Promise<string | null> {
  const recorded = round.exchanges().filter((each) => !isConfirming(each));
  const [first] = recorded;
  if (first === undefined) return "nothing was recorded";
  const steps = recorded.map((exchange, index) => repeated(exchange, recorded[index - 1]));
  const bodyMissing = recorded.some(({ request }) => request.missing?.includes("body") === true);
  if (bodyMissing) return "bodies that were sent are not recorded";
  const planned = planExperiment(
    { what: "send it once more", steps, meanings: [], reads: 0, writes: 0 },
    first,
  );
  if ("because" in planned) return planned.because;
  const reason = await round.send({ name: REHEARSAL, plan: planned.plan, like: null });
  return reason ?? differenceIn(recorded, round.exchanges());
}
