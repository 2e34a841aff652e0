import type { AuthCheck, CheckOptions, MeantOperation } from "../auth-check/auth-check.js";
import { checkJson, type ListedTarget } from "../auth-check/check-json.js";
import { checkTarget } from "../auth-check/check-target.js";
import { renderCheck, renderTargets } from "../auth-check/render-check.js";
import { unchecked } from "../auth-check/unchecked.js";
import { listTargets } from "../config/list-targets.js";
import { GcidemError } from "../core/errors.js";
import { allowedOriginsOf } from "../session/allowed-origins.js";
import { plannedRequests } from "../session/dry-requests.js";
import { readTextFile } from "../session/load-files.js";
import type { TargetChoice } from "../session/session.js";
import type { AuthFlags } from "./auth-flags.js";
import { chooseTarget, placesOf } from "./choose-target.js";
import { exitCodeOfReason, worseExitCode } from "./exit-code.js";
import { watchInterrupts } from "./interrupts.js";
import { loadAll } from "./load-all.js";
import { openFile, writeFile } from "./output-file.js";
import { readCertificates, readHeaders } from "./read-arguments.js";
import { readReporters, type WantedReporter } from "./reporters.js";
import { writeOut } from "./standard-output.js";
import { terminalStyle } from "./terminal-style.js";

/** All that one call of the command found out. */
interface Found {
  /** Null where a target was named. */
  readonly listed: readonly ListedTarget[] | null;
  readonly checked: readonly AuthCheck[];
}

const PLATFORM_PREFIX = "/api/v2/";

/** What scenarios would call, of the platform's own operations; null where none was named. @throws GcidemError `invalid-file` */
async function operationsOf(
  scenarios: readonly string[],
  target: TargetChoice,
): Promise<readonly MeantOperation[] | null> {
  if (scenarios.length === 0) return null;
  const ready = await loadAll(scenarios, allowedOriginsOf(target));
  const options = { seed: null, given: new Map<string, string>(), target };
  const origin = target.kind === "mock" ? null : new URL(target.baseUrl).origin;
  return ready
    .flatMap(({ plan }) => plannedRequests(plan.scenario, options))
    .flatMap(({ request: { method, url } }) => {
      const { pathname, origin: asked } = new URL(url);
      const start = pathname.indexOf(PLATFORM_PREFIX);
      return start === -1 || asked !== origin ? [] : [{ method, path: pathname.slice(start) }];
    });
}

async function checkOne(
  name: string,
  scenarios: readonly string[],
  { flags, signal }: { readonly flags: AuthFlags; readonly signal: AbortSignal },
): Promise<AuthCheck> {
  const { target } = await chooseTarget({ ...flags, target: name });
  const options: CheckOptions = {
    name,
    target,
    env: process.env,
    headers: readHeaders(flags.header),
    ca: flags.cacert === undefined ? null : readCertificates(flags.cacert),
    operations: await operationsOf(scenarios, target),
    tryRegions: flags.tryRegions,
    signal,
  };
  return checkTarget(options);
}

/** Of many targets one that cannot be read does not keep the others from being checked. */
async function checkAny(
  name: string,
  scenarios: readonly string[],
  live: { readonly flags: AuthFlags; readonly signal: AbortSignal },
): Promise<AuthCheck> {
  try {
    return await checkOne(name, scenarios, live);
  } catch (error) {
    if (!(error instanceof GcidemError) || error.code === "interrupted") throw error;
    return unchecked(name, error);
  }
}

function checkFlags(scenarios: readonly string[], { target, all, tryRegions }: AuthFlags): void {
  if (target !== undefined && all)
    throw new GcidemError("usage", "--target and --all are given together, expected one of them");
  const named = target !== undefined || all;
  const [idle] = [...(scenarios.length > 0 ? ["a scenario"] : []), ...(tryRegions ? ["--try-regions"] : [])];
  if (named || idle === undefined) return;
  throw new GcidemError("usage", `${idle} is given without a target; nothing was sent`, {
    hint: "name one with --target; gcidem auth check alone lists those that there are",
  });
}

async function findOut(scenarios: readonly string[], flags: AuthFlags, signal: AbortSignal): Promise<Found> {
  if (flags.target !== undefined)
    return { listed: null, checked: [await checkOne(flags.target, scenarios, { flags, signal })] };
  const listed = listTargets({ ...placesOf(flags.config), readText: readTextFile });
  const checked: AuthCheck[] = [];
  // The mock is always there and needs nothing.
  for (const { name } of flags.all ? listed.filter((each) => each.name !== "mock") : [])
    checked.push(await checkAny(name, scenarios, { flags, signal }));
  return { listed, checked };
}

function* rendered(
  { name, path }: WantedReporter,
  { listed, checked }: Found,
  flags: AuthFlags,
): Generator<string> {
  if (name === "json") return yield checkJson(listed ?? [], checked);
  const style = terminalStyle(flags, path === null ? "standard output" : "file");
  if (listed !== null && checked.length === 0) return yield* renderTargets(listed, style);
  for (const [index, check] of checked.entries()) {
    if (index > 0) yield "\n";
    yield* renderCheck(check, style);
  }
}

function exitCodeOf(checked: readonly AuthCheck[]): number {
  const reasons = checked.flatMap(({ findings }) => findings.flatMap(({ reason }) => reason ?? []));
  return reasons.map(exitCodeOfReason).reduce(worseExitCode, 0);
}

/** Runs `gcidem auth check`. Returns the exit code. @throws GcidemError */
export async function authCheck(scenarios: readonly string[], flags: AuthFlags): Promise<number> {
  const reporters = readReporters(flags.reporter);
  checkFlags(scenarios, flags);
  const opened = reporters.map((each) => ({
    ...each,
    file: each.path === null ? null : openFile(each.path),
  }));
  const interrupts = watchInterrupts("interrupted");
  try {
    const found = await findOut(scenarios, flags, interrupts.signal);
    for (const each of opened) {
      const pieces = rendered(each, found, flags);
      if (each.file === null) await writeOut(pieces);
      else writeFile(pieces, each.file);
    }
    return exitCodeOf(found.checked);
  } finally {
    interrupts.close();
  }
}
