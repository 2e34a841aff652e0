import type { Refusal } from "../../core/causes.js";
import { tryParseJson } from "../../core/json.js";
import { isConfirming } from "../../journal/confirming.js";
import { findOperation } from "../../platform/find-operation.js";
import { wishOf } from "../book.js";
import { isSameRequest } from "../controls.js";
import type { ExperimentStep } from "../diagnose.js";
import { again, bodyOf, FRESH_KEY, hiddenKey, keyMembers, withoutKey } from "../experiment-steps.js";
import { collectionPath, UNIQUE_MEMBER, uniqueValues } from "../in-vain/tries.js";
import { keyStory } from "../key-story.js";
import type { Case } from "../refusal.js";
import { REFUSAL_RULES } from "../refusals.js";
import type { Seen } from "../seen.js";
import { isOvertaken, readPath, type Split, statePath } from "./split.js";

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

/**
 * A first request ends, and the same again is let in then. A token that was sent and is outdated stays so, and what refers
 * to a thing goes on doing so, however long one waits.
 */
function passesWithTime(of: Case): (cause: Refusal) => boolean {
  return (cause) => {
    const { holds, factors } = REFUSAL_RULES[cause];
    if (holds === "passing" || cause === "rate-limited") return true;
    if (cause === "key-in-flight") return keyStory(of).relation === "same";
    return holds === "enclosed" && factors.includes("token") && of.refused.sent.length === 0;
  };
}

/** Once a changed request has passed, the same one at once shows that it was the change and not the time; else it gets time. */
export function timeSplit(of: Case): Split {
  const { refused, near, controls } = of;
  const passed = controls.filter(({ after, differsIn }) => after && differsIn.size > 0);
  const later = (): readonly Seen[] =>
    near.filter((each) => each.startMs >= refused.endMs && isSameRequest(each, refused));
  if (passed.length > 0)
    return {
      what: `send ${refused.id} once more, unchanged`,
      outcome: "2xx",
      steps: () => [again(refused, {})],
      points: passesWithTime(of),
      isTried: () =>
        isOvertaken(of) || later().some(({ startMs }) => passed.every(({ seen }) => startMs >= seen.endMs)),
    };
  const read = stateRead(of);
  return {
    what: `${read.length > 0 ? "read, then " : ""}send ${refused.id} again unchanged, after a pause`,
    outcome: "2xx",
    steps: () => [...read, again(refused, { waitMs: PAUSE_MS })],
    points: passesWithTime(of),
    isTried: () =>
      later().some(({ startMs, ending }) => ending === "accepted" || startMs - refused.endMs >= PAUSE_MS / 2),
  };
}

/** A first request that still runs is over after a while. */
export function overSplit(of: Case): readonly Split[] {
  const { refused, near } = of;
  const { priors, running } = keyStory(of);
  if (priors.length + running.length === 0) return [];
  return [
    {
      what: `send ${refused.id} again unchanged, after a pause`,
      outcome: "2xx",
      steps: () => [again(refused, { waitMs: PAUSE_MS })],
      points: (cause) => cause === "key-in-flight",
      isTried: () =>
        near.some(
          (each) =>
            isSameRequest(each, refused) &&
            each.startMs - refused.endMs >= (each.ending === "accepted" ? 0 : PAUSE_MS),
        ),
    },
  ];
}

/** What the platform documents no read of is not found, whatever there is. */
function mayBeRead({ exchange }: Seen, path: string): boolean {
  const { url } = exchange.request;
  const found = findOperation("GET", URL.canParse(path, url) ? new URL(path, url).href : path);
  return found.kind !== "not-documented" || !found.known;
}

/** Where the thing itself is there, what is missing is the operation. */
export function readSplits(of: Case): readonly Split[] {
  const { refused, near } = of;
  if (refused.status !== 404 && refused.status !== 405) return [];
  const path = readPath(of);
  const list = collectionPath(refused);
  const thing: readonly Split[] = [
    {
      what: `read what ${refused.id} is about`,
      outcome: "2xx",
      steps: () => [{ id: "read", request: `GET ${path}` }],
      points: (cause) => cause === "no-such-operation",
      isTried: () =>
        near.some(
          (each) => each.method === "GET" && each.path + each.query === path && each.startMs >= refused.endMs,
        ),
    },
  ];
  return [
    ...(mayBeRead(refused, path) ? thing : []),
    {
      what: `read the collection of what ${refused.id} is about`,
      outcome: "2xx",
      steps: () => [{ id: "read", request: `GET ${list}` }],
      points: (cause) => cause === "invalid-request",
      isTried: () =>
        of.book
          .around(refused)
          .some((each) => each.method === "GET" && each.path === list && each.startMs >= refused.endMs),
    },
  ];
}

/** A state that refuses writes shows when it is read, and a caller who may do nothing is told so. */
export function stateSplits(of: Case): readonly Split[] {
  const { refused, near, repeats } = of;
  // What let the very same request in later is over: to read it now tells nothing of then.
  const isOver = repeats.some(({ ending, startMs }) => ending === "accepted" && startMs >= refused.endMs);
  if (refused.method === "POST") return [];
  const path = statePath(refused);
  const split = (outcome: string, of: Refusal): Split => ({
    what: `read what ${refused.id} is about`,
    outcome,
    steps: () => [{ id: "read", request: `GET ${path}` }],
    points: (cause) => cause === of,
    isTried: () =>
      (isOver && of === "state-locked") ||
      near.some((each) => each.method === "GET" && each.path === path && each.startMs >= refused.endMs),
  });
  return [
    split("2xx, and it has ended", "state-terminal"),
    split("2xx, and it is in a state that passes", "state-locked"),
    split(`${refused.status ?? "refused"}`, "permission-shown-as-409"),
    split("2xx, without what was asked for first", "key-stuck"),
    split("2xx, with another token of the usual form", "etag-malformed"),
  ];
}

type OtherBody = Pick<ExperimentStep, "json" | "text" | "jsonFrom">;

/** The body of a request of this operation that the server took; else the same under a name that nobody has. */
function otherBody({ refused, near }: Case): OtherBody | null {
  const own = bodyOf(refused);
  const members = own.json?.kind === "object" ? own.json.members : [];
  const named = members.filter(([name, { kind }]) => UNIQUE_MEMBER.test(name) && kind === "string");
  if (named.length > 0 && own.json !== undefined)
    return { json: own.json, jsonFrom: Object.fromEntries(named.map(([name]) => [name, FRESH_KEY])) };
  const taken = near.find(
    (each) =>
      each.ending === "accepted" &&
      each.operation === refused.operation &&
      wishOf(each) !== wishOf(refused) &&
      each.sent.length === 0,
  );
  if (taken === undefined) return null;
  if (refused.key !== null || taken.key === null) return bodyOf(taken);
  // A body may hold a key of its own: what is asked here is what comes of another body alone.
  const { json, text } = withoutKey(taken);
  return { ...(json === undefined ? {} : { json }), ...(text === undefined ? {} : { text }) };
}

/** The same request with another body. A key is fresh with it, so that no key stands in its way. */
function withBody({ refused }: Case, body: OtherBody): ExperimentStep {
  const {
    json: _json,
    text: _text,
    ...step
  } = again(refused, refused.key === null ? {} : keyMembers(refused, true));
  return { ...step, ...body };
}

function isBodyTried({ refused, near }: Case, body: OtherBody): boolean {
  const names = uniqueValues(refused);
  return near.some(
    (each) =>
      each.startMs >= refused.endMs &&
      each.operation === refused.operation &&
      each.path === refused.path &&
      (refused.key !== null || each.key === null) &&
      wishOf(each) !== wishOf(refused) &&
      (body.jsonFrom === undefined || uniqueValues(each).every((value) => !names.includes(value))),
  );
}

/** With a body that the server took, or under another name. */
export function bodySplit(of: Case): readonly Split[] {
  const { refused } = of;
  if (hiddenKey(refused) !== null || refused.sent.some(({ carrier }) => carrier === "body")) return [];
  return [
    {
      what: `send ${refused.id} again with another body${refused.key === null ? "" : " and a fresh key"}`,
      outcome: "2xx",
      steps: () => {
        const body = otherBody(of);
        return body === null ? [] : [withBody(of, body)];
      },
      points: (cause) => cause === "invalid-request" || cause === "duplicate-entity",
      isTried: () => {
        const body = otherBody(of);
        return body === null || isBodyTried(of, body);
      },
    },
  ];
}

/** Members that a server makes by itself, or that nothing new may have. */
const NOT_COPIED = /^(?:id|selfUri|version|_rev|rev|parentId)$/;

/** A copy of a thing as it was read; null where nothing was. */
function copyOf({ refused, near }: Case): Pick<ExperimentStep, "json" | "jsonFrom"> | null {
  const read = near.findLast(
    ({ method, path, ending }) => method === "GET" && ending === "accepted" && path === refused.path,
  );
  const json = tryParseJson(read?.exchange.response?.body ?? "");
  if (json?.kind !== "object") return null;
  const members = json.members.filter(([name]) => !NOT_COPIED.test(name));
  const unique = members.filter(([name, { kind }]) => UNIQUE_MEMBER.test(name) && kind === "string");
  return {
    json: { ...json, members },
    jsonFrom: Object.fromEntries(unique.map(([name]) => [name, FRESH_KEY])),
  };
}

/** A copy was made whose id no answer told: it cannot be deleted, and another one would only stay behind, too. */
function isMadeInVain({ refused, book }: Case, list: string): boolean {
  return book
    .around(refused)
    .some(
      (each) =>
        each.method === "POST" &&
        each.path === list &&
        each.ending === "accepted" &&
        each.startMs >= refused.endMs &&
        isConfirming(each.exchange),
    );
}

/** What nobody refers to, and what its maker may do with it, shows on a thing that has only just been made. */
export function freshThingSplit(of: Case): readonly Split[] {
  const { refused, near } = of;
  const copy = refused.method === "DELETE" ? copyOf(of) : null;
  if (copy === null) return [];
  const list = collectionPath(refused);
  const isTagged = near.some(
    ({ method, path, exchange }) => method === "GET" && path === refused.path && exchange.etag !== null,
  );
  const gone = {
    ...again(refused, keyMembers(refused, refused.key !== null)),
    request: `DELETE ${list}/{made}`,
    pathFrom: { made: "$(made.id)" },
  };
  // As the thing was deleted, first; a server that wants a token for that says so.
  const bare = isTagged && refused.sent.length === 0 ? [{ ...gone, id: "bare" }] : [];
  return [
    {
      what: `make a copy of what ${refused.id} is about, then delete that`,
      outcome: "2xx",
      steps: () => [
        {
          id: "made",
          request: `POST ${list}`,
          ...copy,
          capture: { id: "$.id", ...(isTagged ? { etag: "header ETag" } : {}) },
        },
        ...bare,
        { ...gone, ...(isTagged ? { ifMatch: "$(made.etag)" } : {}) },
      ],
      points: (cause) => cause === "referenced-entity",
      isTried: () =>
        near.some(
          ({ method, path, operation, startMs }) =>
            method === "DELETE" &&
            operation === refused.operation &&
            path !== refused.path &&
            startMs >= refused.endMs,
        ) || isMadeInVain(of, list),
    },
  ];
}
