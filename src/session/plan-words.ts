import type { Exchange } from "../journal/journal.js";
import type { MaterialRequest } from "../plan/plan.js";
import { attributeNames, describeConversation } from "../platform/describe-conversation.js";
import { writeEffect } from "../platform/write-effects.js";

/** A write as it would be sent, and how often in one round. */
interface WriteToTell {
  readonly request: MaterialRequest;
  readonly count: number;
}

/** What a plan's words are made from. */
export interface PlanToTell {
  readonly writes: readonly WriteToTell[];
  /** Reads that were sent, in order; none in a dry run. */
  readonly reads: readonly Exchange[];
  readonly nowEpochMs: number;
  /** Of the target: a scenario's paths are about it. */
  readonly onPlatform: boolean;
}

const MOST_LINES = 10;
const MOST_KEYS = 5;

function pathOf(url: string): string {
  return new URL(url).pathname.replace(/%3C([\w.-]+)%3E/g, "<$1>");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function messageIn(body: unknown): string {
  const { message } = (body ?? {}) as { readonly message?: unknown };
  return typeof message === "string" ? `: ${message.slice(0, 200)}` : "";
}

/** What refusals of a read say about the caller and its assumptions. */
const REFUSALS: Readonly<Record<number, string>> = {
  401: "401, the token is not taken",
  403: "403, this caller may not read it",
  404: "404, there is nothing with this id",
  410: "410, it is gone",
};

function thereWords({ etag, version }: Exchange): string {
  if (etag !== null) return `there, ETag ${etag}`;
  return version === null ? "there" : `there, version ${version}`;
}

function answerWords(read: Exchange, path: string, { nowEpochMs, onPlatform }: PlanToTell): string {
  const { response, error } = read;
  if (response === null) return `no answer: ${error?.message ?? "unknown"}`;
  const body = jsonOf(response.body);
  if (response.status >= 300) return (REFUSALS[response.status] ?? String(response.status)) + messageIn(body);
  const described = onPlatform ? describeConversation(path, body, nowEpochMs) : null;
  return described ?? thereWords(read);
}

function readLines(plan: PlanToTell): readonly string[] {
  const lines = plan.reads.slice(0, MOST_LINES).map((read) => {
    const path = URL.canParse(read.request.url) ? pathOf(read.request.url) : read.request.url;
    return `${read.request.method} ${path}: ${answerWords(read, path, plan)}`;
  });
  return [...new Set(lines)];
}

/** What a write is about, as people count it. */
const NOUNS: readonly (readonly [path: RegExp, noun: string])[] = [
  [/^.*\/participants\/[^/]+/, "participant"],
  [/^.*\/api\/v2\/conversations\/(?:[a-z]+\/)?[^/]*[^a-z/][^/]*/, "conversation"],
  [/^.*\/api\/v2\/users\/[^/]+/, "user"],
  [/^.*\/api\/v2\/groups\/[^/]+/, "group"],
  [/^.*\/actions\/[^/]+/, "action"],
];

function subjectOf(path: string, onPlatform: boolean): { readonly noun: string; readonly id: string } {
  for (const [pattern, noun] of onPlatform ? NOUNS : []) {
    const [id] = pattern.exec(path) ?? [];
    if (id !== undefined) return { noun, id };
  }
  return { noun: "address", id: path };
}

function plural(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun}${noun.endsWith("s") ? "es" : "s"}`;
}

function countLine({ writes, onPlatform }: PlanToTell): string {
  const nouns = new Map<string, { count: number; readonly ids: Set<string> }>();
  for (const { request, count } of writes) {
    const { noun, id } = subjectOf(pathOf(request.url), onPlatform);
    const known = nouns.get(noun) ?? { count: 0, ids: new Set<string>() };
    known.count += count;
    known.ids.add(id);
    nouns.set(noun, known);
  }
  return [...nouns]
    .map(([noun, { count, ids }]) => `${plural(count, "write")} to ${plural(ids.size, noun)}`)
    .join(", ");
}

function listed(keys: readonly string[]): string {
  const more = keys.length > MOST_KEYS ? ` and ${keys.length - MOST_KEYS} more` : "";
  return `${keys.length === 1 ? "key" : "keys"} ${keys.slice(0, MOST_KEYS).join(", ")}${more}`;
}

function keysSent({ body }: MaterialRequest): readonly string[] {
  const sent = body === null ? null : jsonOf(Buffer.from(body).toString("utf8"));
  const { attributes } = (sent ?? {}) as { readonly attributes?: unknown };
  return typeof attributes === "object" && attributes !== null ? Object.keys(attributes) : [];
}

/** Names of the attributes that a participant has, as far as a read showed them. */
function keysThere(path: string, { reads }: PlanToTell): readonly string[] | null {
  const [, conversation, participant = ""] = /([^/]+)\/participants\/([^/]+)/.exec(path) ?? [];
  if (conversation === undefined) return null;
  const bodies = reads
    .filter(({ request, response }) => response !== null && request.url.includes(conversation))
    .map(({ response }) => attributeNames(jsonOf(response?.body ?? ""), participant));
  return bodies.findLast((names) => names !== null) ?? null;
}

function mergeWords(path: string, keys: readonly string[], plan: PlanToTell): string {
  const there = keysThere(path, plan);
  if (there === null) return `attributes merge: this sets ${listed(keys)}`;
  const added = keys.filter((key) => !there.includes(key));
  const changed = keys.filter((key) => there.includes(key));
  const parts = [
    ...(added.length === 0 ? [] : [`adds ${listed(added)}`]),
    ...(changed.length === 0 ? [] : [`changes ${listed(changed)}`]),
  ];
  return `attributes merge: this ${parts.join(" and ")}`;
}

/** Writes to one address with one method, as one. */
function grouped(writes: readonly WriteToTell[]): ReadonlyMap<string, readonly MaterialRequest[]> {
  const groups = new Map<string, MaterialRequest[]>();
  for (const { request } of writes) {
    const name = `${request.method} ${pathOf(request.url)}`;
    groups.set(name, [...(groups.get(name) ?? []), request]);
  }
  return groups;
}

function effectLine(name: string, requests: readonly MaterialRequest[], plan: PlanToTell): string | null {
  const [method = "", path = ""] = name.split(" ");
  const effect = plan.onPlatform ? writeEffect(method, path) : null;
  if (effect === null) return null;
  const keys = [...new Set(requests.flatMap(keysSent))];
  if (!effect.mergesAttributes) return `${name}: ${effect.says}`;
  return keys.length === 0 ? null : `${name}: ${mergeWords(path, keys, plan)}; ${effect.says}`;
}

/**
 * What a plan would do to what is there, one sentence a line: what reads showed, how many writes go to how many things,
 * and what is known of the platform's writes (not tested by gcidem). Empty for a plan without writes and reads. Pure.
 */
export function planWords(plan: PlanToTell): readonly string[] {
  const effects = [...grouped(plan.writes)].flatMap(
    ([name, requests]) => effectLine(name, requests, plan) ?? [],
  );
  const more = effects.length - MOST_LINES;
  return [
    ...readLines(plan),
    ...(plan.writes.length === 0 ? [] : [countLine(plan)]),
    ...effects.slice(0, MOST_LINES),
    ...(more > 0 ? [`and ${more} more addresses`] : []),
  ];
}
