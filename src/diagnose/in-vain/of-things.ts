import { findOperation } from "../../platform/find-operation.js";
import { wishOf } from "../book.js";
import { isSameRequest } from "../controls.js";
import { bodyOf } from "../experiment-steps.js";
import { ENDED_STATE, PASSING_STATE, stateStory } from "../refusals/state.js";
import type { Seen } from "../seen.js";
import { isMisread, isOfAnotherForm, tokenStory } from "../token-story.js";
import {
  collectionPath,
  type InVain,
  NOT_FOUND,
  refusedWith,
  soundsSame,
  type Tries,
  uniqueValues,
} from "./tries.js";

/** What the token that was read is of, as the read that showed it says; null where none did. */
function thingOfToken({ reads }: Tries, found: Seen): string | null {
  const texts = found.sent.flatMap((token) => token.texts);
  const issuer = reads.findLast(
    ({ endMs, shown }) => endMs <= found.startMs && shown.some(({ text }) => texts.includes(text)),
  );
  return issuer?.thing ?? null;
}

function refusedWithToken(tries: Tries): Seen | null {
  const { refused, book } = tries.of;
  const isKnown = (text: string): boolean => book.sameToken(text).length > 0;
  const fits = ({ sent }: Seen): boolean => sent.some(({ texts }) => texts.some(isKnown));
  return refusedWith(tries, refused.key === null ? "token" : "key token", fits);
}

/** The current token did not help; under the old key that says nothing, since servers keep refusals, too. */
export const otherToken: InVain = (tries) => {
  const { of } = tries;
  const found = refusedWithToken(tries);
  // What a trailing read shows is not current either.
  if (found?.sent.some((token) => isMisread(of, token)) === true) return null;
  const thing = found === null ? null : thingOfToken(tries, found);
  // That of a conversation tells nothing of the one that its participant had: an outdated one is of what showed it.
  const own = of.refused.sent.map((token) => tokenStory(of, token).seenIn?.thing ?? of.refused.thing);
  return found === null || (thing !== null && !own.includes(thing))
    ? null
    : `${found.id}, with the token that was read, was refused as well`;
};

/** A token of the very thing did not help. */
export const ownToken: InVain = (tries) => {
  const found = refusedWithToken(tries);
  const thing = found === null ? null : thingOfToken(tries, found);
  return found === null || (thing !== null && thing !== tries.of.refused.thing)
    ? null
    : `${found.id}, with the token that was read, was refused as well`;
};

/** The current token did not help where none came, wherever tokens pass here. */
export const tokenSent: InVain = (tries) => {
  const { refused, near } = tries.of;
  const found = refusedWith(tries, "token", ({ sent }) => sent.length > 0);
  const carriers = found?.sent.map(({ carrier }) => carrier) ?? [];
  const isElsewhere = near.some(
    (each) =>
      each.ending === "accepted" &&
      each.resource === refused.resource &&
      each.sent.some(({ carrier }) => !carriers.includes(carrier)),
  );
  return found === null || isElsewhere
    ? null
    : `${found.id}, with the token that was read, was refused as well`;
};

/** Nothing of the thing can be named in a write: there is no token to miss. */
export const noTokenThere: InVain = ({ of, reads }) => {
  const found = reads.find(({ ending, path }) => ending === "accepted" && path === of.refused.path);
  if (found === undefined || of.refused.sent.length > 0) return null;
  // A version that answers have in their body goes into the body, if there is one.
  const { json } = bodyOf(of.refused);
  const hasPlace = json?.kind === "object";
  if (reads.some(({ shown }) => shown.some(({ carrier }) => hasPlace || carrier !== "body"))) return null;
  return `${found.id} shows no version that could be sent`;
};

/**
 * A thing that cannot be read, and whose own answers tell no version, has none: the one that was sent is of what showed it.
 */
export const noVersionThere: InVain = ({ of, reads }) => {
  const { refused, near } = of;
  const isElsewhere = refused.sent.some((token) => tokenStory(of, token).issuedFor !== null);
  const read = reads.find(({ path, status }) => path === refused.path && status === NOT_FOUND);
  const own = near.filter(
    ({ writes, ending, resource }) => writes && ending === "accepted" && resource === refused.resource,
  );
  if (!isElsewhere || read === undefined || own.length === 0 || own.some(({ shown }) => shown.length > 0))
    return null;
  return `${own[0]?.id} and ${read.id} show that there is no version of ${refused.path}`;
};

/** Whatever refuses this caller lets him write the same thing otherwise. */
export const mayWrite: InVain = ({ of }) => {
  const { refused, near, book } = of;
  const found = [...near, ...book.around(refused)].find(
    (each) =>
      each.writes &&
      each.ending === "accepted" &&
      each.principal === refused.principal &&
      (each.resource === refused.resource ||
        each.path.startsWith(`${refused.path}/`) ||
        (refused.method === "DELETE" && each.method === "DELETE" && each.operation === refused.operation)),
  );
  return found === undefined
    ? null
    : `${found.id}, of the same caller and about the same thing, was accepted`;
};

/** A thing of a collection that is there may be missing; where there is no such collection, the operation is. */
function collectionRead({ of }: Tries): Seen | null {
  const path = collectionPath(of.refused);
  return (
    of.near.find((each) => each.method === "GET" && each.path === path && each.startMs >= of.refused.endMs) ??
    of.book
      .around(of.refused)
      .find((each) => each.method === "GET" && each.path === path && each.startMs >= of.refused.endMs) ??
    null
  );
}

/** There are such operations: the thing is missing. */
export const collectionThere: InVain = (tries) => {
  const found = collectionRead(tries);
  return found?.ending === "accepted" ? `${found.id} shows that the collection is there` : null;
};

/** There is nothing like it at all. */
export const collectionMissing: InVain = (tries) => {
  const { method, exchange } = tries.of.refused;
  // An operation that is documented is there; that its list cannot be read says nothing.
  if (findOperation(method, exchange.request.url).kind === "documented") return null;
  const found = collectionRead(tries);
  return found?.status === NOT_FOUND && tries.of.refused.status === NOT_FOUND
    ? `${found.id} shows no collection there either`
    : null;
};

/** The caller is let through, before and while this one thing is refused. */
export const letThrough: InVain = ({ of, alike }) => {
  const [again] = alike;
  const found = of.book
    .samePrincipal(of.refused)
    .find(({ ending, startMs }) => ending === "accepted" && startMs >= of.refused.endMs);
  return again === undefined || found === undefined
    ? null
    : `${found.id}, of the same caller, was accepted, and ${again.seen.id} was refused`;
};

/** What refuses each time is not an accident. */
export const repeated: InVain = ({ alike }) => {
  const found = alike.find(({ differsIn }) => differsIn === "");
  return found === undefined ? null : `${found.seen.id}, the same again, was refused as well`;
};

/** Many things have a state that no answer shows: who leased it, who edits it. */
const TELLS_STATE = /"(?:state|status)"\s*:\s*"/;

/** Reads of the whole thing that tell a state: parts of a conversation do not tell its own. */
function statesRead({ reads }: Tries): readonly Seen[] {
  return reads.filter(
    ({ ending, resource, path, exchange }) =>
      ending === "accepted" &&
      TELLS_STATE.test(exchange.response?.body ?? "") &&
      (!resource.startsWith("conversation:") || /\/conversations\/[^/]+$/.test(path)),
  );
}

/** The thing, as it was read, goes on. */
export const notEnded: InVain = (tries) => {
  const [read] = statesRead(tries);
  if (read === undefined || stateStory(tries.of, ENDED_STATE).shown !== null) return null;
  return `${read.id} shows that it has not ended`;
};

/** The thing is not in a state that passes, and is refused all the same. */
export const notLocked: InVain = (tries) => {
  const [read] = statesRead(tries);
  if (read === undefined || stateStory(tries.of, PASSING_STATE).shown !== null) return null;
  const again = tries.alike.find(({ seen }) => seen.startMs >= read.endMs);
  return again === undefined
    ? null
    : `${read.id} shows no state that passes, and ${again.seen.id} was refused after it`;
};

/** Neither key nor token nor state is in the way of a read: who is refused that as well may do nothing. */
export const readRefused: InVain = ({ of, reads }) => {
  const found = reads.find(
    (each) =>
      each.ending === "refused" &&
      soundsSame(each, of.refused) &&
      each.principal === of.refused.principal &&
      each.status !== 404,
  );
  return found === undefined ? null : `${found.id}, a read, was refused in the same way`;
};

/** A name that nobody has did not help. */
export const otherName: InVain = ({ of, alike }) => {
  const names = uniqueValues(of.refused);
  const found = alike.find(
    ({ seen, differsIn }) =>
      (differsIn === "body" || differsIn === "key body") &&
      names.length > 0 &&
      uniqueValues(seen).every((value) => !names.includes(value)),
  );
  return found === undefined ? null : `${found.seen.id}, under another name, was refused as well`;
};

/** A body that the server takes is refused here as well: nothing is wrong with the body. */
export const goodBody: InVain = ({ of, alike }) => {
  const taken = of.near.filter(
    ({ ending, operation }) => ending === "accepted" && operation === of.refused.operation,
  );
  const found = alike.find(
    ({ seen, differsIn }) =>
      (differsIn === "body" || differsIn === "key body") &&
      taken.some((each) => wishOf(each) === wishOf(seen)),
  );
  return found === undefined ? null : `${found.seen.id}, with a body that passed, was refused as well`;
};

/** The server took this very body, elsewhere or before. */
export const bodyTaken: InVain = ({ of }) => {
  const { refused, near } = of;
  const found = near.find(
    (each) =>
      each.ending === "accepted" && each.operation === refused.operation && wishOf(each) === wishOf(refused),
  );
  // What is wrong may be the version that came with it.
  const isOdd = refused.sent.some((token) => token.carrier !== "if-match" && isOfAnotherForm(of, token));
  return found === undefined || isOdd || refused.status === NOT_FOUND
    ? null
    : `${found.id}, with the same body, was accepted`;
};

/** The same request, refused while the token that it carries was current. */
export const refusedWhileCurrent: InVain = ({ of }) => {
  const { refused, near } = of;
  const texts = refused.sent.flatMap((token) => token.texts);
  if (refused.sent.some((token) => isMisread(of, token))) return null;
  const same = near.filter((each) => each.ending === "refused" && isSameRequest(each, refused));
  for (const each of [refused, ...same]) {
    const next = near.find(
      (later) =>
        later.startMs >= each.endMs && later.ending === "accepted" && later.resource === each.resource,
    );
    if (next?.writes === false && next.shown.some(({ text }) => texts.includes(text)))
      return `${next.id} shows that its token was current when ${each.id} was refused`;
  }
  return null;
};

const ENTITY_TAGS = /^\s*(?:W\/)?"[^"]*"(?:\s*,\s*(?:W\/)?"[^"]*")*\s*$/;

/** A text that is no entity tag, and that nothing ever showed: it was never current. */
export const neverShown: InVain = ({ of }) => {
  const { refused, book } = of;
  const odd = refused.sent.find(
    ({ carrier, raw }) => carrier === "if-match" && raw.trim() !== "*" && !ENTITY_TAGS.test(raw),
  );
  if (odd === undefined || odd.texts.some((text) => book.sameToken(text).length > 0)) return null;
  return `${odd.raw} is no entity tag, and nothing here showed it`;
};

/** Nobody can refer yet to what has only just been made. */
export const copyRefused: InVain = ({ of, alike }) => {
  const isGone = (copy: Seen): boolean =>
    of.near.some(
      ({ method, path, ending }) => method === "DELETE" && path === copy.path && ending === "accepted",
    );
  const found = alike.find(
    ({ seen }) =>
      seen.method === "DELETE" &&
      seen.operation === of.refused.operation &&
      seen.path !== of.refused.path &&
      !isGone(seen),
  );
  return found === undefined ? null : `${found.seen.id}, of a fresh copy, was refused as well`;
};
