import { GcidemError } from "../core/errors.js";
import { VERSION } from "../core/version.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { choosePolicy } from "../session/choose-policy.js";
import { compareStrategies } from "../strategies/compare-strategies.js";
import { comparisonJson } from "../strategies/comparison-json.js";
import { renderComparison } from "../strategies/render-comparison.js";
import type { Comparing, Comparison } from "../strategies/strategies.js";
import { createProgress } from "./progress.js";
import { readCount, readSeed, readTimeout } from "./read-arguments.js";
import { writeOut } from "./standard-output.js";
import type { StrategiesFlags } from "./strategies-flags.js";
import { terminalStyle } from "./terminal-style.js";

/** The mock remembers the latest 64 writers of a resource: of more it could not say who moved a token. */
const MOST_WRITERS = 64;

const MOST_RUNS = 10_000;

/** Longer than any client waits; each request of it is simulated. */
const LONGEST_DEADLINE_MS = 600_000;

/** The policy's own unit is the millisecond; a head of a table has room for so many digits. */
const MOST_CHURN = 1_000;
const CHURN = /^(\d{1,2}(?:\.\d{1,2})?|\d{3,4})\/s$/;

const MOST_CHURNS = 12;

const MOST_LOST = 0.9;

const FORMATS = ["terminal", "json", "html"] as const;

type Format = (typeof FORMATS)[number];

function usage(message: string, hint: string): GcidemError {
  return new GcidemError("usage", message, { hint });
}

function readFromOne(flag: "--writers" | "--runs", text: string): number {
  const count = readCount(flag, text);
  const most = flag === "--writers" ? MOST_WRITERS : MOST_RUNS;
  if (count >= 1 && count <= most) return count;
  throw usage(`${flag}: found ${text}, expected 1 to ${most}`, `such as ${flag === "--writers" ? 4 : 50}`);
}

function readDeadline(text: string): number {
  const deadlineMs = readTimeout("--deadline", text);
  if (deadlineMs <= LONGEST_DEADLINE_MS) return deadlineMs;
  throw usage(`--deadline: found ${text}, expected at most 10m`, "such as 10s");
}

function readShare(text: string): number {
  const share = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (share >= 0 && share <= MOST_LOST) return share;
  throw usage(
    `--lost-answers: found "${text}", expected a share from 0 to ${MOST_LOST}`,
    "such as 0.1 for one in ten",
  );
}

function churnHint(word: string): string {
  if (/^\d*\.?\d+$/.test(word)) return `did you mean \`${word}/s\`?`;
  const { hint } = didYouMeanHint(word, ["none"]);
  return hint ?? "such as --churn none,1/s,25/s; 0.2/s is one in five seconds";
}

function readChurn(text: string): number {
  const word = text.trim();
  if (word === "none" || word === "0") return 0;
  const [, digits = ""] = CHURN.exec(word) ?? [];
  const rate = digits === "" ? Number.NaN : Number(digits);
  if (rate > 0 && rate <= MOST_CHURN) return rate;
  throw usage(
    `--churn: found "${word}", expected none or a rate from 0.01/s to ${MOST_CHURN}/s`,
    churnHint(word),
  );
}

function readChurns(text: string): readonly number[] {
  const rates = [...new Set(text.split(",").map(readChurn))];
  if (rates.length <= MOST_CHURNS) return rates;
  throw usage(
    `--churn: found ${rates.length} rates, expected at most ${MOST_CHURNS}`,
    "one table is made for each",
  );
}

function readComparing(flags: StrategiesFlags): Comparing {
  return {
    policy: choosePolicy(flags.policy),
    seed: readSeed(flags.seed),
    writers: readFromOne("--writers", flags.writers),
    runs: readFromOne("--runs", flags.runs),
    deadlineMs: readDeadline(flags.deadline),
    churnsPerSecond: readChurns(flags.churn),
    lostShare: readShare(flags.lostAnswers),
  };
}

function readFormat({ json, format }: StrategiesFlags): Format {
  const found = FORMATS.find((each) => each === format);
  if (found === undefined) {
    const hint = didYouMeanHint(format, FORMATS).hint ?? `there are ${FORMATS.join(", ")}`;
    throw usage(`--format: found "${format}", expected a format`, hint);
  }
  if (json && found === "html") throw usage("--json and --format html are two formats", "give one of them");
  return json ? "json" : found;
}

/** The page is loaded only where it is asked for. */
async function render(comparison: Comparison, format: Format, color: boolean): Promise<Iterable<string>> {
  if (format === "json") return [comparisonJson(comparison)];
  if (format === "terminal")
    return renderComparison(comparison, terminalStyle({ color, verbose: false }, "standard output"));
  const { pageAssets } = await import("../report/html/page-assets.js");
  const { htmlComparison } = await import("../strategies/html-comparison.js");
  return htmlComparison(comparison, { page: pageAssets(), version: VERSION });
}

/** Runs `gcidem strategies`: measures on the mock, in this process, and prints. @throws GcidemError */
export async function strategies(flags: StrategiesFlags): Promise<void> {
  const comparing = readComparing(flags);
  const format = readFormat(flags);
  const progress = createProgress(flags.quiet);
  progress.start();
  try {
    const comparison = await compareStrategies(comparing, (title, requests) =>
      progress.onStep(title, requests, 1),
    );
    progress.stop();
    await writeOut(await render(comparison, format, flags.color));
  } finally {
    progress.stop();
  }
}
