import type { Experiment } from "../../diagnose/diagnose.js";
import type { Exchange } from "../../journal/journal.js";
import { type DiagnosisGroup, isSettled } from "../group-diagnoses.js";
import { PLAIN_LOOK } from "../plain-look.js";
import type { SettlingFile } from "../report.js";
import {
  causeWords,
  couldBeWords,
  evidenceWords,
  ruledOutWords,
  sentence,
} from "../terminal/diagnosis-words.js";
import { costWords, diagnosisTitle, missingWords } from "../terminal/say-diagnosis.js";
import { fenced, prose } from "./inert.js";

/** Of very many reasons the JSON report has the rest. */
const MOST_REASONS = 8;

function item(label: string, text: string): string {
  return `- **${label}** ${prose(text)}\n`;
}

function said(text: string): string {
  return sentence(text, PLAIN_LOOK);
}

function* settlesText(
  { meanings, ...experiment }: Experiment,
  settling: SettlingFile | null,
): Generator<string> {
  yield item("settles it", `${said(experiment.what)} (${costWords({ meanings, ...experiment })}):`);
  for (const { outcome, causes } of meanings)
    yield `  - ${prose(`${said(outcome)} -> ${causes.length === 0 ? "none of these" : causeWords(causes)}`)}\n`;
  if (settling !== null) yield `\n${fenced([settling.command], "sh")}`;
}

function* settledText(group: DiagnosisGroup): Generator<string> {
  const [first, ...rivals] = group.candidates;
  yield item("why", said(first.explanation));
  const evidence = evidenceWords(first.evidence, PLAIN_LOOK);
  if (evidence !== "") yield item("evidence", evidence);
  if (first.remedy !== "") yield item("do", said(first.remedy));
  if (rivals.length > 0) yield item("or else", `${causeWords(rivals.map(({ cause }) => cause))} (possible)`);
}

function* openText(group: DiagnosisGroup, exchange: Exchange): Generator<string> {
  const { candidates } = group;
  const [first] = candidates;
  yield item("could be", couldBeWords(group));
  yield item(candidates.length > 1 ? "the first" : "why", said(first.explanation));
  const evidence = evidenceWords(first.evidence, PLAIN_LOOK);
  if (evidence !== "") yield item("evidence", evidence);
  for (const reason of ruledOutWords(first.ruledOut, PLAIN_LOOK).slice(0, MOST_REASONS))
    yield item("ruled out", reason);
  const missing = missingWords(candidates, PLAIN_LOOK);
  if (missing !== "") yield item("not seen", missing);
  if (exchange.correlationId !== null)
    yield item("next time", `keep the correlation ID ${exchange.correlationId}`);
}

/** Why one exchange came out as it did, what to do, and what would settle it: a title and a list. Pure. */
export function causeText(group: DiagnosisGroup, exchange: Exchange, settling: SettlingFile | null): string {
  const experiment = group.candidates.find(({ toConfirm }) => toConfirm !== null)?.toConfirm ?? null;
  const lines = [
    ...(isSettled(group) ? settledText(group) : openText(group, exchange)),
    ...group.documented.map(({ explanation }) => item("documented", said(explanation))),
    ...(experiment === null ? [] : settlesText(experiment, settling)),
  ];
  return `**${prose(diagnosisTitle(group, exchange))}**\n\n${lines.join("")}`;
}
