import { confirmRecording } from "../confirm/confirm-recording.js";
import { choosePolicy } from "../session/choose-policy.js";
import type { FoundRun } from "../session/find-run.js";
import { asksBeforeConfirming, checkConfirm } from "../session/judge-writes.js";
import type { SessionOptions } from "../session/session.js";
import { askLeave } from "./ask-leave.js";
import { type ChosenTarget, chooseTarget } from "./choose-target.js";
import type { DiagnoseFlags } from "./diagnose-flags.js";
import { watchInterrupts } from "./interrupts.js";
import { createProgress } from "./progress.js";
import * as read from "./read-arguments.js";
import { readKeep } from "./read-keep.js";
import { DEFAULT_RUNS_FOLDER } from "./replay-flags.js";

function sessionOptions(
  flags: DiagnoseFlags,
  chosen: ChosenTarget,
  live: Pick<SessionOptions, "interrupt" | "observer">,
): SessionOptions {
  return {
    target: chosen.target,
    rules: chosen.rules,
    keep: readKeep(flags.keep),
    policy: flags.policy === undefined ? null : choosePolicy(flags.policy),
    seed: null,
    given: new Map(),
    headers: read.readHeaders(flags.header),
    allowedEnv: [],
    env: process.env,
    runsFolder: flags.out ?? DEFAULT_RUNS_FOLDER,
    runsFolderIgnored: flags.out === undefined,
    timeoutMs: flags.timeout === undefined ? null : read.readTimeout("--timeout", flags.timeout),
    maxWaitMs: read.readDuration("--max-wait", flags.maxWait),
    maxRequests:
      flags.maxRequests === undefined
        ? chosen.maxRequests
        : read.readCount("--max-requests", flags.maxRequests),
    rounds: null,
    technique: "auto",
    ca: flags.cacert === undefined ? null : read.readCertificates(flags.cacert),
    safety: {
      readOnly: false,
      allowWrites: flags.allowWrites,
      allowDestructive: flags.allowDestructive,
      only: read.readPathPrefixes(flags.only),
    },
    bail: false,
    requireExpectations: false,
    ...live,
  };
}

/**
 * Confirms a saved run where the flags say, once there is leave for it.
 * @throws GcidemError `usage` or `refused` before anything is sent
 */
export async function confirmSaved(saved: FoundRun, flags: DiagnoseFlags): Promise<FoundRun> {
  const progress = createProgress(flags.quiet);
  const interrupts = watchInterrupts();
  try {
    const chosen = await chooseTarget(flags);
    for (const warning of chosen.warnings) progress.onWarning(warning);
    const options = sessionOptions(flags, chosen, { interrupt: interrupts.signal, observer: progress });
    checkConfirm(null, options);
    if (!flags.yes && options.target.kind !== "mock" && asksBeforeConfirming(options))
      await askLeave(
        { writes: "Up to 20 experiments", isOne: false, baseUrl: options.target.baseUrl },
        options.interrupt,
      );
    progress.start();
    return await confirmRecording(saved, options);
  } finally {
    progress.stop();
    interrupts.close();
  }
}
