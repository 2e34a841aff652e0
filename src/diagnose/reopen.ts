import type { Cause } from "../core/causes.js";
import { CAUSE_TEXTS } from "./cause-texts.js";
import type { Diagnosis, Experiment } from "./diagnose.js";

/** Where a reopened cause belongs: a fresh key would free one of keys, nothing that is sent unchanged frees the others. */
function meaningOf(cause: Cause, meanings: Experiment["meanings"]): number {
  const ofKeys = meanings.findIndex(({ causes }) => causes.some((each) => each.startsWith("key-")));
  return cause.startsWith("key-") && ofKeys !== -1 ? ofKeys : meanings.length - 1;
}

/** An experiment whose outcomes also tell of causes that were reopened. Pure. */
export function withCauses(experiment: Experiment | null, added: readonly Cause[]): Experiment | null {
  if (experiment === null) return null;
  const isNew = (cause: Cause): boolean => !experiment.meanings.some(({ causes }) => causes.includes(cause));
  const meanings = experiment.meanings.map((meaning, index) => {
    const more = added.filter((cause) => isNew(cause) && meaningOf(cause, experiment.meanings) === index);
    return { ...meaning, causes: [...meaning.causes, ...more] };
  });
  return { ...experiment, meanings };
}

/** Words for a cause that what was recorded can neither show nor rule out. Pure. */
export function unshown(cause: Cause, exchange: string): string {
  return `${CAUSE_TEXTS[cause].title}: what was recorded of ${exchange} can neither show it nor rule it out.`;
}

/** A cause that what was recorded can neither show nor rule out. Pure. */
export function reopened(cause: Cause, first: Diagnosis, missing: readonly string[]): Diagnosis {
  return {
    ...first,
    cause,
    certainty: "possible",
    movedBy: cause.startsWith("stale-") ? "unknown" : null,
    evidence: [],
    explanation: unshown(cause, first.exchange),
    remedy: CAUSE_TEXTS[cause].remedy,
    missing,
  };
}

/** What the server's own words make likely stays so; what only exclusion made certain does not. Pure. */
export function weaker(certainty: Diagnosis["certainty"]): Diagnosis["certainty"] {
  return certainty === "certain" ? "possible" : certainty;
}
