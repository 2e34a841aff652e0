import type { Case } from "./judge/judge-scenario.js";
import { certainlyWrong, isDistinguishable } from "./judge/score.js";
import { GRADED_REFUSALS } from "./judge/truth.js";

/** Named alone of those that what was sent can separate, in percent: the limit. */
const LIMIT = 99;

function refusals(cases: readonly Case[]): readonly Case[] {
  return cases.filter(({ truth }) => truth.kind === "refusal");
}

/** Refused exchanges whose truth some permitted experiment separates from every other one of a neighbouring policy. */
function separable(cases: readonly Case[]): readonly Case[] {
  return refusals(cases).filter(isDistinguishable);
}

/** The same, where policies that differ in two dimensions are looked at for what is still named beside the truth. */
function separableOfTwo(cases: readonly Case[]): readonly Case[] {
  return separable(cases).filter(({ rivalOfTwo = null }) => rivalOfTwo === null);
}

function isNamedAlone({ refusals, truth }: Case): boolean {
  return refusals.length === 1 && refusals[0]?.cause === truth.cause;
}

function isNamed({ refusals, truth }: Case): boolean {
  return refusals.some(({ cause }) => cause === truth.cause);
}

function percent(cases: readonly Case[], holds: (each: Case) => boolean): number {
  return cases.length === 0 ? 100 : (100 * cases.filter(holds).length) / cases.length;
}

function line(name: string, cases: readonly Case[]): string {
  const [alone, named] = [percent(cases, isNamedAlone).toFixed(1), percent(cases, isNamed).toFixed(1)];
  const certain = percent(cases, ({ refusals }) => refusals[0]?.certainty === "certain").toFixed(1);
  return `| ${name} | ${cases.length} | ${alone} | ${certain} | ${named} |`;
}

function wrong(cases: readonly Case[]): readonly Case[] {
  return cases.filter((each) => certainlyWrong(each, "refusal").length > 0);
}

/** `stale-etag taken for state-locked: random 1000501 e13` */
function wrongLine({ truth, refusals, target, seed, exchange }: Case): string {
  return `- ${truth.cause} taken for ${refusals[0]?.cause}: ${target} ${seed} ${exchange}`;
}

/** What the figures after `--confirm` are of. */
export const CONFIRM_RULE: readonly string[] = [
  "Each scenario is gone on with as `--confirm` does (at most 20 experiments), and explained again. A refusal is *separable* where some permitted experiment tells its server from every other one that has another truth and the same exchanges:",
  "",
  "- Other servers are the policies that differ in one dimension, the presets, and a world in which tokens that nobody knows have run out, or the other way round.",
  "- Permitted is what any client could send then, each alone after all that was sent before: reads of the thing, of its conversation, its list and, where the recording shows where keys are looked up, its key; the same at once and after 10 s, 2 min and 10 min; with a fresh, quoted, short or no key; with the current or no token; with both changed; with another body; the first request of its key, and the one's body on the other's path; callers whose credentials the recording shows; the same on a fresh thing.",
  "- Where another server answers each of these in the same way, and what `--confirm` sent as well, nobody can tell the two apart: that refusal is left out of the measure, and counted in the line *inseparable ones too*.",
  "- *Two dimensions* leaves out as well what is still named beside the truth where a policy that differs in two dimensions has it, with the same answers throughout.",
  "- *Named alone*: the truth, and nothing beside it.",
];

/** After `--confirm`: a table of each id. Pure. */
export function confirmedLines(all: readonly Case[]): readonly string[] {
  const cases = separable(all);
  return [
    ...CONFIRM_RULE,
    "",
    "| refusal | separable | named alone % | certain % | named % |",
    "|---|---|---|---|---|",
    ...GRADED_REFUSALS.map((cause) =>
      line(
        cause,
        cases.filter(({ truth }) => truth.cause === cause),
      ),
    ),
    line("all", cases),
    line("all, inseparable ones too", refusals(all)),
    line("all, two dimensions", separableOfTwo(all)),
    `certain and wrong: ${wrong(all).length}`,
    ...wrong(all).map(wrongLine),
  ];
}

/** True where too few are named alone, or one is certain and wrong. Pure. */
export function missesConfirming(all: readonly Case[]): boolean {
  return percent(separable(all), isNamedAlone) < LIMIT || wrong(all).length > 0;
}
