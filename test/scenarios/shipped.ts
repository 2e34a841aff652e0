import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cause } from "../../src/core/causes.js";
import type { Certainty } from "../../src/diagnose/diagnose.js";
import { isSending } from "../../src/plan/build-plan.js";
import type { SendingStep } from "../../src/scenario/scenario.js";
import { loadScenarioFile } from "../../src/session/load-files.js";
import type { LoadedScenario } from "../../src/session/session.js";

/** Where the shipped scenarios are, seen from the project's root, where tests run. */
export const SCENARIOS = "scenarios";

/** A shipped scenario. */
export interface Shipped {
  /** `claims/key-life.15m` */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly loaded: LoadedScenario;
}

function shippedIn(folder: string): readonly Shipped[] {
  return readdirSync(join(SCENARIOS, folder))
    .filter((entry) => entry.endsWith(".yaml"))
    .map((entry) => `${folder}/${entry.replace(/\.yaml$/, "")}`)
    .sort()
    .map((name) => {
      const file = join(SCENARIOS, `${name}.yaml`);
      return { name, file, text: readFileSync(file, "utf8"), loaded: loadScenarioFile(file) };
    });
}

/** A person's first scenarios. */
const BASICS: readonly Shipped[] = shippedIn("basics");

/** What forum posts and tutorials claim, and what the vendor documents beside it. */
export const CLAIMS: readonly Shipped[] = shippedIn("claims");

/** Several writers at once. */
export const RACES: readonly Shipped[] = shippedIn("races");

/** One for each cause that gcidem can name, and its nearest look-alike. */
export const CAUSES: readonly Shipped[] = shippedIn("causes");

/** The basics for any API by the draft of the Idempotency-Key header. */
export const DRAFT: readonly Shipped[] = shippedIn("draft");

/** The basics for a real org, on a callback of their own, and what can be learned by reading alone. */
export const REAL: readonly Shipped[] = shippedIn("real");

/** Basics and claims. */
export const ALL: readonly Shipped[] = [...BASICS, ...CLAIMS];

/** True where writers race: who wins is luck, so the answers differ from run to run. */
export function hasRace({ loaded }: Shipped): boolean {
  return loaded.scenario.steps.some(({ kind }) => kind === "race");
}

/** True for what the vendor documents beside a claim. */
export function isTwin({ name }: Shipped): boolean {
  return name.endsWith(".documented");
}

/** `claims/key-life` of `claims/key-life.15m`: what claims that contradict each other and their twin have in common. */
export function topicOf({ name }: Shipped): string {
  return name.replace(/\.[^./]+$/, "");
}

/** The steps that send something, those inside races apart. */
export function sendingSteps({ loaded }: Shipped): readonly SendingStep[] {
  const { setUp, steps, cleanUp } = loaded.scenario;
  return [...setUp, ...steps, ...cleanUp].filter(isSending);
}

/** The steps that send something, each of a race's by itself, in the order of the file. */
export function everySendingStep({ loaded }: Shipped): readonly SendingStep[] {
  const { setUp, steps, cleanUp } = loaded.scenario;
  return [...setUp, ...steps, ...cleanUp].flatMap((step) =>
    step.kind === "race" ? step.writers.flat() : isSending(step) ? [step] : [],
  );
}

/** What a scenario expects as a cause, and of which step. */
export interface StatedCause {
  readonly step: string;
  readonly cause: Cause;
  readonly certainty: Certainty | null;
}

/** The causes that a scenario states, in the order of the file. */
export function statedCauses(shipped: Shipped): readonly StatedCause[] {
  return everySendingStep(shipped).flatMap(({ id, expectations }) =>
    expectations.flatMap((each) =>
      each.what === "cause" ? [{ step: id, cause: each.cause, certainty: each.certainty }] : [],
    ),
  );
}

/** True for what looks like the cause of the same name and is none. */
export function isLookAlike({ name }: Shipped): boolean {
  return name.endsWith(".look-alike");
}
