import { answerLines, createCauseTeller, curlCommand, exchangeLines } from "../evidence-lines.js";
import { type DiagnosisGroup, groupDiagnoses } from "../group-diagnoses.js";
import { ownCounts } from "../own-counts.js";
import { PLAIN_LOOK } from "../plain-look.js";
import type { RunSection } from "../report.js";
import { counted } from "../terminal/block.js";
import { isAside } from "../terminal/cases/case-list.js";
import { sentence } from "../terminal/diagnosis-words.js";
import { durationOf } from "../terminal/exchange-cells.js";
import { diagnosisTitle } from "../terminal/say-diagnosis.js";
import type { CaseDetail, TestCase } from "./test-case.js";

function groupCase(
  group: DiagnosisGroup,
  run: RunSection,
  cause: (exchange: string) => readonly string[],
): TestCase {
  const detail = (): CaseDetail => {
    const exchange = run.exchange(group.exchange);
    const [first] = group.candidates;
    const title = diagnosisTitle(group, exchange);
    const lines = [...exchangeLines(exchange), ...cause(exchange.id)];
    return {
      name: title,
      timeMs: durationOf(exchange),
      complaint: {
        type: first.cause,
        message: `${title}: ${sentence(first.explanation, PLAIN_LOOK)}`,
        text: [...lines, "", ...answerLines(exchange), "", ...curlCommand(exchange)].join("\n"),
      },
      out: exchangeLines(exchange).join("\n"),
    };
  };
  const aside = isAside({ group, exchange: run.exchange(group.exchange), alike: [] });
  return { outcome: aside ? "skipped" : "failure", detail };
}

function plain(outcome: "held" | "error", name: string, message: string): TestCase {
  return {
    outcome,
    detail: () => ({ name, timeMs: null, complaint: { type: outcome, message, text: message }, out: "" }),
  };
}

/**
 * One failed test case for each refusal and anomaly that was found in traffic (a refused read that is no conflict is
 * skipped, as the exit code does not count it either); one that held where there is none.
 */
export function* recordedCases(run: RunSection): Generator<TestCase> {
  const cause = createCauseTeller(run);
  let found = false;
  for (const group of groupDiagnoses(run.diagnoses)) {
    if (group.candidates[0].kind !== "refusal" && group.candidates[0].kind !== "anomaly") continue;
    found = true;
    yield groupCase(group, run, cause);
  }
  if (run.notDiagnosed !== undefined) yield plain("error", "every exchange was diagnosed", run.notDiagnosed);
  else if (!found) yield plain("held", `no conflict in ${counted(ownCounts(run).exchanges, "request")}`, "");
}
