import { formatPosition } from "../core/errors.js";
import { oneOf, quoted } from "../document/describe-value.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { type Field, isMap, items, member, members, placeOf, problem, textIn } from "../document/field.js";
import { RESERVED_NAMES } from "./parse-template.js";
import { type Reading, report } from "./reading.js";
import type { BodyTemplate } from "./scenario.js";
import { idPlace, type Slot, STEP_LISTS } from "./slot.js";

/** What the steps of a file may refer to. */
export interface Steps {
  /** In the order of execution, those inside a race after it. */
  readonly slots: readonly Slot[];
  /** By full id. */
  readonly byId: ReadonlyMap<string, Slot>;
  /** Every id is known. Where one cannot be read, an unknown name may be that one, unless it is near to another. */
  readonly complete: boolean;
}

/** The run counts effects with requests of this name, so no step may have it. */
const EFFECTS_ID = "effects";

function checkId(reading: Reading, slot: Slot, byId: Map<string, Slot>): void {
  const { id, fullId } = slot;
  if (id === null || fullId === null) return;
  if (RESERVED_NAMES.includes(id) || id === EFFECTS_ID) {
    reading.problems.push(
      problem(idPlace(slot), `found the id ${quoted(id)}, which has a meaning of its own, expected another`),
    );
  }
  const first = byId.get(fullId);
  if (first === undefined) {
    byId.set(fullId, slot);
    return;
  }
  const message = `found the id ${quoted(id)} a second time (first at ${formatPosition(idPlace(first))}), expected one for each step`;
  reading.problems.push(problem(idPlace(slot), message));
}

/** Gives each step its name, and notes ids that stand twice or are reserved. */
export function nameSteps(reading: Reading, root: Field, outer: readonly Slot[]): Steps {
  const slots = outer.flatMap((slot) => [slot, ...slot.lanes.flat()]);
  const byId = new Map<string, Slot>();
  for (const slot of slots) checkId(reading, slot, byId);
  const lists = STEP_LISTS.map((list) => member(root, list)).filter((list) => list !== null);
  const readable = lists.every(({ value }) => Array.isArray(value));
  return { slots, byId, complete: readable && slots.every(({ id }) => id !== null) };
}

/** The slot that an id means where it stands: inside a race first the steps of the same writer. */
function findSlot(steps: Steps, id: string, from: Slot): Slot | undefined {
  const { inside } = from;
  if (inside === null) return steps.byId.get(id);
  const own = steps.byId.get(`${inside.race}/${id}`);
  return own?.inside?.lane === inside.lane ? own : steps.byId.get(id);
}

/** The race that a step of this id is inside of, where it cannot be seen from outside; null where there is none. */
export function raceAround(steps: Steps, id: string): string | null {
  return steps.slots.find((slot) => slot.inside !== null && slot.id === id)?.inside?.race ?? null;
}

const NOT_REPEATABLE: Readonly<Record<string, string>> = {
  wait: "a wait and sends nothing",
  compare: "a comparison and sends nothing",
  race: "a race of several writers",
};

/** The steps from `from` by way of repeat and reread back to `to`, if there is such a way. */
function wayBack(
  steps: Steps,
  from: Slot,
  to: Slot,
  seen: ReadonlySet<Slot> = new Set(),
): readonly string[] | null {
  if (from === to) return [to.id ?? ""];
  if (seen.has(from)) return null;
  const next = [member(from.field, "repeat"), member(member(from.field, "retry"), "reread")];
  for (const each of next) {
    const slot = findSlot(steps, textIn(each) ?? "", from);
    const way = slot === undefined ? null : wayBack(steps, slot, to, new Set([...seen, from]));
    if (way !== null) return [from.id ?? "", ...way];
  }
  return null;
}

/** Steps inside a race are seen by the same writer alone. */
function isVisible(slot: Slot, from: Slot): boolean {
  if (slot.inside === null) return true;
  return slot.inside.race === from.inside?.race && slot.inside.lane === from.inside.lane;
}

function reportUnknown(
  reading: Reading,
  steps: Steps,
  { slot, field }: { readonly slot: Slot; readonly field: Field },
): void {
  const earlier = steps.slots.flatMap((each) =>
    each.kind === "sends" && each.order < slot.order && isVisible(each, slot) ? (each.id ?? []) : [],
  );
  const id = String(field.value);
  const race = raceAround(steps, id);
  if (race !== null) {
    report(
      reading,
      field,
      `found ${quoted(id)}, a step inside the race ${quoted(race)}, expected one outside of it`,
      "each writer has its own: what one sent cannot be sent again by others",
    );
    return;
  }
  const { hint } = didYouMeanHint(id, earlier);
  if (!steps.complete && hint === undefined) return;
  const expected = earlier.length === 0 ? "an earlier step, and there is none" : "the id of an earlier step";
  report(reading, field, `found the unknown step ${quoted(id)}, expected ${expected}`, hint ?? null);
}

function checkReference(
  reading: Reading,
  steps: Steps,
  place: { readonly slot: Slot; readonly field: Field },
): void {
  const { slot, field } = place;
  const id = textIn(field);
  if (id === null || id === "") return;
  const target = findSlot(steps, id, slot);
  if (target === undefined) {
    reportUnknown(reading, steps, place);
    return;
  }
  const other = NOT_REPEATABLE[target.kind];
  if (other !== undefined) {
    report(reading, field, `found ${quoted(id)}, which is ${other}, expected a step that sends a request`);
  } else if (target === slot) {
    report(reading, field, `found the step's own id ${quoted(id)}, expected an earlier step`);
  } else if (target.order > slot.order) {
    const way = wayBack(steps, target, slot);
    const cycle = way === null ? "" : `: a cycle (${[slot.id ?? "", ...way].join(" -> ")})`;
    report(reading, field, `found ${quoted(id)}, which runs later, expected an earlier step${cycle}`);
  }
}

function referencesOf(slot: Slot): readonly Field[] {
  const { field } = slot;
  const single = [
    member(field, "repeat"),
    member(member(field, "retry"), "reread"),
    member(member(field, "expect"), "replayOf"),
  ];
  return [...single.filter((each) => each !== null), ...items(member(field, "compare"))];
}

/** The body that a step sends before mutations; undefined where that cannot be told. */
function bodyOf(steps: Steps, slot: Slot | undefined, hops = 0): BodyTemplate | null | undefined {
  const { step } = slot ?? {};
  if (step === undefined || step === null || hops > steps.slots.length) return undefined;
  if (step.kind === "request") return step.request.body;
  return step.kind === "repeat" ? bodyOf(steps, steps.byId.get(step.of), hops + 1) : undefined;
}

function checkMutations(reading: Reading, steps: Steps, slot: Slot): void {
  if (slot.step?.kind !== "repeat" || !slot.step.mutations.some(({ kind }) => kind !== "set")) return;
  const body = bodyOf(steps, steps.byId.get(slot.step.of));
  const found = body === null ? "sends no body" : body?.kind === "form" ? "sends a form" : null;
  if (found === null) return;
  for (const { kind, at } of slot.step.mutations) {
    if (kind === "set") continue;
    reading.problems.push(
      problem(
        at,
        `found ${kind} on a repeat of ${quoted(slot.step.of)}, which ${found}, expected a JSON body`,
      ),
    );
  }
}

/** Notes a principal that the world does not list. */
function checkPrincipal(reading: Reading, root: Field, slot: Slot): void {
  const field = member(slot.field, "as");
  const name = textIn(field);
  const world = member(root, "world");
  const principals = member(world, "principals");
  if (field === null || name === null) return;
  if ([world, principals].some((each) => each !== null && !isMap(each.value))) return;
  const names = Object.keys(principals?.value ?? {});
  if (names.includes(name)) return;
  const expected = names.length === 0 ? "one that `world.principals` lists, and it lists none" : oneOf(names);
  report(
    reading,
    field,
    `found the principal ${quoted(name)}, expected ${expected}`,
    didYouMeanHint(name, names).hint ?? null,
  );
}

function checkRace(reading: Reading, { list, field }: Slot): void {
  const race = member(field, "race");
  checkVariableNames(reading, members(member(race, "vars")));
  if (list === "steps" || race === null) return;
  const message = `found a race in ${quoted(list)}, expected it in \`steps\``;
  reading.problems.push(problem(placeOf(race, "key"), message, "setUp and cleanUp are never raced"));
}

/** Notes what steps say of other steps that does not fit: unknown, later and silent ones, cycles, principals, bodies. */
export function checkSteps(reading: Reading, root: Field, steps: Steps): void {
  for (const slot of steps.slots) {
    if (slot.kind === "race") checkRace(reading, slot);
    if (slot.kind === "race" || slot.kind === "unknown") continue;
    for (const field of referencesOf(slot)) checkReference(reading, steps, { slot, field });
    checkMutations(reading, steps, slot);
    checkPrincipal(reading, root, slot);
  }
}

/** Notes vars with a name that has a meaning of its own. */
export function checkVariableNames(
  reading: Reading,
  fields: readonly (readonly [name: string, value: Field])[],
): void {
  for (const [name, field] of fields) {
    if (!RESERVED_NAMES.includes(name)) continue;
    const message = `found the var ${quoted(name)}, whose name has a meaning of its own, expected another`;
    reading.problems.push(problem(placeOf(field, "key"), message));
  }
}
