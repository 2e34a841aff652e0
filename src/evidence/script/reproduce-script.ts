import { isConfirming } from "../../journal/confirming.js";
import type { Exchange, RaceReleased } from "../../journal/journal.js";
import type { RunSection } from "../../report/report.js";
import { mockWords, runTitle } from "../../report/run-title.js";
import { capped, lineText } from "../../report/safe-text.js";
import { outcomeOf } from "../../report/terminal/answer-words.js";
import { type Batch, batchesOf, type Sketch, sketchOf } from "./batches.js";
import { type Capture, readCaptures } from "./captures.js";
import { type CurlCommand, curlCommandOf } from "./curl-command.js";
import { createPauses } from "./pauses.js";
import { SCRIPT_END, scriptHead } from "./script-frame.js";
import { shellWord } from "./shell-text.js";
import { createVariables, type Variables } from "./variables.js";

/** Beyond these nobody reads a script; the HAR has the rest. */
const MOST_REQUESTS = 500;
const MOST_BODY_CHARACTERS = 8_000_000;
const LONGEST_COMMENT = 200;

/** What of a run the script sends, and what it leaves out. */
interface Selection {
  readonly round: number;
  readonly sketches: readonly Sketch[];
  readonly left: { rounds: number; confirming: number; beyond: number; refused: number };
}

/** Of several rounds the first one that met what one looks for. */
function roundOf({ reproduction }: RunSection): number {
  return reproduction?.hitRounds[0] ?? 1;
}

function select(run: RunSection): Selection {
  const round = roundOf(run);
  const races = new Set(run.steps.flatMap(({ id, kind }) => (kind === "race" ? [id] : [])));
  const left = { rounds: 0, confirming: 0, beyond: 0, refused: 0 };
  const sketches: Sketch[] = [];
  let characters = 0;
  for (const exchange of run.exchanges) {
    if (isConfirming(exchange)) left.confirming += 1;
    else if (exchange.round !== round) left.rounds += 1;
    else if (exchange.error?.phase === "refused") left.refused += 1;
    else if (sketches.length >= MOST_REQUESTS || characters > MOST_BODY_CHARACTERS) left.beyond += 1;
    else sketches.push(sketchOf(exchange, races));
    characters += exchange.request.body.length;
  }
  return { round, sketches, left };
}

function comment(text: string): string {
  return `# ${lineText(capped(text, LONGEST_COMMENT))}\n`;
}

function numberOf(id: string): string {
  return id.replace(/^e(?=\d+$)/, "");
}

function outcomeComment(exchange: Exchange): string {
  const { id, step, attempt, writer, timings, correlationId, response } = exchange;
  const own = step === id ? "" : ` ${step}${attempt > 1 ? `, attempt ${attempt}` : ""}`;
  const by = writer === null ? "" : `, writer ${writer}`;
  const came =
    response === null ? `no answer came (${outcomeOf(exchange)})` : `answered ${outcomeOf(exchange)}`;
  const found = correlationId === null ? "" : `, correlation ID ${correlationId}`;
  return comment(`#${numberOf(id)}${own}${by}: ${came}, sent at ${timings.startedAt}${found}`);
}

function commandText({ words, input }: CurlCommand, number: string, background: boolean): string {
  const files = `-D "$work/${number}.head" -o "$work/${number}.body"`;
  const begin = `${input === null ? "" : `${input} |\n  `}curl -sSg --path-as-is -w '%{http_code}' ${files}`;
  return `${[begin, ...words].join(" \\\n  ")} \\\n  > "$work/${number}.status"${background ? " &" : ""}\n`;
}

/** A captured value is taken from the answer where it is a whole header there; else it stays what was recorded. */
function captureText({ name, value, variable }: Capture, { id, response }: Exchange): string {
  const header = response?.headers.find(([, each]) => each === value)?.[0];
  const number = numberOf(id);
  if (header !== undefined)
    return `${variable}=$(header ${number} ${shellWord([{ text: header.toLowerCase() }])})\n`;
  const told = comment(
    `${name} stood in the answer to #${number}. This script cannot read it there: put in what the server gave.`,
  );
  return `${told}${variable}=\${${variable}:-${shellWord([{ text: value }])}}\n`;
}

function* answerText(
  exchange: Exchange,
  captures: readonly Capture[],
  used: ReadonlySet<string>,
): Generator<string> {
  const number = numberOf(exchange.id);
  yield `told ${number} ${exchange.response?.status ?? "none"}\n`;
  const etag = `ETAG_${number}`;
  if (used.has(etag)) yield `${etag}=$(header ${number} etag)\n`;
  for (const capture of captures)
    if (capture.source === exchange.id && used.has(capture.variable)) yield captureText(capture, exchange);
}

function raceWords(batch: Batch, races: readonly RaceReleased[], round: number): string | null {
  const [{ race, step }] = batch;
  const released = races.find(
    (each) => each.step === race && each.round === round && each.waves.includes(step),
  );
  const spread = released?.clientSpreadMs;
  const apart = spread == null ? "" : `, ${spread.toFixed(2)} ms apart`;
  return batch.length === 1
    ? null
    : `These ${batch.length} were sent together${apart}. Jobs of a shell start further apart, and another one may win: run it several times.`;
}

interface Script {
  readonly run: RunSection;
  readonly selection: Selection;
  readonly captures: readonly Capture[];
  readonly used: ReadonlySet<string>;
}

function* batchText(
  batch: Batch,
  { run, selection, captures, used }: Script,
  variables: Variables,
): Generator<string> {
  const recorded = run.recording !== undefined;
  const together = raceWords(batch, run.races, selection.round);
  if (together !== null) yield comment(together);
  for (const { id } of batch) {
    const exchange = run.exchange(id);
    yield outcomeComment(exchange);
    yield commandText(curlCommandOf(exchange, variables, recorded), numberOf(id), batch.length > 1);
  }
  if (batch.length > 1) yield "wait\n";
  for (const { id } of batch) {
    const exchange = run.exchange(id);
    variables.heed(exchange);
    yield* answerText(exchange, captures, used);
  }
}

function leftWords({ left, round }: Selection): readonly string[] {
  return [
    ...(left.rounds > 0
      ? [`Only round ${round}: ${left.rounds} requests of other rounds are left out.`]
      : []),
    ...(left.confirming > 0 ? [`${left.confirming} requests of --confirm are left out.`] : []),
    ...(left.refused > 0 ? [`${left.refused} requests that gcidem would not send are left out.`] : []),
    ...(left.beyond > 0 ? [`The last ${left.beyond} requests are left out: traffic.har has them.`] : []),
  ];
}

/** A first look at all requests: which variables they need, and which captures are used later. */
function lookAhead(run: RunSection, batches: readonly Batch[], captures: readonly Capture[]): Variables {
  const variables = createVariables(captures);
  for (const batch of batches) {
    const exchanges = batch.map(({ id }) => run.exchange(id));
    for (const exchange of exchanges) curlCommandOf(exchange, variables, run.recording !== undefined);
    for (const exchange of exchanges) variables.heed(exchange);
  }
  return variables;
}

/**
 * The requests of a run as a POSIX shell script with curl: in their order, what was sent together as background jobs, with
 * the waits between. Secrets are variables that must be set, keys and addresses variables with the recorded values, ETags are
 * taken from the answers. What it cannot know it says. @throws GcidemError `invalid-file`
 */
export function* reproduceScript(run: RunSection, journalFile: string): Generator<string> {
  const selection = select(run);
  const batches = batchesOf(selection.sketches, run.recording?.timesKnown !== false);
  const captures = readCaptures(journalFile, selection.round);
  const ahead = lookAhead(run, batches, captures);
  yield* scriptHead({
    title: runTitle(run),
    mock: mockWords(run) !== null,
    notes: leftWords(selection),
    variables: ahead.needed(),
    recorded: run.recording !== undefined,
  });
  const pauses = createPauses(run);
  const variables = createVariables(captures);
  const script = { run, selection, captures, used: ahead.used };
  for (const batch of batches) {
    yield "\n";
    for (const { seconds, why } of pauses.before(batch)) yield `pause ${seconds} '${why}'\n`;
    yield* batchText(batch, script, variables);
  }
  yield SCRIPT_END;
}
