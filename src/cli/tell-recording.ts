import { headerValue } from "../core/http.js";
import type { Diagnosis } from "../diagnose/diagnose.js";
import type { RunSection } from "../report/report.js";

/** What is counted in one pass over the exchanges. */
interface Sights {
  readonly keys: Map<string, number>;
  cut: number;
  elsewhere: number;
}

function look(section: RunSection): Sights {
  const sights: Sights = { keys: new Map(), cut: 0, elsewhere: 0 };
  const { baseUrl } = section.target;
  for (const { request, response, idempotencyKey, error } of section.exchanges) {
    if (idempotencyKey !== null) sights.keys.set(idempotencyKey, (sights.keys.get(idempotencyKey) ?? 0) + 1);
    const unkept = request.missing?.includes("body") === true && error === null;
    if (unkept || response?.truncated === true) sights.cut += 1;
    const location = response === null ? null : headerValue(response.headers, "location");
    if (location?.startsWith(`${baseUrl}/`) === true) sights.elsewhere += 1;
  }
  return sights;
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

const MOST_PLACES = 5;

/** Causes in the order in which they were found, each with the exchanges that it was found in. */
function* findings(diagnoses: readonly Diagnosis[], kinds: readonly Diagnosis["kind"][]): Generator<string> {
  const places = new Map<string, string[]>();
  for (const { kind, cause, certainty, exchange } of diagnoses) {
    if (!kinds.includes(kind)) continue;
    const name = `${cause} (${certainty})`;
    places.set(name, [...(places.get(name) ?? []), exchange]);
  }
  for (const [name, all] of places) {
    const more = all.length > MOST_PLACES ? ` and ${all.length - MOST_PLACES} more` : "";
    yield `${name} at ${all.slice(0, MOST_PLACES).join(", ")}${more}`;
  }
}

function* list(title: string, lines: Iterable<string>): Generator<string> {
  let first = true;
  for (const line of lines) {
    yield `${(first ? title : "").padEnd(10)}${line}`;
    first = false;
  }
}

function* oddities({ cut, elsewhere }: Sights): Generator<string> {
  if (cut > 0) yield `${counted(cut, "exchange has", "exchanges have")} a body that is not kept whole`;
  if (elsewhere > 0)
    yield `${counted(elsewhere, "answer names", "answers name")} the API's own address in Location: a client that goes there goes past the recorder`;
}

function* keyLines({ keys }: Sights): Generator<string> {
  if (keys.size === 0) return;
  const repeated = [...keys.values()].filter((times) => times > 1).length;
  yield `${counted(keys.size, "different idempotency key", "different idempotency keys")}, ${repeated} of them sent more than once`;
}

function placeOf({ folder, id }: RunSection): string {
  return folder ?? id;
}

/** What there is to run next: a run in the usual folder is `last`. */
function* nextLines(section: RunSection, usualFolder: boolean): Generator<string> {
  const run = usualFolder ? "last" : placeOf(section);
  yield `gcidem diagnose ${run}`;
  yield `gcidem import ${run}`;
}

/** Says in lines what was recorded. `usualFolder`: the run is where `last` looks. Pure but for reading the journal. */
export function* tellRecording(section: RunSection, usualFolder: boolean): Generator<string> {
  const { exchanges, writes, conflicts, failures, refused } = section.counts;
  if (exchanges === 0) {
    yield "no request came: was the client given the recorder's address as its base URL?";
    yield* list("run", [placeOf(section)]);
    return;
  }
  const sights = look(section);
  const parts = [
    counted(writes, "write", "writes"),
    counted(conflicts, "conflict", "conflicts"),
    ...(failures === 0 ? [] : [`${failures} without an answer`]),
    ...(refused === 0 ? [] : [`${refused} not passed on`]),
  ];
  yield `recorded ${counted(exchanges, "request", "requests")}: ${parts.join(", ")}`;
  yield* list("keys", keyLines(sights));
  yield* list("causes", findings(section.diagnoses, ["refusal", "anomaly"]));
  yield* list("patterns", findings(section.diagnoses, ["pattern"]));
  yield* list("", section.notDiagnosed === undefined ? [] : [section.notDiagnosed]);
  yield* list("note", oddities(sights));
  yield* list("run", [placeOf(section)]);
  yield* list("next", nextLines(section, usualFolder));
}
