import { basename } from "node:path";
import { GcidemError } from "../core/errors.js";
import { headerValue } from "../core/http.js";
import { mark } from "../intake/written.js";
import { carryValues, stepNames } from "./carry-values.js";
import { chooseRequests } from "./choose-requests.js";
import { type Draft, draftRequests } from "./draft.js";
import { groupOverlaps, type Unit, visibility } from "./group-overlaps.js";
import { createNames } from "./ids.js";
import type { BodyFile, Imported, ImportNote, Traffic } from "./import.js";
import { repeatOf } from "./repeats.js";
import { createVars, type Var } from "./vars.js";
import { createWording } from "./wording.js";
import { type StepToWrite, writeHead, writeRace, writeStep } from "./write-scenario.js";

/** How the scenario and the files beside it are called. */
export interface ImportNames {
  /** Files beside the scenario begin with it. */
  readonly stem: string;
}

/** Shorter pauses are the time that a client needs. */
const SHORTEST_PAUSE_MS = 1_000;

/** How long a client waited because the answer before told the same request to come again later. */
function obeyedMs(draft: Draft, before: Draft, pauseMs: number): number {
  if (draft.method !== before.method || draft.target !== before.target) return 0;
  const after = headerValue(before.sent.answer?.headers ?? [], "retry-after") ?? "";
  const askedMs = /^\d{1,5}$/.test(after) ? Number(after) * 1_000 : 0;
  return pauseMs >= askedMs ? askedMs : 0;
}

function pausesOf(drafts: readonly Draft[], { pausesCount }: Traffic): readonly number[] {
  return drafts.map((draft, index) => {
    const before = drafts[index - 1];
    const { startMs } = draft.sent;
    const endMs = before?.sent.endMs ?? null;
    if (before === undefined || endMs === null || startMs === null) return 0;
    const pauseMs = Math.round(startMs - endMs);
    if (!pausesCount) return obeyedMs(draft, before, pauseMs);
    return pauseMs >= SHORTEST_PAUSE_MS ? pauseMs : 0;
  });
}

function extensionOf({ contentType }: Draft): string {
  if (/^multipart\//i.test(contentType ?? "")) return "multipart";
  if (/json/i.test(contentType ?? "")) return "json";
  return /^text\/|xml|urlencoded/i.test(contentType ?? "") ? "txt" : "bin";
}

interface KeptFiles {
  readonly files: readonly BodyFile[];
  /** By the index of the draft. */
  readonly names: ReadonlyMap<number, string>;
  readonly notes: readonly ImportNote[];
}

/** Bodies that no text of a scenario can hold, equal ones once. */
function keepFiles(drafts: readonly Draft[], stem: string): KeptFiles {
  const files: BodyFile[] = [];
  const names = new Map<number, string>();
  const notes: ImportNote[] = [];
  for (const [index, draft] of drafts.entries()) {
    if (draft.body.kind !== "bytes") continue;
    const { bytes } = draft.body;
    const known = files.find((each) => Buffer.compare(each.bytes, bytes) === 0);
    const name = known?.name ?? `${stem}-body-${files.length + 1}.${extensionOf(draft)}`;
    names.set(index, name);
    if (known === undefined) files.push({ name, bytes });
    const { place } = draft.sent;
    if (known === undefined)
      notes.push({ place, text: `its body of ${bytes.length} bytes is kept in ${name}` });
    if (Buffer.from(bytes).includes("<secret"))
      notes.push({
        place,
        text: `a secret in ${name} was replaced: put it back there yourself, or leave it`,
      });
  }
  return { files, names, notes };
}

function originWords(origin: string, traffic: Traffic): string {
  if (traffic.mock !== null) return "They went to the embedded mock.";
  if (origin === "") return "Where they went is not in it.";
  return `They went to ${origin}, which is the target to give.`;
}

function descriptionOf(traffic: Traffic, origin: string, count: number): string {
  const requests = `${count} ${count === 1 ? "request" : "requests"}`;
  return `Imported by gcidem from ${traffic.source} (${traffic.format}), ${requests}. ${originWords(origin, traffic)}`;
}

const BODY_VAR: Var = {
  name: "body",
  mock: "{}",
  ask: "the body that was sent, which the source does not have",
  value: null,
};

function noRequests({ source, notes }: Traffic): GcidemError {
  const hint = notes
    .slice(0, 5)
    .map(({ place, text }) => `${place}: ${text}`)
    .join("\n    ");
  return new GcidemError(
    "invalid-file",
    `${source}: there is no HTTP request in it that a scenario can say; nothing was written`,
    {
      hint:
        hint === ""
          ? "gcidem import reads curl lines, HAR, Postman 2.1, .http files, the Genesys SDK's JSON log and runs"
          : hint,
    },
  );
}

/**
 * Makes a scenario of requests: bodies byte for byte, keys and recurring ids as vars, values of answers as captures,
 * repeats as repeats, overlapping requests as a race.
 * @throws GcidemError `invalid-file` where there is no request
 */
export function importScenario(traffic: Traffic, { stem }: ImportNames): Imported {
  const choice = chooseRequests(traffic);
  const { drafts, notes, credentials } = draftRequests([...traffic.requests(choice.wanted)], traffic.source);
  if (drafts.length === 0) throw noRequests({ ...traffic, notes: [...traffic.notes, ...notes] });
  const units = groupOverlaps(drafts, traffic.timesKnown);
  const ids = stepNames(drafts);
  const vars = createVars(drafts, traffic.asked);
  const { carried, captures, more } = carryValues({ drafts, ids, vars, visible: visibility(units) });
  const kept = keepFiles(drafts, stem);
  const pauses = pausesOf(drafts, traffic);
  const alone = new Set(units.flatMap((unit) => (unit.kind === "one" ? [unit.index] : [])));
  const may = (index: number): boolean => alone.has(index);
  const wording = createWording();
  const toWrite = (index: number): StepToWrite[] => {
    const [draft, own, id] = [drafts[index], carried[index], ids[index]];
    if (draft === undefined || own === undefined || id === undefined) return [];
    const repeat = alone.has(index) ? repeatOf(index, { drafts, carried, may }) : null;
    const file = kept.names.get(index) ?? null;
    const step = { id, draft, carried: own, captures: captures.get(index) ?? [], repeat, ids, file };
    return [{ ...step, pauseMs: alone.has(index) ? (pauses[index] ?? 0) : 0 }];
  };
  const raceName = createNames(ids);
  const write = (unit: Unit): readonly string[] =>
    unit.kind === "one"
      ? toWrite(unit.index).flatMap((step) => writeStep(step, wording))
      : writeRace(
          raceName("race"),
          unit.lanes.map((lane) => lane.flatMap(toWrite)),
          wording,
        );
  const steps = units.flatMap(write);
  if (drafts.some(({ body }) => body.kind === "asked")) wording.text(mark("body"));
  const all = [...vars.all, ...more, BODY_VAR];
  const head = writeHead(
    {
      name: `Import of ${basename(traffic.source)}`,
      description: descriptionOf(
        traffic,
        choice.origin,
        drafts.reduce((sum, { times }) => sum + times, 0),
      ),
      mock: traffic.mock,
      vars: all,
    },
    wording,
  );
  const known = /^https?:\/\/[^{}]+$/.test(choice.origin) ? choice.origin : null;
  const used = all.filter(({ name }) => wording.used().has(name));
  return {
    text: `${[...head, ...steps].join("\n")}\n`,
    files: kept.files,
    notes: [...traffic.notes, ...choice.notes, ...notes, ...kept.notes],
    origin: traffic.mock === null ? known : null,
    originName: choice.origin,
    credentials,
    environment: wording.environment(),
    asked: new Map(used.map(({ name, value }) => [name, value])),
    steps: drafts.length,
  };
}
