import { formatDuration } from "../core/duration.js";
import { type JsonNode, parseJson, writeJson } from "../core/json.js";
import { isMaskedValue } from "../core/masked-value.js";
import { printable, printableJson } from "../core/printable.js";
import type { Diagnosis, Experiment, ExperimentStep } from "../diagnose/diagnose.js";
import { survivesYaml } from "../document/survives-yaml.js";

/** What a settling scenario is about, in words. */
export interface SettlingSubject {
  /** `409 on PATCH /api/v2/users/7` */
  readonly refused: string;
  /** Name of the recording or run. */
  readonly recording: string;
  /** Id of the exchange. */
  readonly exchange: string;
  /** The recording does not have the body that was sent: it is asked for. */
  readonly bodyMissing: boolean;
}

/** The var that stands for a body which the recording does not have. */
const ASKED_BODY = "body";

/** What a redactor, or a URL that holds its placeholder, has in the place of a secret. */
const PLACEHOLDER = /<(secret|personal)(?::(\d+))?>|%3C(secret|personal)(?:%3A|:)?(\d*)%3E/gi;

/** Templates that an experiment uses itself; anything else of this form was sent as it stands. */
const OWN_TEMPLATE = /^(?:"\$\(uuid\(\)\)"|\$\((?:uuid\(\)|now\(\)|[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*)\))$/;

/** Texts that a scenario refuses as templates of other tools, and for which it has no escape. */
const FOREIGN_TEMPLATE = /\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\}/;

/** Headers that a browser adds by itself and no server needs from another client. */
const BROWSER_HEADER =
  /^(?:sec-.*|accept-language|origin|referer|priority|dnt|te|pragma|cache-control|upgrade-insecure-requests|keep-alive|proxy-connection|x-requested-with)$/i;

/** Words of a scenario, and the vars that they need. */
interface Wording {
  readonly text: (sent: string) => string;
  /** The var for a value that somebody took out; one and the same in whatever is sent of one body. */
  readonly masked: (sent: string, path: string) => string;
  readonly vars: () => readonly string[];
}

/** Turns texts that were sent into texts of a scenario: what is literal stays literal, what was redacted becomes a var. */
function createWording(steps: readonly ExperimentStep[]): Wording {
  const captured = new Set(
    steps.flatMap(({ id, capture }) => Object.keys(capture ?? {}).map((name) => `$(${id}.${name})`)),
  );
  const names = new Set<string>();
  const isOwn = (text: string): boolean =>
    OWN_TEMPLATE.test(text) && (captured.has(text) || /\(\)\)"?$/.test(text));
  const text = (sent: string): string => {
    if (isOwn(sent)) return sent;
    return sent.replaceAll("$(", "$$$$(").replace(PLACEHOLDER, (_all, ...found: (string | undefined)[]) => {
      const [plain, number, coded, codedNumber] = found;
      const name = `${plain ?? coded ?? "secret"}${number ?? codedNumber ?? ""}`.toLowerCase();
      names.add(name);
      return `$(${name})`;
    });
  };
  const places = new Map<string, string>();
  const masked = (sent: string, path: string): string => {
    const place = `${path} of ${sent}`;
    const name = places.get(place) ?? `masked${places.size + 1}`;
    places.set(place, name);
    names.add(name);
    return name;
  };
  return { text, masked, vars: () => [...names] };
}

/** A JSON string is a YAML scalar too, whatever it holds. */
function scalar(text: string): string {
  return printableJson(JSON.stringify(text));
}

function headerLines({ headers = {} }: ExperimentStep, wording: Wording): readonly string[] {
  const kept = Object.entries(headers).filter(
    ([name, value]) => !BROWSER_HEADER.test(name) && !FOREIGN_TEMPLATE.test(value),
  );
  if (kept.length === 0) return [];
  return [
    "    headers:",
    ...kept.map(([name, value]) => `      ${scalar(name)}: ${scalar(wording.text(value))}`),
  ];
}

/** The experiment's own writes have the body of the request that was refused; a DELETE hardly ever has one. */
function lacksBody({ request, json, text }: ExperimentStep): boolean {
  return json === undefined && text === undefined && /^(?:POST|PUT|PATCH) /.test(request);
}

/** Stands in what is written for what a template gives; nobody sends it. */
function standIn(name: string): string {
  return `<from a template: ${name}>`;
}

/** A name may be of a member of a member: `metadata/resourceVersion`. */
function withStandIns(json: JsonNode, from: Readonly<Record<string, string>>, within: string = ""): JsonNode {
  if (json.kind !== "object") return json;
  const members = json.members.map(([name, value]): readonly [string, JsonNode] => {
    const path = within + name;
    if (Object.hasOwn(from, path)) return [name, parseJson(JSON.stringify(standIn(path)))];
    const isAbove = Object.keys(from).some((each) => each.startsWith(`${path}/`));
    return [name, isAbove ? withStandIns(value, from, `${path}/`) : value];
  });
  return { ...json, members };
}

/** The members of a JSON body that hold marks instead of values, and the vars in their place. */
function maskedIn(
  json: JsonNode,
  varAt: (path: string) => string,
  within: string = "",
): Readonly<Record<string, string>> {
  if (json.kind !== "object") return {};
  const found = json.members.map(([name, value]): Readonly<Record<string, string>> => {
    const path = within + name;
    if (value.kind !== "string") return maskedIn(value, varAt, `${path}/`);
    return isMaskedValue(value.value) ? { [path]: `$(${varAt(path)})` } : {};
  });
  return Object.assign({}, ...found) as Readonly<Record<string, string>>;
}

/** Puts templates where stand-ins are. */
function withTemplates(text: string, from: Readonly<Record<string, string>>): string {
  return Object.entries(from).reduce(
    (all, [name, template]) => all.replace(standIn(name), () => template),
    text,
  );
}

/** Puts stand-ins where parameters of the query are. */
function queryWithStandIns(request: string, from: Readonly<Record<string, string>>): string {
  const [path = "", query = ""] = request.split("?");
  const parts = query.split("&").map((part) => {
    const name = Object.keys(from).find((each) => part.startsWith(`${each}=`));
    return name === undefined ? part : `${name}=${standIn(name)}`;
  });
  return query === "" ? request : `${path}?${parts.join("&")}`;
}

/** A body is written as JSON where that is the same bytes, and as text otherwise. */
function bodyLine({ json, text, jsonFrom: own = {} }: ExperimentStep, wording: Wording): readonly string[] {
  const masked = json === undefined ? {} : maskedIn(json, (path) => wording.masked(writeJson(json), path));
  const jsonFrom = { ...masked, ...own };
  const node = json && withStandIns(json, jsonFrom);
  const sent = node === undefined ? text : writeJson(node);
  if (sent === undefined) return [];
  // A key may be quoted, and it stands within a JSON string.
  const escaped = Object.entries(jsonFrom).map(([name, template]) => [name, template.replaceAll('"', '\\"')]);
  const worded = withTemplates(wording.text(sent), Object.fromEntries(escaped));
  if (node !== undefined && survivesYaml(sent, node)) return [`    json: ${printableJson(worded)}`];
  return [`    text: ${scalar(worded)}`];
}

function stepLines(step: ExperimentStep, wording: Wording, asksBody: boolean): readonly string[] {
  const { id, request, idempotencyKey, ifMatch, queryFrom = {}, waitMs, capture } = step;
  const literal = withTemplates(wording.text(queryWithStandIns(request, queryFrom)), queryFrom);
  const target = Object.entries(step.pathFrom ?? {}).reduce(
    (all, [name, template]) => all.replace(`{${name}}`, () => template),
    literal,
  );
  return [
    ...(waitMs === undefined ? [] : [`  - wait: ${formatDuration(waitMs)}`]),
    `  - id: ${id}`,
    `    request: ${scalar(target)}`,
    ...(idempotencyKey === undefined ? [] : [`    idempotencyKey: ${scalar(wording.text(idempotencyKey))}`]),
    ...(ifMatch === undefined ? [] : [`    ifMatch: ${scalar(wording.text(ifMatch))}`]),
    ...headerLines(step, wording),
    ...(asksBody && lacksBody(step) ? [`    text: $(${ASKED_BODY})`] : bodyLine(step, wording)),
    ...(capture === undefined
      ? []
      : ["    capture:", ...Object.entries(capture).map(([name, from]) => `      ${name}: ${scalar(from)}`)]),
  ];
}

function varLines(names: readonly string[], asksBody: boolean): readonly string[] {
  if (names.length === 0 && !asksBody) return [];
  return [
    "vars:",
    ...(asksBody
      ? [
          `  ${ASKED_BODY}:`,
          `    mock: "{}"`,
          "    ask: the body that was sent (the recording does not have it)",
        ]
      : []),
    ...names.flatMap((name) => [
      `  ${name}:`,
      `    mock: ${name}`,
      `    ask: a value that was redacted in the recording (it stood where $$(${name}) stands below)`,
    ]),
  ];
}

function comment(text: string): string {
  return `# ${printable(text)}`;
}

/** True where a scenario can say all that an experiment sends. Pure. */
export function canBeWritten({ steps }: Experiment): boolean {
  return steps.every(({ request, idempotencyKey = "", ifMatch = "", json, text = "" }) => {
    const sent = [request, idempotencyKey, ifMatch, json === undefined ? text : writeJson(json)];
    return !sent.some((each) => FOREIGN_TEMPLATE.test(each));
  });
}

/** The scenario that runs an experiment, as YAML text. Pure. */
export function settlingScenario(
  experiment: Experiment,
  { exchange }: Pick<Diagnosis, "exchange">,
  subject: SettlingSubject,
): string {
  const wording = createWording(experiment.steps);
  const asksBody = subject.bodyMissing && experiment.steps.some(lacksBody);
  const steps = experiment.steps.flatMap((step) => stepLines(step, wording, asksBody));
  const meanings = experiment.meanings.map(
    ({ outcome, causes }) => `  ${outcome} -> ${causes.length === 0 ? "none of these" : causes.join(", ")}`,
  );
  const lines = [
    comment(`Written by gcidem diagnose for ${exchange} of ${subject.recording}: ${experiment.what}.`),
    ...meanings.map(comment),
    `name: ${scalar(`Settle the ${subject.refused}`.replace(/\$\(|\$\{|\{\{/g, "("))}`,
    ...varLines(wording.vars(), asksBody),
    "steps:",
    ...steps,
  ];
  return `${lines.join("\n")}\n`;
}
