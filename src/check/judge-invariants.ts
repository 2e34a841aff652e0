import { checkHistory } from "../history/check-history.js";
import type { Operation, Verdict } from "../history/history.js";
import { lostWrites } from "../history/lost-writes.js";
import { observe } from "../history/observe.js";
import { registersOf } from "../history/registers-of.js";
import { checkSession } from "../history/session-order.js";
import type { Exchange } from "../journal/journal.js";
import type { Invariant } from "../scenario/scenario.js";
import { atMostOnce } from "./at-most-once.js";
import {
  among,
  HELD,
  type RaceRound,
  type RoundFinding,
  undecided,
  violated,
  wereTurnedAway,
} from "./race-round.js";

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

const NO_VERSION = undecided("no answer showed a version, so there is nothing to put in order");

/** True where some operation names a version: requests without any agree with every order. */
function haveVersions(operations: readonly Operation[]): boolean {
  return operations.some(({ version, expected, saw }) => (version ?? expected ?? saw) !== undefined);
}

function linearizable(round: RaceRound): RoundFinding {
  const operations = registerOperations(round);
  if (!haveVersions(operations)) return NO_VERSION;
  const verdict = judgeOrder(operations, round.exchanges, round);
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
  const ids = new Set(round.raced.map(({ id }) => id));
  if (wereTurnedAway(operations.filter(({ id, kind }) => kind !== "read" && ids.has(id))))
    return undecided("every write was turned away, so none could be lost");
  if (round.raced.every(({ request, response }) => request.method === "GET" || response === null))
    return undecided("no write was answered, so nothing shows whether one was lost");
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
  if (open.length > 0) {
    const [count, any] = open.length === 1 ? ["1 write", "it"] : [`${open.length} writes`, "any of them"];
    return undecided(`${count} got no answer, and ${any} may have won`);
  }
  return {
    holds: false,
    evidence: conditional.slice(0, 3).map(({ id }) => id),
    explanation: `none of the ${conditional.length} conditional writes won`,
  };
}

function session(guarantee: "read-your-writes" | "monotonic-reads"): (round: RaceRound) => RoundFinding {
  return (round) => {
    const operations = registerOperations(round);
    if (!haveVersions(operations)) return NO_VERSION;
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
