import { type Field, isMap, member, placeOf, textIn } from "../document/field.js";
import type { Step } from "./scenario.js";
import { SIMPLE_NAME } from "./shape-words.js";

/** The lists of steps in the order in which they run. */
export const STEP_LISTS = ["setUp", "steps", "cleanUp"] as const;

/** One of a scenario's lists of steps. */
export type StepList = (typeof STEP_LISTS)[number];

/** A place in a list of steps, also where the step in it cannot be read: other steps may name it all the same. */
export interface Slot {
  readonly list: StepList;
  readonly field: Field;
  /** Place in the order of execution; steps inside a race lie between their race's place and the next. */
  readonly order: number;
  /** The name that the file gives, or its place in its list; null where the id that the file gives is none. */
  readonly id: string | null;
  /** What it is called everywhere: `RACE/STEP` inside a race, else its id. */
  readonly fullId: string | null;
  readonly kind: "sends" | "wait" | "compare" | "race" | "unknown";
  /** Names that the step captures; null where that cannot be told. */
  readonly captures: readonly string[] | null;
  readonly step: Step | null;
  /** Of a race: places of the steps of each lane; one lane where all writers have the same steps. */
  readonly lanes: readonly (readonly Slot[])[];
  /** Inside a race: its id and the lane's number from 0. */
  readonly inside: { readonly race: string; readonly lane: number } | null;
}

const KINDS = ["race", "wait", "compare", "request", "repeat"] as const;

/** What kind of step a field is, as far as its main member says. Pure. */
export function kindOf(field: Field): Slot["kind"] {
  const found = KINDS.filter((name) => member(field, name) !== null);
  if (found.includes("race")) return "race";
  const [only] = found;
  if (found.length !== 1 || only === undefined) return "unknown";
  return only === "wait" || only === "compare" ? only : "sends";
}

/** Names that a step captures; null where that cannot be told. Pure. */
export function capturedNames(field: Field, kind: Slot["kind"]): readonly string[] | null {
  if (kind === "wait" || kind === "compare" || kind === "race") return [];
  if (kind !== "sends") return null;
  const capture = member(field, "capture");
  if (capture === null) return [];
  return isMap(capture.value) ? Object.keys(capture.value) : null;
}

/** A step's id, or `absent` where the file gives none; null where what it gives is none. Pure. */
export function idOf(field: Field, absent: string): string | null {
  if (!isMap(field.value)) return null;
  const given = member(field, "id");
  if (given === null) return absent;
  const id = textIn(given);
  return id !== null && SIMPLE_NAME.test(id) ? id : null;
}

/** Where a slot's id stands, or the step where the file gives none. Pure. */
export function idPlace(slot: Slot): ReturnType<typeof placeOf> {
  return placeOf(member(slot.field, "id") ?? slot.field);
}
