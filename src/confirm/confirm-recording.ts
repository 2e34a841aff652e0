import { continueRun } from "../session/continue-run.js";
import { diagnoseAll } from "../session/diagnose-journal.js";
import type { FoundRun } from "../session/find-run.js";
import type { SessionOptions } from "../session/session.js";
import { createConfirm } from "./confirm-causes.js";
import { rehearse } from "./rehearse.js";

/**
 * Settles what a saved run or recording leaves open, on the server that the options name: a new run, which begins with what
 * was recorded. The embedded mock knows nothing of it: there the recording is sent once more before.
 * @throws GcidemError `usage` or `refused` before anything is sent, `output`
 */
export function confirmRecording(saved: FoundRun, options: SessionOptions): Promise<FoundRun> {
  const { onWarning } = options.observer;
  const { interrupt } = options;
  const isEmbedded = options.target.kind === "mock" && options.target.at === undefined;
  return continueRun(saved, options, ({ confirmedOn, options: how }) => {
    const confirm = createConfirm({
      explain: (exchanges) => diagnoseAll(exchanges, how, confirmedOn).diagnoses,
      onWarning,
      interrupt,
    });
    return async (round) => {
      const reason = isEmbedded ? await rehearse(round) : null;
      if (reason === null) await confirm(round);
      else onWarning(`--confirm: nothing was confirmed: ${reason}`);
    };
  });
}
