import type { FaultRule } from "../../../../src/policy/policy.js";
import { type Refusing, refusal } from "./answers.js";
import { hasExpired, type Keeps } from "./life.js";
import { type Expected, type KeyRecord, type Model, type Seen, UNCLEAR, type Unclear } from "./model.js";
import type { Judged } from "./precondition.js";
import { type Deed, thingOf } from "./resources.js";
import type { Rules } from "./rules.js";
import type { Sent } from "./sent.js";

/** What is learned once the answer is there, in order. */
type Settle = (seen: Seen) => void;

/** One write on its way through the rules. */
export interface Way {
  readonly model: Model;
  readonly sent: Sent;
  readonly rules: Rules;
  readonly deed: Deed;
  readonly fault: FaultRule | null;
  readonly settles: Settle[];
  /** The key that is claimed, and how its record will be left. */
  claim: { readonly identity: string; readonly keeps: Keeps } | null;
  passed: Judged & { readonly kind: "passes" };
}

/** What a rule says: on with it, an answer, or what nobody says. */
export type Step =
  | { readonly kind: "on" }
  | { readonly kind: "answer"; readonly expected: Expected }
  | Unclear;

/** The rule has nothing to say. */
export const ON: Step = { kind: "on" };

/** The word for an id that only the server knows yet. */
export const NEW_ID = "(new)";

/** Keeps the answer under the claimed key as the policy says (I11), or says that the documents do not. */
export function keep(
  way: Way,
  of: Refusing["ends"],
  record: Omit<KeyRecord, "end" | "answer">,
): "kept" | Unclear {
  const { model, rules, claim, settles } = way;
  if (claim === null) return "kept";
  if (claim.keeps === "as-it-was") {
    settles.push(() => touch(model, claim.identity));
    return "kept";
  }
  const after = new Set(of.map((end) => rules.idempotency.outcomes[end]));
  if (after.size > 1) return UNCLEAR;
  const [end = "4xx"] = of;
  const forgets = after.has("forget") || claim.keeps === "none";
  // Whether a forgotten attempt leaves the record that it was to overwrite, nobody says.
  if (claim.keeps === "new" && after.has("forget") && model.records.has(claim.identity)) {
    if (!isOver(way, claim.identity)) return UNCLEAR;
  }
  settles.push((seen) => {
    if (forgets) model.records.delete(claim.identity);
    else model.records.set(claim.identity, { ...record, end, answer: seen });
  });
  return "kept";
}

/** A request that came with a key has used it, whatever became of the request. */
function touch(model: Model, identity: string): void {
  const record = model.records.get(identity);
  if (record !== undefined) model.records.set(identity, { ...record, usedAt: model.nowMs });
}

/** True for a record whose life is over, one way or the other. */
function isOver({ model, rules }: Way, identity: string): boolean {
  const record = model.records.get(identity);
  if (record === undefined) return false;
  return record.went === "yes" || hasExpired(model, record, rules) === true;
}

/** What a key would remember of this request. */
export function recordOf(
  { model, sent }: Way,
  rest: Pick<KeyRecord, "executed" | "thing" | "made">,
): Omit<KeyRecord, "end" | "answer"> {
  return { first: sent, answered: sent, bornAt: model.nowMs, usedAt: model.nowMs, went: "no", ...rest };
}

/** A refusal by a rule, which the claimed key remembers. */
export function refuse(way: Way, refusing: Refusing): Step {
  const kept = keep(
    way,
    refusing.ends,
    recordOf(way, { executed: false, thing: thingOf(way.sent.path), made: false }),
  );
  return kept === UNCLEAR ? UNCLEAR : { kind: "answer", expected: refusal(way.sent, way.rules, refusing) };
}
