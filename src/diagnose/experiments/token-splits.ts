import type { Refusal } from "../../core/causes.js";
import { isConfirming } from "../../journal/confirming.js";
import { differences, type Factor } from "../controls.js";
import type { ExperimentStep } from "../diagnose.js";
import { again, bodyOf, keyMembers, withMemberAt, withoutToken } from "../experiment-steps.js";
import { soundsSame } from "../in-vain/tries.js";
import type { Case } from "../refusal.js";
import { createOnlyIn } from "../refusals/create-only.js";
import { shownFor, versionNameOf } from "../tokens.js";
import { askedByPost, dependsOn, isChangeTried, readPath, type Split } from "./split.js";

function memberPath(name: string): string {
  return `$${name
    .split("/")
    .map((part) => `['${part}']`)
    .join("")}`;
}

/** Where an answer has what a request carries under this name: mostly there as well. */
function shownAs({ refused, book }: Case, name: string): string {
  const read = book
    .sameResource(refused)
    .findLast(({ writes, ending, shown }) => !writes && ending === "accepted" && shown.length > 0);
  return (read === undefined ? null : versionNameOf(read.exchange)) ?? name;
}

/** What a parameter of the query is read from; nothing where it carries no token, or none that an answer shows. */
function shownForQuery({ refused, book }: Case): ReturnType<typeof shownFor> {
  const token = refused.sent.find(({ carrier }) => carrier === "query");
  if (token === undefined) return [];
  const read = book
    .sameResource(refused)
    .findLast(({ method, ending, shown }) => method === "GET" && ending === "accepted" && shown.length > 0);
  return shownFor(token, { query: refused.query, read: read?.exchange ?? null });
}

/** True where the token that was sent is one that no answer shows. */
function isNowhereShown(of: Case): boolean {
  const { sent } = of.refused;
  return (
    sent.length > 0 && sent.every(({ carrier }) => carrier === "query") && shownForQuery(of).length === 0
  );
}

/** How the request carries the token that was read: as it carried its own. */
function freshToken(
  of: Case,
  added: string | null,
): Pick<ExperimentStep, "ifMatch" | "jsonFrom" | "queryFrom"> & {
  readonly capture: Readonly<Record<string, string>>;
} {
  const { sent } = of.refused;
  const member = added === null ? sent.find(({ carrier }) => carrier === "body") : { name: added };
  const inQuery = shownForQuery(of);
  const isTag =
    sent.some(({ carrier }) => carrier === "if-match") || (member === undefined && inQuery.length === 0);
  return {
    capture: {
      ...(isTag ? { etag: "header ETag" } : {}),
      ...(member === undefined ? {} : { version: memberPath(shownAs(of, member.name)) }),
      ...Object.fromEntries(inQuery.map(([name, shown]) => [name, memberPath(shown)])),
    },
    ...(isTag ? { ifMatch: "$(read.etag)" } : {}),
    ...(member === undefined ? {} : { jsonFrom: { [member.name]: "$(read.version)" } }),
    ...(inQuery.length === 0
      ? {}
      : { queryFrom: Object.fromEntries(inQuery.map(([name]) => [name, `$(read.${name})`])) }),
  };
}

/** Where a request without a token has its version from now on: in the body, as answers about the thing have it. */
function memberLike({ refused, book }: Case): string | null {
  if (refused.sent.length > 0 || bodyOf(refused).json?.kind !== "object") return null;
  const read = book
    .sameResource(refused)
    .findLast(
      ({ ending, shown, thing }) => ending === "accepted" && shown.length > 0 && thing === refused.thing,
    );
  return read === undefined || read.shown.some(({ carrier }) => carrier === "etag")
    ? null
    : versionNameOf(read.exchange);
}

/** A member that is not there yet. */
function withMember(step: ExperimentStep, name: string | null): ExperimentStep {
  return name === null || step.json === undefined ? step : { ...step, json: withMemberAt(step.json, name) };
}

/** True where what was read to confirm has no token to send, or none that can go into If-Match where it has to. */
function showsNone({ refused, book }: Case, request: string, isTag: boolean): boolean {
  return book
    .sameResource(refused)
    .some(
      (each) =>
        each.method === "GET" &&
        isConfirming(each.exchange) &&
        each.startMs >= refused.endMs &&
        `GET ${each.path}${each.query}` === request &&
        each.shown.every(({ carrier }) => isTag && carrier !== "etag"),
    );
}

/** A token that is for something else, or of no use: without it the request may pass. */
export function tokenlessSplit(of: Case): readonly Split[] {
  const { refused, near } = of;
  if (refused.sent.length === 0) return [];
  return [
    {
      what: `send ${refused.id} again without its token`,
      outcome: "2xx",
      steps: () => [withoutToken(refused)],
      points: (cause) => cause !== "precondition-missing" && dependsOn("token")(cause),
      isTried: () =>
        near.some(
          (each) =>
            each.startMs >= refused.endMs &&
            each.sent.length === 0 &&
            [...differences(each, refused)].every((factor) => factor === "token"),
        ),
    },
  ];
}

/** True where what was read to confirm shows the very token that was sent: there is no other one to send. */
function showsOwn({ refused, book }: Case, request: string): boolean {
  const texts = refused.sent.flatMap((token) => token.texts);
  const read = book
    .sameResource(refused)
    .findLast(
      (each) =>
        isConfirming(each.exchange) &&
        each.startMs >= refused.endMs &&
        `GET ${each.path}${each.query}` === request &&
        each.shown.length > 0,
    );
  return read?.shown.some(({ text }) => texts.includes(text)) === true;
}

/**
 * True where a fresh key did not help: from then on it goes with whatever else is changed, since a server that keeps its
 * refusals answers the old key with the old refusal, whatever comes with it.
 */
function needsFreshKey(of: Case): boolean {
  return of.refused.key !== null && isChangeTried(of, "key");
}

/** However it was answered. */
function isSent({ refused, near }: Case, factors: string): boolean {
  return near.some(
    (each) =>
      each.startMs >= refused.endMs &&
      each.sent.length > 0 &&
      [...differences(each, refused)].join(" ") === factors,
  );
}

function isOnlyToken(differsIn: ReadonlySet<Factor>): boolean {
  return differsIn.size === 1 && differsIn.has("token");
}

/** The read that shows the token. */
function readStep(of: Case): ExperimentStep {
  const asked = askedByPost(of);
  if (asked === null) return { id: "read", request: `GET ${readPath(of)}` };
  return { ...again(asked, {}), id: "read" };
}

/** Reads the token, and sends the request again with it. */
function withTokenRead(
  of: Case,
  { added, withKey }: { readonly added: string | null; readonly withKey: boolean },
): readonly ExperimentStep[] {
  const { refused } = of;
  const { capture, ...token } = freshToken(of, added);
  const key = withKey ? keyMembers(refused, true) : {};
  const jsonFrom = { ...key.jsonFrom, ...token.jsonFrom };
  const queryFrom = { ...key.queryFrom, ...token.queryFrom };
  const changed = {
    ...{ ...key, ...token },
    ...(Object.keys(jsonFrom).length === 0 ? {} : { jsonFrom }),
    ...(Object.keys(queryFrom).length === 0 ? {} : { queryFrom }),
  };
  return [{ ...readStep(of), capture }, withMember(again(refused, changed), added)];
}

/** What is read of a conversation is no token of its participant's own: it helps against nothing but an outdated one. */
function passesWithRead(of: Case): (cause: Refusal) => boolean {
  const { thing, resource, path } = of.refused;
  const isOfPart = thing !== resource && readPath(of) !== path;
  return (cause) => dependsOn("token")(cause) && !(isOfPart && cause === "etag-other-resource");
}

/** True where it asks that nothing be there yet: with a token beside that it asks for two things that cannot both be. */
function isForNothing({ refused }: Case): boolean {
  return refused.sent.length === 0 && createOnlyIn(refused) !== null;
}

/** With the token that is current now. */
export function tokenSplit(of: Case): Split {
  const { refused, controls } = of;
  const added = memberLike(of);
  const withKey = needsFreshKey(of);
  const hasPassed = (): boolean => controls.some(({ after, differsIn }) => after && isOnlyToken(differsIn));
  const isDone = (): boolean =>
    withKey ? hasPassed() || isSent(of, "key token") : isChangeTried(of, "token") || isSent(of, "token");
  const isTag = (): boolean => freshToken(of, added).ifMatch !== undefined;
  const isUseless = (request: string): boolean => showsNone(of, request, isTag()) || showsOwn(of, request);
  return {
    what: `read, then send ${refused.id} again with the ${added === null ? "token" : added} that was read${withKey ? " and a fresh key" : ""}`,
    outcome: "2xx",
    steps: () => withTokenRead(of, { added, withKey }),
    // Without a token of its own it cannot have been outdated.
    points: refused.sent.length === 0 ? (cause) => cause === "precondition-missing" : passesWithRead(of),
    isTried: () => isForNothing(of) || isNowhereShown(of) || isDone() || isUseless(`GET ${readPath(of)}`),
  };
}

/** Any token: `*` holds wherever something is there, where the one that was read is for something else. */
export function anySplit(of: Case): readonly Split[] {
  const { refused, near } = of;
  if (refused.sent.length > 0 || refused.method === "POST" || isForNothing(of)) return [];
  const later = near.filter(({ startMs }) => startMs >= refused.endMs);
  const isOtherwise = later.some(
    (each) =>
      each.ending === "refused" &&
      each.exchange.ifMatch !== null &&
      [...differences(each, refused)].join() === "token" &&
      !soundsSame(each, refused),
  );
  if (!isOtherwise) return [];
  return [
    {
      what: `send ${refused.id} again with If-Match: *`,
      outcome: "2xx",
      steps: () => [again(refused, { ifMatch: "*" })],
      points: (cause) => cause === "precondition-missing",
      isTried: () => later.some(({ exchange }) => exchange.ifMatch === "*"),
    },
  ];
}
