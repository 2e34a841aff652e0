import { checkHistory } from "../history/check-history.js";
import { checkKeys } from "../history/check-keys.js";
import type { Anomaly, HistoryAnomaly, Operation, Verdict } from "../history/history.js";
import { lostWrites } from "../history/lost-writes.js";
import { observe } from "../history/observe.js";
import { registersOf } from "../history/registers-of.js";
import { checkSession } from "../history/session-order.js";
import type { Exchange } from "../journal/journal.js";
import type { Invariant } from "../scenario/scenario.js";

/** What one round of a race shows of an invariant. */
export interface RoundFinding {
  readonly holds: boolean | null;
  readonly evidence: readonly string[];
  /** The story of a violation, or why nothing can be said; empty where it held. */
  readonly explanation: string;
}

/** What one round of a race left to judge by. */
export interface RaceRound {
  /** Everything that was sent in the round, in order; also what came before and after the race. */
  readonly exchanges: readonly Exchange[];
  /** Of these, what the writers of the race sent. */
  readonly raced: readonly Exchange[];
  readonly exclusive: boolean;
  /** How many effects the scenario's own count saw come about; null: it has none. */
  readonly effects: number | null;
}

const HELD: RoundFinding = { holds: true, evidence: [], explanation: "" };

function violated(anomalies: readonly Anomaly[]): RoundFinding | null {
  const [first] = anomalies;
  if (first === undefined) return null;
  return { holds: false, evidence: first.operations, explanation: first.explanation };
}

function undecided(explanation: string): RoundFinding {
  return { holds: null, evidence: [], explanation };
}

function among(anomalies: readonly Anomaly[], names: readonly HistoryAnomaly[]): readonly Anomaly[] {
  return anomalies.filter(({ name }) => names.includes(name));
}

function registerOperations({ exchanges, raced }: RaceRound): readonly Operation[] {
  const ids = new Set(raced.map(({ id }) => id));
  const operations = observe(exchanges);
  const resources = new Set(operations.flatMap(({ id, resource }) => (ids.has(id) ? [resource] : [])));
  return operations.filter(({ resource }) => resources.has(resource));
}

/** Judges operations, which were observed among these exchanges, against an order of all of them. */
function judgeOrder(
  operations: readonly Operation[],
  exchanges: readonly Exchange[],
  { exclusive }: RaceRound,
): Verdict {
  return checkHistory(operations, { exclusive, shared: registersOf(exchanges).movedFromElsewhere });
}

function writesOf(operations: readonly Operation[]): readonly Operation[] {
  return operations.filter(({ kind, ok }) => kind !== "read" && ok !== false);
}

function linearizable(round: RaceRound): RoundFinding {
  const verdict = judgeOrder(registerOperations(round), round.exchanges, round);
  if (verdict.result === "held") return HELD;
  return violated(verdict.anomalies) ?? undecided(verdict.reason ?? "the history decides nothing");
}

function sentNoWrite({ raced }: RaceRound): boolean {
  return raced.every(({ request, error }) => request.method === "GET" || error?.phase === "refused");
}

function noLostUpdate(round: RaceRound): RoundFinding {
  if (sentNoWrite(round)) return undecided("no writer sent a write, so none could be lost");
  const operations = registerOperations(round);
  const { anomalies } = judgeOrder(operations, round.exchanges, round);
  const lost = violated([...among(anomalies, ["lost-update"]), ...lostWrites(round.raced)]);
  if (lost !== null) return lost;
  const open = writesOf(operations).filter(({ kind, version }) => kind === "write" && version === undefined);
  const unconditional = new Set(open.map(({ id }) => id));
  const raced = round.raced.filter(({ id }) => unconditional.has(id));
  if (raced.length < 2) return HELD;
  return undecided(
    `${raced.length} writes were acknowledged without a precondition and without a version in their answers: whether one undid another cannot be seen; read the resource afterwards, or send If-Match`,
  );
}

function oneWinner(round: RaceRound): RoundFinding {
  const operations = observe(round.raced);
  const { anomalies } = judgeOrder(operations, round.raced, round);
  const several = violated(among(anomalies, ["several-winners"]));
  if (several !== null) return several;
  const conditional = operations.filter(({ kind, expected }) => kind !== "read" && expected !== undefined);
  if (conditional.length === 0)
    return undecided("no writer sent an If-Match or a version, so there is nothing to win");
  if (conditional.some(({ ok }) => ok === true)) return HELD;
  const open = conditional.filter(({ ok }) => ok === null);
  if (open.length > 0) return undecided(`${open.length} writes got no answer, and any of them may have won`);
  return {
    holds: false,
    evidence: conditional.slice(0, 3).map(({ id }) => id),
    explanation: `none of the ${conditional.length} conditional writes won`,
  };
}

function atMostOnce(round: RaceRound): RoundFinding {
  const operations = observe(round.raced).filter(({ key, kind }) => key !== undefined && kind !== "read");
  if (operations.length === 0) return undecided("no writer sent an idempotency key");
  const twice = violated(among(checkKeys(operations).anomalies, ["executed-twice", "executed-other-body"]));
  if (twice !== null) return twice;
  const keys = new Set(operations.map(({ key }) => key)).size;
  const ids = operations.map(({ id }) => id);
  if (round.effects !== null) {
    if (round.effects <= keys) return HELD;
    const explanation = `${keys === 1 ? "one key" : `${keys} keys`} and ${round.effects} effects by the scenario's own count`;
    return { holds: false, evidence: ids.slice(0, 3), explanation };
  }
  const acknowledged = operations.filter(({ ok }) => ok === true);
  const untold = acknowledged.filter(({ version }) => version === undefined);
  const open = operations.filter(({ ok }) => ok === null);
  if (untold.length > 1)
    return undecided(
      "the answers carry no id and no version that would tell two effects apart; count them with `effects`",
    );
  if (open.length > 0 && acknowledged.length + open.length > 1)
    return undecided(`${open.length} requests got no answer; count the effects with \`effects\``);
  return HELD;
}

function session(guarantee: "read-your-writes" | "monotonic-reads"): (round: RaceRound) => RoundFinding {
  return (round) => {
    const operations = registerOperations(round);
    const resources = new Map<string | undefined, Operation[]>();
    for (const each of operations)
      resources.set(each.resource, [...(resources.get(each.resource) ?? []), each]);
    const findings = [...resources.values()].map((each) => checkSession(each, guarantee));
    const backwards = violated(findings.flatMap(({ anomalies }) => anomalies));
    if (backwards !== null) return backwards;
    return findings.some(({ undecided: open }) => open)
      ? undecided("the versions do not stand in one order, so older and newer cannot be told")
      : HELD;
  };
}

const JUDGES: Readonly<Record<Invariant, (round: RaceRound) => RoundFinding>> = {
  "no-lost-update": noLostUpdate,
  "at-most-once": atMostOnce,
  "read-your-writes": session("read-your-writes"),
  "monotonic-reads": session("monotonic-reads"),
  linearizable,
  "one-winner": oneWinner,
};

/** What a round of a race shows of an invariant. Pure. */
export function judgeInvariant(invariant: Invariant, round: RaceRound): RoundFinding {
  if (round.raced.length < 2) return undecided("the race sent fewer than two requests");
  return JUDGES[invariant](round);
}
