import { type Field, isMap, items, member, placeOf, textIn } from "../document/field.js";
import type { DefaultHeaders } from "./read-request.js";
import { readStep } from "./read-step.js";
import type { Reading } from "./reading.js";
import type { Step } from "./scenario.js";
import { SIMPLE_NAME } from "./shape-words.js";

/** The lists of steps in the order in which they run. */
export const STEP_LISTS = ["setUp", "steps", "cleanUp"] as const;

/** One of a scenario's lists of steps. */
export type StepList = (typeof STEP_LISTS)[number];

/** The beginning of a step's id where the file gives none; the rest is its place in its list, from 1. */
const DEFAULT_ID: Readonly<Record<StepList, string>> = {
  setUp: "setUp-",
  steps: "step-",
  cleanUp: "cleanUp-",
};

/** A place in a list of steps, also where the step in it cannot be read: other steps may name it all the same. */
export interface Slot {
  readonly list: StepList;
  readonly field: Field;
  /** Place in the order of execution. */
  readonly order: number;
  /** Null where the id that the file gives is none. */
  readonly id: string | null;
  readonly kind: "sends" | "wait" | "compare" | "race" | "unknown";
  /** Names that the step captures; null where that cannot be told. */
  readonly captures: readonly string[] | null;
  readonly step: Step | null;
}

function kindOf(field: Field): Slot["kind"] {
  const found = ["race", "wait", "compare", "request", "repeat"].filter(
    (name) => member(field, name) !== null,
  );
  if (found.includes("race")) return "race";
  const [only] = found;
  if (found.length !== 1 || only === undefined) return "unknown";
  return only === "wait" || only === "compare" ? only : "sends";
}

function capturedNames(field: Field, kind: Slot["kind"]): readonly string[] | null {
  if (kind === "wait" || kind === "compare") return [];
  if (kind !== "sends") return null;
  const capture = member(field, "capture");
  if (capture === null) return [];
  return isMap(capture.value) ? Object.keys(capture.value) : null;
}

function idOf(field: Field, list: StepList, index: number): string | null {
  if (!isMap(field.value)) return null;
  const given = member(field, "id");
  if (given === null) return `${DEFAULT_ID[list]}${index + 1}`;
  const id = textIn(given);
  return id !== null && SIMPLE_NAME.test(id) ? id : null;
}

/** Reads all steps of a file, in the order of execution. */
export function readSlots(reading: Reading, root: Field, defaults: DefaultHeaders): readonly Slot[] {
  let order = 0;
  return STEP_LISTS.flatMap((list) =>
    items(member(root, list)).map((field, index): Slot => {
      const id = idOf(field, list, index);
      const kind = kindOf(field);
      const step =
        kind === "race" || kind === "unknown" ? null : readStep(reading, field, { id: id ?? "", defaults });
      return { list, field, order: order++, id, kind, captures: capturedNames(field, kind), step };
    }),
  );
}

/** Where a slot's id stands, or the step where the file gives none. Pure. */
export function idPlace(slot: Slot): ReturnType<typeof placeOf> {
  return placeOf(member(slot.field, "id") ?? slot.field);
}
