import { formatDuration } from "../core/duration.js";
import { formatPosition, GcidemError } from "../core/errors.js";
import { isLoopbackHost } from "../core/loopback.js";
import { sendingSteps } from "../plan/build-plan.js";
import type { RunPlan } from "../plan/plan.js";
import type { SendingStep } from "../scenario/scenario.js";
import { checkOpenFiles, readOpenFiles } from "../transport/race/descriptor-limit.js";
import { leaveReason } from "./needs-leave.js";
import type { SessionOptions } from "./session.js";

function refuse(lines: readonly string[], hint: string): GcidemError {
  return new GcidemError("usage", `${lines.join("\n")}\nnothing was sent`, { hint });
}

/** `as`, `fault` and expired tokens need a server that gcidem controls. */
function checkMockOnly(plan: RunPlan, options: SessionOptions): void {
  if (options.target.kind === "mock") return;
  const sending = plan.steps.flatMap(({ step }) => sendingSteps(step));
  const lines = sending.flatMap((step) => {
    const where = `${formatPosition(step.at)} step ${step.id}`;
    if (step.fault !== null) return [`${where}: fault: ${step.fault} works only on a gcidem mock`];
    if (step.as !== null) return [`${where}: as: ${step.as} works only on a gcidem mock`];
    return step.auth === "expired" ? [`${where}: auth: expired works only on a gcidem mock`] : [];
  });
  if (lines.length > 0)
    throw refuse(lines, "run it on the mock (without --target), or take these fields out");
}

function checkWaits(plan: RunPlan, options: SessionOptions): void {
  if (options.target.kind === "mock") return;
  const lines = plan.steps.flatMap(({ step }) =>
    step.kind === "wait" && step.durationMs > options.maxWaitMs
      ? [
          `${formatPosition(step.at)}: wait: ${formatDuration(step.durationMs)} is longer than --max-wait ${formatDuration(options.maxWaitMs)}`,
        ]
      : [],
  );
  if (lines.length > 0)
    throw refuse(lines, "give a longer --max-wait, or run it on the mock, where waiting costs nothing");
}

function checkVariables(plan: RunPlan, options: SessionOptions): void {
  const missing = plan.scenario.variables.filter(({ name, value, ask }) => {
    return !options.given.has(name) && (value === null || (ask !== null && options.target.kind !== "mock"));
  });
  const lines = missing.map(
    ({ name, ask, at }) => `${formatPosition(at)}: --var ${name}=... is missing: ${ask ?? "it has no value"}`,
  );
  if (lines.length > 0)
    throw refuse(lines, `give ${missing.map(({ name }) => `--var ${name}=...`).join(" ")}`);
}

function checkEnvironment(plan: RunPlan, options: SessionOptions): void {
  const lines = plan.scenario.envNames.flatMap(({ name, at }) => {
    const allowed = name.startsWith("GCIDEM_VAR_") || options.allowedEnv.includes(name);
    if (!allowed) return [`${formatPosition(at)}: $(env.${name}) is not allowed: give --allow-env ${name}`];
    return options.env[name] === undefined
      ? [`${formatPosition(at)}: the environment variable ${name} is not set`]
      : [];
  });
  if (lines.length > 0)
    throw refuse(
      [...new Set(lines)],
      "a scenario may read only what you name; such values are treated as secrets",
    );
}

/** Headers that say for whom a request is and where it ends: with another one it, or a part of it, is another request. */
const FRAMING =
  /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|proxy-.*)$/i;

function headersOf(step: SendingStep): readonly string[] {
  if (step.kind === "request") return step.request.headers.map(([name]) => name);
  const set = step.mutations.flatMap((each) => (each.kind === "set" ? each.set.headers : []));
  return set.flatMap(([name, value]) => (value === null ? [] : [name]));
}

/** Of a server that needs leave, a scenario reaches that one host, by the requests that it shows. */
function checkFraming(plan: RunPlan, options: SessionOptions): void {
  if (leaveReason(options, plan) === null) return;
  const lines = plan.steps
    .flatMap(({ step }) => sendingSteps(step))
    .flatMap((step) => {
      const name = headersOf(step).find((each) => FRAMING.test(each));
      return name === undefined
        ? []
        : [
            `${formatPosition(step.at)} step ${step.id}: sets ${name}, which may lead to another host or hide a request`,
          ];
    });
  if (lines.length > 0)
    throw refuse([...new Set(lines)], "take the header out of the scenario; if you mean it, give it with -H");
}

/** Over plain HTTP each writer needs a connection of its own; where HTTP/2 may be had, only the race itself can tell. */
function checkConnections(plan: RunPlan, { target, technique }: SessionOptions): void {
  const counts = plan.steps.map(({ step }) => (step.kind === "race" ? step.writers.length : 0));
  const most = Math.max(0, ...counts);
  const isPlain = target.kind === "mock" || target.baseUrl.startsWith("http:");
  if (most === 0 || !isPlain || technique === "h2") return;
  const isHere = target.kind === "mock" || isLoopbackHost(new URL(target.baseUrl).hostname);
  checkOpenFiles(most, readOpenFiles(), isHere);
}

/**
 * Checks, before anything is sent, that this plan can run with these options on this target.
 * @throws GcidemError `usage`, each time with everything of its kind that is missing.
 */
export function checkOptions(plan: RunPlan, options: SessionOptions): void {
  checkMockOnly(plan, options);
  checkWaits(plan, options);
  checkVariables(plan, options);
  checkEnvironment(plan, options);
  checkFraming(plan, options);
  checkConnections(plan, options);
}
