import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { areRivals, excludeEachOther, lastOf, toldBy, witnessesOf } from "../from-history.js";
import { countIn } from "../lines.js";
import { answerOf, askedOf, showsAsked } from "../representation.js";

/** An acknowledged write was overwritten by a writer that had not seen it. */
export const lostUpdate: AnomalyRule = (recording) => {
  const lost = new Set<string>();
  return witnessesOf(recording, "lost-update").flatMap((witness): readonly AnomalyFinding[] => {
    const [a, b] = witness.seen;
    const last = lastOf(witness.seen);
    if (a === undefined || b === undefined || last === null || lost.has(last.id)) return [];
    if (!areRivals(a, b) || !excludeEachOther(a, b)) return [];
    lost.add(last.id);
    const read = recording.reads.after(last)[0];
    const shown =
      read === undefined ? [] : [a, b].filter((each) => showsAsked(answerOf(read), askedOf(each)));
    const counts = [a, b].every(({ shown: [token] }) => countIn(token?.text) !== null);
    // Who is told by credentials alone may have seen the other's write elsewhere.
    const isOurs = a.exchange.writer !== null || a.sent.length > 0;
    const found = toldBy(witness, last, shown.length === 1 && counts && isOurs ? "certain" : "likely");
    const [kept] = shown;
    if (read === undefined || kept === undefined || shown.length !== 1) return [found];
    const fact = `it shows what ${kept.id} wrote alone`;
    return [{ ...found, evidence: [...found.evidence, { exchange: read.id, fact }] }];
  });
};
