import type {
  Exchange,
  JournalEntry,
  JournalRecord,
  JournalView,
  RecordedRule,
  RunStarted,
} from "../journal/journal.js";
import { openJournal, viewRecords, type WholeRun } from "../journal/read-journal.js";
import { thingOf } from "../subject/subject-of.js";
import { ruledSubjects } from "../subject/subject-rules.js";
import type { ConfigRules } from "./session.js";

function* ruledEntries(
  entries: Iterable<JournalEntry>,
  apply: (exchange: Exchange) => Exchange,
): Generator<JournalEntry> {
  for (const entry of entries)
    yield entry.type === "exchange" ? { ...entry, exchange: apply(entry.exchange) } : entry;
}

function* ruledExchanges(
  exchanges: Iterable<Exchange>,
  apply: (exchange: Exchange) => Exchange,
): Generator<Exchange> {
  for (const exchange of exchanges) yield apply(exchange);
}

function ruled(journal: JournalView, more: readonly RecordedRule[]): JournalView {
  const rules = [...(journal.started.subjectRules ?? []), ...more];
  if (rules.length === 0) return journal;
  const { apply } = ruledSubjects(rules);
  return {
    ...journal,
    entries: () => ({ [Symbol.iterator]: () => ruledEntries(journal.entries(), apply) }),
    exchanges: () => ({ [Symbol.iterator]: () => ruledExchanges(journal.exchanges(), apply) }),
    exchange: (id) => apply(journal.exchange(id)),
  };
}

/**
 * Opens a run's journal. Where a config file says how the API names its things, when the run was made or now (`more`),
 * exchanges say by themselves what they are about: whoever judges them needs no rules.
 * @throws GcidemError `invalid-file` where the file cannot be read, is no journal, or has a damaged line before its last.
 */
export function openRunJournal(file: string, more: readonly RecordedRule[] = []): JournalView {
  return ruled(openJournal(file), more);
}

/** Opens the journal of a run that ended just now in this process, as {@link openRunJournal} would. */
export function openWholeRun(file: string, whole: WholeRun): JournalView {
  return ruled(openJournal(file, whole), []);
}

/** Records that are in memory, as {@link openRunJournal} would give them. */
export function viewRun(started: RunStarted, records: readonly JournalRecord[]): JournalView {
  return ruled(viewRecords(started, records), []);
}

/** An exchange with the name of the thing that it is about; one that was never sent is about nothing. Pure. */
export function withResource(exchange: Exchange): Exchange {
  if (exchange.ruled !== undefined) return exchange;
  const refused = exchange.error?.phase === "refused";
  return { ...exchange, resource: refused ? null : thingOf(exchange.request) };
}

/** What a run's first record keeps of a config file's rules, so that it is judged by them later too. Pure. */
export function recordedRules(rules: ConfigRules | null | undefined): Pick<RunStarted, "subjectRules"> {
  return rules === null || rules === undefined || rules.subjectRules.length === 0
    ? {}
    : { subjectRules: rules.subjectRules };
}
