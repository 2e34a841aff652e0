import { parseDuration } from "../core/duration.js";
import type { SourcePosition } from "../core/errors.js";
import { oneOf, quoted } from "../document/describe-value.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { type Field, items, member, members, numberIn, placeOf, problem, textIn } from "../document/field.js";
import { readCounts } from "./read-expect.js";
import { readJson } from "./read-json.js";
import type { DefaultHeaders } from "./read-request.js";
import { readStep } from "./read-step.js";
import { type Reading, report } from "./reading.js";
import type { Expectation, Invariant, RaceStep, Release, SendingStep, Variable } from "./scenario.js";
import { INVARIANTS, MOST_WRITERS, SIMPLE_NAME } from "./shape-words.js";
import { capturedNames, idOf, kindOf, type Slot, type StepList } from "./slot.js";

/** Where a race stands, for the places inside it. */
interface RacePlace {
  readonly list: StepList;
  readonly order: number;
  /** Its id; empty where that cannot be read. */
  readonly race: string;
  readonly defaults: DefaultHeaders;
}

/** The fields of each lane's steps; one lane where all writers have the same. */
function laneFields(race: Field | null): readonly (readonly Field[])[] {
  const lanes = member(race, "lanes");
  if (lanes === null) return [items(member(race, "steps"))];
  return items(lanes).map((lane) => items(member(lane, "steps")));
}

function readLane(
  reading: Reading,
  fields: readonly Field[],
  place: RacePlace & { readonly lane: number; readonly alike: boolean },
): readonly Slot[] {
  const { list, race, lane, alike, defaults } = place;
  const prefix = alike ? "" : `lane-${lane + 1}-`;
  const ids = fields.map((field, index) => idOf(field, `${prefix}step-${index + 1}`));
  const own = new Set(ids);
  const inLane: Reading = { ...reading, resolve: (id) => (own.has(id) ? `${race}/${id}` : id) };
  return fields.map((field, index): Slot => {
    const id = ids[index] ?? null;
    const kind = kindOf(field);
    const fullId = id === null ? null : `${race}/${id}`;
    const step = kind === "sends" ? readStep(inLane, field, { id: fullId ?? "", defaults }) : null;
    const order = place.order + (index + 1) / (fields.length + 1);
    const captures = capturedNames(field, kind);
    return { list, field, order, id, fullId, kind, captures, step, lanes: [], inside: { race, lane } };
  });
}

/** Reads the steps inside a race, lane by lane. */
export function readLanes(reading: Reading, field: Field, place: RacePlace): readonly (readonly Slot[])[] {
  const race = member(field, "race");
  const alike = member(race, "lanes") === null;
  return laneFields(race).map((fields, lane) => readLane(reading, fields, { ...place, lane, alike }));
}

function durationsIn(text: string): readonly number[] {
  return text.split(",").flatMap((each) => parseDuration(each.trim()) ?? []);
}

function readRelease(field: Field | null): Release {
  const text = textIn(field) ?? "together";
  if (text === "as-ready") return { kind: "as-ready" };
  const staggered = /^staggered +(\S+)$/.exec(text)?.[1];
  if (staggered !== undefined) return { kind: "staggered", everyMs: parseDuration(staggered) ?? 0 };
  const offsets = /^offsets *\[(.*)\]$/.exec(text)?.[1];
  return offsets === undefined ? { kind: "together" } : { kind: "offsets", offsetsMs: durationsIn(offsets) };
}

function readRaceVariables(reading: Reading, field: Field | null): readonly Variable[] {
  return members(field).map(([name, value]) => {
    if (member(value, "ask") !== null) {
      const message = "found `ask` in a var of a race, expected its value";
      report(reading, value, message, "a person is asked for vars of the scenario, once for all writers");
    }
    return { name, at: placeOf(value, "key"), value: readJson(reading, value), ask: null };
  });
}

function checkWriters(reading: Reading, race: Field): void {
  const field = member(race, "writers");
  const writers = numberIn(field);
  if (field === null) {
    if (member(race, "steps") === null) return;
    const message = "`writers` is missing, expected how many send at the same time";
    report(reading, race, message, "write writers: 10, or lanes with different steps");
  } else if (writers !== null && Number.isInteger(writers) && (writers < 2 || writers > MOST_WRITERS)) {
    const hint = writers < 2 ? "one alone has nobody to race with: write its steps without `race`" : null;
    const found = writers === 1 ? "1 writer" : `${writers} writers`;
    report(reading, field, `found ${found}, expected 2 to ${MOST_WRITERS}`, hint);
  }
}

function checkLanes(reading: Reading, race: Field, lanes: Field): void {
  const writers = member(race, "writers");
  const count = items(lanes).length;
  if (writers === null || !Array.isArray(lanes.value) || numberIn(writers) === count) return;
  const beside = count === 1 ? "1 lane" : `${count} lanes`;
  const message = `found \`writers\` with ${beside}, expected none: each lane is one writer`;
  reading.problems.push(problem(placeOf(writers, "key"), message));
}

function checkOffsets(reading: Reading, race: Field | null, release: Release, writers: number): void {
  const field = member(race, "release");
  if (field === null || release.kind !== "offsets" || release.offsetsMs.length <= writers) return;
  report(
    reading,
    field,
    `found ${release.offsetsMs.length} offsets for ${writers} writers, expected at most one for each`,
  );
}

function writersOf(
  race: Field | null,
  lanes: readonly (readonly Slot[])[],
): readonly (readonly SendingStep[])[] {
  const steps = lanes.map((lane) =>
    lane.flatMap(({ step }) => (step?.kind === "request" || step?.kind === "repeat" ? [step] : [])),
  );
  const [first] = steps;
  if (member(race, "lanes") !== null || first === undefined) return steps;
  const count = numberIn(member(race, "writers")) ?? 0;
  const bounded = Number.isInteger(count) ? Math.min(Math.max(0, count), MOST_WRITERS) : 0;
  return Array.from({ length: bounded }, () => first);
}

function readRaceStatuses(reading: Reading, field: Field, inner: readonly Slot[]): readonly Expectation[] {
  return members(field).flatMap(([name, value]) => {
    const slot = inner.find(({ id }) => id === name);
    const ids = inner.flatMap(({ id }) => id ?? []);
    if (slot === undefined && ids.length === inner.length && SIMPLE_NAME.test(name)) {
      const message = `found ${quoted(name)}, which is no step of this race, expected ${ids.length === 0 ? "one, and it has none" : oneOf(ids)}`;
      reading.problems.push(problem(placeOf(value, "key"), message, didYouMeanHint(name, ids).hint));
    }
    const step = slot?.fullId ?? name;
    return readCounts(value).map(({ at, counts }) => ({ at, what: "raceStatuses", step, counts }) as const);
  });
}

function readInvariants(field: Field): readonly Expectation[] {
  return items(field).flatMap((each) => {
    const invariant = INVARIANTS.find((name) => name === each.value);
    return invariant === undefined ? [] : [invariantAt(placeOf(each), invariant)];
  });
}

function invariantAt(at: SourcePosition, invariant: Invariant): Expectation {
  return { at, what: "invariant", invariant };
}

/** Reads a race; null where its steps cannot be read. What its steps are is in its lanes. */
export function readRace(
  reading: Reading,
  field: Field,
  more: { readonly id: string; readonly lanes: readonly (readonly Slot[])[] },
): RaceStep | null {
  const { id, lanes } = more;
  const race = member(field, "race");
  const release = readRelease(member(race, "release"));
  const writers = writersOf(race, lanes);
  const laneList = member(race, "lanes");
  if (race !== null && laneList === null) checkWriters(reading, race);
  if (race !== null && laneList !== null) checkLanes(reading, race, laneList);
  checkOffsets(reading, race, release, writers.length);
  const expect = member(field, "expect");
  const statuses = member(expect, "statuses");
  const invariants = member(expect, "invariants");
  return {
    kind: "race",
    id,
    at: placeOf(field),
    release,
    variables: readRaceVariables(reading, member(race, "vars")),
    writers,
    alike: laneList === null,
    exclusive: member(race, "exclusive")?.value !== false,
    expectations: [
      ...(statuses === null ? [] : readRaceStatuses(reading, statuses, lanes.flat())),
      ...(invariants === null ? [] : readInvariants(invariants)),
    ],
  };
}
