import type { Refusal } from "../../core/causes.js";
import type { Factor } from "../controls.js";
import type { ExperimentStep } from "../diagnose.js";
import { bodyOf } from "../experiment-steps.js";
import { UNIQUE_MEMBER } from "../in-vain/tries.js";
import type { Case } from "../refusal.js";
import { REFUSAL_RULES } from "../refusals.js";
import type { Seen } from "../seen.js";

/**
 * An experiment, and which causes it would tell from which. What costs is worked out for those that tell something; what
 * nothing here could be sent for counts as tried.
 */
export interface Split {
  readonly what: string;
  readonly outcome: string;
  readonly steps: () => readonly ExperimentStep[];
  /** Of the causes that fit, those that a success would point to. */
  readonly points: (cause: Refusal) => boolean;
  /** The exchanges have the answer already. */
  readonly isTried: () => boolean;
}

/** True of causes that a change in this would lift. Pure. */
export function dependsOn(factor: Factor): (cause: Refusal) => boolean {
  return (cause) => REFUSAL_RULES[cause].factors.includes(factor);
}

/** True where the same request but for this was sent after the refusal, whatever came of it. */
export function isChangeTried(of: Case, factor: Factor): boolean {
  return changesTried(of, factor).length > 0;
}

/** The same requests but for this that were sent after the refusal and answered. */
export function changesTried(
  { controls, failedChanges, otherRefusals, refused }: Case,
  factor: Factor,
): readonly Seen[] {
  return [...controls, ...failedChanges, ...otherRefusals]
    .filter(({ differsIn }) => differsIn.size === 1 && differsIn.has(factor))
    .map(({ seen }) => seen)
    .filter(({ startMs }) => startMs >= refused.endMs);
}

/** The read that showed a token of the resource; else the one that most likely does. */
export function readPath({ refused, book }: Case): string {
  const known = book
    .sameResource(refused)
    .findLast(({ method, ending, shown }) => method === "GET" && ending === "accepted" && shown.length > 0);
  if (known !== undefined) return `${known.path}${known.query}`;
  return statePath(refused);
}

/** The POST that showed a token of the resource last, where no GET does: of GraphQL, or of an access policy of Google's. */
export function askedByPost({ refused, book }: Case): Seen | null {
  const known = book
    .sameResource(refused)
    .findLast(({ writes, ending, shown }) => !writes && ending === "accepted" && shown.length > 0);
  return known?.method === "POST" ? known : null;
}

/** Where the platform shows things that are written by paths of their own. */
const STATE_PATHS: Readonly<Record<string, (id: string) => string>> = {
  conversation: (id) => `/api/v2/conversations/${id}`,
  actionDraft: (id) => `/api/v2/integrations/actions/${id}/draft`,
  userStation: (id) => `/api/v2/users/${id}/station`,
  flow: (id) => `/api/v2/flows/${id}`,
  group: (id) => `/api/v2/groups/${id}`,
};

/** Where the state of a resource is shown: of a part of a conversation, in the conversation. */
export function statePath({ resource, path }: Seen): string {
  const [, kind = "", id = ""] = /^(\w+):(.+)$/.exec(resource) ?? [];
  return STATE_PATHS[kind]?.(id) ?? path;
}

/**
 * True where a changed request that passed has itself made the refused one unacceptable: it moved the token, or made the
 * thing. What is answered to the refused one from then on says nothing of why it was refused before.
 */
export function isOvertaken({ refused, controls }: Case): boolean {
  const passed = controls.filter(({ after }) => after).map(({ seen }) => seen);
  if (refused.sent.length > 0) return passed.some(({ resource }) => resource === refused.resource);
  const { json } = bodyOf(refused);
  const names = json?.kind === "object" ? json.members.map(([name]) => name) : [];
  const isUnique = names.some((name) => UNIQUE_MEMBER.test(name));
  return (
    isUnique && passed.some(({ method, resource }) => method === "POST" && resource === refused.resource)
  );
}
