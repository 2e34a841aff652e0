import type { CheckedRun } from "../check/check.js";
import { DIAGNOSED_EXCHANGES } from "../check/diagnose-rounds.js";
import { evaluateChecks } from "../check/evaluate-checks.js";
import { compareExchanges } from "../compare/compare-exchanges.js";
import { formatDuration } from "../core/duration.js";
import type { Exchange, JournalView, NotRemoved, RaceReleased } from "../journal/journal.js";
import { isSending } from "../plan/build-plan.js";
import type { PlannedStep, RunPlan } from "../plan/plan.js";
import type { ReportRace, ReportStep, RunSection, RunVerdict } from "../report/report.js";
import { reproductionOf } from "../report/reproduction.js";
import { isUnformed } from "../report/unformed.js";
import type { RaceStep, Release } from "../scenario/scenario.js";
import { withResource } from "./open-run-journal.js";
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
  /** True where the user asked for rounds: then how often a conflict came back is said, even after one round. */
  readonly inRounds?: boolean;
}

/** A run's part of the report, and what it means for the session's end. */
export interface BuiltSection {
  readonly section: RunSection;
  readonly signals: readonly Signal[];
}

function releaseWords(release: Release): string {
  if (release.kind === "staggered") return `staggered ${formatDuration(release.everyMs)}`;
  if (release.kind !== "offsets") return release.kind;
  return `offsets [${release.offsetsMs.map(formatDuration).join(", ")}]`;
}

function reportRace({ writers, release }: RaceStep): ReportRace {
  const steps = new Set(writers.flatMap((own) => own.map(({ id }) => id)));
  return { writers: writers.length, steps: [...steps], release: releaseWords(release) };
}

function reportStep({ step, section }: PlannedStep): ReportStep {
  return {
    id: step.id,
    kind: step.kind,
    of: step.kind === "repeat" ? step.of : null,
    mutated: step.kind === "repeat" && step.mutations.length > 0,
    section,
    waitMs: step.kind === "wait" ? step.durationMs : null,
    race: step.kind === "race" ? reportRace(step) : null,
    at: step.at,
  };
}

function* resourced(exchanges: Iterable<Exchange>): Generator<Exchange> {
  for (const exchange of exchanges) yield withResource(exchange);
}

/** What the journal says of each barrier of each race. Read only where there are races: a journal can be long. */
function racesOf({ plan, journal }: SectionSource): readonly RaceReleased[] {
  if (!plan.steps.some(({ step }) => step.kind === "race")) return [];
  return [...journal.entries()].flatMap((entry) => (entry.type === "race" ? [entry] : []));
}

/** What clean-up may have left. Read only where there is a clean-up. */
function leftOf({ plan, journal }: SectionSource): readonly NotRemoved[] {
  if (!plan.steps.some(({ section }) => section === "cleanUp")) return [];
  return [...journal.entries()].flatMap((entry) => (entry.type === "not-removed" ? [entry] : []));
}

/** What a run that sent no writes said of them. */
function plannedOf({ journal, readOnly }: SectionSource): Pick<RunSection, "plan"> {
  if (!readOnly) return {};
  const lines = [...journal.entries()].flatMap((entry) => (entry.type === "planned" ? entry.lines : []));
  return { plan: lines };
}

/** True, false or null for everything that was judged, but for what `--read-only` left out. */
function truthsOf(
  checked: CheckedRun,
  { readOnly }: Pick<SectionSource, "readOnly">,
): readonly (boolean | null)[] {
  const skipped = readOnly ? checked.skipped.map(({ step }) => step) : [];
  const leftOut = (step: string): boolean =>
    skipped.some((each) => each === step || each.startsWith(`${step}/`));
  return [
    ...checked.results.filter(({ step }) => !leftOut(step)).map(({ ok }) => ok),
    ...checked.invariants
      .filter(({ step, holds }) => holds === false || !leftOut(step))
      .map(({ holds }) => holds),
  ];
}

/** How a run came out, as far as what it was judged by and the races that it was judged in say. Pure. */
export function verdictOf(
  checked: CheckedRun,
  races: readonly RaceReleased[],
  source: Pick<SectionSource, "readOnly">,
): RunVerdict {
  const truths = truthsOf(checked, source);
  if (truths.includes(false)) return "fail";
  const left = source.readOnly ? [] : checked.skipped;
  const open = truths.includes(null) || left.length > 0 || checked.unanswered.length > 0;
  if (open || races.some(isUnformed)) return "inconclusive";
  return truths.length === 0 ? "not-judged" : "pass";
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
  const races = racesOf(source);
  const left = leftOf(source);
  const verdict = verdictOf(checked, races, source);
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
    ...(checked.confirming === undefined ? {} : { confirming: checked.confirming }),
    ...((source.inRounds === true && checked.rounds > 0) || checked.rounds > 1
      ? { reproduction: reproductionOf(checked.rounds, checked.hitRounds) }
      : {}),
    steps,
    skipped: checked.skipped,
    ...plannedOf(source),
    ...(left.length === 0 ? {} : { notRemoved: left }),
    exchanges: { [Symbol.iterator]: () => resourced(journal.exchanges()) },
    exchange: (id) => withResource(journal.exchange(id)),
    diffs: checked.pairs.map(([base, other]) =>
      compareExchanges(journal.exchange(base), journal.exchange(other)),
    ),
    expectations: checked.results,
    diagnoses: checked.diagnoses,
    ...(checked.undiagnosed === 0
      ? {}
      : {
          notDiagnosed: `${checked.undiagnosed} exchanges beyond the first ${DIAGNOSED_EXCHANGES} of a round were not diagnosed`,
        }),
    invariants: checked.invariants,
    races,
    storedAnswers: checked.storedAnswers,
    redacted: { secrets: ended?.redactedSecrets ?? 0, personal: ended?.redactedPersonal ?? 0 },
  };
  return { section, signals: signalsOf(checked, verdict) };
}

/** True where a plan expects nothing. Pure. */
export function expectsNothing(plan: RunPlan): boolean {
  return plan.steps.every(({ step }) => {
    const inner = step.kind === "race" ? step.writers.flat() : [];
    const own = step.kind === "race" || isSending(step) ? step.expectations : [];
    return own.length === 0 && inner.every(({ expectations }) => expectations.length === 0);
  });
}
