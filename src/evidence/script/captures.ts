import type { JournalRecord } from "../../journal/journal.js";
import { readRecords } from "../../journal/read-journal.js";

/** A value that an answer gave and that later requests may carry. */
export interface Capture {
  /** Name of the shell variable that holds it. */
  readonly variable: string;
  /** As the scenario calls it: `made.id`. */
  readonly name: string;
  readonly value: string;
  /** Id of the exchange whose answer it came from. */
  readonly source: string;
}

/** A scenario that captures more than this in one round is none that a person reads as a script. */
const MOST_CAPTURES = 1000;

function variableOf(name: string, writer: number | undefined): string {
  const word = name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  return `CAPTURED_${word}${writer === undefined ? "" : `_W${writer}`}`;
}

/** The step that a captured name belongs to: `made` of `made.id`; null for names of the scenario itself. */
function stepOf(name: string): string | null {
  const dot = name.lastIndexOf(".");
  return dot === -1 ? null : name.slice(0, dot);
}

interface Answered {
  readonly id: string;
  readonly step: string;
  readonly writer: number | null;
}

/** Steps inside a race are named `RACE/STEP`, and their captures by the step alone. */
function sourceOf(answered: readonly Answered[], step: string, writer: number | undefined): string | null {
  const isIt = (each: Answered): boolean =>
    (each.step === step || each.step.endsWith(`/${step}`)) && (each.writer ?? undefined) === writer;
  return answered.findLast(isIt)?.id ?? null;
}

type Bound = Extract<JournalRecord, { readonly type: "bound" }>;

function capturesOf({ values, writer }: Bound, answered: readonly Answered[]): readonly Capture[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const step = stepOf(name);
    const source = step === null ? null : sourceOf(answered, step, writer);
    if (source === null || (typeof value !== "string" && typeof value !== "number")) return [];
    return [{ variable: variableOf(name, writer), name, value: String(value), source }];
  });
}

/** The last answers are enough: a value is bound right after the answer that gave it. */
const MOST_ANSWERED = 1000;

/** What was captured in one round, in the order of the journal. @throws GcidemError `invalid-file` */
export function readCaptures(journalFile: string, round: number): readonly Capture[] {
  const open = new Map<string, Answered>();
  const answered: Answered[] = [];
  const captures: Capture[] = [];
  for (const record of readRecords(journalFile)) {
    if (captures.length >= MOST_CAPTURES) break;
    if (record.type === "request-sent" && record.round === round) {
      const { id, step, writer } = record;
      open.set(id, { id, step, writer });
    } else if (record.type === "response") {
      const sent = open.get(record.id);
      open.delete(record.id);
      if (sent !== undefined) answered.push(sent);
      if (answered.length > MOST_ANSWERED) answered.shift();
    } else if (record.type === "failed") {
      open.delete(record.id);
    } else if (record.type === "bound" && record.round === round) {
      captures.push(...capturesOf(record, answered));
    }
  }
  return captures;
}
