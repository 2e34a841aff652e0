import { evaluateChecks } from "../check/evaluate-checks.js";
import type { JournalWriter } from "../journal/create-journal.js";
import type { JournalRecord, RunStarted } from "../journal/journal.js";
import type { RunPlan } from "../plan/plan.js";
import { viewRun } from "./open-run-journal.js";
import type { Rounds } from "./session.js";

/** Watches a run's rounds, and says after each whether there is another. */
export interface RoundWatch {
  /** Where the run writes. */
  readonly journal: JournalWriter;
  readonly goesOn: (round: number) => boolean;
  /** True once a round had a conflict or a violated invariant that there were rounds for. */
  readonly hasHit: () => boolean;
}

function fixedRounds(journal: JournalWriter, most: number): RoundWatch {
  return { journal, goesOn: (round) => round < most, hasHit: () => false };
}

/**
 * Watches a run. Where it ends with the first conflict, each round's records are kept until it was judged: by the very
 * checks that the report is made from.
 */
export function watchRounds(
  journal: JournalWriter,
  rounds: Rounds | null,
  { plan, redact }: { readonly plan: RunPlan; readonly redact: (text: string) => string },
): RoundWatch {
  if (rounds === null) return fixedRounds(journal, 1);
  if (!rounds.untilConflict) return fixedRounds(journal, rounds.most);
  let started: RunStarted | null = null;
  let records: JournalRecord[] = [];
  let hit = false;
  const isHit = (): boolean =>
    started !== null && evaluateChecks(plan, viewRun(started, records), redact).hitRounds.length > 0;
  return {
    journal: {
      ...journal,
      append: (record) => {
        journal.append(record);
        if (record.type === "run-started") started = record;
        else records.push(record);
      },
    },
    goesOn: (round) => {
      hit = isHit();
      records = [];
      return !hit && round < rounds.most;
    },
    hasHit: () => hit,
  };
}
