import type { Cause, Mover } from "../../../../src/core/causes.js";
import type { Certainty, Diagnosis } from "../../../../src/diagnose/diagnose.js";
import type { Exchange } from "../../../../src/journal/journal.js";
import { drive } from "../drive/drive.js";
import type { Happened } from "../drive/happened.js";
import { recordedOf, toExchanges } from "../drive/to-exchanges.js";
import type { Control, Scenario } from "../scenario.js";
import type { Truth } from "./mapping.js";
import { truthOf } from "./truth.js";
import type { Twin } from "./twins.js";

/** What is graded: the way from exchanges to diagnoses. */
export type Diagnose = (exchanges: readonly Exchange[]) => readonly Diagnosis[];

/** Finds the other truths behind each recorded exchange. */
export type FindTwins = (
  scenario: Scenario,
  happened: readonly Happened[],
) => Promise<readonly (readonly Twin[])[]>;

/** What was said of an exchange. */
export interface Said {
  readonly cause: Cause;
  readonly certainty: Certainty;
  readonly movedBy: Mover | null;
}

/** One exchange, what it was and what was said of it. */
export interface Case {
  readonly target: Cause | "random";
  readonly seed: number;
  readonly exchange: string;
  readonly truth: Truth;
  /** Other truths behind the same exchanges; null stands for a plain success. */
  readonly twins: readonly { readonly cause: Cause | null; readonly differsIn: string }[];
  readonly opaque: boolean;
  readonly conflict: boolean;
  readonly hasControl: boolean;
  readonly refusals: readonly Said[];
  readonly anomalies: readonly Said[];
  /**
   * After `--confirm`, where more than the truth is named: another one of them that a server which differs in two
   * dimensions has, whatever is permitted to be sent; null: there is none.
   */
  readonly rivalOfTwo?: Cause | null;
}

/** A scenario, run and judged. */
export interface Judged {
  readonly cases: readonly Case[];
  /** Patterns that its clients have, and those that were found; null where it is not about them. */
  readonly patterns: { readonly true: readonly Cause[]; readonly said: readonly Cause[] } | null;
  readonly exchanges: readonly Exchange[];
  readonly diagnoses: readonly Diagnosis[];
}

const CONFLICT_STATUSES: readonly number[] = [409, 412, 423, 425, 428];

/** As reports count conflicts: by the status, or by the family of the refusal. */
function isConflict({ kind, cause }: Truth, status: number | null): boolean {
  if (kind !== "refusal" || cause === null) return false;
  if (status !== null && CONFLICT_STATUSES.includes(status)) return true;
  return /^(?:key|etag|stale|precondition)-|^conflict-not-replay$/.test(cause);
}

function isRefused({ received }: Happened): boolean {
  return received !== null && (received.status >= 400 || received.body.includes('"userErrors"'));
}

/** True where the requests that make the control came to what they have to. */
function holds(control: Control, happened: readonly Happened[]): boolean {
  return control.steps.every(({ id, expect }) => {
    const one = happened.find(({ send }) => send.id === id);
    if (one === undefined || one.received === null) return false;
    if (expect === "refused") return isRefused(one);
    return !isRefused(one) && one.received.status < 300;
  });
}

function saidOf(diagnoses: readonly Diagnosis[], kind: Diagnosis["kind"]): readonly Said[] {
  return diagnoses
    .filter((each) => each.kind === kind)
    .map(({ cause, certainty, movedBy }) => ({ cause, certainty, movedBy }));
}

function toCase(
  { scenario, happened }: { readonly scenario: Scenario; readonly happened: readonly Happened[] },
  one: Happened,
  about: { readonly id: string; readonly diagnoses: readonly Diagnosis[]; readonly twins: readonly Twin[] },
): Case {
  const truth = truthOf(one, happened);
  const { control, target, seed, policy } = scenario;
  const isControlled = control !== null && control.refused === one.send.id && control.cause === truth.cause;
  return {
    target,
    seed,
    exchange: about.id,
    truth,
    twins: about.twins.map(({ differsIn, truth: other }) => ({ cause: other.cause, differsIn })),
    opaque: policy.errors === "opaque",
    conflict: isConflict(truth, one.received?.status ?? null),
    hasControl: isControlled && holds(control, happened),
    refusals: saidOf(about.diagnoses, "refusal"),
    anomalies: saidOf(about.diagnoses, "anomaly"),
  };
}

function byExchange(diagnoses: readonly Diagnosis[]): ReadonlyMap<string, readonly Diagnosis[]> {
  const found = new Map<string, Diagnosis[]>();
  for (const diagnosis of diagnoses) {
    const same = found.get(diagnosis.exchange) ?? [];
    same.push(diagnosis);
    found.set(diagnosis.exchange, same);
  }
  return found;
}

/** Runs a scenario, lets its exchanges be explained, and holds that against the trace. */
export async function judgeScenario(
  scenario: Scenario,
  diagnose: Diagnose,
  findTwins: FindTwins,
): Promise<Judged> {
  const happened = await drive(scenario);
  const recorded = recordedOf(happened);
  const exchanges = toExchanges(recorded);
  const diagnoses = diagnose(exchanges);
  const of = byExchange(diagnoses);
  const isGraded = scenario.patterns === null;
  const twins = isGraded ? await findTwins(scenario, happened) : [];
  const cases = recorded.map((one, index) => {
    const id = exchanges[index]?.id ?? "";
    return toCase({ scenario, happened }, one, {
      id,
      diagnoses: of.get(id) ?? [],
      twins: twins[index] ?? [],
    });
  });
  const said = diagnoses.filter(({ kind }) => kind === "pattern").map(({ cause }) => cause);
  const patterns = scenario.patterns === null ? null : { true: scenario.patterns, said: [...new Set(said)] };
  return { cases: isGraded ? cases : [], patterns, exchanges, diagnoses };
}
