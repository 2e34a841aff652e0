import { checkKeys } from "../history/check-keys.js";
import type { Operation } from "../history/history.js";
import { observe } from "../history/observe.js";
import { registersOf } from "../history/registers-of.js";
import type { Exchange } from "../journal/journal.js";
import {
  among,
  HELD,
  type RaceRound,
  type RoundFinding,
  undecided,
  violated,
  wereTurnedAway,
} from "./race-round.js";

/** What the scenario's own count says of keys; null: it has none, or does not settle it. */
function judgeCount(round: RaceRound, keyed: readonly Operation[]): RoundFinding | null {
  const { effects } = round;
  if (effects === null) return null;
  const keysOf = (operations: readonly Operation[]): number => new Set(operations.map(({ key }) => key)).size;
  const keys = keysOf(keyed);
  const all = keys === 1 ? "one key" : `${keys} keys`;
  const counted = `${effects} ${effects === 1 ? "effect" : "effects"} by the scenario's own count`;
  const withoutKey = round.raced.filter(
    (each) => each.idempotencyKey === null && mayHaveWritten(each),
  ).length;
  if (effects > keys + withoutKey) {
    const also = withoutKey === 0 ? "" : `, ${withoutKey} writes without a key`;
    const evidence = keyed.slice(0, 3).map(({ id }) => id);
    return { holds: false, evidence, explanation: `${all}${also} and ${counted}` };
  }
  if (effects > keysOf(keyed.filter(({ ok }) => ok !== false)))
    return undecided(
      `${all}, some of them refused or sent beside writes without a key, and ${counted}: whose they are cannot be told`,
    );
  const known = new Set(usedBefore(round));
  const acknowledged = keysOf(keyed.filter(({ ok, key }) => ok === true && !known.has(key)));
  if (effects < acknowledged) {
    const were = acknowledged === 1 ? "one key was" : `${acknowledged} keys were`;
    return undecided(
      `${were} acknowledged and ${counted}: it does not see what these requests do; let \`effects\` count that`,
    );
  }
  return HELD;
}

function mayHaveWritten({ request, response, error }: Exchange): boolean {
  if (request.method === "GET" || request.method === "HEAD" || error?.phase === "refused") return false;
  const status = response?.status ?? 0;
  return status < 400 || status >= 500;
}

/** Keys that something outside of the race carried: their effect may be no part of it. */
function usedBefore({ exchanges, raced }: RaceRound): readonly (string | undefined)[] {
  const ids = new Set(raced.map(({ id }) => id));
  return observe(exchanges.filter(({ id }) => !ids.has(id))).map(({ key }) => key);
}

function keyFaults(round: RaceRound): RoundFinding | null {
  const ids = new Set(round.raced.map(({ id }) => id));
  const { exclusive } = round;
  const shared = registersOf(round.exchanges).movedFromElsewhere;
  const { anomalies } = checkKeys(observe(round.exchanges), { exclusive, shared });
  const inRace = anomalies.filter(({ operations }) => operations.some((id) => ids.has(id)));
  return violated(among(inRace, ["executed-twice", "executed-other-body"]));
}

/** True where the answers under one key show several versions, and no two of them prove two effects. */
function areAmbiguous(acknowledged: readonly Operation[]): boolean {
  const shown = new Map<string | undefined, Operation["version"]>();
  return acknowledged.some(({ key, version }) => {
    const before = shown.get(key);
    shown.set(key, version);
    return before !== undefined && before !== version;
  });
}

/** Did each idempotency key have one effect at most? Pure. */
export function atMostOnce(round: RaceRound): RoundFinding {
  const operations = observe(round.raced).filter(({ key, kind }) => key !== undefined && kind !== "read");
  if (operations.length === 0) return undecided("no writer sent an idempotency key");
  const decided = keyFaults(round) ?? judgeCount(round, operations);
  if (decided !== null) return decided;
  const acknowledged = operations.filter(({ ok }) => ok === true);
  const untold = acknowledged.filter(({ version }) => version === undefined);
  const open = operations.filter(({ ok }) => ok === null);
  if (untold.length > 1)
    return undecided(
      "the answers carry no id and no version that would tell two effects apart; count them with `effects`",
    );
  if (areAmbiguous(acknowledged))
    return undecided(
      "the answers under one key show different versions, which other writes may have made; count the effects with `effects`",
    );
  if (open.length > 0 && acknowledged.length + open.length > 1)
    return undecided(
      `${open.length} ${open.length === 1 ? "request" : "requests"} got no answer; count the effects with \`effects\``,
    );
  if (wereTurnedAway(operations))
    return undecided("every request with a key was turned away, so there is no effect to count");
  return HELD;
}
