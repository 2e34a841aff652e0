import type { RunSection } from "../report.js";
import { sharesSeed, sharesTarget } from "../terminal/banner.js";
import type { BlockInput } from "../terminal/block.js";
import { counted } from "../terminal/block.js";
import { casesOf } from "../terminal/cases/case-list.js";
import { answersOf } from "../terminal/cause-block.js";
import { comparisonBlock } from "../terminal/comparison-block.js";
import type { CorrelationLines } from "../terminal/correlation-list.js";
import { diffBlock } from "../terminal/diff-block.js";
import { detailsUnder, headlineOf } from "../terminal/headline.js";
import { leftBlock } from "../terminal/left-block.js";
import { planBlock } from "../terminal/plan-block.js";
import { invariantBlock } from "../terminal/races/invariant-block.js";
import { raceBlock } from "../terminal/races/race-block.js";
import { refusalBlock } from "../terminal/refusal-block.js";
import { countWords, tally, VERDICTS } from "../terminal/verdict-block.js";
import { failureTexts } from "./failures.js";
import { code, fenced, fencedBlock, prose } from "./inert.js";
import { markdownTable } from "./markdown-table.js";
import { causeText } from "./say-cause.js";
import { whereWords } from "./ticket.js";

/** More answers than these are for the JSON report. */
const MOST_ANSWERS = 10;

function headText(input: BlockInput): string {
  const { report, run, survey } = input;
  const headline = headlineOf(run, survey);
  const words = `${headline.word} ${headline.words}`.trimEnd();
  const details = [...detailsUnder(input, headline)].map(({ text }) => `- ${prose(text)}\n`);
  const { name, file, description } = run.scenario;
  const about = description.trim() === "" ? "" : `\n${prose(description)}\n`;
  const where = sharesTarget(report.runs) ? `: ${whereWords(run)}` : "";
  const seed = sharesSeed(report.runs) ? `- seed ${run.seed}\n` : "";
  return `## ${prose(words)}: ${prose(name)}\n${about}\n- ${code(file)}${where}\n${seed}${details.join("")}`;
}

function* causeTexts(run: RunSection): Generator<string> {
  const answers = answersOf(casesOf(run));
  for (const { group, exchange, alike } of answers.slice(0, MOST_ANSWERS)) {
    const settling = run.settling?.find(({ exchanges }) => exchanges.includes(group.exchange)) ?? null;
    const also = alike.length === 0 ? "" : `\nThe same holds for ${counted(alike.length, "more request")}.\n`;
    yield causeText(group, exchange, settling) + also;
  }
  const more = answers.length - MOST_ANSWERS;
  if (more > 0) yield `${counted(more, "more answer")} in the JSON report.\n`;
  if (run.notDiagnosed !== undefined) yield `${prose(run.notDiagnosed)}\n`;
}

/** A label over a block of the terminal report. */
function labelled(label: string, text: string): string {
  return text === "" ? "" : `**${label}**\n\n${text}`;
}

function verdictText(run: RunSection): string {
  const verdict = VERDICTS[run.verdict];
  const truths = run.invariants.map(({ holds }) => holds);
  const invariants = truths.length === 0 ? "" : `; invariants ${tally(truths, "violated").join(", ")}`;
  return `expectations ${prose(countWords(run))}${invariants}${verdict === "" ? "" : ` **${verdict}**`}\n`;
}

/** What to give to a vendor's support: whole IDs, in a block with a button to copy it. */
export function correlationText({ lines, more, missing }: CorrelationLines): string {
  const told = missing === null ? "" : labelled("correlation", `${missing}\n`);
  if (lines.length === 0) return told;
  const shown = lines.map(({ at, status, id, number }) =>
    [at.replace("T", " ").replace("Z", " UTC"), status ?? "-  ", id, `#${number}`].join("  "),
  );
  const rest = more > 0 ? `\n${counted(more, "more answer")} in the JSON report.\n` : "";
  return labelled("correlation", fenced(shown, "text")) + rest + (missing === null ? "" : `\n${missing}\n`);
}

/** One scenario, in the order of the terminal report. Pure. */
export function* scenarioText(input: BlockInput): Generator<string> {
  const { run, survey } = input;
  yield headText(input);
  yield markdownTable(survey.rows.rows, survey.rows.more);
  yield labelled("race", fencedBlock(raceBlock(input)));
  yield labelled("invariants", fencedBlock(invariantBlock(input)));
  yield labelled("refused", fencedBlock(refusalBlock(input)));
  yield labelled("what differs", fencedBlock(diffBlock(input)));
  yield* causeTexts(run);
  yield labelled("compared", fencedBlock(comparisonBlock(input)));
  yield* failureTexts(run);
  yield verdictText(run);
  yield correlationText(survey.correlation);
  yield labelled("plan", fencedBlock(planBlock(input)));
  yield labelled("left", fencedBlock(leftBlock(input)));
}
