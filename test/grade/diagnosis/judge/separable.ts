import type { Cause } from "../../../../src/core/causes.js";
import type { AuthKind } from "../../../../src/core/target.js";
import type { Policy } from "../../../../src/policy/policy.js";
import { drive } from "../drive/drive.js";
import type { Happened } from "../drive/happened.js";
import { recordedOf } from "../drive/to-exchanges.js";
import { neighboursOf } from "../policies/random-policy.js";
import type { Act, Scenario, Send } from "../scenario.js";
import type { Truth } from "./mapping.js";
import { permittedFor } from "./permitted.js";
import { truthOf } from "./truth.js";
import { type Given, lookedAt, sameUnder, type Twin, toGiven, twinsOf } from "./twins.js";

/** A scenario with one permitted experiment at its end, and what that shows. */
interface Tried {
  readonly scenario: Scenario;
  readonly given: Given;
}

async function tryAll(scenario: Scenario, step: string): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  for (const { acts } of permittedFor(scenario, step)) {
    const longer = { ...scenario, acts: [...scenario.acts, ...acts] };
    const happened = await drive(longer).catch(() => null);
    if (happened !== null) tried.push({ scenario: longer, given: toGiven(recordedOf(happened)) });
  }
  return tried;
}

/** True where another server, or another world, answers every permitted experiment just like the true one. */
async function isInseparable(
  policy: Policy,
  tried: readonly Tried[],
  change: (scenario: Scenario) => Scenario = (scenario) => scenario,
): Promise<boolean> {
  for (const { scenario, given } of tried)
    if ((await sameUnder(change(scenario), policy, given)) === null) return false;
  return true;
}

const OTHER_AUTH: Readonly<Partial<Record<AuthKind, AuthKind>>> = { invalid: "expired", expired: "invalid" };

/** The same with expired tokens where unknown ones were sent, and the other way round: nobody sees that in them. */
function withOtherTokens(scenario: Scenario): Scenario {
  const swap = (send: Send): Send => ({ ...send, auth: OTHER_AUTH[send.auth] ?? send.auth });
  const acts = scenario.acts.map((act): Act => {
    if (act.kind === "send") return { ...act, send: swap(act.send) };
    if (act.kind === "wait") return act;
    return { ...act, sends: act.sends.map((each) => ({ ...each, send: swap(each.send) })) };
  });
  return { ...scenario, acts };
}

/** The truths behind the same exchanges where tokens are of the other kind; null: the exchanges differ. */
async function truthsOfOtherTokens(scenario: Scenario, given: Given): Promise<readonly Truth[] | null> {
  const other = await sameUnder(withOtherTokens(scenario), scenario.policy, given);
  return other === null ? null : recordedOf(other).map((one) => truthOf(one, other));
}

/**
 * For each recorded exchange the other truths that no permitted experiment separates: a neighbouring policy gives them,
 * the same exchanges to the end of what was sent to confirm, and the same answers to every experiment of
 * {@link permittedFor}. `own` is the scenario without what was sent to confirm.
 */
export async function inseparableTwins(
  own: Scenario,
  scenario: Scenario,
  happened: readonly Happened[],
): Promise<readonly (readonly Twin[])[]> {
  const recorded = recordedOf(happened);
  const kept: Twin[][] = [];
  const { policy } = scenario;
  const others = await truthsOfOtherTokens(scenario, toGiven(recorded));
  for (const [index, twins] of (await twinsOf(scenario, happened)).entries()) {
    const one = recorded[index];
    const step = one?.send.id ?? "";
    const truth = one === undefined ? null : truthOf(one, happened);
    const other = others?.[index];
    const isOther = other !== undefined && other.kind !== "apart" && other.cause !== truth?.cause;
    const tried = twins.length === 0 && !isOther ? [] : await tryAll(own, step);
    const left: Twin[] = [];
    if (isOther && (await isInseparable(policy, tried, withOtherTokens)))
      left.push({ differsIn: "the tokens' life", truth: other, policy });
    for (const twin of twins) if (await isInseparable(twin.policy, tried)) left.push(twin);
    kept.push(left);
  }
  return kept;
}

/** A refused exchange of which more than its truth is still named. */
export interface OpenCase {
  /** Place among what was recorded. */
  readonly index: number;
  readonly truth: Cause;
  /** The other causes that are named. */
  readonly rivals: readonly Cause[];
}

/** Policies that differ in one dimension and no longer refuse the exchange for its true cause. */
async function relaxed(scenario: Scenario, { index, truth }: OpenCase): Promise<readonly Policy[]> {
  const policies: Policy[] = [];
  for (const { policy } of neighboursOf(scenario.policy, await lookedAt(scenario))) {
    const other = await drive(scenario, policy).catch(() => null);
    const one = other === null ? undefined : recordedOf(other)[index];
    if (other !== null && one !== undefined && truthOf(one, other).cause !== truth) policies.push(policy);
  }
  return policies;
}

/**
 * A rival that a server which differs in two dimensions has for its truth, with the same exchanges and the same answers
 * to every permitted experiment; null: none of those looked at. The first dimension takes the true rule away, the second
 * puts the other one there.
 */
export async function rivalOfTwo(own: Scenario, scenario: Scenario, open: OpenCase): Promise<Cause | null> {
  const recorded = recordedOf(await drive(scenario));
  const given = toGiven(recorded);
  let tried: readonly Tried[] | null = null;
  for (const first of await relaxed(scenario, open)) {
    const looked = await lookedAt({ ...scenario, policy: first });
    for (const { policy } of neighboursOf(first, looked)) {
      const other = await sameUnder(scenario, policy, given);
      const one = other === null ? undefined : recordedOf(other)[open.index];
      if (other === null || one === undefined) continue;
      const { cause } = truthOf(one, other);
      if (cause === null || !open.rivals.includes(cause)) continue;
      tried ??= await tryAll(own, recorded[open.index]?.send.id ?? "");
      if (await isInseparable(policy, tried)) return cause;
    }
  }
  return null;
}
