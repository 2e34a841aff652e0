import type { ConfirmedOn } from "../../journal/journal.js";
import type { ReportTarget, RunReport, RunSection } from "../report.js";
import type { Look } from "./look.js";
import { GLUE, type Span, wrapText } from "./wrap-text.js";

/** What a preset is, in fewer words than its own description has. */
const SHORT_DESCRIPTIONS: Readonly<Record<string, string>> = {
  documented: "what the vendor documents; where it documents nothing, the mock's answer is a guess.",
  "forum-lore": "what forum threads claim; the vendor documents otherwise.",
};

const DISCLAIMER = "Proves nothing about Genesys Cloud.";

/** A target in words; for the mock also what its policy is. Pure. */
export function targetWords({ kind, baseUrl, policy, policyDescription }: ReportTarget): string {
  if (kind === "recording") return "Recorded traffic; nothing was sent.";
  if (kind === "genesys") return `Genesys Cloud at ${baseUrl}`;
  if (kind === "http") return `HTTP API at ${baseUrl}`;
  if (policy === null) return "MOCK.";
  const short = SHORT_DESCRIPTIONS[policy];
  if (short !== undefined) return `MOCK obeying ${policy}: ${short}`;
  const name = policy === "inline" ? "the scenario's own policy" : policy;
  return `MOCK obeying ${name}.${policyDescription === null ? "" : ` ${policyDescription}`}`;
}

/** A recording, and the server that was asked in the place of the recorded one. */
function confirmedWords(
  { target, confirming }: RunSection,
  { kind, baseUrl, policy, origin }: ConfirmedOn,
): string {
  const what =
    target.kind === "recording" ? "Recorded traffic" : targetWords({ ...target }).replace(/\.$/, "");
  const where = kind === "mock" ? `a MOCK${policy === null ? "" : ` obeying ${policy}`}` : baseUrl;
  const sent = confirming === undefined ? "nothing was sent to" : "--confirm asked";
  const place = baseUrl === origin ? "" : ` in the place of ${origin}`;
  return `${what}; ${sent} ${where}${place}.`;
}

function allEqual<T>(values: readonly T[]): boolean {
  return values.every((value) => value === values[0]);
}

/** True where the banner says of all scenarios what they ran against, so that none has to repeat it. Pure. */
export function sharesTarget(runs: readonly RunSection[]): boolean {
  return allEqual(runs.map(({ target }) => targetWords(target)));
}

/** True where the banner names the seed of all scenarios. Pure. */
export function sharesSeed(runs: readonly RunSection[]): boolean {
  return allEqual(runs.map(({ seed }) => seed));
}

function* words(runs: readonly RunSection[]): Generator<string> {
  const [first] = runs;
  if (first === undefined) return;
  const mocks = runs.filter(({ target }) => target.kind === "mock");
  if (runs.length === 1 && first.confirmedOn !== undefined) {
    yield confirmedWords(first, first.confirmedOn);
    if (first.confirmedOn.kind === "mock") yield "MOCK proves nothing about Genesys Cloud.";
    return;
  }
  if (sharesTarget(runs)) yield targetWords(first.target);
  else if (mocks.length === runs.length)
    yield `MOCK: ${runs.length} scenarios, each names the policy that it obeyed.`;
  else yield `${runs.length} scenarios, each says what it ran against.`;
  if (mocks.length === runs.length) yield DISCLAIMER;
  else if (mocks.length > 0) yield `MOCK proves nothing about Genesys Cloud.`;
}

/** First lines of a report: the tool, what it talked to and what that is worth, the seed. */
export function* banner({ tool, runs }: RunReport, look: Look): Generator<string> {
  const name = `${tool.name} ${look.text(tool.version)}`;
  const [first] = runs;
  const seed: readonly Span[] =
    first !== undefined && first.target.kind !== "recording" && sharesSeed(runs)
      ? [{ text: `  seed${GLUE}${first.seed}`, paint: look.paint.dim }]
      : [];
  const start = name.length + 4;
  yield* wrapText([{ text: look.text([...words(runs)].join(" ")) }, ...seed], {
    first: `${look.paint.bold(name)}    `,
    start,
    indent: start,
    columns: look.textColumns,
  });
}
