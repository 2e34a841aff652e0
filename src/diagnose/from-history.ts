import type { HistoryAnomaly, Anomaly as Proof } from "../history/history.js";
import type { AnomalyFinding } from "./anomaly.js";
import type { Certainty } from "./diagnose.js";
import type { Recording } from "./recording.js";
import { askedOf, contestedBy } from "./representation.js";
import type { Seen } from "./seen.js";

/** A contradiction of the history with the exchanges that show it. */
export interface Witness {
  readonly proof: Proof;
  readonly seen: readonly Seen[];
}

/** The contradictions of one name, without those of requests whose key had come before. Pure. */
export function witnessesOf({ proofs, byId, repeatOf }: Recording, name: HistoryAnomaly): readonly Witness[] {
  return proofs.flatMap((proof) => {
    if (proof.name !== name) return [];
    const seen = proof.operations.flatMap((id) => byId(id) ?? []);
    const isWhole =
      seen.length === proof.operations.length && seen.every((each) => repeatOf(each) === undefined);
    return isWhole ? [{ proof, seen }] : [];
  });
}

/** The exchange of some that was answered last. Pure. */
export function lastOf(seen: readonly Seen[]): Seen | null {
  return seen.reduce<Seen | null>(
    (last, each) => (last === null || each.endMs >= last.endMs ? each : last),
    null,
  );
}

/** A finding that the history tells by itself. Pure. */
export function toldBy({ proof, seen: all }: Witness, seen: Seen, certainty: Certainty): AnomalyFinding {
  return {
    seen,
    certainty,
    evidence: all
      .filter((each) => each !== seen)
      .map(({ id, shown }) => ({
        exchange: id,
        fact:
          shown.length === 0 ? "the other one" : `showed version ${shown.map(({ text }) => text).join(", ")}`,
      })),
    ruledOut: [],
    explanation: proof.explanation,
  };
}

/** True where two requests came from different clients, or were under way at the same time. Pure. */
export function areRivals(a: Seen, b: Seen): boolean {
  const overlap = a.startMs < b.endMs && b.startMs < a.endMs;
  return overlap || a.exchange.writer !== b.exchange.writer || a.principal !== b.principal;
}

/** True where two writes cannot both be there in the end. Pure. */
export function excludeEachOther(a: Seen, b: Seen): boolean {
  if (contestedBy(a, b) !== null) return true;
  return (
    a.method === "PUT" && b.method === "PUT" && JSON.stringify(askedOf(a)) !== JSON.stringify(askedOf(b))
  );
}
