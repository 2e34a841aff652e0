import { formatDuration } from "../../core/duration.js";
import type { Dimensions, ReferencedKind, UniqueField } from "../policy.js";
import { distinct, listed, NOTHING, paragraph, refusal, type Sayer } from "./say.js";

function beat(everyMs: number, jitterMs: number): string {
  const about = jitterMs === 0 ? "" : `, up to ${formatDuration(jitterMs)} more or less`;
  return `every ${formatDuration(everyMs)}${about}`;
}

/** Says what the platform itself writes. */
export const sayChurn: Sayer = ({ churn }) => {
  if (churn === null) return NOTHING;
  return paragraph(
    `The platform itself writes to each conversation ${beat(churn.everyMs, churn.jitterMs)}, which moves its token if it has one.`,
    "A token may be outdated before your write arrives, with no other client about.",
  );
};

function inStates(states: readonly string[]): string {
  return `a conversation or participant is ${listed(distinct(states).toSorted(), "or")}`;
}

/** Says in which states writes are refused for a while. */
export const sayLocks: Sayer = (dimensions, place) => {
  const { locks } = dimensions;
  if (locks === null || place.methods.length === 0) return NOTHING;
  const until =
    locks.forMs === null
      ? "until the state changes"
      : `for ${formatDuration(locks.forMs)} from the moment it became so`;
  const gets = refusal(locks.status, dimensions, locks.code);
  return [
    `While ${inStates(locks.states)}, a write to it gets ${gets} ${until}, unless it sets the state: wait, then repeat the same request.`,
  ];
};

/** Says in which states writes are refused for ever. */
export const sayTerminal: Sayer = (dimensions, place) => {
  const { terminal } = dimensions;
  if (terminal === null || place.methods.length === 0) return NOTHING;
  return [
    `Once ${inStates(terminal.states)}, each write to it gets ${refusal(terminal.status, dimensions)} for ever: stop, and start a new one.`,
  ];
};

const SAME: Readonly<Record<UniqueField, string>> = {
  "users.email": "Two users cannot have the same email",
  "groups.name": "Two groups cannot have the same name",
  "things.name": "Two things cannot have the same name",
};

/** Of several rules for one thing the first counts. */
function firstOfEach<Rule extends { readonly on: string }>(rules: readonly Rule[]): readonly Rule[] {
  return rules.filter((rule, index) => rules.findIndex(({ on }) => on === rule.on) === index);
}

/** Says which values must be unique. */
export const sayUnique: Sayer = (dimensions, place) => {
  if (place.methods.length === 0) return NOTHING;
  return firstOfEach(dimensions.unique).map(
    ({ on, status, code }) =>
      `${SAME[on]}: the later write gets ${refusal(status, dimensions, code)}; take it for done, or choose another.`,
  );
};

const REFERENCED: Readonly<Record<ReferencedKind, (gets: string) => string>> = {
  groups: (gets) =>
    `A group that has members cannot be deleted: the request gets ${gets}; remove the members first.`,
  things: (gets) =>
    `A thing that another thing names as its parentId cannot be deleted: the request gets ${gets}; delete or change the other one first.`,
};

/** Says what cannot be deleted while something refers to it. */
export const sayReferences: Sayer = (dimensions, place) => {
  if (!place.methods.includes("DELETE")) return NOTHING;
  return firstOfEach(dimensions.references).map(({ on, status }) =>
    REFERENCED[on](refusal(status, dimensions)),
  );
};

/** Says how many requests may come. */
export const sayRateLimit: Sayer = ({ rateLimit }) => {
  if (rateLimit === null) return NOTHING;
  const { perMinute, retryAfter } = rateLimit;
  const requests = perMinute === 1 ? "1 request" : `${perMinute} requests`;
  return [
    retryAfter
      ? `A token is good for ${requests} a minute; the next one gets 429 with a Retry-After in seconds: wait that long and keep the key.`
      : `A token is good for ${requests} a minute; the next one gets 429 without a Retry-After: wait a minute and keep the key.`,
  ];
};

/** Says how long answers take. */
export const sayLatency: Sayer = ({ latency: { baseMs, jitterMs } }) => {
  if (baseMs === 0 && jitterMs === 0) return NOTHING;
  const more = jitterMs === 0 ? "" : `, up to ${formatDuration(jitterMs)} more`;
  return [`Every answer takes ${formatDuration(baseMs)}${more}: a second request may overtake the first.`];
};

/** What a dimension that is switched off is called in a list of what there is none of; null while it is on. */
export const OFF_WORDS: Readonly<
  Record<
    "churn" | "locks" | "terminal" | "unique" | "references" | "rateLimit" | "latency" | "front" | "faults",
    (dimensions: Dimensions) => string | null
  >
> = {
  churn: ({ churn }) => (churn === null ? "writes by the platform itself" : null),
  locks: ({ locks }) => (locks === null ? "locks" : null),
  terminal: ({ terminal }) => (terminal === null ? "terminal states" : null),
  unique: ({ unique }) => (unique.length === 0 ? "unique values" : null),
  references: ({ references }) => (references.length === 0 ? "deletes refused for references" : null),
  rateLimit: ({ rateLimit }) => (rateLimit === null ? "rate limit" : null),
  latency: ({ latency: { baseMs, jitterMs } }) => (baseMs === 0 && jitterMs === 0 ? "delays" : null),
  front: ({ front }) => (front === null ? "middleware in front" : null),
  faults: ({ faults }) => (faults.length === 0 ? "faults" : null),
};
