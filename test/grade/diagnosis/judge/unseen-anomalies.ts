import { headerValue } from "../../../../src/core/http.js";
import { canonicalJson, tryParseJson } from "../../../../src/core/json.js";
import type { Happened } from "../drive/happened.js";
import type { Mapping, Truth } from "./mapping.js";

const APART: Truth = { kind: "apart", cause: "unexplained", movedBy: null };

const LEAST_ERROR = 400;

function pathOf(target: string): string {
  return target.split("?")[0] ?? target;
}

/** The conversation of a path that lies in one, else the path. */
function thingOf(target: string): string {
  return /\/conversations\/(?:[a-z]+\/)?([0-9a-f-]{36})/.exec(target)?.[1] ?? pathOf(target);
}

function isAccepted({ received, send }: Happened): boolean {
  return send.recorded && received !== null && received.status < LEAST_ERROR;
}

/** Accepted requests that were recorded, on one side of another. */
function beside(one: Happened, all: readonly Happened[], side: "before" | "after"): readonly Happened[] {
  return all.filter(
    (each) =>
      each !== one &&
      isAccepted(each) &&
      (side === "before" ? each.endMs <= one.startMs : each.startMs >= one.endMs),
  );
}

/** Requests of one thing that were carried out, recorded or not, after one request and before another. */
function writesBetween(from: Happened, to: Happened, all: readonly Happened[]): readonly Happened[] {
  return all.filter(
    (each) =>
      each !== from &&
      each !== to &&
      (each.outcome?.executed === true || each.outcome?.earlier?.executed === true) &&
      thingOf(each.target) === thingOf(to.target) &&
      each.endMs > from.endMs &&
      each.startMs < to.startMs,
  );
}

/** The token of an answer, as its text. */
function tokenOf({ received }: Happened): string | null {
  if (received === null) return null;
  const tag = headerValue(received.headers, "etag");
  if (tag !== null) return tag.replace(/^W\//, "").replaceAll('"', "");
  return /"(?:version|_rev|resourceVersion)":"?([\w-]+)/.exec(received.body)?.[1] ?? null;
}

/** The count in a token; null where it is a hash or a time. */
function countOf(token: string | null): number | null {
  const digits = /^(\d{1,6})(?:-[0-9a-f]{4})?$/.exec(token ?? "")?.[1];
  return digits === undefined ? null : Number(digits);
}

function keyOf({ send, headers, outcome }: Happened): string | null {
  return send.keyHeader === null ? (outcome?.key ?? null) : headerValue(headers, send.keyHeader);
}

/** What a server made for a request: an id in its answer. */
function madeBy({ answer }: NonNullable<Happened["outcome"]>): string | null {
  if (answer === null) return null;
  const inBody = /^\{"id":"([^"]+)"/.exec(answer.body)?.[1];
  const location = answer.headers.find(([name]) => name === "Location")?.[1];
  return inBody ?? location?.split("/").at(-1) ?? null;
}

function timesIn(body: string, text: string): number {
  return body.split(text).length - 1;
}

/** A list names what the first delivery made, or the key more often than it was sent. */
function isListed(one: Happened, all: readonly Happened[]): boolean {
  const lists = beside(one, all, "after").filter(({ send }) => send.method === "GET");
  const isMaking = one.send.method === "POST";
  const made = !isMaking || one.outcome?.earlier == null ? null : madeBy(one.outcome.earlier);
  const key = keyOf(one)?.replaceAll('"', "") ?? null;
  return lists.some((list) => {
    const body = list.received?.body ?? "";
    const sent = all.filter((each) => each.startMs < list.startMs && keyOf(each) === keyOf(one)).length;
    return (made !== null && body.includes(made)) || (key !== null && timesIn(body, key) > sent);
  });
}

function executionsIn({ received }: Happened): number | null {
  const found = /"executions":(\d+)/.exec(received?.body ?? "")?.[1];
  return found === undefined ? null : Number(found);
}

/** A counter that an earlier answer had shown went up by more than was sent. */
function isCounted(one: Happened, all: readonly Happened[]): boolean {
  const alike = beside(one, all, "before").filter(({ target }) => target === one.target);
  const base = alike.findLast((each) => executionsIn(each) !== null);
  const [from, to] = [base === undefined ? null : executionsIn(base), executionsIn(one)];
  if (base === undefined || from === null || to === null) return false;
  const sent = alike.filter((each) => each.startMs > base.startMs).length + 1;
  return to - from > sent;
}

/** A version that counts was shown right before and right after, and went up by two. */
function isStepped(one: Happened, all: readonly Happened[]): boolean {
  if (one.send.method === "POST" || one.target.includes("/conversations/")) return false;
  const alike = ({ target }: Happened): boolean => target === one.target;
  const from = beside(one, all, "before").findLast((each) => alike(each) && tokenOf(each) !== null);
  const after = beside(one, all, "after").find((each) => alike(each) && tokenOf(each) !== null);
  const to = tokenOf(one) === null ? after : one;
  if (from === undefined || to === undefined) return false;
  const between = writesBetween(from, to, all).filter((each) => each !== one);
  const [low, high] = [countOf(tokenOf(from)), countOf(tokenOf(to))];
  return between.length === 0 && low !== null && high !== null && high - low >= 2;
}

/** A request that the network doubled, both times with effect. */
export const unseenDouble: Mapping = {
  because:
    "A request that had its effect twice, where nothing shows two: no later list names what the first delivery made, or its key more often than it was sent; no earlier answer gave the counter of the same operation; no version that counts was shown before and after it with nothing written in between. Nothing is graded there.",
  map: (one, all) => {
    if (one.outcome?.executed !== true || one.outcome.earlier?.executed !== true) return undefined;
    return isListed(one, all) || isCounted(one, all) || isStepped(one, all) ? undefined : APART;
  },
};

function valueIn(body: string | null): string {
  const node = body === null ? null : tryParseJson(body);
  return node === null ? (body ?? "") : canonicalJson(node);
}

/** A body that a middleware changed, so that the server took a repeat for another request. */
export const storedByClient: Mapping = {
  because:
    "A stored answer to a repeat that a middleware had changed: the server got another body. The client sent the same one each time, so to its reader it is the stored answer to the same request.",
  map: (one, all, traced) => {
    if (traced.cause !== "replay-of-other-body") return undefined;
    const key = keyOf(one);
    const earlier = all.filter(
      (each) => each.startMs < one.startMs && key !== null && keyOf(each) === key && each.send.recorded,
    );
    const isSame = earlier.length > 0 && earlier.every((each) => valueIn(each.body) === valueIn(one.body));
    return isSame ? { ...traced, cause: "stored-answer-returned" } : undefined;
  },
};

/** A body that a middleware changed, so that the server refused a repeat as another request. */
export const refusedUnchanged: Mapping = {
  because:
    "A key refused for another body that a middleware made of the same one. The client sent the same bytes each time and was answered with a success before: to its reader the server refuses a repeat that it should replay. Where the answer says that the body is another one, it is what the server says.",
  map: (one, all, traced) => {
    if (traced.cause !== "key-reused-body-changed" && traced.cause !== "key-reused-bytes-changed")
      return undefined;
    const key = keyOf(one);
    const earlier = all.filter(
      (each) => each.startMs < one.startMs && key !== null && keyOf(each) === key && each.send.recorded,
    );
    const isSame = earlier.every((each) => each.target === one.target && each.body === one.body);
    const isTold = SAYS_OTHER.test(one.received?.body ?? "");
    return isSame && earlier.some(isAccepted) && !isTold
      ? { ...traced, cause: "conflict-not-replay" }
      : undefined;
  },
};

/** A second effect under a key whose first one nobody saw. */
export const unseenEffect: Mapping = {
  because:
    "A second effect under one key where the request that had the first one is not among the exchanges: they show one effect. Nothing is graded there.",
  map: (one, all, traced) => {
    if (traced.cause?.startsWith("executed-") !== true) return undefined;
    const key = keyOf(one);
    const effects = all.filter(
      (each) =>
        each.startMs < one.startMs && key !== null && keyOf(each) === key && each.outcome?.executed === true,
    );
    return effects.length > 0 && effects.every(({ send }) => !send.recorded) ? APART : undefined;
  },
};

/** What servers say of a key that came with something else, where they say anything. */
const SAYS_OTHER = /mismatch|another|different|reuse|already used|idempotency_error/i;

function leavesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [JSON.stringify(value)];
  return Object.entries(value)
    .filter(([name]) => !/version|_rev|idempotency|request_?id|token/i.test(name))
    .flatMap(([, each]) => leavesIn(each));
}

/** What a write asks for, as it would stand in an answer; empty where it asks for nothing. */
function wishOf({ body }: Happened): readonly string[] {
  return body?.startsWith("{") === true ? leavesIn(JSON.parse(body)) : [];
}

function shows({ received }: Happened, wish: readonly string[]): boolean {
  return wish.every((leaf) => received?.body.includes(leaf) === true);
}

/** An earlier answer about the same thing gave a newer token, be it by its count or since it came after this one's. */
function tellsByToken(one: Happened, all: readonly Happened[]): boolean {
  const earlier = beside(one, all, "before").filter(({ target }) => target === one.target);
  const token = tokenOf(one);
  const count = countOf(token);
  if (count !== null) return earlier.some((each) => (countOf(tokenOf(each)) ?? 0) > count);
  const at = earlier.findIndex((each) => token !== null && tokenOf(each) === token);
  const newer = earlier.findLast(
    (each, index) => index > at && tokenOf(each) !== null && each.outcome?.executed === true,
  );
  if (at === -1 || newer === undefined || tokenOf(newer) === token) return false;
  return writesBetween(newer, one, all).every((each) => tokenOf(each) !== null && tokenOf(each) !== token);
}

/** A write was acknowledged, this read lacks it, and other answers show that reads like this one tell of it. */
function tellsByContent(one: Happened, all: readonly Happened[]): boolean {
  const alike = ({ send, target }: Happened): boolean => send.method === "GET" && target === one.target;
  const writes = beside(one, all, "before").filter(
    ({ send, target, outcome }) =>
      outcome?.executed === true && send.method !== "POST" && thingOf(target) === thingOf(one.target),
  );
  return writes.some((write) => {
    const wish = wishOf(write);
    if (wish.length === 0 || shows(one, wish)) return false;
    if (writesBetween(write, one, all).some((each) => valueIn(each.body) !== valueIn(write.body)))
      return false;
    const later = beside(one, all, "after").find((each) => alike(each) && shows(each, wish));
    if (later !== undefined && writesBetween(one, later, all).length === 0) return true;
    const earlier = beside(one, all, "before").filter(alike);
    if (earlier.some((each) => each.startMs >= write.endMs && shows(each, wish))) return true;
    if (pathOf(write.target) !== pathOf(one.target)) return false;
    const old = earlier.findLast((each) => each.endMs <= write.startMs);
    return shows(write, wish) || old?.received?.body === one.received?.body;
  });
}

/** A read that trails. */
export const unseenTrailing: Mapping = {
  because:
    "A read that trails a write, where nothing shows it: no earlier answer about the same thing gave a newer version, and of no acknowledged write that it lacks (nothing else written since) the write's own answer, another read of the same kind, or the very same answer from before the write tells that it should show it. Nothing is graded there.",
  map: (one, all, traced) => {
    if (traced.cause !== "stale-read") return undefined;
    return tellsByToken(one, all) || tellsByContent(one, all) ? undefined : APART;
  },
};
