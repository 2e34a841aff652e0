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

function wrong(cases: readonly Case[]): number {
  return cases.filter((each) => certainlyWrong(each, "refusal").length > 0).length;
}

/** After `--confirm`: a table of each id. Pure. */
export function confirmedLines(all: readonly Case[]): readonly string[] {
  const cases = separable(all);
  return [
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
    `certain and wrong: ${wrong(all)}`,
  ];
}

/** True where too few are named alone, or one is certain and wrong. Pure. */
export function missesConfirming(all: readonly Case[]): boolean {
  return percent(separable(all), isNamedAlone) < LIMIT || wrong(all) > 0;
}
