import { resolve } from "node:path";
import { createConfirm } from "../confirm/confirm-causes.js";
import { GcidemError } from "../core/errors.js";
import { diagnoseConfirmed } from "../diagnose/confirmed.js";
import { allowedOriginsOf } from "../session/allowed-origins.js";
import { choosePolicy } from "../session/choose-policy.js";
import { countRequests } from "../session/count-requests.js";
import { asksBeforeWriting, countWrites } from "../session/judge-writes.js";
import { checkSession, replayScenarios } from "../session/replay.js";
import type { ReadyScenario } from "../session/run-scenario.js";
import type { Confirm, SessionOptions } from "../session/session.js";
import { askLeave } from "./ask-leave.js";
import { type ChosenTarget, chooseTarget } from "./choose-target.js";
import { exitCodeOfSignals } from "./exit-code.js";
import { watchInterrupts } from "./interrupts.js";
import { loadAll } from "./load-all.js";
import { createProgress, type Expected } from "./progress.js";
import * as read from "./read-arguments.js";
import { readKeep } from "./read-keep.js";
import { REPORTERS } from "./render-report.js";
import { DEFAULT_RUNS_FOLDER, type ReplayFlags } from "./replay-flags.js";
import { readReporters, type WantedReporter } from "./reporters.js";
import type { Comparing } from "./run-comparing.js";
import { writeOut } from "./standard-output.js";
import { tellBeforeAsking } from "./tell-before-asking.js";
import { terminalStyle } from "./terminal-style.js";
import { waitFor } from "./wait-for.js";
import { openReporters, writeReports } from "./write-reports.js";

function confirmBy({ observer, interrupt }: Pick<SessionOptions, "interrupt" | "observer">): Confirm {
  return createConfirm({ explain: diagnoseConfirmed, onWarning: observer.onWarning, interrupt });
}

/** What stands between a run and the person who started it. */
type Live = Pick<SessionOptions, "interrupt" | "stop" | "observer">;

function sessionOptions(flags: ReplayFlags, chosen: ChosenTarget, live: Live): SessionOptions {
  return {
    target: chosen.target,
    rules: chosen.rules,
    keep: readKeep(flags.keep),
    policy: flags.policy === undefined ? null : choosePolicy(flags.policy),
    seed: flags.seed === undefined ? null : read.readSeed(flags.seed),
    given: read.readVariables(flags.var, flags.vars),
    headers: read.readHeaders(flags.header),
    allowedEnv: [...flags.allowEnv, ...chosen.allowedEnv],
    env: process.env,
    runsFolder: flags.out ?? DEFAULT_RUNS_FOLDER,
    runsFolderIgnored: flags.out === undefined,
    timeoutMs: flags.timeout === undefined ? null : read.readTimeout("--timeout", flags.timeout),
    maxWaitMs: read.readDuration("--max-wait", flags.maxWait),
    maxRequests:
      flags.maxRequests === undefined
        ? chosen.maxRequests
        : read.readCount("--max-requests", flags.maxRequests),
    maxRate: flags.maxRate === undefined ? null : read.readRate(flags.maxRate),
    tokenCache: flags.tokenCache,
    rounds: read.readRounds(flags),
    technique: read.readTechnique(flags.releaseTechnique),
    ca: flags.cacert === undefined ? null : read.readCertificates(flags.cacert),
    safety: {
      readOnly: flags.readOnly,
      allowWrites: flags.allowWrites,
      allowDestructive: flags.allowDestructive,
      only: read.readPathPrefixes(flags.only),
    },
    bail: flags.bail,
    requireExpectations: flags.requireExpectations,
    ...(flags.confirm ? { confirm: confirmBy(live) } : {}),
    ...live,
  };
}

async function printPlans(ready: readonly ReadyScenario[], options: SessionOptions): Promise<void> {
  const { describePlan } = await import("../session/dry-run.js");
  for (const each of ready) await writeOut(describePlan(each, options));
}

/** A write without leave shows what it would have sent, so that leave can be given knowingly. */
async function checkOrShowPlan(ready: readonly ReadyScenario[], options: SessionOptions): Promise<void> {
  try {
    checkSession(ready, options);
  } catch (error) {
    if (error instanceof GcidemError && error.code === "refused") await printPlans(ready, options);
    throw error;
  }
}

/** Asks a person before writes leave for a real server. @throws GcidemError `usage` where nobody can be asked. */
async function confirmWrites(ready: readonly ReadyScenario[], options: SessionOptions): Promise<void> {
  const asking = ready.filter(({ plan }) => asksBeforeWriting(plan, options));
  if (asking.length === 0 || options.target.kind === "mock") return;
  const count = countWrites(
    asking.map(({ plan }) => plan),
    options,
  );
  const upTo = options.rounds?.untilConflict === true ? "up to " : "";
  const besides = options.confirm === undefined ? "" : ", and up to 20 more to confirm causes,";
  const writes = `${upTo}${count === 1 ? "1 write" : `${count} writes`}${besides}`;
  const isOne = count === 1 && options.confirm === undefined;
  const hasRead = await tellBeforeAsking(asking, options);
  await askLeave({ writes, isOne, hasRead, baseUrl: options.target.baseUrl }, options.interrupt);
}

function checkGivenNames(ready: readonly ReadyScenario[], given: ReadonlyMap<string, string>): void {
  const known = new Set(ready.flatMap(({ plan }) => plan.scenario.variables.map(({ name }) => name)));
  const unknown = [...given.keys()].filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const hint = known.size === 0 ? "no scenario here has vars" : `there are ${[...known].join(", ")}`;
  throw new GcidemError(
    "usage",
    `--var ${unknown.join(", ")}: no scenario has such a var; nothing was sent`,
    { hint },
  );
}

function checkReportPaths(reporters: readonly WantedReporter[], ready: readonly ReadyScenario[]): void {
  if (reporters.every(({ path }) => path === null)) return;
  const sources = new Set(ready.map(({ loaded }) => resolve(loaded.scenario.file)));
  const over = reporters.find(({ path }) => path !== null && sources.has(resolve(path)));
  if (over === undefined) return;
  throw new GcidemError("usage", `the report ${over.path} would overwrite the scenario; nothing was sent`);
}

/** What `--against` and `--baseline` ask for; null without them, and then nothing of it is loaded. */
async function prepareComparing(
  ready: readonly ReadyScenario[],
  options: SessionOptions,
  {
    flags,
    live,
    chosen,
  }: { readonly flags: ReplayFlags; readonly live: Live; readonly chosen: ChosenTarget },
): Promise<Comparing | null> {
  if (flags.against.length === 0 && flags.baseline === undefined) return null;
  const { openComparing } = await import("./run-comparing.js");
  const optionsOf = (other: ChosenTarget): SessionOptions => sessionOptions(flags, other, live);
  return openComparing(ready, options, { flags, optionsOf, said: chosen.warnings });
}

/** How much there is to do, as far as that is known. `besides`: targets that the same is sent to. */
function expectedOf(ready: readonly ReadyScenario[], { rounds }: SessionOptions, besides: number): Expected {
  const requests = ready.reduce((sum, { plan }) => sum + countRequests(plan), 0);
  const known = rounds?.untilConflict !== true;
  return {
    requests: known ? requests * (rounds?.most ?? 1) * (1 + besides) : null,
    rounds: known ? (rounds?.most ?? null) : null,
  };
}

const NOTICE = "interrupted; cleaning up and writing what there is (once more to stop at once)";

/** How long reports may take to be written once everything else was stopped. */
const REPORTING_MS = 3_000;

/** Runs `gcidem replay`. Flags are read before files: where both are wrong, the flags are said. Returns the exit code. @throws GcidemError */
export async function replay(sources: readonly string[], flags: ReplayFlags): Promise<number> {
  const progress = createProgress(flags.quiet);
  const interrupts = watchInterrupts(NOTICE, { graceMs: REPORTING_MS });
  try {
    const chosen = await chooseTarget(flags).catch((error: unknown) => {
      // Ctrl-C also ends the command that was asked for a secret, and that is no fault of the command.
      if (!interrupts.signal.aborted) throw error;
      throw new GcidemError("interrupted", "interrupted; nothing was sent", { cause: error });
    });
    for (const warning of chosen.warnings) progress.onWarning(warning);
    const live: Live = { interrupt: interrupts.signal, stop: interrupts.stop, observer: progress };
    const options = sessionOptions(flags, chosen, live);
    const reporters = readReporters(flags.reporter, REPORTERS);
    const ready = await loadAll(sources, allowedOriginsOf(options.target));
    checkGivenNames(ready, options.given);
    checkReportPaths(reporters, ready);
    if (flags.dryRun) {
      await printPlans(ready, options);
      return 0;
    }
    const compared = await prepareComparing(ready, options, { flags, live, chosen });
    for (const each of [options, ...(compared?.besides ?? [])]) {
      await checkOrShowPlan(ready, each);
      if (!flags.yes) await confirmWrites(ready, each);
    }
    const opened = openReporters(reporters);
    progress.start(expectedOf(ready, options, compared?.besides.length ?? 0));
    if (flags.waitFor !== undefined) await waitFor(flags.waitFor, options);
    const result = compared === null ? await replayScenarios(ready, options) : await compared.run();
    progress.stop();
    await writeReports(opened, { report: result.report, cases: false }, (place) =>
      terminalStyle(flags, place),
    );
    result.close();
    return exitCodeOfSignals(result.signals);
  } finally {
    progress.stop();
    interrupts.close();
  }
}
