import { isWrite } from "../core/http.js";
import type { NotRemoved } from "../journal/journal.js";
import { recordRequest } from "../journal/record-message.js";
import { sendingSteps } from "../plan/build-plan.js";
import { materialise, withHeader } from "../plan/materialise.js";
import { mutate } from "../plan/mutate.js";
import {
  type MaterialRequest,
  MissingValue,
  type PlannedStep,
  RefusedRequest,
  type RunPlan,
  type Scope,
} from "../plan/plan.js";
import { expressionsOf, findTemplates } from "../scenario/find-templates.js";
import type { SendingStep } from "../scenario/scenario.js";
import type { Ledger } from "./ledger.js";
import type { Running } from "./running.js";

/** A clean-up of more requests than this is a run of its own, and has to fit its budget. */
const MOST_BEYOND_BUDGET = 100;

/** Steps of a plan's clean-up that send. Pure. */
export function cleanUpSteps({ steps }: RunPlan): readonly SendingStep[] {
  return steps.filter(({ section }) => section === "cleanUp").flatMap(({ step }) => sendingSteps(step));
}

/** How many requests a plan's clean-up may send whatever `--max-requests` says: each step's, retries among them. Pure. */
export function cleanUpAllowance(plan: RunPlan): number {
  const all = cleanUpSteps(plan).reduce((sum, { times, retry }) => sum + times * (1 + (retry?.max ?? 0)), 0);
  return Math.min(all, MOST_BEYOND_BUDGET);
}

/** A removal that says that there is nothing there has removed it, too. */
const GONE: readonly number[] = [404, 410];

/** Captures that a step's own templates name and nobody made. */
function missingCaptures(step: SendingStep, { names }: Running): readonly string[] {
  const expressions = [...findTemplates(step)].flatMap(expressionsOf);
  return expressions.flatMap((each) =>
    each.kind === "capture" && !names.values.has(`${each.step}.${each.name}`) ? [each.step] : [],
  );
}

/** Values that are missing stand as their names. */
function namingScope(scope: Scope): Scope {
  const orName = (find: () => unknown, name: string): unknown => {
    try {
      return find();
    } catch (error) {
      if (error instanceof MissingValue) return `<${name}>`;
      throw error;
    }
  };
  return {
    ...scope,
    capture: (step, name) => orName(() => scope.capture(step, name), `${step}.${name}`),
    encode: (value) => (/^<.*>$/.test(value) ? value : scope.encode(value)),
  };
}

/** What a step would send; null where it cannot be made. */
function plannedRequest(step: SendingStep, { names }: Running): MaterialRequest | null {
  const scope = namingScope(names.scope);
  try {
    const made =
      step.kind === "request"
        ? materialise(step.request, scope)
        : mutate(names.keptRequest(step.of), step.mutations, scope);
    return { ...made, url: made.url.replace(/%3C([\w.-]+)%3E/g, "<$1>") };
  } catch (error) {
    if (error instanceof MissingValue || error instanceof RefusedRequest) return null;
    throw error;
  }
}

function withSentHeaders(
  request: MaterialRequest,
  step: SendingStep,
  { options, ledger }: { readonly options: Running["options"]; readonly ledger: Ledger },
): MaterialRequest {
  const own = options.headers.reduce((all, [name, value]) => withHeader(all, name, value), request.headers);
  const authorization = step.auth === "none" ? null : ledger.authorization();
  return {
    ...request,
    headers: authorization === null ? own : withHeader(own, "authorization", authorization),
  };
}

type Found = Pick<NotRemoved, "reason" | "exchange"> & { readonly request: MaterialRequest | null };

function afterExchange(step: SendingStep, ledger: Ledger): Found | null {
  const last = ledger.lastOf(step.id);
  if (last === null) return null;
  const { id, request, outcome } = last;
  if (outcome.kind === "failed") return { reason: outcome.message, exchange: id, request };
  return { reason: `the answer was ${outcome.status}`, exchange: id, request };
}

function isRemoved(step: SendingStep, ledger: Ledger): boolean {
  const outcome = ledger.lastOf(step.id)?.outcome;
  if (outcome?.kind !== "response") return false;
  return (outcome.status >= 200 && outcome.status < 300) || GONE.includes(outcome.status);
}

/** True where there may be something for a step to remove. */
function hasWork(step: SendingStep, running: Running, ledger: Ledger): boolean {
  const missing = missingCaptures(step, running);
  return missing.length === 0 ? ledger.wrote() : missing.some(ledger.acted);
}

function judge(step: SendingStep, running: Running, ledger: Ledger): Found | null {
  if (isRemoved(step, ledger)) return null;
  const found = afterExchange(step, ledger);
  if (found !== null) return found;
  if (!hasWork(step, running, ledger)) return null;
  const planned = plannedRequest(step, running);
  const request = planned && withSentHeaders(planned, step, { options: running.options, ledger });
  return { reason: ledger.reasonOf(step.id) ?? "it was not sent", exchange: null, request };
}

function writes({ request }: Found): boolean {
  return (
    request === null ||
    isWrite(
      request.method,
      request.headers.map(([name]) => name),
    )
  );
}

/**
 * What a round's clean-up was to remove and may have left, in the order of its steps: what failed, was refused, or was
 * not sent although there may be something. Empty on a mock, whose world goes with the run.
 */
export function notRemoved(
  running: Running,
  cleanUp: readonly PlannedStep[],
  ledger: Ledger,
): readonly NotRemoved[] {
  const { options, round } = running;
  if (options.target.kind === "mock") return [];
  return cleanUp
    .flatMap(({ step }) => sendingSteps(step))
    .flatMap((step): readonly NotRemoved[] => {
      const found = judge(step, running, ledger);
      if (found === null || !writes(found)) return [];
      const { reason, exchange, request } = found;
      return [
        {
          ...{ type: "not-removed", step: step.id, round, exchange },
          reason: options.redactor.text(reason),
          request: request && recordRequest(request, options.redactor),
        },
      ];
    });
}
