import { materialise } from "../plan/materialise.js";
import { mutate } from "../plan/mutate.js";
import { type MaterialRequest, MissingValue, RefusedRequest, type Scope } from "../plan/plan.js";
import type { RaceStep, Scenario, SendingStep } from "../scenario/scenario.js";
import { dryScope, dryWriterScope } from "./dry-scope.js";
import type { SessionOptions } from "./session.js";

/** What one client would send: everybody outside of races, or one writer. */
export interface DrySender {
  readonly scope: Scope;
  /** What steps before would have sent, by their ids. */
  readonly made: Map<string, MaterialRequest>;
}

/** What a step would send, or why that is not known. Remembers it for the steps that repeat it. */
export function dryRequest(step: SendingStep, { scope, made }: DrySender): MaterialRequest | string {
  try {
    const base = step.kind === "repeat" ? made.get(step.of) : undefined;
    const request =
      step.kind === "request"
        ? materialise(step.request, scope)
        : base && mutate(base, step.mutations, scope);
    if (request === undefined)
      return `what ${step.kind === "repeat" ? step.of : step.id} would send is not known yet`;
    made.set(step.id, request);
    return request;
  } catch (error) {
    if (error instanceof RefusedRequest || error instanceof MissingValue) return error.message;
    throw error;
  }
}

/** A request that a scenario would send, as far as it can be known without sending. */
export interface PlannedRequest {
  readonly step: SendingStep;
  readonly request: MaterialRequest;
}

/** More writers show nothing new. */
const MOST_WRITERS = 20;

/** `$(now())` of a scenario that is only looked at. */
const SOME_INSTANT = "2026-01-02T03:04:05.678Z";

const ON_THE_MOCK: Pick<SessionOptions, "seed" | "given" | "target"> = {
  seed: null,
  given: new Map(),
  target: { kind: "mock" },
};

function requestsOf(steps: readonly SendingStep[], sender: DrySender): readonly PlannedRequest[] {
  return steps.flatMap((step) => {
    const request = dryRequest(step, sender);
    return typeof request === "string" ? [] : [{ step, request }];
  });
}

function raceRequests(race: RaceStep, outer: DrySender): readonly PlannedRequest[] {
  return race.writers.slice(0, MOST_WRITERS).flatMap((steps, writer) =>
    requestsOf(steps, {
      scope: dryWriterScope(race, writer, outer.scope),
      made: new Map(outer.made),
    }),
  );
}

/**
 * Every request of a scenario in its order, those of a race writer by writer. Values that only a run can know are their
 * names, as `<read.id>`. Steps whose request cannot be made are left out, and files with bodies are not read. `options`:
 * what the scenario would run with; by default nothing is given, and the mock is the target. Pure.
 */
export function plannedRequests(
  scenario: Scenario,
  options: Pick<SessionOptions, "seed" | "given" | "target"> = ON_THE_MOCK,
): readonly PlannedRequest[] {
  const { seed, given, target } = options;
  const scope: Scope = {
    ...dryScope({ scenario, folder: null }, { seed, given, target, now: SOME_INSTANT }),
    readFile: () => new Uint8Array(),
  };
  const sender: DrySender = { scope, made: new Map() };
  return [...scenario.setUp, ...scenario.steps, ...scenario.cleanUp].flatMap((step) => {
    if (step.kind === "race") return raceRequests(step, sender);
    return step.kind === "request" || step.kind === "repeat" ? requestsOf([step], sender) : [];
  });
}
