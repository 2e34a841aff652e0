import { drive } from "../drive/drive.js";
import type { Happened } from "../drive/happened.js";
import { recordedOf } from "../drive/to-exchanges.js";
import { neighboursOf } from "../policies/random-policy.js";
import type { Scenario } from "../scenario.js";
import { newNormaliser } from "./normalise.js";
import { type Truth, truthOf } from "./truth.js";

/** Another truth behind the same exchanges. */
export interface Twin {
  readonly differsIn: string;
  readonly truth: Truth;
}

function isEqual(one: Truth, other: Truth): boolean {
  return one.cause === other.cause;
}

function statusOf({ received }: Happened | { received: null }): number | null {
  return received?.status ?? null;
}

/** Stops a run as soon as its exchanges differ from those that are given. */
function sameSoFar(
  given: readonly Happened[],
  texts: readonly string[],
): (all: readonly Happened[]) => boolean {
  const normalise = newNormaliser();
  let compared = 0;
  return (all) => {
    const recorded = recordedOf(all);
    for (; compared < recorded.length; compared++) {
      const one = recorded[compared];
      const wanted = given[compared];
      if (one === undefined || wanted === undefined) return false;
      if (statusOf(one) !== statusOf(wanted) || one.error?.code !== wanted.error?.code) return false;
      if (normalise(one, recorded.slice(0, compared)) !== texts[compared]) return false;
    }
    return true;
  };
}

/** For each recorded exchange the other truths that a neighbouring policy puts behind the same exchanges. */
export async function twinsOf(
  scenario: Scenario,
  happened: readonly Happened[],
): Promise<readonly (readonly Twin[])[]> {
  const given = recordedOf(happened);
  const normalise = newNormaliser();
  const texts = given.map((one, index) => normalise(one, given.slice(0, index)));
  const truths = given.map((one) => truthOf(one, happened));
  const twins: Twin[][] = given.map(() => []);
  for (const { differsIn, policy } of neighboursOf(scenario.policy)) {
    let isSame = true;
    const goOn = sameSoFar(given, texts);
    const observe = (all: readonly Happened[]): boolean => {
      isSame &&= goOn(all);
      return isSame;
    };
    // A server that never answers is told apart by that.
    const other = await drive(scenario, policy, observe).catch(() => null);
    if (other === null || !isSame) continue;
    recordedOf(other).forEach((one, index) => {
      const truth = truthOf(one, other);
      const own = truths[index];
      if (own !== undefined && !isEqual(own, truth)) twins[index]?.push({ differsIn, truth });
    });
  }
  return twins;
}
