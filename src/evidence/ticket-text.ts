import { createCauseTeller, exchangeLines } from "../report/evidence-lines.js";
import { groupDiagnoses } from "../report/group-diagnoses.js";
import type { RunSection } from "../report/report.js";
import { mockWords, runTitle } from "../report/run-title.js";
import { capped, lineText } from "../report/safe-text.js";
import { counted, grouped } from "../report/terminal/block.js";
import { numberOf } from "../report/terminal/diagnosis-words.js";
import { numbered } from "../report/terminal/expectation-words.js";
import { BREAK, wrapText } from "../report/terminal/wrap-text.js";
import { type EvidenceSource, MANIFEST_FILE, TICKET_FILE } from "./evidence.js";
import { serverDateOf, type TrafficSurvey } from "./survey-traffic.js";
import type { TicketField } from "./ticket-fields.js";

/** Ticket portals are text boxes. */
const COLUMNS = 80;
const LABEL = 25;

/** More of a ticket nobody reads: the reports have all of it. */
const MOST_TOLD = 5;
const MOST_LISTED = 20;
const LONGEST_VALUE = 4000;

const GAP = "[FILL IN]";

/** What each file is for, by its name. */
const CONTENTS: readonly (readonly [name: string, what: string])[] = [
  ["reproduce.sh", "the requests as curl commands, in order; gcidem is not needed"],
  ["report.html", "the report for a browser; it loads nothing from anywhere"],
  ["report.md", "the report as text"],
  ["traffic.har", "every request and answer, for a browser's network panel"],
  ["correlation-ids.txt", "every request with its time, the server's Date and its ID"],
  ["report.json", "all of it for programs"],
  ["scenario.yaml", "what gcidem was told to send"],
  ["environment.json", "versions, region, target"],
  [MANIFEST_FILE, "the sha256 of each file but this one"],
];

/** A URL that no line can hold ends at a slash, so that no ID in it is torn. */
function breakable(text: string): string {
  return text.replace(/\S{60,}/g, (word) => word.replace(/(?<=\w)\/(?=\w)/g, `/${BREAK}`));
}

/** A paragraph, its first line after `first`, the others indented as far as asked. */
function paragraph(text: string, first = "", indent = first.length): Iterable<string> {
  const spans = [{ text: breakable(lineText(capped(text, LONGEST_VALUE))) }];
  return wrapText(spans, { first, start: first.length, indent, columns: COLUMNS });
}

function* section(title: string): Generator<string> {
  yield "";
  yield title.toUpperCase();
}

function* fieldLines({ label, name, value, help }: TicketField): Generator<string> {
  const first = `  ${label.padEnd(LABEL)}`;
  if (value === null)
    return yield* paragraph(`${GAP} --set ${name}=...${help === "" ? "" : ` (${help})`}`, first);
  const [line = "", ...more] = value.split(/\r?\n/);
  yield* paragraph(line, first);
  for (const each of more) yield* paragraph(each, " ".repeat(first.length));
}

function* headLines(run: RunSection, gaps: boolean): Generator<string> {
  yield* paragraph(`SUPPORT TICKET: ${runTitle(run)}`);
  yield "=".repeat(COLUMNS);
  if (mockWords(run) !== null) {
    yield "";
    yield* paragraph(
      "Made on a MOCK: it proves nothing about Genesys Cloud. It shows what the client sends, not what the vendor's platform does.",
    );
  }
  if (!gaps) return;
  yield "";
  yield* paragraph(
    `${GAP} marks what only you know. Fill it in here, or make the bundle again with the --set that stands beside it. No manifest lists this file: you may change it as you like.`,
  );
}

function* addedLines(
  { run, region, machine, notes }: EvidenceSource,
  survey: TrafficSurvey,
): Generator<string> {
  const rows: readonly (readonly [string, string])[] = [
    ["Region", region === null ? "not a host of the platform" : `${region.name} (${region.domain})`],
    ["Host", run.target.baseUrl || "unknown"],
    ["First request", survey.firstAt === null ? "none" : `${survey.firstAt} (UTC, this client's clock)`],
    ["Last request", survey.lastAt === null ? "none" : `${survey.lastAt} (UTC)`],
    [
      "Server's own Date",
      survey.firstServerDate === null ? "none" : `${survey.firstServerDate}, first answer`,
    ],
    [
      "Sent",
      `${counted(run.counts.exchanges, "request")}, ${counted(run.counts.writes, "write")}, ${counted(run.counts.conflicts, "conflict")}`,
    ],
    ["Made with", `${machine.tool}, Node.js ${machine.node}, ${machine.os}`],
    ["Run", run.id],
  ];
  for (const [label, text] of rows) yield* paragraph(text, `  ${label.padEnd(LABEL)}`);
  for (const note of notes) yield* paragraph(note, `  ${"To know".padEnd(LABEL)}`);
}

/** Every refusal, and anomalies that are more than a possibility; what else was noticed is in the reports. */
function told(run: RunSection): readonly string[] {
  const groups = groupDiagnoses(run.diagnoses).filter(
    ({ candidates: [{ kind, certainty }] }) =>
      kind === "refusal" || (kind === "anomaly" && certainty !== "possible"),
  );
  return [...new Set(groups.map(({ exchange }) => exchange))];
}

function* happenedLines(run: RunSection, outcome: string): Generator<string> {
  yield* paragraph(`${outcome}.`, "  ");
  for (const { name, holds, explanation } of run.invariants)
    if (holds === false) yield* paragraph(`${name} was violated: ${numbered(explanation)}`, "  ", 4);
  if (run.notDiagnosed !== undefined) yield* paragraph(run.notDiagnosed, "  ");
  const causesOf = createCauseTeller(run);
  const ids = told(run);
  for (const id of ids.slice(0, MOST_TOLD)) {
    yield "";
    const exchange = run.exchange(id);
    const [first = "", ...lines] = [...exchangeLines(exchange)];
    yield* paragraph(first, "  ", 6);
    const date = serverDateOf(exchange);
    const dated = date === null ? lines : [...lines, `server's Date  ${date}`];
    for (const line of [...dated, ...causesOf(id)]) yield* paragraph(line, "      ", 8);
  }
  const more = ids.length - MOST_TOLD;
  if (more > 0) yield* paragraph(`and ${grouped(more)} more in the reports`, "  ");
}

function hasRefused({ counts }: RunSection): boolean {
  return counts.conflicts + counts.failures > 0;
}

/** Those that were refused or not answered; where all went well the first ones. */
function* correlationLines(run: RunSection): Generator<string> {
  const bad = hasRefused(run);
  let listed = 0;
  for (const { id, response, timings, correlationId, error } of run.exchanges) {
    if (bad && response !== null && response.status < 400) continue;
    listed += 1;
    if (listed > MOST_LISTED) continue;
    const status = response === null ? (error?.code ?? "no answer") : String(response.status);
    const words = `${numberOf(id).padEnd(5)} ${timings.startedAt}  ${status}  ${correlationId ?? "no ID"}`;
    yield* paragraph(words, "  ", 8);
  }
  if (listed === 0) yield "  none";
  const more = listed - MOST_LISTED;
  if (more > 0) yield* paragraph(`and ${grouped(more)} more`, "  ");
}

function* contentLines(files: readonly string[]): Generator<string> {
  const shown = CONTENTS.filter(([name]) => files.includes(name) || name === MANIFEST_FILE);
  for (const [name, what] of shown) yield* paragraph(what, `  ${name.padEnd(LABEL)}`);
}

function redactedWords({ redacted }: RunSection): string {
  const { secrets, personal } = redacted;
  const counts = `${counted(secrets, "secret")}${personal === 0 ? "" : ` and ${counted(personal, "personal value")}`}`;
  return `${counts} taken out. Equal ones have equal placeholders, such as <secret:1>. gcidem evidence --check FILE.zip looks once more for what must not be in it.`;
}

/** What goes into a ticket. */
export interface TicketInput {
  readonly source: EvidenceSource;
  readonly survey: TrafficSurvey;
  readonly fields: readonly TicketField[];
  readonly outcome: string;
  /** Names of the bundle's files. */
  readonly files: readonly string[];
}

function* ticketLines({ source, survey, fields, outcome, files }: TicketInput): Generator<string> {
  const { run } = source;
  yield* headLines(
    run,
    fields.some(({ value }) => value === null),
  );
  yield* section("What customer care asks for");
  for (const field of fields) yield* fieldLines(field);
  yield* paragraph("One issue a case. Add screenshots of the error, if there are any.", "  ");
  yield* section("What we add");
  yield* addedLines(source, survey);
  yield* section("What happened");
  yield* happenedLines(run, outcome);
  yield* section(hasRefused(run) ? "Correlation IDs of what was refused" : "Correlation IDs");
  yield* correlationLines(run);
  yield* section("What is in the bundle");
  yield* contentLines(files.filter((name) => name !== TICKET_FILE));
  yield* section("What was taken out");
  yield* paragraph(redactedWords(run), "  ");
}

/** The text for a ticket, 80 columns wide: what the vendor's care team asks for, gaps marked, then what happened. Pure. */
export function* ticketText(input: TicketInput): Generator<string> {
  for (const line of ticketLines(input)) yield `${line.trimEnd()}\n`;
}
