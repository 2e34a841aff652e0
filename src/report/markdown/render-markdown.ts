import { PLAIN_LOOK } from "../plain-look.js";
import type { Render, RunReport, RunSection } from "../report.js";
import { withoutCommands } from "../safe-text.js";
import { recordedOutcome } from "../terminal/cases/recording-head.js";
import { headlineOf } from "../terminal/headline.js";
import { type Survey, surveyRun } from "../terminal/survey.js";
import { casesText } from "./cases-text.js";
import { footerText, titleText } from "./frame.js";
import { scenarioText } from "./scenario-text.js";
import { ticketText } from "./ticket.js";

/** What is told of the runs. */
export interface MarkdownOptions {
  /** True for what `diagnose` found: one part for each resource and key. False: a part for each scenario. */
  readonly cases: boolean;
}

/** Reads the exchanges of a run once, for its title as for its part. */
function createSurveys(): (run: RunSection) => Survey {
  const surveys = new Map<RunSection, Survey>();
  return (run) => {
    const survey = surveys.get(run) ?? surveyRun(run, PLAIN_LOOK);
    surveys.set(run, survey);
    return survey;
  };
}

function* documentText(report: RunReport, { cases }: MarkdownOptions): Generator<string> {
  const surveyOf = createSurveys();
  const outcome = (run: RunSection): string => {
    if (cases) return recordedOutcome(run);
    const { word, words } = headlineOf(run, surveyOf(run));
    return `${word} ${words}`.trimEnd();
  };
  yield titleText(report, outcome);
  yield ticketText(report, outcome);
  for (const run of report.runs)
    yield* cases ? casesText(run) : scenarioText({ report, run, look: PLAIN_LOOK, survey: surveyOf(run) });
  yield footerText(report);
}

/**
 * The report to paste into a ticket or a pull request: a paragraph that stands by itself, then the order of the terminal
 * report. Whatever a server or a scenario says is text: no mention, link, image, tag or workflow command comes of it. Each
 * piece is whole Markdown, so that a reader of pieces may stop after any of them. Pure.
 */
export const renderMarkdown: Render<MarkdownOptions> = function* (report, options): Generator<string> {
  let first = true;
  for (const piece of documentText(report, options)) {
    if (piece === "") continue;
    const lines = piece.replace(/^\n+/, "").split("\n").map(withoutCommands).join("\n");
    yield first ? lines : `\n${lines}`;
    first = false;
  }
};
