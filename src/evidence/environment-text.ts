import { printableJson } from "../core/printable.js";
import type { RunStarted } from "../journal/journal.js";
import { runTitle } from "../report/run-title.js";
import type { EvidenceSource } from "./evidence.js";
import type { TrafficSurvey } from "./survey-traffic.js";

function hostOf(baseUrl: string): string | null {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : null;
}

/** Who ran what, where, and with what: the journal says it of the run, the machine of the bundle. JSON. Pure. */
export function environmentText(
  { run, region, machine, notes }: EvidenceSource,
  started: RunStarted,
  survey: TrafficSurvey,
): string {
  const { kind, baseUrl, policy } = run.target;
  const environment = {
    title: runTitle(run),
    run: { id: run.id, startedAt: run.startedAt, tool: started.tool, node: started.node, seed: run.seed },
    bundle: machine,
    target: { kind, baseUrl, host: hostOf(baseUrl), policy },
    region,
    organization: survey.organization,
    scenario: run.scenario,
    recording: run.recording ?? null,
    firstRequestAt: survey.firstAt,
    lastRequestAt: survey.lastAt,
    firstServerDate: survey.firstServerDate,
    counts: run.counts,
    redacted: run.redacted,
    notes,
  };
  return `${printableJson(JSON.stringify(environment, null, 2))}\n`;
}
