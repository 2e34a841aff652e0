import { formatDuration } from "../../core/duration.js";
import type { Exchange } from "../../journal/journal.js";
import type { ReportStep, RunSection } from "../report.js";
import type { TableRow } from "./table-row.js";

/** Where a run is in its plan: what lies between the last exchange and the next one. */
export interface RunPlace {
  /** Waits, skipped steps and the start of a round, as far as they come before this exchange. */
  readonly before: (exchange: Exchange) => readonly TableRow[];
  /** What comes after the last exchange. */
  readonly rest: () => readonly TableRow[];
}

function skippedRow(step: string, reason: string): TableRow {
  return { kind: "note", step, text: `skipped: ${reason}` };
}

/** A step that had sent something before it could not go on. */
function stoppedRow(step: string, reason: string): TableRow {
  return { kind: "note", step, text: `stopped: ${reason}` };
}

/**
 * Rows of steps that sent nothing. Once a section was stopped its later steps are skipped one by one, and its waits did
 * not happen either; `next` is the section of the exchange that shows that its own was not stopped.
 */
function rowsOf(
  steps: readonly ReportStep[],
  reasons: ReadonlyMap<string, string>,
  next: string | null,
): readonly TableRow[] {
  const rows: TableRow[] = [];
  const stopped = new Set<string>();
  for (const step of steps) {
    const reason = reasons.get(step.id);
    if (reason !== undefined) {
      rows.push(skippedRow(step.id, reason));
      if (step.section !== next) stopped.add(step.section);
    } else if (step.kind === "wait" && !stopped.has(step.section)) {
      rows.push({ kind: "note", step: step.id, text: `${formatDuration(step.waitMs ?? 0)} later` });
    }
  }
  return rows;
}

/** Inner steps of a race that writers could not send; the reason says which writers. */
function innerRows(skipped: RunSection["skipped"], race: string): readonly TableRow[] {
  return skipped
    .filter(({ step }) => step.startsWith(`${race}/`))
    .map(({ step, reason }) => skippedRow(step, reason));
}

/** `rounds 2-6`: what lies between two rounds that are shown. */
function hiddenRow(first: number, last: number): TableRow {
  const step = first === last ? `round ${first}` : `rounds ${first}-${last}`;
  return { kind: "note", step, text: "in the JSON report" };
}

/** Follows one run through its plan. Of rounds that are not `shown` it says only which they are; null: all are. */
export function createRunPlace(run: RunSection, shown: ReadonlySet<number> | null): RunPlace {
  const steps = run.steps.filter(({ section }) => section !== "effects");
  const indexes = new Map(steps.map(({ id }, index) => [id, index]));
  const races = new Set(steps.flatMap(({ id, kind }) => (kind === "race" ? [id] : [])));
  let [next, round] = [0, 1];
  let hiddenFrom: number | null = null;
  const shows = (number: number): boolean => shown?.has(number) !== false;
  /** A step inside a race is named `<race id>/<step id>`. */
  const indexOf = (id: string): number | undefined => indexes.get(id) ?? indexes.get(id.split("/")[0] ?? "");
  const between = (end: number, section: string | null): readonly TableRow[] => {
    const skipped = run.skipped.filter((each) => each.round === round);
    const reasons = new Map(skipped.map(({ step, reason }) => [step, reason]));
    const begun = steps[next - 1];
    const reason = begun === undefined ? undefined : reasons.get(begun.id);
    return [
      ...(begun === undefined || !races.has(begun.id) ? [] : innerRows(skipped, begun.id)),
      ...(begun === undefined || reason === undefined ? [] : [stoppedRow(begun.id, reason)]),
      ...rowsOf(steps.slice(next, end), reasons, section),
    ];
  };
  const restOfRound = (): readonly TableRow[] => {
    const unknown = run.skipped.filter((each) => each.round === round && indexOf(each.step) === undefined);
    const last = run.interrupted
      ? steps.findLastIndex(({ id }) => run.skipped.some((each) => each.step === id))
      : -1;
    return [
      ...between(run.interrupted ? last + 1 : steps.length, null),
      ...unknown.map(({ step, reason }) => skippedRow(step, reason)),
    ];
  };
  const hidden = (): readonly TableRow[] => (hiddenFrom === null ? [] : [hiddenRow(hiddenFrom, round)]);
  const rest = (): readonly TableRow[] => (shows(round) ? restOfRound() : hidden());
  const nextRound = (number: number): readonly TableRow[] => {
    const rows = !shows(round) && !shows(number) ? [] : rest();
    if (shows(number)) hiddenFrom = null;
    else hiddenFrom ??= number;
    [next, round] = [0, number];
    return shows(number) ? [...rows, { kind: "note", step: `round ${number}`, text: "" }] : rows;
  };
  const before = (exchange: Exchange): readonly TableRow[] => {
    const rows = exchange.round === round ? [] : nextRound(exchange.round);
    const index = indexOf(exchange.step);
    // A step that a retry reads again has had its place before.
    if (!shows(round) || index === undefined || index < next) return rows;
    const passed = between(index, steps[index]?.section ?? null);
    next = index + 1;
    return [...rows, ...passed];
  };
  return { before, rest };
}
