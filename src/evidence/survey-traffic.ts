import { createHash } from "node:crypto";
import { GcidemError } from "../core/errors.js";
import type { Exchange, ReceivedResponse, RunStarted, SentRequest } from "../journal/journal.js";
import type { RunSection } from "../report/report.js";
import { type Organization, organizationOf } from "./organization.js";

/** What one pass over a run's exchanges tells. */
export interface TrafficSurvey {
  /** Ids of the conversations that requests were about, the first few of them. */
  readonly conversations: readonly string[];
  readonly organization: Organization | null;
  /** When the first and the last request left, ISO 8601 in UTC; null where there was none. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  /** The answers' own dates, as the server wrote them: they show how far its clock is from the client's. */
  readonly firstServerDate: string | null;
}

const MOST_CONVERSATIONS = 5;
const CONVERSATION =
  /\/conversations\/(?:[a-z]+\/)?([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?=[/?#]|$)/i;

/** A body that redaction changed is hashed under a key that nobody has any more. */
const KEYED = /^hmac-/;
const MOST_NAMED = 5;

function isEdited(message: SentRequest | ReceivedResponse | null): boolean {
  if (message === null || KEYED.test(message.bodySha256)) return false;
  if (message.missing?.includes("body") === true) return false;
  const bytes = Buffer.from(message.body, message.bodyEncoding);
  return createHash("sha256").update(bytes).digest("hex") !== message.bodySha256;
}

function edited(file: string, what: string): GcidemError {
  return new GcidemError("invalid-file", `${file} was edited: ${what} that it has the sha256 of`, {
    hint: "evidence must be as it was recorded: run the scenario again, or use a copy from before",
  });
}

/**
 * Looks whether the scenario is the one that was run; of one from which something was taken out nobody can tell.
 * @throws GcidemError `invalid-file` where it is another
 */
export function checkScenario({ scenario: { text, sha256 } }: RunStarted, journalFile: string): void {
  if (text === "" || /<(?:secret|personal)\b/.test(text)) return;
  if (createHash("sha256").update(text).digest("hex") !== sha256)
    throw edited(journalFile, "the scenario in it is not the one");
}

function editedBodies(ids: readonly string[], file: string): GcidemError {
  const named = ids.slice(0, MOST_NAMED).map((id) => id.replace(/^e(?=\d)/, "#"));
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : "";
  return edited(file, `the bodies of ${named.join(", ")}${more} are not those`);
}

/** The header `Date` of an answer, as it came; null where there is none. Pure. */
export function serverDateOf({ response }: Exchange): string | null {
  return response?.headers.find(([name]) => name.toLowerCase() === "date")?.[1] ?? null;
}

/**
 * Reads a run's exchanges once. @throws GcidemError `invalid-file` where a body is not the one that was recorded.
 */
export function surveyTraffic(run: RunSection, journalFile: string): TrafficSurvey {
  const conversations = new Set<string>();
  const changed: string[] = [];
  let organization: Organization | null = null;
  let [firstAt, lastAt, firstServerDate]: (string | null)[] = [null, null, null];
  for (const exchange of run.exchanges) {
    const { id, request, response, timings } = exchange;
    if (isEdited(request) || isEdited(response)) changed.push(id);
    const conversation = CONVERSATION.exec(request.url)?.[1];
    if (conversation !== undefined && conversations.size < MOST_CONVERSATIONS)
      conversations.add(conversation.toLowerCase());
    organization ??= organizationOf(exchange);
    firstAt ??= timings.startedAt;
    lastAt = timings.startedAt;
    firstServerDate ??= serverDateOf(exchange);
  }
  if (changed.length > 0) throw editedBodies(changed, journalFile);
  return {
    conversations: [...conversations],
    organization,
    firstAt: firstAt ?? null,
    lastAt: lastAt ?? null,
    firstServerDate: firstServerDate ?? null,
  };
}
