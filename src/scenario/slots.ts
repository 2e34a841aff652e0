import { type Field, items, member } from "../document/field.js";
import { readLanes, readRace } from "./read-race.js";
import type { DefaultHeaders } from "./read-request.js";
import { readStep } from "./read-step.js";
import type { Reading } from "./reading.js";
import { capturedNames, idOf, kindOf, type Slot, STEP_LISTS, type StepList } from "./slot.js";

/** The beginning of a step's id where the file gives none; the rest is its place in its list, from 1. */
const DEFAULT_ID: Readonly<Record<StepList, string>> = {
  setUp: "setUp-",
  steps: "step-",
  cleanUp: "cleanUp-",
};

function readSlot(
  reading: Reading,
  field: Field,
  more: {
    readonly list: StepList;
    readonly order: number;
    readonly absentId: string;
    readonly defaults: DefaultHeaders;
  },
): Slot {
  const { list, order, defaults } = more;
  const id = idOf(field, more.absentId);
  const kind = kindOf(field);
  const place = { list, field, order, id, fullId: id, kind, captures: capturedNames(field, kind) };
  if (kind === "race") {
    const lanes = readLanes(reading, field, { list, order, race: id ?? "", defaults });
    return { ...place, step: readRace(reading, field, { id: id ?? "", lanes }), lanes, inside: null };
  }
  const step = kind === "unknown" ? null : readStep(reading, field, { id: id ?? "", defaults });
  return { ...place, step, lanes: [], inside: null };
}

/** Reads all steps of a file, in the order of execution. Steps inside a race are in its slot's lanes. */
export function readSlots(reading: Reading, root: Field, defaults: DefaultHeaders): readonly Slot[] {
  let order = 0;
  return STEP_LISTS.flatMap((list) =>
    items(member(root, list)).map((field, index) => {
      const absentId = `${DEFAULT_ID[list]}${index + 1}`;
      return readSlot(reading, field, { list, order: order++, absentId, defaults });
    }),
  );
}
