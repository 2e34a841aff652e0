import type { Diagnosis, Experiment } from "../../diagnose/diagnose.js";
import type { Exchange } from "../../journal/journal.js";
import { type DiagnosisGroup, isSettled, lessLikely } from "../group-diagnoses.js";
import type { SettlingFile } from "../report.js";
import { outcomeOf } from "./answer-words.js";
import { counted, underLabel } from "./block.js";
import {
  causeWords,
  couldBeWords,
  evidenceWords,
  numberOf,
  ruledOutWords,
  sentence,
} from "./diagnosis-words.js";
import { displayWidth } from "./display-width.js";
import type { Look } from "./look.js";
import { GLUE, type Span } from "./wrap-text.js";

/** What besides the diagnoses is known of the exchange that they explain. */
export interface DiagnosisPlace {
  readonly look: Look;
  readonly exchange: Exchange;
  /** The scenario file that settles it; null where none was written. */
  readonly settling: SettlingFile | null;
}

/** Widths of the labels, and where they start. */
const INDENT = 2;
const SETTLED_LABEL = 6;
const OPEN_LABEL = 12;
const EVIDENCE_LABEL = 10;

/** Reasons against rivals beyond these are in the JSON report. */
const MOST_REASONS = 4;

function paragraph(look: Look, width: number, label: string, text: string): Iterable<string> {
  return underLabel(look, { indent: INDENT, text: label, width }, [{ text }]);
}

/** In one piece however narrow the terminal is, so that it can be copied. */
function* commandLine(look: Look, width: number, command: string): Generator<string> {
  const label = "run it";
  const shown = look.text(command);
  const start = " ".repeat(INDENT) + look.paint.dim(label) + " ".repeat(Math.max(1, width - label.length));
  if (displayWidth(shown) + INDENT + width <= look.columns) yield start + look.paint.bold(shown);
  else yield* [start.trimEnd(), " ".repeat(INDENT + 2) + look.paint.bold(shown)];
}

/** `1 read, 1 write`. Pure. */
export function costWords({ reads, writes }: Experiment): string {
  const parts = [reads > 0 ? counted(reads, "read") : "", writes > 0 ? counted(writes, "write") : ""];
  return parts.filter((each) => each !== "").join(", ");
}

function meaningSpans({ meanings }: Experiment, look: Look): readonly Span[] {
  return meanings.map(({ outcome, causes }, index) => ({
    text: `${index === 0 ? "" : "   "}${sentence(outcome, look).replaceAll(" ", GLUE)}${GLUE}->${GLUE}${
      causes.length === 0 ? "none of these" : causeWords(causes)
    }`,
  }));
}

/** The request that settles it, what its outcomes mean, and how to send it. */
function* settlesLines(experiment: Experiment, width: number, place: DiagnosisPlace): Generator<string> {
  const { look, settling } = place;
  const what = `${sentence(experiment.what, look)} (${costWords(experiment)}):`;
  yield* paragraph(look, width, "settles it", what);
  yield* underLabel(look, { indent: INDENT, text: "", width }, meaningSpans(experiment, look));
  if (settling !== null) yield* commandLine(look, width, settling.command);
}

/** The explanation names its source and says that nothing was tested. */
function* documentedLines({ documented }: DiagnosisGroup, width: number, look: Look): Generator<string> {
  for (const [index, { explanation }] of documented.entries())
    yield* paragraph(look, width, index === 0 ? "documented" : "", sentence(explanation, look));
}

function* ruledOutLines({ ruledOut }: Diagnosis, width: number, look: Look): Generator<string> {
  const reasons = ruledOutWords(ruledOut, look);
  const shown = look.verbose ? reasons : reasons.slice(0, MOST_REASONS);
  for (const [index, reason] of shown.entries())
    yield* paragraph(look, width, index === 0 ? "ruled out" : "", reason);
  const more = reasons.length - shown.length;
  if (more > 0)
    yield* underLabel(look, { indent: INDENT, text: "", width }, [
      {
        text: `${look.marks.ellipsis} ${counted(more, "more reason")} in the JSON report`,
        paint: look.paint.dim,
      },
    ]);
}

function* evidenceLines({ evidence }: Diagnosis, indent: number, look: Look): Generator<string> {
  if (evidence.length === 0) return;
  yield* underLabel(look, { indent, text: "evidence", width: EVIDENCE_LABEL }, [
    { text: evidenceWords(evidence, look) },
  ]);
}

/** A cause that is more than one of several: why, what to do, and on what evidence. */
function* settledLines(group: DiagnosisGroup, place: DiagnosisPlace): Generator<string> {
  const { look } = place;
  const [first, ...rivals] = group.candidates;
  yield* paragraph(look, SETTLED_LABEL, "why", sentence(first.explanation, look));
  yield* evidenceLines(first, INDENT + SETTLED_LABEL, look);
  if (first.remedy !== "") yield* paragraph(look, SETTLED_LABEL, "do", sentence(first.remedy, look));
  if (rivals.length > 0)
    yield* paragraph(
      look,
      OPEN_LABEL,
      "or else",
      `${causeWords(rivals.map(({ cause }) => cause))}  (possible)`,
    );
  yield* documentedLines(group, OPEN_LABEL, look);
  if (look.verbose) yield* ruledOutLines(first, OPEN_LABEL, look);
  if (first.toConfirm !== null) yield* settlesLines(first.toConfirm, OPEN_LABEL, place);
}

function certaintyWords(group: DiagnosisGroup): string {
  return group.candidates.length + lessLikely(group).length === 1 ? "possible" : "all possible";
}

/** What would have helped to see, of all candidates, each once. Pure. */
export function missingWords(candidates: readonly Diagnosis[], look: Look): string {
  return [...new Set(candidates.flatMap(({ missing }) => missing))]
    .map((each) => sentence(each, look))
    .join("; ");
}

/** Several causes fit: which, what is against the others, and what would settle it. */
function* openLines(group: DiagnosisGroup, place: DiagnosisPlace): Generator<string> {
  const { look, exchange } = place;
  const { candidates } = group;
  const [first] = candidates;
  yield* paragraph(look, OPEN_LABEL, "could be", `${couldBeWords(group)}  (${certaintyWords(group)})`);
  yield* paragraph(
    look,
    OPEN_LABEL,
    candidates.length > 1 ? "the first" : "why",
    sentence(first.explanation, look),
  );
  yield* evidenceLines(first, INDENT + OPEN_LABEL, look);
  yield* ruledOutLines(first, OPEN_LABEL, look);
  const missing = missingWords(candidates, look);
  if (missing !== "") yield* paragraph(look, OPEN_LABEL, "not seen", missing);
  yield* documentedLines(group, OPEN_LABEL, look);
  const experiment = candidates.find(({ toConfirm }) => toConfirm !== null)?.toConfirm ?? null;
  if (experiment !== null) yield* settlesLines(experiment, OPEN_LABEL, place);
  if (exchange.correlationId !== null)
    yield* paragraph(
      look,
      OPEN_LABEL,
      "next time",
      `keep the correlation ID ${look.text(exchange.correlationId)}`,
    );
}

/** `409 on #3: key-reused-body-changed (certain)`: what is explained, and the answer in a few words. Pure. */
export function diagnosisTitle(group: DiagnosisGroup, exchange: Exchange): string {
  const [first] = group.candidates;
  const number = numberOf(group.exchange);
  if (first.kind !== "refusal") return `${first.cause} on ${number} (${first.certainty})`;
  const answer = isSettled(group) ? `${first.cause} (${first.certainty})` : "reason not settled";
  return `${outcomeOf(exchange)} on ${number}: ${answer}`;
}

/**
 * What is said of one exchange: why, do and evidence where the cause is settled; otherwise what it could be, what is
 * ruled out, what was not seen, what is documented and what settles it. Lines without their ends. Pure.
 */
export function sayDiagnosis(group: DiagnosisGroup, place: DiagnosisPlace): Iterable<string> {
  return isSettled(group) ? settledLines(group, place) : openLines(group, place);
}
