import { formatDuration } from "../core/duration.js";
import type { Carried, Kept } from "./carry-values.js";
import type { Draft } from "./draft.js";
import type { MockSetting } from "./import.js";
import type { Repeat } from "./repeats.js";
import type { Var } from "./vars.js";
import { comment, quoted, scalar, type Wording } from "./wording.js";

/** Everything that one step says. */
export interface StepToWrite {
  readonly id: string;
  readonly draft: Draft;
  readonly carried: Carried;
  readonly captures: readonly Kept[];
  readonly repeat: Repeat | null;
  /** Ids of all steps, by the index of their drafts. */
  readonly ids: readonly string[];
  /** Of a body that stands beside the scenario, or the var that asks for one. */
  readonly file: string | null;
  /** Only of a mock: how long nothing was sent before. */
  readonly pauseMs: number;
}

/** A head of a scenario. */
export interface Head {
  readonly name: string;
  readonly description: string;
  readonly mock: MockSetting | null;
  readonly vars: readonly Var[];
}

type Lines = readonly string[];

function indented(lines: Lines, by: string): Lines {
  return lines.map((line) => `${by}${line}`);
}

function keyLines(
  name: string,
  { draft, value }: { readonly draft: Draft; readonly value: string | null },
  wording: Wording,
): Lines {
  if (value === null) return [`${name}: null`];
  const text = scalar(wording.text(value));
  const { header = "Idempotency-Key", quoted: inQuotes = false } = draft.key ?? {};
  const parts = [
    `value: ${text}`,
    ...(inQuotes ? ["syntax: quoted"] : []),
    ...(header.toLowerCase() === "idempotency-key" ? [] : [`header: ${scalar(header)}`]),
  ];
  return parts.length === 1 ? [`${name}: ${text}`] : [`${name}: { ${parts.join(", ")} }`];
}

function bodyLines({ draft, carried, file }: StepToWrite, wording: Wording): Lines {
  switch (draft.body.kind) {
    case "none":
      return [];
    case "asked":
      return ["text: $(body)"];
    case "bytes":
      return [`bytesFrom: ${scalar(file ?? "")}`];
    case "text":
      return [`text: ${quoted(wording.text(carried.text ?? draft.body.text))}`];
    case "json":
      return [`json: ${wording.json(carried.node ?? draft.body.node)}`];
  }
}

function headerLines(headers: readonly (readonly [string, string | null])[], wording: Wording): Lines {
  return headers.map(
    ([name, value]) => `${scalar(name)}: ${value === null ? "null" : quoted(wording.text(value))}`,
  );
}

function requestLines(step: StepToWrite, wording: Wording): Lines {
  const { draft, carried } = step;
  const headers = headerLines(carried.headers, wording);
  return [
    `request: ${scalar(`${draft.method} ${wording.text(carried.target)}`)}`,
    ...(carried.key === null ? [] : keyLines("idempotencyKey", { draft, value: carried.key }, wording)),
    ...(carried.ifMatch === null ? [] : [`ifMatch: ${quoted(wording.text(carried.ifMatch))}`]),
    ...(headers.length === 0 ? [] : ["headers:", ...indented(headers, "  ")]),
    ...bodyLines(step, wording),
  ];
}

function setLines(set: NonNullable<Repeat["set"]>, draft: Draft, wording: Wording): Lines {
  const headers = headerLines(set.headers, wording);
  return [
    ...(set.method === undefined ? [] : [`method: ${set.method}`]),
    ...(set.path === undefined ? [] : [`path: ${scalar(wording.text(set.path))}`]),
    ...(set.key === undefined ? [] : keyLines("idempotencyKey", { draft, value: set.key }, wording)),
    ...(set.ifMatch === undefined
      ? []
      : [`ifMatch: ${set.ifMatch === null ? "null" : quoted(wording.text(set.ifMatch))}`]),
    ...(headers.length === 0 ? [] : ["header:", ...indented(headers, "  ")]),
  ];
}

function patchLine({ op, path, value }: Repeat["patch"][number], wording: Wording): string {
  // A path is no template of its own: what stands in it is a member's name.
  const worded = value === undefined ? "" : `, value: ${wording.json(value)}`;
  return `- { op: ${op}, path: ${quoted(wording.text(path))}${worded} }`;
}

function repeatLines({ draft, ids }: StepToWrite, repeat: Repeat, wording: Wording): Lines {
  const { of, set, patch, reserialize } = repeat;
  const mutations = [
    ...(patch.length === 0
      ? []
      : [
          "- patch:",
          ...indented(
            patch.map((each) => patchLine(each, wording)),
            "    ",
          ),
        ]),
    ...(reserialize === null ? [] : [`- reserialize: ${reserialize}`]),
    ...(set === null ? [] : ["- set:", ...indented(setLines(set, draft, wording), "    ")]),
  ];
  return [
    `repeat: ${ids[of] ?? ""}`,
    ...(mutations.length === 0 ? [] : ["mutate:", ...indented(mutations, "  ")]),
  ];
}

function captureLines(captures: readonly Kept[]): Lines {
  if (captures.length === 0) return [];
  return [
    "capture:",
    ...captures.map(({ name, from, regex }) =>
      regex === null
        ? `  ${name}: ${quoted(from)}`
        : `  ${name}: { from: ${quoted(from)}, regex: ${quoted(regex)} }`,
    ),
  ];
}

function outcomeWords({ sent, times }: Draft): string {
  const asked = times > 1 ? `, ${times} times in a row` : "";
  if (sent.answer !== null) return `: answered ${sent.answer.status}${asked}`;
  return sent.error === null ? asked : `: no answer (${sent.error})${asked}`;
}

/** The lines of one step, the first with its hyphen. */
function stepLines(step: StepToWrite, wording: Wording, raced: boolean): Lines {
  const { id, draft, repeat, captures } = step;
  const timeout = draft.sent.timeoutMs === null ? [] : [`timeout: ${formatDuration(draft.sent.timeoutMs)}`];
  const lines = [
    `id: ${id}`,
    ...(repeat === null ? requestLines(step, wording) : repeatLines(step, repeat, wording)),
    ...(draft.auth === "valid" ? [] : [`auth: ${draft.auth}`]),
    ...(draft.times > 1 && !raced ? [`times: ${draft.times}`] : []),
    ...timeout,
    ...captureLines(captures),
  ];
  const pause = step.pauseMs > 0 ? [`- wait: ${formatDuration(step.pauseMs)}`] : [];
  return [
    ...pause,
    comment(`${draft.sent.place}${outcomeWords(draft)}`),
    ...lines.map((line, index) => `${index === 0 ? "- " : "  "}${line}`),
  ];
}

/** The lines of a step outside of races. */
export function writeStep(step: StepToWrite, wording: Wording): Lines {
  return indented(stepLines(step, wording, false), "  ");
}

/** The lines of a race; lanes that say the same are writers of one. */
export function writeRace(id: string, lanes: readonly (readonly StepToWrite[])[], wording: Wording): Lines {
  const written = lanes.map((steps) => steps.flatMap((step) => stepLines(step, wording, true)));
  const bare = (lines: Lines): string => lines.filter((line) => !/^(?:#|- id: )/.test(line)).join("\n");
  const [first = []] = written;
  const alike =
    written.every((lines) => bare(lines) === bare(first)) &&
    !first.some((line) => /\$\(\w+\.\w+\)/.test(line));
  const head = [`  - id: ${id}`, "    race:"];
  if (alike)
    return [...head, `      writers: ${lanes.length}`, "      steps:", ...indented(first, "        ")];
  return [
    ...head,
    "      lanes:",
    ...written.flatMap((lines) => ["        - steps:", ...indented(lines, "            ")]),
  ];
}

function varLines({ name, mock, ask }: Var, wording: Wording): Lines {
  return [`  ${name}:`, `    mock: ${quoted(wording.text(mock))}`, `    ask: ${quoted(ask)}`];
}

function mockLines(mock: MockSetting | null): Lines {
  if (mock === null) return [];
  const { policy, seed, world } = mock;
  return [
    ...(policy === undefined || policy === null
      ? []
      : [`policy: ${typeof policy === "string" ? scalar(policy) : JSON.stringify(policy)}`]),
    ...(seed === null ? [] : [`seed: ${seed}`]),
    ...(world === undefined || world === null ? [] : [`world: ${JSON.stringify(world)}`]),
  ];
}

/** What stands above the steps. */
export function writeHead({ name, description, mock, vars }: Head, wording: Wording): Lines {
  const used = vars.filter((each) => wording.used().has(each.name));
  const asked = used.flatMap((each) => varLines(each, wording));
  const characters = [...wording.characters()].map(([each, character]) => `  ${each}: ${quoted(character)}`);
  return [
    `name: ${quoted(name)}`,
    `description: ${quoted(description)}`,
    ...mockLines(mock),
    ...(asked.length + characters.length === 0 ? [] : ["vars:", ...characters, ...asked]),
    "steps:",
  ];
}
