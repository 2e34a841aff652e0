import { quoted } from "../document/describe-value.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { type Field, items, member, textIn } from "../document/field.js";
import { raceAround, type Steps } from "./check-steps.js";
import { type Reading, report } from "./reading.js";
import type { Scenario } from "./scenario.js";
import type { StepList } from "./slot.js";

/** Ids of the steps that a policy's fault can be for: those outside of races that send something. Pure. */
export function faultableSteps({ setUp, steps, cleanUp }: Pick<Scenario, StepList>): readonly string[] {
  return [...setUp, ...steps, ...cleanUp].flatMap(({ kind, id }) =>
    kind === "request" || kind === "repeat" ? [id] : [],
  );
}

/** The names of steps in the faults of a policy: at its top and in its routes. */
function namedSteps(policy: Field | null): readonly Field[] {
  const layers = [policy, ...items(member(policy, "routes"))];
  const faults = layers.flatMap((layer) => items(member(layer, "faults")));
  return faults.flatMap((fault) => member(member(fault, "on"), "step") ?? []);
}

function checkName(reading: Reading, steps: Steps, field: Field): void {
  const id = textIn(field);
  if (id === null) return;
  const known = steps.slots.flatMap((slot) =>
    slot.inside === null && slot.kind === "sends" ? (slot.id ?? []) : [],
  );
  if (known.includes(id)) return;
  const race = raceAround(steps, id);
  if (race !== null) {
    report(
      reading,
      field,
      `found ${quoted(id)}, a step inside the race ${quoted(race)}, expected one outside of it`,
      "of requests that arrive together nobody knows which comes first: name a route and its `nth` request",
    );
    return;
  }
  const { hint } = didYouMeanHint(id, known);
  if (!steps.complete && hint === undefined) return;
  const found = steps.byId.has(id)
    ? `found the step ${quoted(id)}, which sends nothing by itself`
    : `found the unknown step ${quoted(id)}`;
  report(reading, field, `${found}, expected the id of a step that sends a request`, hint ?? null);
}

/** Notes faults of a policy that is written in place for steps that can have none: such a fault would never strike. */
export function checkFaultSteps(reading: Reading, policy: Field | null, steps: Steps): void {
  for (const field of namedSteps(policy)) checkName(reading, steps, field);
}
