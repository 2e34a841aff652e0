import { headerValue } from "../core/http.js";
import type { MaterialRequest } from "../plan/plan.js";
import { matchesStatus } from "../plan/status-pattern.js";
import type { SendingStep } from "../scenario/scenario.js";
import type { Outcome } from "../transport/transport.js";
import { isRetried } from "./retry-pause.js";
import type { Running } from "./running.js";

const UNAUTHORISED = 401;

/** A step that counts on being refused is left as it is. */
function expectsRefusal({ expectations }: SendingStep): boolean {
  return expectations.some((each) => {
    if (each.what === "status")
      return !each.negated && each.any.some((pattern) => matchesStatus(UNAUTHORISED, pattern));
    if (each.what === "attempts")
      return each.statuses.some((pattern) => pattern !== "network" && matchesStatus(UNAUTHORISED, pattern));
    return each.what === "statuses" && each.counts.some(([pattern]) => matchesStatus(UNAUTHORISED, pattern));
  });
}

/** True where what was refused is the target's own credential, and not one that a scenario or `-H` set. */
function isTargetsOwn(step: SendingStep, request: MaterialRequest, { options }: Running): boolean {
  const lines = [...request.headers, ...options.headers];
  return step.auth === "valid" && headerValue(lines, "authorization") === null;
}

/**
 * After a 401 to the target's own credential: logs in again, at most once a minute for a whole session. Gives whether the
 * request is to be sent once more now. It is not in a race, since it would no longer arrive together with the others, and
 * not where the step's own retry rule does it; then only what is sent next has the new token. Says what it does.
 */
export async function logInAgain(
  running: Running,
  step: SendingStep,
  { request, outcome }: { readonly request: MaterialRequest; readonly outcome: Outcome },
): Promise<boolean> {
  const { options, writer } = running;
  if (outcome.kind === "failed" || outcome.status !== UNAUTHORISED || options.interrupt.aborted) return false;
  const retried = step.retry !== null && isRetried(step.retry, outcome);
  if (!isTargetsOwn(step, request, running) || (expectsRefusal(step) && !retried)) return false;
  if (!(await options.target.manners?.renew(outcome.timings.startMs))) return false;
  const said = `step ${step.id}: answered 401; logged in again`;
  if (retried) {
    options.observer.onWarning(said);
    return false;
  }
  if (writer !== null) {
    options.observer.onWarning(`${said}; requests of a race are not sent again, run it once more`);
    return false;
  }
  options.observer.onWarning(`${said} and sent it once more, as its next attempt`);
  return true;
}
