import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeInvariant } from "../../src/check/judge-invariants.js";
import type { RaceRound, RoundFinding } from "../../src/check/race-round.js";
import { checkHistory } from "../../src/history/check-history.js";
import { observe } from "../../src/history/observe.js";
import { registersOf } from "../../src/history/registers-of.js";
import { type Exchange, type RunSection, replay, startMock, type TraceEntry } from "../../src/index.js";
import type { Invariant } from "../../src/scenario/scenario.js";

/** Every promise that a race can be held to. */
const INVARIANTS = [
  "no-lost-update",
  "at-most-once",
  "read-your-writes",
  "monotonic-reads",
  "linearizable",
  "one-winner",
] as const satisfies readonly Invariant[];

/** A race as its client saw it, and as the mock knows it was. */
export interface Told {
  readonly section: RunSection;
  readonly exchanges: readonly Exchange[];
  readonly trace: readonly TraceEntry[];
  /** Every promise, whether the scenario asks for it or not, by what the client saw. */
  readonly findings: Readonly<Record<Invariant, RoundFinding>>;
  /** Names of everything that the history holds against the server. */
  readonly anomalies: ReadonlySet<string>;
}

function judgeAll(round: RaceRound): Told["findings"] {
  const entries = INVARIANTS.map((name) => [name, judgeInvariant(name, round)] as const);
  return Object.fromEntries(entries) as Record<Invariant, RoundFinding>;
}

function anomaliesOf({ exchanges, exclusive }: RaceRound): ReadonlySet<string> {
  const shared = registersOf(exchanges).movedFromElsewhere;
  const { anomalies } = checkHistory(observe(exchanges), { exclusive, shared });
  return new Set(anomalies.map(({ name }) => name));
}

/** Runs a scenario once on a mock of its own over real sockets; `policy` null: the scenario's own. */
export async function tell(
  scenario: string,
  policy: string | null,
  { seed, exclusive }: { readonly seed: number; readonly exclusive: boolean },
): Promise<Told> {
  const out = mkdtempSync(join(tmpdir(), "gcidem-truth-"));
  const mock = await startMock();
  try {
    const target = `mock+${mock.url}`;
    const report = await replay(scenario, { target, out, seed, ...(policy === null ? {} : { policy }) });
    const [section] = report.runs;
    if (section === undefined) throw new Error(`${scenario}: no run in the report`);
    const exchanges = [...section.exchanges];
    const raced = exchanges.filter(({ writer }) => writer !== null);
    const round: RaceRound = { exchanges, raced, exclusive, effects: null };
    const findings = judgeAll(round);
    return { section, exchanges, trace: [...mock.trace()], findings, anomalies: anomaliesOf(round) };
  } finally {
    await mock.close();
    rmSync(out, { recursive: true, force: true });
  }
}

function most(counts: ReadonlyMap<string, number>): number {
  return Math.max(0, ...counts.values());
}

function count(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** How often the mock carried out the key that it carried out most often. */
export function executionsOfOneKey({ trace }: Told): number {
  const executed = trace.filter(({ executed, key, method }) => executed && key !== null && !isRead(method));
  return most(count(executed.map(({ method, path, key }) => `${method} ${path} ${key}`)));
}

/** The writes that the mock carried out, as far as their answers came; null: nothing was demanded of the version. */
function executedWrites({
  trace,
  exchanges,
}: Told): readonly { readonly from: string | null; readonly exchange: Exchange }[] {
  const executed = new Set(
    trace.flatMap(({ executed, method, correlationId }) =>
      executed && !isRead(method) ? [correlationId] : [],
    ),
  );
  return exchanges.flatMap((exchange) => {
    const { writer, correlationId, ifMatch, request } = exchange;
    if (writer === null || correlationId === null || !executed.has(correlationId)) return [];
    const sent = /"version":\s*("[^"]*"|\d+)/.exec(request.body)?.[1] ?? null;
    return [{ from: ifMatch ?? sent, exchange }];
  });
}

/** How many writes the mock carried out that were all conditional on one version. */
export function writesFromOneVersion(told: Told): number {
  const conditional = executedWrites(told).filter(({ from }) => from !== null);
  return most(count(conditional.map(({ from, exchange }) => `${exchange.request.url} ${from}`)));
}

/** How many whole replacements without any condition the mock carried out of one thing, by different writers. */
export function blindReplacements(told: Told): number {
  const blind = executedWrites(told).filter(
    ({ from, exchange }) => from === null && exchange.request.method === "PUT",
  );
  return most(count(blind.map(({ exchange }) => exchange.request.url)));
}
