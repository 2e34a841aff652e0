import { GcidemError } from "../../src/core/errors.js";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import type { Scenario, SendingStep } from "../../src/scenario/scenario.js";

/** The error with which a text is refused. */
function refusalOf(text: string, file = "f.yaml"): GcidemError {
  try {
    loadScenario(text, file);
  } catch (error) {
    if (error instanceof GcidemError) return error;
    throw error;
  }
  throw new Error("the text was accepted");
}

/** Each problem of a text as `line:column message (hint)`, in the order in which people see them. */
export function problemsOf(text: string, file = "f.yaml"): readonly string[] {
  return refusalOf(text, file).problems.map(
    ({ at, message, hint }) => `${at.line}:${at.column} ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
}

/** A value without the places in it, which differ with the formatting of the file. */
export function withoutPlaces<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (name, inner: unknown) => (name === "at" ? undefined : inner)),
  ) as T;
}

export function load(text: string): Scenario {
  return withoutPlaces(loadScenario(text, "f.yaml"));
}

/** The steps of a scenario with nothing else in it. */
export function sending(text: string): readonly SendingStep[] {
  return load(text).steps.filter((step) => step.kind === "request" || step.kind === "repeat");
}
