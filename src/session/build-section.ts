import type { CheckedRun } from "../check/check.js";
import { evaluateChecks } from "../check/evaluate-checks.js";
import { compareExchanges } from "../compare/compare-exchanges.js";
import type { Exchange, JournalView } from "../journal/journal.js";
import { isSending } from "../plan/build-plan.js";
import type { PlannedStep, RunPlan } from "../plan/plan.js";
import type { ReportStep, RunSection, RunVerdict } from "../report/report.js";
import { resourceOf } from "../subject/subject-of.js";
import type { Signal } from "./session.js";

/** What a section is made from. */
export interface SectionSource {
  readonly plan: RunPlan;
  readonly journal: JournalView;
  readonly folder: string | null;
  readonly description: string;
  readonly policyDescription: string | null;
  readonly redact: (text: string) => string;
  /** Steps that `--read-only` left out are no reason to doubt the others. */
  readonly readOnly: boolean;
}

/** A run's part of the report, and what it means for the session's end. */
export interface BuiltSection {
  readonly section: RunSection;
  readonly signals: readonly Signal[];
}

function reportStep({ step, section }: PlannedStep): ReportStep {
  return {
    id: step.id,
    kind: step.kind,
    of: step.kind === "repeat" ? step.of : null,
    mutated: step.kind === "repeat" && step.mutations.length > 0,
    section,
    waitMs: step.kind === "wait" ? step.durationMs : null,
    at: step.at,
  };
}

function withResource(exchange: Exchange): Exchange {
  return {
    ...exchange,
    resource: exchange.error?.phase === "refused" ? null : resourceOf(exchange.request.url),
  };
}

function* resourced(exchanges: Iterable<Exchange>): Generator<Exchange> {
  for (const exchange of exchanges) yield withResource(exchange);
}

function verdictOf(checked: CheckedRun, source: SectionSource): RunVerdict {
  const skipped = new Set(source.readOnly ? checked.skipped.map(({ step }) => step) : []);
  const judged = checked.results.filter(({ step }) => !skipped.has(step));
  if (judged.some(({ ok }) => ok === false)) return "fail";
  const left = source.readOnly ? [] : checked.skipped;
  if (judged.some(({ ok }) => ok === null) || left.length > 0 || checked.unanswered.length > 0)
    return "inconclusive";
  return judged.length === 0 ? "not-judged" : "pass";
}

function signalsOf(checked: CheckedRun, verdict: RunVerdict): readonly Signal[] {
  const signals: Signal[] = [];
  if (verdict === "fail") signals.push("violated");
  if (checked.unanswered.length > 0) signals.push("unanswered");
  if (checked.unauthorised.length > 0) signals.push("unauthorised");
  if (verdict === "inconclusive") signals.push("undecided");
  return signals;
}

/** Judges a journal and makes its part of the report. Pure but for reading the journal. */
export function buildSection(source: SectionSource): BuiltSection {
  const { plan, journal } = source;
  const checked = evaluateChecks(plan, journal, source.redact);
  const verdict = verdictOf(checked, source);
  const { started, ended } = journal;
  const steps = plan.steps.map(reportStep);
  const counts = checked.counts;
  const section: RunSection = {
    id: started.run,
    folder: source.folder,
    scenario: {
      name: started.scenario.name,
      description: source.description,
      file: started.scenario.file,
      sha256: started.scenario.sha256,
    },
    target: { ...started.target, policyDescription: source.policyDescription },
    seed: started.seed,
    startedAt: started.startedAt,
    durationMs: ended?.durationMs ?? 0,
    interrupted: ended?.interrupted ?? true,
    verdict,
    counts,
    steps,
    skipped: checked.skipped,
    exchanges: { [Symbol.iterator]: () => resourced(journal.exchanges()) },
    exchange: (id) => withResource(journal.exchange(id)),
    diffs: checked.pairs.map(([base, other]) =>
      compareExchanges(journal.exchange(base), journal.exchange(other)),
    ),
    expectations: checked.results,
    storedAnswers: checked.storedAnswers,
    redacted: { secrets: ended?.redactedSecrets ?? 0, personal: 0 },
  };
  return { section, signals: signalsOf(checked, verdict) };
}

/** True where a plan expects nothing. Pure. */
export function expectsNothing(plan: RunPlan): boolean {
  return plan.steps.every(({ step }) => !isSending(step) || step.expectations.length === 0);
}
