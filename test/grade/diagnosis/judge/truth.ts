import type { Cause, Refusal } from "../../../../src/core/causes.js";
import { headerValue } from "../../../../src/core/http.js";
import { canonicalJson, tryParseJson } from "../../../../src/core/json.js";
import type { Happened } from "../drive/happened.js";
import { ADDED_MEMBER } from "../policies/server-dimensions.js";
import { TRACED_ANOMALIES } from "../scenes/anomalies.js";
import { CONTROLS } from "../scenes/controls.js";
import type { Mapping, Truth } from "./mapping.js";
import {
  refusedUnchanged,
  storedByClient,
  unseenDouble,
  unseenEffect,
  unseenTrailing,
} from "./unseen-anomalies.js";

const PLAIN: Truth = { kind: "plain", cause: null, movedBy: null };
const APART: Truth = { kind: "apart", cause: "unexplained", movedBy: null };

/** Every refusal that is graded. */
export const GRADED_REFUSALS: readonly Refusal[] = Object.keys(CONTROLS) as (keyof typeof CONTROLS)[];

function isRefusal(cause: Cause): cause is Refusal {
  return (GRADED_REFUSALS as readonly Cause[]).includes(cause);
}

/** Refusals that speak of an earlier request with the same key. */
const OF_FIRST_USE: ReadonlySet<Cause> = new Set<Cause>([
  "key-reused-body-changed",
  "key-reused-bytes-changed",
  "key-reused-other-resource",
  "key-in-flight",
  "key-bound-to-unacknowledged-attempt",
  "key-stuck",
  "conflict-not-replay",
]);

function before(one: Happened, all: readonly Happened[]): readonly Happened[] {
  return all.slice(0, all.indexOf(one));
}

function firstUse(one: Happened, all: readonly Happened[]): Happened | undefined {
  const key = one.outcome?.key ?? null;
  if (key === null) return undefined;
  return before(one, all).find(({ outcome }) => outcome?.key === key);
}

const UNSEEN: Truth = { kind: "refusal", cause: "key-first-use-unseen", movedBy: null };

const deliveredTwice: Mapping = {
  because:
    "One request reached the server twice. Two effects are a duplicate delivery, whatever the second one was told. Where the second was refused for the first, no exchange shows that first one; where it got the stored answer, that is the request's own, and nothing is graded.",
  map: ({ outcome }, _all, traced) => {
    if (outcome?.earlier == null || !outcome.earlier.executed) return undefined;
    if (outcome.executed) return { kind: "anomaly", cause: "duplicate-delivery", movedBy: null };
    if (traced.kind === "anomaly") return APART;
    if (traced.cause !== null && OF_FIRST_USE.has(traced.cause)) return UNSEEN;
    return traced.kind === "refusal" && traced.cause?.startsWith("stale-") === true
      ? { ...traced, movedBy: "not-ours" }
      : traced;
  },
};

const clientGaveUp: Mapping = {
  because: "The client hung up: the server, which answered, knows of no loss; the client lost an answer.",
  map: ({ error, received, outcome }) => {
    if (received !== null || error?.phase !== "timeout") return undefined;
    return outcome?.executed === true ? { kind: "anomaly", cause: "response-lost", movedBy: null } : PLAIN;
  },
};

const nothingCame: Mapping = {
  because: "Without an answer there is no refusal that a client could be told of.",
  map: ({ received }, _all, traced) => {
    if (received !== null || traced.kind === "anomaly") return undefined;
    return PLAIN;
  },
};

function sameRequest(one: Happened, other: Happened): boolean {
  const shown = ({ send, target, headers, body }: Happened): string =>
    JSON.stringify([send.method, target, headers, body]);
  return shown(one) === shown(other);
}

const LEAST_ERROR = 400;

const storedRefusal: Mapping = {
  because:
    "A refusal that was kept under its key and given again: the rule that said no is the first request's, where this one is the same in every byte. Where it is not, no id names it.",
  map: (one, all, traced) => {
    if (traced.kind !== "anomaly" || !/^(?:stored-answer|replay-of)/.test(traced.cause ?? ""))
      return undefined;
    const first = firstUse(one, all);
    if (first === undefined) return undefined;
    const original = truthOf(first, all);
    const status = first.outcome?.answer?.status ?? 0;
    if (original.kind !== "refusal" && status < LEAST_ERROR) return undefined;
    if (!first.send.recorded) return UNSEEN;
    return sameRequest(one, first) ? original : APART;
  },
};

const unseenFirstUse: Mapping = {
  because:
    "The first use of the key is not among the exchanges: another client made it, or it was not recorded.",
  map: (one, all, traced) => {
    if (traced.cause === null || !OF_FIRST_USE.has(traced.cause)) return undefined;
    const first = firstUse(one, all);
    return first !== undefined && !first.send.recorded ? UNSEEN : undefined;
  },
};

/** The conversation of a path that lies in one, else the path: what one token is about. */
function resourceOf(target: string): string {
  const path = target.split("?")[0] ?? target;
  return /\/conversations\/(?:[a-z]+\/)?([0-9a-f-]{36})/.exec(path)?.[1] ?? path;
}

/** The read or write that gave the token which a request carries; undefined: none of all did. */
function giverOf(one: Happened, all: readonly Happened[]): Happened | undefined {
  const steps = [
    ...JSON.stringify([one.send.path, one.send.headers, one.send.body]).matchAll(/\$\((\w+)\.token\)/g),
  ];
  return before(one, all).find(({ send }) => steps.some(([, step]) => step === send.id));
}

/** The first write to a resource since its token was given; undefined: there was none. */
function moverSince(giver: Happened, one: Happened, all: readonly Happened[]): Happened | undefined {
  const since = before(one, all).slice(all.indexOf(giver) + 1);
  return since.find(
    ({ outcome, target }) => outcome?.executed === true && resourceOf(target) === resourceOf(one.target),
  );
}

const unseenMover: Mapping = {
  because:
    "The write that moved the token is not among the exchanges: to their reader it is not ours, like the platform's own.",
  map: (one, all, traced) => {
    if (traced.movedBy !== "other-writer" && traced.movedBy !== "own-write") return undefined;
    const giver = giverOf(one, all);
    if (giver === undefined) return undefined;
    const mover = moverSince(giver, one, all);
    return mover !== undefined && !mover.send.recorded ? { ...traced, movedBy: "not-ours" } : undefined;
  },
};

/** The key as its client meant it, whether or not the server looks there. */
function meantKey({ send, headers, outcome }: Happened): string | null {
  return send.keyHeader === null ? (outcome?.key ?? null) : headerValue(headers, send.keyHeader);
}

function valueIn(body: string | null): string {
  const node = body === null ? null : tryParseJson(body);
  return node === null ? (body ?? "") : canonicalJson(node);
}

/** A read of the same resource, or of the collection that it is in. */
function isAbout(target: string, written: string): boolean {
  return resourceOf(target) === resourceOf(written) || written.startsWith(target.split("?")[0] ?? target);
}

function operationOf({ send, target }: Happened): string {
  return `${send.method} ${target.split("?")[0] ?? target}`;
}

function sameAnswer({ received }: Happened, other: Happened): boolean {
  if (received === null || other.received === null) return false;
  const token = headerValue(received.headers, "etag");
  return (
    received.status === other.received.status &&
    received.body === other.received.body &&
    token === headerValue(other.received.headers, "etag")
  );
}

const effectAgain: Mapping = {
  because:
    "Two effects under one key: the trace compares bytes where a server passes keys over, and knows the key only in the header that its policy names. Here the key is the one that the client meant, of one caller, and bodies are compared as values. Where the second effect left all as it was and was answered like the first, nobody can tell, and nothing is graded.",
  map: (one, all, traced) => {
    const isPlain =
      traced.kind === "plain" ||
      traced.cause === "altered-in-transit" ||
      traced.cause?.startsWith("executed-") === true;
    const key = meantKey(one);
    if (!isPlain || key === null || one.outcome?.executed !== true) return undefined;
    const earlier = before(one, all).filter(
      (each) =>
        each.outcome?.executed === true &&
        meantKey(each) === key &&
        each.send.principal === one.send.principal &&
        operationOf(each) === operationOf(one),
    );
    if (earlier.length === 0) return undefined;
    const same = earlier.filter((each) => valueIn(each.body) === valueIn(one.body));
    if (one.send.method !== "POST" && same.some((each) => sameAnswer(each, one))) return APART;
    const isSame = same.length > 0;
    return { kind: "anomaly", cause: isSame ? "executed-twice" : "executed-other-body", movedBy: null };
  },
};

const strippedHeader: Mapping = {
  because:
    "A header that a middleware takes out shows in nothing but its effect: a token that was sent, outdated and not looked at is a precondition ignored, whoever ignored it; anything else is a plain success.",
  map: (one, all, traced) => {
    if (traced.cause !== "altered-in-transit" || !one.isStripped) return undefined;
    const giver = giverOf(one, all);
    const isStale = giver !== undefined && moverSince(giver, one, all) !== undefined;
    return isStale && headerValue(one.headers, "if-match") !== null
      ? { kind: "anomaly", cause: "precondition-ignored", movedBy: null }
      : PLAIN;
  },
};

const unseenAlteration: Mapping = {
  because:
    "A body that was changed on its way, where nothing that came back shows it: written anew with the same value, or to an operation that shows no body. Nothing is graded there.",
  map: (one, all, traced) => {
    if (traced.cause !== "altered-in-transit") return undefined;
    const shown = all
      .slice(all.indexOf(one))
      .filter(({ target, send }) => send.recorded && isAbout(target, one.target));
    const isSeen = shown.some(({ received }) => received?.body.includes(`"${ADDED_MEMBER}":"mw-`) === true);
    return isSeen ? undefined : APART;
  },
};

/** What servers say of a key whose first request still runs, where they say anything. */
const SAYS_RUNNING = /being processed|in[._]use/i;

const stuckUnseen: Mapping = {
  because:
    "A key that is stuck although its request was carried out: unless the answer says that it still runs, nothing but a look-up of the key tells it from a key that is bound to an attempt whose answer got lost.",
  map: (one, all, traced) => {
    if (traced.cause !== "key-stuck" || firstUse(one, all)?.outcome?.executed !== true) return undefined;
    const isLookedUp = all.some(
      ({ received, send }) => send.recorded && received?.body.includes('"state":"stuck"') === true,
    );
    const isTold = SAYS_RUNNING.test(one.received?.body ?? "");
    return isLookedUp || isTold ? undefined : { ...traced, cause: "key-bound-to-unacknowledged-attempt" };
  },
};

function wasShown(text: string, one: Happened, all: readonly Happened[]): boolean {
  return before(one, all).some(
    ({ target, received }) =>
      received !== null &&
      resourceOf(target) === resourceOf(one.target) &&
      headerValue(received.headers, "etag") === text,
  );
}

const strayToken: Mapping = {
  because:
    "A token that another resource's read gave: the trace calls it outdated where tokens are counts, hashes or times, which carry no mark of their resource. Where this resource had shown the same token, it is outdated.",
  map: (one, all, traced) => {
    if (traced.cause !== "stale-etag") return undefined;
    const giver = giverOf(one, all);
    const tag = headerValue(one.headers, "if-match");
    if (giver === undefined || tag === null || tag.includes(",")) return undefined;
    if (giver.target === one.target || wasShown(tag, one, all)) return undefined;
    return resourceOf(giver.target) === resourceOf(one.target)
      ? undefined
      : { kind: "refusal", cause: "etag-other-resource", movedBy: "unknown" };
  },
};

const ofAnotherThing: Mapping = {
  because:
    "A token of another resource, sent to a collection: there the server has nothing to compare it with and calls it outdated. Its client sent the token of another URL.",
  map: (one, all, traced) => {
    if (one.send.method !== "POST" || !/^stale-/.test(traced.cause ?? "")) return undefined;
    const giver = giverOf(one, all);
    if (giver === undefined || resourceOf(giver.target) === resourceOf(one.target)) return undefined;
    return { kind: "refusal", cause: "etag-other-resource", movedBy: null };
  },
};

/** The first that applies holds. */
export const MAPPINGS: readonly Mapping[] = [
  unseenDouble,
  deliveredTwice,
  clientGaveUp,
  nothingCame,
  storedRefusal,
  storedByClient,
  refusedUnchanged,
  unseenEffect,
  effectAgain,
  strippedHeader,
  unseenAlteration,
  unseenTrailing,
  unseenFirstUse,
  stuckUnseen,
  strayToken,
  ofAnotherThing,
  unseenMover,
];

function tracedOf({ outcome }: Happened): Truth {
  const note = outcome?.note ?? null;
  if (note === null) return PLAIN;
  if (isRefusal(note.cause)) return { kind: "refusal", cause: note.cause, movedBy: note.movedBy };
  if (TRACED_ANOMALIES.includes(note.cause)) return { kind: "anomaly", cause: note.cause, movedBy: null };
  return APART;
}

/** The trace's word on an exchange, mapped to what can be seen. Pure. */
export function truthOf(one: Happened, all: readonly Happened[]): Truth {
  const traced = tracedOf(one);
  for (const { map } of MAPPINGS) {
    const mapped = map(one, all, traced);
    if (mapped !== undefined) return mapped;
  }
  return traced;
}
