import type { Mover, Refusal } from "../core/causes.js";
import type { Book } from "./book.js";
import { contradiction } from "./contradiction.js";
import { type Factor, lookAround, related } from "./controls.js";
import type { Certainty, Diagnosis, Experiment, RuledOut } from "./diagnose.js";
import { chooseExperiment } from "./experiment.js";
import { wasTried } from "./in-vain/tries.js";
import { ONE_MEANING } from "./one-meaning.js";
import type { Case, Finding, RefusalRule } from "./refusal.js";
import { REFUSAL_RULES } from "./refusals.js";
import type { Seen } from "./seen.js";
import { REFUSAL_TEXTS } from "./texts/refusal-texts.js";
import { type Told, toldBy } from "./told.js";
import { triedInVain } from "./tried-in-vain.js";
import { unnamedKey, unnamedKeyWords } from "./unnamed-key.js";

type Fit = Finding & { readonly fits: true };

interface Candidate {
  readonly cause: Refusal;
  readonly rule: RefusalRule;
  readonly fit: Fit;
  readonly spoken: boolean;
  readonly weight: number;
}

/** A code with one meaning, whatever its status: the vendor lists it with 400. */
const NEEDS_USER: readonly Refusal[] = ["permission-missing"];

const RULES = Object.entries(REFUSAL_RULES) as readonly (readonly [Refusal, RefusalRule])[];

/** How far behind the best a cause may be to be named at all. */
const NAMED_WITHIN = 9;
/** The same, once nothing more can be asked. */
const LEFT_WITHIN = 1;
const MOST_NAMED = 6;
/** What the server's own words are worth against what fits without them. */
const SPOKEN_WEIGHT = 8;
const FAILED_WEIGHT = 3;
const FURTHER_WEIGHT = 3;
const CATCH_ALL_WEIGHT = 3;
/** How far ahead of the next spoken cause one must be to be `likely`. */
const CLEAR_LEAD = 3;

/** A state that nothing shows is what is left over, and no more: a server may refuse for reasons that no cause here has. */
const STATES: ReadonlySet<Refusal> = new Set<Refusal>(["state-locked", "state-terminal"]);

/** Changing what the cause depends on did not help. Two rules may refuse one request, so this weighs, and excludes nothing. */
function failedWeight({ factors }: RefusalRule, { failedChanges }: Case): number {
  const helpless = failedChanges.some(({ differsIn }) => factors.some((factor) => differsIn.has(factor)));
  return helpless ? -FAILED_WEIGHT : 0;
}

/** Statuses that say nothing of the request, but of its caller and the time. */
const OF_THE_CALLER: ReadonlySet<number | null> = new Set([401, 403, 429]);

/** True where a change of this met another rule: alone, or with another key where that alone did not help. */
function hasGotFurther(factor: Factor, { otherRefusals, failedChanges }: Case): boolean {
  const isKeyHelpless = (): boolean => failedChanges.some(({ differsIn }) => differsIn.has("key"));
  return otherRefusals.some(
    ({ seen, differsIn }) =>
      differsIn.has(factor) &&
      !OF_THE_CALLER.has(seen.status) &&
      (differsIn.size === 1 || (differsIn.has("key") && isKeyHelpless())),
  );
}

/** Changing what the cause depends on did help, if only to meet another rule. */
function furtherWeight({ factors }: RefusalRule, of: Case): number {
  const isOf = (factor: "key" | "token"): boolean => factors.includes(factor) && hasGotFurther(factor, of);
  return isOf("key") || isOf("token") ? FURTHER_WEIGHT : 0;
}

/** A catch-all text speaks for the rules that have no other, and against those that have. */
function catchAllWeight({ catchAll }: RefusalRule, { catchAll: used }: Told): number {
  if (used === null) return 0;
  return catchAll?.includes(used) === true ? CATCH_ALL_WEIGHT : -CATCH_ALL_WEIGHT;
}

/** What was found of each rule for one refused request. */
interface Found {
  /** Those that fit, best first. */
  readonly fits: readonly Candidate[];
  readonly ruledOut: readonly RuledOut[];
}

function judgeAll(of: Case, told: Told): Found {
  const { status } = of.refused;
  const only = told.needsUser ? NEEDS_USER : ONE_MEANING[status ?? 0];
  const fits: Candidate[] = [];
  const ruledOut: RuledOut[] = [];
  for (const [cause, rule] of RULES) {
    if (only !== undefined && !only.includes(cause)) {
      const what = told.needsUser ? "not.a.user" : status;
      ruledOut.push({ cause, because: `${what} has a meaning of its own, and it is not this` });
      continue;
    }
    const found = judge([cause, rule], of, told);
    if ("fit" in found) fits.push(found);
    else ruledOut.push(found);
  }
  return { fits: fits.sort((a, b) => b.weight - a.weight), ruledOut };
}

function judge([cause, rule]: readonly [Refusal, RefusalRule], of: Case, told: Told): Candidate | RuledOut {
  const finding = rule.judge(of);
  if (!finding.fits) return { cause, because: finding.because };
  const contradicted = contradiction(rule, of);
  if (contradicted !== null && cause !== "unexplained") return { cause, because: contradicted };
  const spoken = told.rules.has(cause);
  const heard = spoken ? SPOKEN_WEIGHT : catchAllWeight(rule, told);
  const weight = finding.weight + heard + failedWeight(rule, of) + furtherWeight(rule, of);
  return { cause, rule, fit: finding, spoken, weight };
}

/** What fits once the answer's own words are heard: with a control that passed they rule out what they do not name. */
function heard(
  fits: readonly Candidate[],
  of: Case,
): { readonly open: readonly Candidate[]; readonly out: readonly RuledOut[] } {
  const [best] = fits;
  if (best === undefined || !best.spoken) return { open: fits, out: [] };
  const passed = of.controls.find(
    ({ after, differsIn }) => after && best.rule.factors.some((factor) => differsIn.has(factor)),
  );
  if (passed === undefined) return { open: fits, out: [] };
  const silent = fits.filter(({ spoken, cause }) => !spoken && cause !== "unexplained");
  return {
    open: fits.filter((each) => !silent.includes(each)),
    out: silent.map(({ cause }) => ({
      cause,
      because: `the answer itself names another rule, and ${passed.seen.id} was accepted`,
    })),
  };
}

/** No key's life ends so soon. */
const KEY_LIFE_MS = 60_000;

/** A key that the server holds is held for the same request again: where that passed soon after, it was none. */
function isKeyFree({ cause, rule }: Candidate, { refused, repeats }: Case): boolean {
  const isHeld = rule.holds === "enclosed" && rule.factors.includes("key") && cause !== "key-in-flight";
  return (
    isHeld &&
    repeats.some(
      ({ ending, startMs }) =>
        ending === "accepted" && startMs >= refused.endMs && startMs - refused.endMs < KEY_LIFE_MS,
    )
  );
}

/** A header that may be a key without anybody's saying so: where statuses leave anything open. */
function keyInHeader(of: Case): string | null {
  return ONE_MEANING[of.refused.status ?? 0] === undefined ? unnamedKey(of) : null;
}

function certaintyOf(candidate: Candidate, judged: Pick<Judged, "of" | "open" | "isTold">): Certainty {
  const { of, open, isTold } = judged;
  const rivals = open.filter(({ cause }) => cause !== "unexplained" && cause !== candidate.cause);
  // Words that name another rule are no proof, and yet nobody is certain against them.
  const unsaid = isTold && !candidate.spoken;
  const isUnshown = STATES.has(candidate.cause) && candidate.fit.evidence.length === 0;
  if (rivals.length === 0 && candidate.cause !== "unexplained" && candidate.fit.onlyTold !== true)
    return unsaid || isUnshown || isKeyFree(candidate, of) || keyInHeader(of) !== null
      ? "possible"
      : "certain";
  if (!candidate.spoken || candidate.cause !== open[0]?.cause) return "possible";
  const next = rivals.find(({ spoken }) => spoken);
  return next === undefined || candidate.weight - next.weight >= CLEAR_LEAD ? "likely" : "possible";
}

/** What was found for one refused request. */
interface Judged {
  readonly of: Case;
  readonly open: readonly Candidate[];
  readonly ruledOut: readonly RuledOut[];
  /** The answer's own words name a rule. */
  readonly isTold: boolean;
  /** What would settle it. */
  readonly settled: Experiment | null;
}

/** The experiment that tells those apart that a reader is told of; where none does, from what else is open. */
function settles(of: Case, named: readonly Candidate[], open: readonly Candidate[]): Experiment | null {
  const causesOf = (candidates: readonly Candidate[]): readonly Refusal[] =>
    candidates.map(({ cause }) => cause).filter((cause) => cause !== "unexplained");
  return chooseExperiment(of, causesOf(named)) ?? chooseExperiment(of, causesOf(open));
}

function toDiagnosis(candidate: Candidate, judged: Judged): Diagnosis {
  const { of, ruledOut, settled } = judged;
  const { cause, rule, fit } = candidate;
  const certainty = certaintyOf(candidate, judged);
  const movedBy: Mover | null = fit.movedBy ?? null;
  const header = certainty === "certain" ? null : keyInHeader(of);
  const missing = [...(fit.missing ?? []), ...(header === null ? [] : [unnamedKeyWords(header)])];
  return {
    kind: "refusal",
    cause,
    certainty,
    exchange: of.refused.id,
    movedBy,
    evidence: fit.evidence,
    ruledOut,
    explanation: rule.explain(of, movedBy),
    remedy: rule.remedy?.(of) ?? REFUSAL_TEXTS[cause].remedy,
    toConfirm: certainty === "certain" ? null : settled,
    missing,
  };
}

/**
 * Those that nothing which was sent to confirm speaks against; all where there would be none. The one that the server
 * names stands in any case: that a key or token did not help may only mean that the server looks for it elsewhere.
 */
function standingOf(of: Case, open: readonly Candidate[]): readonly Candidate[] {
  const [named, ...others] = open.filter(({ spoken }) => spoken);
  const isKept = (each: Candidate): boolean => each === named && others.length === 0;
  const left = open.filter((each) => isKept(each) || triedInVain(of, each.cause) === null);
  return left.some(({ cause }) => cause !== "unexplained") ? left : open;
}

/** Once nothing more can be asked, the server's own words have the last one; without any, what is far behind is left. */
function lastNamed(named: readonly Candidate[]): {
  readonly left: readonly Candidate[];
  readonly behind: readonly RuledOut[];
} {
  const [first] = named;
  if (first === undefined) return { left: [], behind: [] };
  const isLeft = ({ spoken, weight }: Candidate): boolean =>
    weight >= first.weight - LEFT_WITHIN && (spoken || !first.spoken);
  return {
    left: named.filter(isLeft),
    behind: named
      .filter((each) => !isLeft(each))
      .map(({ cause }) => ({
        cause,
        because: `less likely than ${first.cause} by all that was sent, though nothing contradicts it`,
      })),
  };
}

/** What fits and is too far behind to be named: it was not ruled out, and may still turn up when it is settled. */
function farBehind(standing: readonly Candidate[], named: readonly Candidate[]): readonly RuledOut[] {
  const [first] = named;
  return standing
    .filter((each) => !named.includes(each) && each.cause !== "unexplained")
    .map(({ cause }) => ({
      cause,
      because: `less likely than ${first?.cause ?? "others"}, though nothing contradicts it`,
    }));
}

/**
 * Names the rule that refused a request: the causes that fit, best first; one alone where every rival is contradicted.
 * Pure.
 */
export function diagnoseRefusal(refused: Seen, book: Book): readonly Diagnosis[] {
  const near = related(refused, book);
  const { controls, failedChanges, otherRefusals, repeats } = lookAround(refused, near);
  const of: Case = {
    refused,
    book,
    near,
    controls,
    failedChanges,
    otherRefusals,
    repeats,
    kept: { key: undefined, tokens: new Map(), sights: undefined, tries: undefined },
  };
  const told = toldBy(refused, book);
  const judged = judgeAll(of, told);
  const { open, out } = heard(judged.fits, of);
  const ruledOut = [...judged.ruledOut, ...out];
  const standing = standingOf(of, open);
  const best = standing[0]?.weight ?? 0;
  const named = standing
    .filter(
      ({ weight, cause }) =>
        weight >= best - NAMED_WITHIN && (cause !== "unexplained" || standing.length === 1),
    )
    .slice(0, MOST_NAMED);
  const isTold = told.rules.size > 0;
  const inVain = open.flatMap(({ cause }) => {
    const isOut = standing !== open && !standing.some((each) => each.cause === cause);
    const because = isOut ? triedInVain(of, cause) : null;
    return because === null ? [] : [{ cause, because }];
  });
  const found = { of, open, ruledOut: [...ruledOut, ...inVain], isTold };
  const [first] = named;
  const isSure = named.length === 1 && first !== undefined && certaintyOf(first, found) === "certain";
  // To find what would settle it costs most of all, and who is certain needs it not.
  const settled = isSure ? null : settles(of, named, open);
  const { left, behind } = settled === null && wasTried(of) ? lastNamed(named) : { left: named, behind: [] };
  // The nearest rivals first: they are the first that a reader asks for.
  const said = { ...found, ruledOut: [...behind, ...farBehind(standing, named), ...found.ruledOut], settled };
  return left.map((candidate) => toDiagnosis(candidate, said));
}
