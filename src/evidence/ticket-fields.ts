import { PLAIN_LOOK } from "../report/plain-look.js";
import type { RunSection } from "../report/report.js";
import { recordedOutcome } from "../report/terminal/cases/recording-head.js";
import { headlineOf } from "../report/terminal/headline.js";
import { surveyRun } from "../report/terminal/survey.js";
import type { EvidenceSource } from "./evidence.js";
import type { TrafficSurvey } from "./survey-traffic.js";

/** One thing that customer care asks for. */
export interface TicketField {
  /** What `--set` calls it. */
  readonly name: string;
  readonly label: string;
  /** What is known; null: a gap. */
  readonly value: string | null;
  /** What may stand in a gap, for whoever fills it in. */
  readonly help: string;
}

/** Names that `--set` knows, with what each is for. */
export const TICKET_NAMES: readonly string[] = [
  "orgName",
  "orgId",
  "conversationId",
  "issue",
  "impact",
  "case",
];

/** What was found, in a few words: `CONFLICT 1 of 4 writes`. Reads a scenario's exchanges once. */
export function outcomeWords(run: RunSection, cases: boolean): string {
  if (cases) return recordedOutcome(run);
  const { word, words } = headlineOf(run, surveyRun(run, PLAIN_LOOK));
  return `${word} ${words}`.trim();
}

/**
 * The vendor's list: organisation short name and ID, conversation ID, the issue and its business impact
 * (help.mypurecloud.com, contact-purecloud-support; read 2026-11-21). Pure.
 */
export function ticketFields(
  { values, run }: Pick<EvidenceSource, "values" | "run">,
  survey: TrafficSurvey,
  outcome: string,
): readonly TicketField[] {
  const { organization, conversations } = survey;
  const known: Readonly<Record<string, string | null>> = {
    orgName: organization?.shortName ?? null,
    orgId: organization?.id ?? null,
    conversationId: conversations.length === 0 ? null : conversations.join(", "),
    issue: `${outcome}: ${run.scenario.name || run.scenario.file || run.id}`,
  };
  const field = (name: string, label: string, help: string): TicketField => ({
    ...{ name, label, help },
    value: values.get(name) ?? known[name] ?? null,
  });
  const orgHelp = organization?.name == null ? "" : `the organisation's name is ${organization.name}`;
  return [
    field("orgName", "Organization short name", orgHelp),
    field("orgId", "Organization ID", "GET /api/v2/organizations/me answers it"),
    field("conversationId", "Conversation ID", "or: none is concerned"),
    field("issue", "Issue", ""),
    field("impact", "Business impact", "who cannot do what, since when, how many"),
    field("case", "Case", "its number; or: a new one"),
  ];
}

/** Names of what is still to be filled in. Pure. */
export function gapsOf(fields: readonly TicketField[]): readonly string[] {
  return fields.filter(({ value }) => value === null).map(({ name }) => name);
}
