import { isSettled } from "../group-diagnoses.js";
import type { RunSection } from "../report.js";
import { type Block, counted, indented } from "./block.js";
import { type Case, type CaseItem, casesOf, isAside } from "./cases/case-list.js";
import { numberOf } from "./diagnosis-words.js";
import type { Look } from "./look.js";
import { diagnosisTitle, sayDiagnosis } from "./say-diagnosis.js";

/** So many different answers are said in full; the JSON report has all. */
const MOST_ANSWERS = 3;
const INDENT = 2;

/** Exchanges whose answer most likely is a stored one: the table says so, and what else it might be is not news. */
function storedIn(items: readonly CaseItem[]): ReadonlySet<string> {
  const stored = items.filter(({ group }) => group.candidates[0].cause === "stored-answer-returned");
  return new Set(stored.flatMap(({ group, alike }) => [group.exchange, ...alike]));
}

function isWorthSaying(item: CaseItem, stored: ReadonlySet<string>): boolean {
  const [first] = item.group.candidates;
  const isMereDoubt = first.certainty === "possible" && stored.has(item.group.exchange);
  return (
    !isAside(item) && first.cause !== "stored-answer-returned" && !(first.kind === "anomaly" && isMereDoubt)
  );
}

const ORDER = ["refusal", "anomaly", "pattern", "documented"];

function rank({ group }: CaseItem): number {
  return ORDER.indexOf(group.candidates[0].kind);
}

/** What is said of a run's exchanges, refusals first. */
export function answersOf(cases: readonly Case[]): readonly CaseItem[] {
  const items = cases.flatMap((each) => each.items);
  const stored = storedIn(items);
  return items.filter((item) => isWorthSaying(item, stored)).sort((a, b) => rank(a) - rank(b));
}

function titleOf({ group, exchange, alike }: CaseItem, look: Look): string {
  const also =
    alike.length === 0
      ? ""
      : `; the same of ${alike.length === 1 ? numberOf(alike[0] ?? "") : `${alike.length} more`}`;
  return `${look.text(diagnosisTitle(group, exchange))}${look.text(also)}`;
}

function* answer(
  item: CaseItem,
  run: RunSection,
  { look, alone }: { readonly look: Look; readonly alone: boolean },
): Generator<string> {
  if (!alone) yield* indented(look, INDENT, [{ text: titleOf(item, look), paint: look.paint.bold }]);
  const settling = run.settling?.find(({ exchanges }) => exchanges.includes(item.group.exchange)) ?? null;
  yield* sayDiagnosis(item.group, { look, exchange: item.exchange, settling });
}

/** Why requests came out as they did, and what to do: after the comparisons, before what was expected. */
export const causeBlock: Block = function* ({ run, look }) {
  const answers = answersOf(casesOf(run));
  const shown = look.verbose ? answers : answers.slice(0, MOST_ANSWERS);
  const alone = answers.length === 1 && answers.every(({ group }) => isSettled(group));
  for (const [index, item] of shown.entries()) {
    if (index > 0) yield "";
    yield* answer(item, run, { look, alone });
  }
  const more = answers.length - shown.length;
  if (more > 0)
    yield* indented(look, INDENT, [
      { text: `and ${counted(more, "more answer")}: --verbose or --reporter json`, paint: look.paint.dim },
    ]);
  if (run.notDiagnosed !== undefined) yield* indented(look, INDENT, [{ text: look.text(run.notDiagnosed) }]);
};
