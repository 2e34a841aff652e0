import type { RaceStep, RequestTemplate, Scenario, SendingStep, Step } from "../scenario/scenario.js";
import type { Warning } from "./warnings.js";

/** The mock's own things, whose answers carry ids and versions. */
const OWN_THINGS = /^\/api\/v2\/mock\//;

function allSteps({ setUp, steps, cleanUp }: Scenario): readonly Step[] {
  return [...setUp, ...steps, ...cleanUp];
}

/** Requests by the ids of their steps, also of those inside races: what a repeat repeats. */
function requestsOf(scenario: Scenario): ReadonlyMap<string, SendingStep> {
  const sending = allSteps(scenario).flatMap((step) => {
    if (step.kind === "race") return step.writers.flat();
    return step.kind === "request" || step.kind === "repeat" ? [step] : [];
  });
  return new Map(sending.map((step) => [step.id, step]));
}

/** What a step sends as far as the file says; null where a repeat repeats nothing that is known. */
function requestOf(step: SendingStep, known: ReadonlyMap<string, SendingStep>): RequestTemplate | null {
  if (step.kind === "request") return step.request;
  const base = known.get(step.of);
  return base === undefined || base === step ? null : requestOf(base, known);
}

function sendsKey(step: SendingStep, known: ReadonlyMap<string, SendingStep>): boolean {
  if (step.kind === "request") return step.request.idempotencyKey !== null;
  const changes = step.mutations.flatMap((each) => (each.kind === "set" ? [each.set.idempotencyKey] : []));
  const changed = changes.findLast((key) => key !== undefined);
  const base = known.get(step.of);
  return changed === undefined
    ? base !== undefined && base !== step && sendsKey(base, known)
    : changed !== null;
}

/** A write with a key, whose answer alone may tell two effects apart. */
interface KeyedWrite {
  readonly step: string;
  readonly method: string;
}

function keyedWrites(race: RaceStep, known: ReadonlyMap<string, SendingStep>): readonly KeyedWrite[] {
  const writes = race.writers.flat().flatMap((step): readonly KeyedWrite[] => {
    const request = requestOf(step, known);
    if (request === null || !sendsKey(step, known)) return [];
    const [path = ""] = request.path.parts;
    if (typeof path === "string" && OWN_THINGS.test(path)) return [];
    return [{ step: step.id.slice(step.id.indexOf("/") + 1), method: request.method }];
  });
  return [...new Map(writes.map((each) => [each.step, each])).values()];
}

const HINT = "let the scenario's `effects` count what happened (docs/races.md)";

/** Why a race's `at-most-once` is likely to stay undecided; null where nothing says so. */
function reasonOf(race: RaceStep, scenario: Scenario): Pick<Warning, "message" | "hint"> | null {
  const known = requestsOf(scenario);
  if (!race.writers.flat().some((step) => sendsKey(step, known))) {
    return {
      message: "at-most-once will be inconclusive: no writer sends an idempotency key",
      hint: "give the writes an idempotencyKey",
    };
  }
  const writes = keyedWrites(race, known);
  if (scenario.effects !== null || writes.length === 0) return null;
  const named = writes.map(({ step, method }) => `${step} (${method})`).join(", ");
  const sign = writes.every(({ method }) => method === "POST")
    ? "id that the server made"
    : "id and no version";
  return {
    message: `at-most-once will be inconclusive where the answers to ${named} carry no ${sign}: nothing then tells two effects from one`,
    hint: HINT,
  };
}

/** Warns of invariants that no answer can decide, as far as the file shows. Pure. */
export function warnOfUndecidable(scenario: Scenario): readonly Warning[] {
  return allSteps(scenario).flatMap((race) => {
    if (race.kind !== "race") return [];
    return race.expectations.flatMap((each): readonly Warning[] => {
      if (each.what !== "invariant" || each.invariant !== "at-most-once") return [];
      const reason = reasonOf(race, scenario);
      return reason === null ? [] : [{ code: "at-most-once-undecided", ...reason, position: each.at }];
    });
  });
}
