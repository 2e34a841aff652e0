import type { Refusal } from "../core/causes.js";
import { tryParseJson, writeJson } from "../core/json.js";
import { isSecretHeader } from "../core/redact.js";
import type { Exchange } from "../journal/journal.js";
import { type Factor, isSameRequest } from "./controls.js";
import type { Experiment, ExperimentStep } from "./diagnose.js";
import { keyStory } from "./key-story.js";
import type { Case } from "./refusal.js";
import { REFUSAL_RULES } from "./refusals.js";
import { type Seen, see } from "./seen.js";

/** Headers that the client or the transport adds by itself, or that an experiment chooses anew. */
const NOT_REPEATED =
  /^(?:host|connection|content-length|accept-encoding|user-agent|transfer-encoding|if-match|:.*)$/;

function headersOf(seen: Seen): Readonly<Record<string, string>> {
  const kept = seen.exchange.request.headers.filter(
    ([name, value]) =>
      !NOT_REPEATED.test(name.toLowerCase()) &&
      !isSecretHeader(name) &&
      value !== seen.key &&
      !value.includes("<secret"),
  );
  return Object.fromEntries(kept);
}

function bodyOf({ exchange }: Seen): Pick<ExperimentStep, "json" | "text"> {
  const { body, bodyEncoding } = exchange.request;
  if (body === "" || bodyEncoding !== "utf8") return {};
  const json = tryParseJson(body);
  // "Again unchanged" means the same bytes: only compact JSON in source order is written as such.
  return json === null || writeJson(json) !== body ? { text: body } : { json };
}

const FRESH_KEY = "$(uuid())";
const KEY_HEADER = "idempotency-key";

/** The header that carries the key, where it is not the usual one. */
function ownKeyHeader({ exchange, key }: Seen): string | null {
  const [name] = exchange.request.headers.find(([, value]) => value === key) ?? [];
  return name === undefined || name.toLowerCase() === KEY_HEADER ? null : name;
}

/** Where a key is that is in no header: the name of a parameter of the query, or of a member of the body. */
function hiddenKey(refused: Seen): Pick<ExperimentStep, "queryFrom" | "jsonFrom"> | null {
  const { exchange, key, query } = refused;
  if (key === null || exchange.request.headers.some(([, value]) => value === key)) return null;
  for (const [name, value] of new URLSearchParams(query))
    if (value === key) return { queryFrom: { [name]: FRESH_KEY } };
  const { json } = bodyOf(refused);
  const members = json?.kind === "object" ? json.members : [];
  const member = members.find(([, value]) => value.kind === "string" && value.value === key);
  return member === undefined ? null : { jsonFrom: { [member[0]]: FRESH_KEY } };
}

/** A key in the place and the form in which the client sends its own. */
function keyMembers(refused: Seen, fresh: boolean): Partial<ExperimentStep> {
  const { key } = refused;
  const hidden = hiddenKey(refused);
  if (hidden !== null) return fresh ? hidden : {};
  if (key === null && !fresh) return {};
  const value = !fresh ? (key ?? "") : key?.startsWith('"') === true ? `"${FRESH_KEY}"` : FRESH_KEY;
  const name = key === null ? null : ownKeyHeader(refused);
  if (name === null) return { idempotencyKey: value };
  return { headers: { ...headersOf(refused), [name]: value } };
}

function again(refused: Seen, change: Partial<ExperimentStep>): ExperimentStep {
  const { ifMatch } = refused.exchange;
  return {
    id: "again",
    request: `${refused.method} ${refused.path}${refused.query}`,
    headers: headersOf(refused),
    ...keyMembers(refused, false),
    ...(ifMatch === null ? {} : { ifMatch }),
    ...bodyOf(refused),
    ...change,
  };
}

/** The step that sends an exchange's request once more, as it was. Pure. */
export function repeatStep(exchange: Exchange, id: string): ExperimentStep {
  return again(see(exchange, 0), { id });
}

interface Split {
  readonly what: string;
  readonly outcome: string;
  readonly steps: readonly ExperimentStep[];
  /** Of the causes that fit, those that a success would point to. */
  readonly points: (cause: Refusal) => boolean;
  /** The exchanges have the answer already. */
  readonly isTried: boolean;
}

function dependsOn(factor: Factor): (cause: Refusal) => boolean {
  return (cause) => REFUSAL_RULES[cause].factors.includes(factor);
}

/** True where the same request but for this was sent after the refusal, whatever came of it. */
function isChangeTried({ controls, failedChanges, refused }: Case, factor: Factor): boolean {
  const isIt = (differsIn: ReadonlySet<Factor>): boolean => differsIn.size === 1 && differsIn.has(factor);
  return (
    controls.some(({ after, differsIn }) => after && isIt(differsIn)) ||
    failedChanges.some(({ seen, differsIn }) => seen.startMs >= refused.endMs && isIt(differsIn))
  );
}

function keySplit(of: Case): Split {
  const { refused } = of;
  return {
    what:
      refused.key === null
        ? `send ${refused.id} again with an idempotency key`
        : `send ${refused.id} again unchanged but for a fresh key`,
    outcome: "2xx",
    steps: [again(refused, keyMembers(refused, true))],
    points: dependsOn("key"),
    isTried: isChangeTried(of, "key"),
  };
}

/** The read that showed a token of the resource; else the one that most likely does. */
function readPath({ refused, book }: Case): string {
  const known = book
    .sameResource(refused)
    .findLast(({ method, ending, shown }) => method === "GET" && ending === "accepted" && shown.length > 0);
  if (known !== undefined) return `${known.path}${known.query}`;
  const [, conversation] = /^conversation:(.+)$/.exec(refused.resource) ?? [];
  return conversation === undefined ? refused.path : `/api/v2/conversations/${conversation}`;
}

/** How the request carries the token that was read: as it carried its own. */
function freshToken({ sent }: Seen): Pick<ExperimentStep, "ifMatch" | "jsonFrom"> & {
  readonly capture: Readonly<Record<string, string>>;
} {
  const member = sent.find(({ carrier }) => carrier === "body");
  const isTag = member === undefined || sent.some(({ carrier }) => carrier === "if-match");
  return {
    capture: {
      ...(isTag ? { etag: "header ETag" } : {}),
      ...(member === undefined ? {} : { version: `$['${member.name}']` }),
    },
    ...(isTag ? { ifMatch: "$(read.etag)" } : {}),
    ...(member === undefined ? {} : { jsonFrom: { [member.name]: "$(read.version)" } }),
  };
}

function tokenSplit(of: Case): Split {
  const { refused } = of;
  const { capture, ...token } = freshToken(refused);
  const read: ExperimentStep = { id: "read", request: `GET ${readPath(of)}`, capture };
  return {
    what: `read, then send ${refused.id} again with the token that was read`,
    outcome: "2xx",
    steps: [read, again(refused, token)],
    points: dependsOn("token"),
    isTried: isChangeTried(of, "token"),
  };
}

/** Locks of calls and the like clear within seconds. */
const PAUSE_MS = 10_000;

/** A read shows the state while it lasts, and costs no write; one that came after the refusal has shown it. */
function stateRead(of: Case): readonly ExperimentStep[] {
  const { refused, book } = of;
  const shown = book
    .sameResource(refused)
    .some(({ writes, ending, startMs }) => !writes && ending === "accepted" && startMs >= refused.endMs);
  return shown || refused.method === "POST" ? [] : [{ id: "read", request: `GET ${readPath(of)}` }];
}

function passesWithTime(cause: Refusal): boolean {
  const { holds, factors } = REFUSAL_RULES[cause];
  return (holds === "enclosed" || holds === "passing") && !factors.includes("key");
}

/** Members by which servers tell things apart: what has one of them cannot be made twice. */
const UNIQUE_MEMBER = /^(?:id|name|email|userName|externalId)$/i;

/**
 * True where a changed request that passed has itself made the refused one unacceptable: it moved the token, or made the
 * thing. What is answered to the refused one from then on says nothing of why it was refused before.
 */
function isOvertaken({ refused, controls }: Case): boolean {
  const passed = controls.filter(({ after }) => after).map(({ seen }) => seen);
  if (refused.sent.length > 0) return passed.some(({ resource }) => resource === refused.resource);
  const { json } = bodyOf(refused);
  const names = json?.kind === "object" ? json.members.map(([name]) => name) : [];
  const isUnique = names.some((name) => UNIQUE_MEMBER.test(name));
  return (
    isUnique && passed.some(({ method, resource }) => method === "POST" && resource === refused.resource)
  );
}

/** Once a changed request has passed, the same one at once shows that it was the change and not the time; else it gets time. */
function timeSplit(of: Case): Split {
  const { refused, near, controls } = of;
  const passed = controls.filter(({ after }) => after);
  const later = near.filter((each) => each.startMs >= refused.endMs && isSameRequest(each, refused));
  if (passed.length > 0)
    return {
      what: `send ${refused.id} once more, unchanged`,
      outcome: "2xx",
      steps: [again(refused, {})],
      points: passesWithTime,
      isTried:
        isOvertaken(of) || later.some(({ startMs }) => passed.every(({ seen }) => startMs >= seen.endMs)),
    };
  const read = stateRead(of);
  return {
    what: `${read.length > 0 ? "read, then " : ""}send ${refused.id} again unchanged, after a pause`,
    outcome: "2xx",
    steps: [...read, again(refused, { waitMs: PAUSE_MS })],
    points: passesWithTime,
    isTried: later.some(({ startMs }) => startMs - refused.endMs >= PAUSE_MS / 2),
  };
}

/** A server that repeats its answers takes the first request again; one that refuses each repeat does not. */
function firstSplit(of: Case): readonly Split[] {
  const { refused, near } = of;
  const { binding, relation } = keyStory(of);
  if (refused.key === null || binding?.ending !== "accepted" || relation === "same") return [];
  if (isOvertaken(of)) return [];
  return [
    {
      what: `send ${binding.id} again unchanged, then ${refused.id} once more`,
      outcome: `2xx to ${binding.id}`,
      steps: [{ ...again(binding, {}), id: "first" }, again(refused, {})],
      points: (cause) => cause.startsWith("key-reused-"),
      isTried: near.some((each) => each.startMs >= refused.endMs && isSameRequest(each, binding)),
    },
  ];
}

/** Where the thing itself is there, what is missing is the operation. */
function readSplit(of: Case): readonly Split[] {
  const { refused, near } = of;
  if (refused.status !== 404 && refused.status !== 405) return [];
  const path = readPath(of);
  return [
    {
      what: `read what ${refused.id} is about`,
      outcome: "2xx",
      steps: [{ id: "read", request: `GET ${path}` }],
      points: (cause) => cause === "no-such-operation",
      isTried: near.some(
        (each) => each.method === "GET" && each.path + each.query === path && each.startMs >= refused.endMs,
      ),
    },
  ];
}

/** A key in the other form, quoted or bare, where a fresh one in its own did not help. */
function formSplit(of: Case): readonly Split[] {
  const { refused, near, failedChanges } = of;
  const { key } = refused;
  if (key === null || hiddenKey(refused) !== null || !isChangeTried(of, "key")) return [];
  const isQuoted = key.startsWith('"');
  const value = isQuoted ? FRESH_KEY : `"${FRESH_KEY}"`;
  const name = ownKeyHeader(refused);
  const members =
    name === null ? { idempotencyKey: value } : { headers: { ...headersOf(refused), [name]: value } };
  return [
    {
      what: `send ${refused.id} again with a fresh key, ${isQuoted ? "bare" : "quoted"}`,
      outcome: "2xx",
      steps: [again(refused, members)],
      points: (cause) => cause === "key-malformed",
      isTried:
        failedChanges.length === 0 ||
        near.some(
          (each) =>
            each.startMs >= refused.endMs && each.key !== null && each.key.startsWith('"') !== isQuoted,
        ),
    },
  ];
}

function splitsFor(of: Case): readonly Split[] {
  const { refused } = of;
  const hasToken = refused.sent.length > 0 || refused.method !== "POST";
  const all = [
    keySplit(of),
    ...(hasToken ? [tokenSplit(of)] : []),
    timeSplit(of),
    ...firstSplit(of),
    ...readSplit(of),
    ...formSplit(of),
  ];
  return all.filter(({ isTried }) => !isTried);
}

/** How evenly a split divides what is open: the smaller part. */
function worth({ points }: Split, open: readonly Refusal[]): number {
  const pointed = open.filter(points).length;
  return Math.min(pointed, open.length - pointed);
}

/**
 * The request that divides the open causes best, of those whose answer is not there yet; null where nothing that a client
 * may send would. Pure.
 */
export function chooseExperiment(of: Case, open: readonly Refusal[]): Experiment | null {
  const { refused } = of;
  if (!refused.writes || open.length < 2) return null;
  const [best] = splitsFor(of)
    .map((split) => ({ split, worth: worth(split, open) }))
    .sort((a, b) => b.worth - a.worth);
  if (best === undefined || best.worth === 0) return null;
  const { steps, what, points, outcome } = best.split;
  const reads = steps.filter(({ request }) => request.startsWith("GET ")).length;
  return {
    what,
    steps,
    meanings: [
      { outcome, causes: open.filter(points) },
      { outcome: `${refused.status ?? "refused"} again`, causes: open.filter((cause) => !points(cause)) },
    ],
    reads,
    writes: steps.length - reads,
  };
}
