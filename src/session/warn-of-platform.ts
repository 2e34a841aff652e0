import { documentedFacts } from "../platform/documented-facts.js";
import { findOperation } from "../platform/find-operation.js";
import type { AskedRequest, DocumentedFact } from "../platform/platform.js";
import type { Expectation, Scenario, SendingStep } from "../scenario/scenario.js";
import { askedRequest } from "./ask-platform.js";
import { plannedRequests } from "./dry-requests.js";
import type { Warning } from "./warnings.js";

interface Asked {
  readonly step: SendingStep;
  readonly asked: AskedRequest;
}

/** True for what the platform has, or has something near: an API of somebody else's may well begin with /api/v2/ too. */
function isOfPlatform({ asked }: Asked): boolean {
  const match = findOperation(asked.method, asked.url);
  if (match.kind === "not-documented") return !match.known || match.nearest.length > 0;
  return match.kind === "documented";
}

function readsBody(step: SendingStep): boolean {
  return (
    step.captures.some(({ from }) => from.kind === "json") ||
    step.expectations.some(({ what }) => what === "json")
  );
}

function expectsOther(expectation: Expectation, status: number): boolean {
  if (expectation.what !== "status" || expectation.negated) return false;
  const successes = expectation.any.filter((each) => String(each).startsWith("2"));
  return successes.length > 0 && !successes.includes("2xx") && !successes.includes(status);
}

/** True where a step counts on another success than the documented one. */
function countsOnOther({ step, asked }: Asked): boolean {
  const match = findOperation(asked.method, asked.url);
  const status = match.kind === "documented" ? (match.operation.success?.status ?? null) : null;
  return readsBody(step) || (status !== null && step.expectations.some((each) => expectsOther(each, status)));
}

function factsOf(each: Asked): readonly DocumentedFact[] {
  return documentedFacts(each.asked).filter(
    ({ cause }) => cause !== "success-without-body" || countsOnOther(each),
  );
}

function toWarning({ cause, operation, fact, remedy, source }: DocumentedFact, step: SendingStep): Warning {
  return {
    code: cause,
    message: `${operation} ${fact} (documented, not tested: ${source.name})`,
    hint: remedy,
    position: step.at,
  };
}

/**
 * Warns of what the vendor documents otherwise than a scenario's requests assume, whatever policy the mock obeys for it:
 * only for paths of the platform, and not in a scenario that has nothing but paths that are far from them. Each step once. Pure.
 */
export function warnOfPlatform(scenario: Scenario): readonly Warning[] {
  const all = plannedRequests(scenario).map(({ step, request }) => ({
    step,
    asked: askedRequest(request, { onMock: true, extra: [] }),
  }));
  if (!all.some(isOfPlatform)) return [];
  const warnings = all.flatMap((each) =>
    factsOf(each).map((fact) => [each.step.id, toWarning(fact, each.step)] as const),
  );
  const once = new Map(warnings.map(([step, warning]) => [`${step} ${warning.message}`, warning]));
  return [...once.values()];
}
