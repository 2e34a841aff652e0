import type { DocumentedFact } from "../platform/platform.js";
import type { Expectation, Scenario, SendingStep } from "../scenario/scenario.js";
import { factsOf } from "./ask-platform.js";
import { plannedRequests } from "./dry-requests.js";
import type { Warning } from "./warnings.js";

function readsBody(step: SendingStep): boolean {
  return (
    step.captures.some(({ from }) => from.kind === "json") ||
    step.expectations.some(({ what }) => what === "json")
  );
}

function expectsStatus(expectation: Expectation, status: string): boolean {
  if (expectation.what !== "status" || expectation.negated) return false;
  const successes = expectation.any.map(String).filter((each) => each.startsWith("2"));
  return successes.length > 0 && !successes.includes("2xx") && !successes.includes(status);
}

/** A success without a body is worth a word only where the step counts on another one. */
function matters({ cause, fact }: DocumentedFact, step: SendingStep): boolean {
  if (cause !== "success-without-body") return true;
  const status = /\d{3}/.exec(fact)?.[0];
  return (
    readsBody(step) || (status !== undefined && step.expectations.some((each) => expectsStatus(each, status)))
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
 * only for paths of the platform. Each step once. Pure.
 */
export function warnOfPlatform(scenario: Scenario): readonly Warning[] {
  const seen = new Set<string>();
  return plannedRequests(scenario).flatMap(({ step, request }) =>
    factsOf(request, { onMock: true, extra: [] })
      .filter((fact) => matters(fact, step))
      .map((fact) => toWarning(fact, step))
      .filter(({ message }) => {
        const name = `${step.id} ${message}`;
        return !seen.has(name) && seen.add(name);
      }),
  );
}
