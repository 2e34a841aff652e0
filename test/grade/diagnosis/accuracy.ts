import type { Cause } from "../../../src/core/causes.js";
import { CONFIRM_RULE } from "./confirmed-score.js";
import type { Case } from "./judge/judge-scenario.js";
import { moverScore, patternScores, type Score, type Share, scoreOf } from "./judge/score.js";
import { GRADED_REFUSALS, MAPPINGS } from "./judge/truth.js";
import { firstSeed, type Wanted } from "./plan.js";
import { TRACED_ANOMALIES } from "./scenes/anomalies.js";
import { CONTROLS } from "./scenes/controls.js";
import { HABITS } from "./scenes/patterns.js";
import type { Job } from "./worker.js";

/** All that a grade found. */
export interface Grade {
  readonly cases: readonly Case[];
  readonly patterns: readonly { readonly true: readonly Cause[]; readonly said: readonly Cause[] }[];
  /** How many scenarios of each target were run. */
  readonly seeds: ReadonlyMap<Job["target"], number>;
  readonly failed: number;
  readonly wanted: Wanted;
  readonly seconds: number;
  /** False: the scenarios of one target alone. */
  readonly isWhole: boolean;
}

const LIMITS = {
  indistinguishable: 0.2,
  certain: 0.7,
  named: 0.995,
  first: 0.97,
  ofEach: 0.95,
} as const;

function ratio({ hits, of }: Share): number {
  return of === 0 ? Number.NaN : hits / of;
}

function percent(share: Share): string {
  if (share.of === 0) return "-";
  const text = (100 * ratio(share)).toFixed(1);
  return share.hits < share.of && text === "100.0" ? "99.9" : text;
}

function below(share: Share, limit: number): boolean {
  return share.of > 0 && ratio(share) < limit;
}

function conflictsOf(cases: readonly Case[]): number {
  return cases.filter(({ conflict }) => conflict).length;
}

function refusalsMissed(cases: readonly Case[], which: string): readonly string[] {
  const all = scoreOf(cases, "refusal", null);
  const ofEach = GRADED_REFUSALS.flatMap((cause) => {
    const { recall, precision } = scoreOf(cases, "refusal", cause);
    return [
      ...(below(recall, LIMITS.ofEach) ? [`recall of ${cause}, ${which}: ${percent(recall)} %`] : []),
      ...(below(precision, LIMITS.ofEach)
        ? [`precision of ${cause}, ${which}: ${percent(precision)} %`]
        : []),
    ];
  });
  return [
    ...(below(all.named, LIMITS.named) ? [`named, ${which}: ${percent(all.named)} %`] : []),
    ...(below(all.recall, LIMITS.first) ? [`first, ${which}: ${percent(all.recall)} %`] : []),
    ...ofEach,
  ];
}

function anomaliesMissed(cases: readonly Case[]): readonly string[] {
  const all = scoreOf(cases, "anomaly", null);
  const ofEach = TRACED_ANOMALIES.flatMap((cause) => {
    const { recall, precision } = scoreOf(cases, "anomaly", cause);
    return [
      ...(below(recall, LIMITS.ofEach) ? [`recall of ${cause}: ${percent(recall)} %`] : []),
      ...(below(precision, LIMITS.ofEach) ? [`precision of ${cause}: ${percent(precision)} %`] : []),
    ];
  });
  return [
    ...(all.certainWrong > 0 ? [`anomalies said for certain and wrong: ${all.certainWrong}`] : []),
    ...ofEach,
  ];
}

function countsMissed({ cases, wanted }: Grade): readonly string[] {
  const conflicts = conflictsOf(cases);
  const few = GRADED_REFUSALS.filter((cause) => scoreOf(cases, "refusal", cause).cases < wanted.ofEach);
  return [
    ...(conflicts < wanted.conflicts ? [`conflicts: ${conflicts} of ${wanted.conflicts}`] : []),
    ...few.map((cause) => `fewer than ${wanted.ofEach} cases of ${cause}`),
  ];
}

function patternsMissed({ patterns }: Grade): readonly string[] {
  return patternScores(
    patterns,
    HABITS.map(({ pattern }) => pattern),
  ).flatMap(({ pattern, recall, precision }) => [
    ...(below(recall, LIMITS.ofEach) ? [`recall of ${pattern}: ${percent(recall)} %`] : []),
    ...(below(precision, LIMITS.ofEach) ? [`precision of ${pattern}: ${percent(precision)} %`] : []),
  ]);
}

/** Every limit that the grade misses, in words; of one target alone only what can be said of it. Pure. */
export function missedLimits(grade: Grade): readonly string[] {
  const { cases, isWhole } = grade;
  const all = scoreOf(cases, "refusal", null);
  const certain = [
    ...(all.certainWrong > 0 ? [`refusals said for certain and wrong: ${all.certainWrong}`] : []),
    ...(below(all.certain, LIMITS.certain) ? [`certain with a control: ${percent(all.certain)} %`] : []),
  ];
  if (!isWhole) return [...certain, ...refusalsMissed(cases, "all")];
  const share = all.indistinguishable;
  const tooMany = ratio(share) > LIMITS.indistinguishable;
  return [
    ...countsMissed(grade),
    ...certain,
    ...(tooMany ? [`indistinguishable: ${percent(share)} %`] : []),
    ...refusalsMissed(cases, "all"),
    ...refusalsMissed(
      cases.filter(({ opaque }) => opaque),
      "opaque",
    ),
    ...refusalsMissed(
      cases.filter(({ opaque }) => !opaque),
      "speaking",
    ),
    ...anomaliesMissed(cases),
    ...patternsMissed(grade),
  ];
}

const HEAD = [
  "| id | cases | indistinguishable % | certain % (with its control) | named % | first % (recall) | precision % | certain and wrong |",
  "|---|---|---|---|---|---|---|---|",
];

function row(name: string, score: Score): string {
  const { cases, indistinguishable, certain, named, recall, precision, certainWrong } = score;
  const cells = [
    name,
    cases,
    percent(indistinguishable),
    `${percent(certain)} (${certain.of})`,
    percent(named),
    percent(recall),
    percent(precision),
    certainWrong,
  ];
  return `| ${cells.join(" | ")} |`;
}

function table(
  cases: readonly Case[],
  kind: "refusal" | "anomaly",
  ids: readonly Cause[],
): readonly string[] {
  return [
    ...HEAD,
    ...ids.map((cause) => row(cause, scoreOf(cases, kind, cause))),
    row("**all**", scoreOf(cases, kind, null)),
  ];
}

function twinLines(cases: readonly Case[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { truth, twins } of cases) {
    if (truth.kind !== "refusal") continue;
    const others = new Set(twins.map(({ cause }) => `${truth.cause} or ${cause ?? "a plain success"}`));
    for (const pair of others) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return sorted.slice(0, 25).map(([pair, count]) => `| ${pair} | ${count} |`);
}

function seedLines({ seeds }: Grade): readonly string[] {
  return [...seeds].map(([target, count]) => `| ${target} | ${firstSeed(target)} | ${count} |`);
}

/** docs/accuracy.md. Pure. */
export function accuracyPage(grade: Grade): string {
  const { cases, patterns } = grade;
  const opaque = cases.filter((each) => each.opaque);
  const speaking = cases.filter((each) => !each.opaque);
  const controlled = cases.filter(({ truth, hasControl }) => truth.kind === "refusal" && hasControl).length;
  const scores = patternScores(
    patterns,
    HABITS.map(({ pattern }) => pattern),
  );
  const scenarios = [...grade.seeds.values()].reduce((sum, count) => sum + count, 0);
  const missed = missedLimits(grade);
  return `${[
    "# How often a diagnosis is right",
    "",
    "Printed by `npm run grade`. Random policies and random traffic run against the mock in one process; the truth is the mock's own trace, the diagnosis gets the exchanges and nothing else.",
    "",
    `${scenarios} scenarios, ${conflictsOf(cases)} conflicts, ${controlled} refusals with their control. ${missed.length === 0 ? "Every limit holds." : "Limits missed:"}`,
    ...(missed.length === 0 ? [] : ["", ...missed.map((each) => `- ${each}`)]),
    "",
    "- *indistinguishable*: a policy that differs in one dimension, or a preset, gives the same exchanges (ids and times aside) with another truth. Named, first, recall and precision are over the rest.",
    "- *certain*: of the refusals whose scenario contains the control, those that were said for certain.",
    "- *named*: the truth is among the causes named. *first*: it is the first of them.",
    "",
    "## Refusals",
    "",
    ...table(cases, "refusal", GRADED_REFUSALS),
    "",
    "## Refusals told in one constant body (`errors: opaque`)",
    "",
    ...table(opaque, "refusal", GRADED_REFUSALS),
    "",
    "## Refusals that say something",
    "",
    ...table(speaking, "refusal", GRADED_REFUSALS),
    "",
    `Who moved the token, where \`stale-*\` was named first: right in ${percent(moverScore(cases))} % of ${moverScore(cases).of}.`,
    "",
    "## Anomalies",
    "",
    ...table(cases, "anomaly", TRACED_ANOMALIES),
    "",
    "## Patterns",
    "",
    "| pattern | recall % | precision % | scenarios with it |",
    "|---|---|---|---|",
    ...scores.map(
      ({ pattern, recall, precision }) =>
        `| ${pattern} | ${percent(recall)} | ${percent(precision)} | ${recall.of} |`,
    ),
    "",
    "## What cannot be told apart",
    "",
    "| truth, and the other one behind the same exchanges | cases |",
    "|---|---|",
    ...twinLines(cases),
    "",
    "## After `--confirm`",
    "",
    "`npm run grade -- --confirm` prints the figures; the limit is 99 % named alone of those that are separable, and none certain and wrong.",
    "",
    ...CONFIRM_RULE,
    "",
    "## Controls",
    "",
    "| refusal | what settles it |",
    "|---|---|",
    ...Object.entries(CONTROLS).map(([cause, { why }]) => `| ${cause} | ${why} |`),
    "",
    "## What the trace knows and exchanges cannot show",
    "",
    ...MAPPINGS.map(({ because }) => `- ${because}`),
    "",
    "## Seeds",
    "",
    "| drawn for | first seed | scenarios |",
    "|---|---|---|",
    ...seedLines(grade),
  ].join("\n")}\n`;
}
