import type { Policy } from "../../../../src/policy/policy.js";
import { drive } from "../drive/drive.js";
import type { Happened } from "../drive/happened.js";
import { recordedOf } from "../drive/to-exchanges.js";
import { neighboursOf, storingNeighbour } from "../policies/random-policy.js";
import { watch } from "../policies/watch.js";
import type { Scenario } from "../scenario.js";
import type { Truth } from "./mapping.js";
import { newRenamer, type Renamer, seenText } from "./normalise.js";
import { truthOf } from "./truth.js";

/** Another truth behind the same exchanges. */
export interface Twin {
  readonly differsIn: string;
  readonly truth: Truth;
  readonly policy: Policy;
}

function isEqual(one: Truth, other: Truth): boolean {
  return one.cause === other.cause;
}

/** What is given, as others are compared with it. */
export interface Given {
  readonly recorded: readonly Happened[];
  /** As they are, and with ids and tokens numbered. */
  readonly texts: readonly string[];
  readonly renamed: readonly string[];
}

/** Pure. */
export function toGiven(recorded: readonly Happened[]): Given {
  const rename = newRenamer();
  const texts = recorded.map((one, index) => seenText(one, recorded.slice(0, index)));
  return { recorded, texts, renamed: texts.map(rename) };
}

type Lines = readonly (readonly [string, string])[];

function sameLines(one: Lines, other: Lines): boolean {
  return (
    one.length === other.length &&
    one.every((line, index) => line[1] === other[index]?.[1] && line[0] === other[index]?.[0])
  );
}

/** The same to the last byte and microsecond: looked at first, since it is so mostly. */
function isIdentical(one: Happened, other: Happened): boolean {
  return (
    one.startMs === other.startMs &&
    one.endMs === other.endMs &&
    one.target === other.target &&
    one.body === other.body &&
    one.credentials === other.credentials &&
    one.received?.body === other.received?.body &&
    sameLines(one.headers, other.headers) &&
    sameLines(one.received?.headers ?? [], other.received?.headers ?? [])
  );
}

/** Compares a run with what is given while it runs. Mostly even the ids are the same: then nothing has to be numbered. */
function comparison(given: Given): (all: readonly Happened[]) => boolean {
  const texts: string[] = [];
  let rename: Renamer | null = null;
  const isSame = (text: string, index: number): boolean => {
    if (rename === null && text === given.texts[index]) return true;
    if (rename === null) {
      rename = newRenamer();
      for (const earlier of texts) rename(earlier);
    }
    return rename(text) === given.renamed[index];
  };
  return (all) => {
    const recorded = recordedOf(all);
    while (texts.length < recorded.length) {
      const index = texts.length;
      const one = recorded[index];
      const wanted = given.recorded[index];
      if (one === undefined || wanted === undefined) return false;
      if (one.received?.status !== wanted.received?.status || one.error?.phase !== wanted.error?.phase)
        return false;
      const isWhole = rename === null && isIdentical(one, wanted);
      const text = isWhole ? (given.texts[index] ?? "") : seenText(one, recorded.slice(0, index));
      if (!isSame(text, index)) return false;
      texts.push(text);
    }
    return true;
  };
}

/** A run under another policy, where its exchanges are the same to the end; null where they are not. */
export async function sameUnder(
  scenario: Scenario,
  policy: Policy,
  given: Given,
): Promise<readonly Happened[] | null> {
  const goOn = comparison(given);
  let isSame = true;
  const observe = (all: readonly Happened[]): boolean => {
    isSame &&= goOn(all);
    return isSame;
  };
  // A server that never answers is told apart by that.
  const other = await drive(scenario, policy, observe).catch(() => null);
  return isSame ? other : null;
}

/** For each recorded exchange the other truths that a neighbouring policy puts behind the same exchanges. */
export async function twinsOf(
  scenario: Scenario,
  happened: readonly Happened[],
): Promise<readonly (readonly Twin[])[]> {
  const given = toGiven(recordedOf(happened));
  const truths = given.recorded.map((one) => truthOf(one, happened));
  const twins: Twin[][] = given.recorded.map(() => []);
  const looked = await lookedAt(scenario);
  const storing = storingNeighbour(scenario.policy, looked);
  for (const neighbour of [...neighboursOf(scenario.policy, looked), ...storing]) {
    const { differsIn, policy } = neighbour;
    const other = await sameUnder(scenario, policy, given);
    if (other === null) continue;
    const isStoring = storing.includes(neighbour);
    recordedOf(other).forEach((one, index) => {
      const truth = truthOf(one, other);
      const own = truths[index];
      // Where nothing is graded there is no other truth to be told.
      if (own === undefined || (isStoring && own.kind !== "anomaly")) return;
      if (truth.kind !== "apart" && !isEqual(own, truth)) twins[index]?.push({ differsIn, truth, policy });
    });
  }
  return twins;
}

/** What of its policy a run really looks at: what nobody looks at may be anything, and the run is the same. */
export async function lookedAt(scenario: Scenario): Promise<ReadonlySet<string>> {
  const { watched, looked } = watch(scenario.policy);
  await drive(scenario, watched);
  return looked;
}
