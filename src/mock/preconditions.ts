import type { Cause, Mover } from "../core/causes.js";
import type { ConcurrencyPolicy, TokenSource } from "../policy/concurrency-policy.js";
import type { WriteMethod } from "../policy/idempotency-policy.js";
import { type EntityTag, parseTagCondition, weakEqual } from "./entity-tag.js";
import { type Judgement, judgeMember, judgeTags } from "./judge-token.js";
import type { Subject } from "./operation.js";
import { type InvalidField, messageOf, type Refusal } from "./refusal.js";
import { etagHeader, type OfferedToken, revisionIn, type TokenHolder, tokenOf } from "./tokens.js";
import { type Asker, moverSince, type Versioned } from "./versioned.js";

/** What a request says about the state that its writer saw, and what it is about. */
export interface Precondition {
  readonly method: WriteMethod;
  /** What messages call the resource. */
  readonly noun: string;
  /** Other words for an outdated version; null: those for users. */
  readonly staleMessage: Subject["staleMessage"] | null;
  readonly ifMatch: string | null;
  readonly ifNoneMatch: string | null;
  /** The parsed body; undefined where there is none. */
  readonly body: unknown;
  readonly query: (name: string) => string | null;
  /** What the token is compared with; null where the write would create it. */
  readonly holder: TokenHolder | null;
  /** The holder's own, or that of what was there before; null where nothing could be. */
  readonly history: Versioned | null;
  /** The members that the write touches, for `granularity: field`; null: all. */
  readonly members: readonly string[] | null;
  readonly asker: Asker;
}

/** A request may go on, may go on although its token is outdated, or is refused. */
export type Verdict =
  | { readonly kind: "holds" }
  | { readonly kind: "ignored"; readonly movedBy: Mover; readonly reason: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

const HOLDS: Verdict = { kind: "holds" };

interface Sent {
  readonly source: TokenSource;
  readonly judgement: Judgement;
}

function sentIn(source: TokenSource, precondition: Precondition): unknown {
  switch (source.kind) {
    case "if-match":
      return precondition.ifMatch;
    case "query":
      return precondition.query(source.name);
    case "body":
      return memberOf(precondition.body, source.name);
  }
}

function judge(source: TokenSource, precondition: Precondition, concurrency: ConcurrencyPolicy): Sent | null {
  const value = sentIn(source, precondition);
  if (value === undefined || value === null) return null;
  const { holder, history, members } = precondition;
  const token = holder === null ? null : tokenOf(holder, concurrency);
  const current = { history, token, members };
  const judgement =
    source.kind === "if-match"
      ? judgeTags(String(value), current, concurrency)
      : judgeMember(value, current, { concurrency, textual: source.kind === "query" });
  return { source, judgement };
}

function memberOf(body: unknown, name: string): unknown {
  if (typeof body !== "object" || body === null || !Object.hasOwn(body, name)) return undefined;
  return (body as Readonly<Record<string, unknown>>)[name];
}

/** C6: which of the tokens that came has to hold. */
function decisive(sent: readonly Sent[], concurrency: ConcurrencyPolicy): Sent | null {
  const failed = sent.find((each) => each.judgement.kind !== "holds") ?? null;
  if (concurrency.precedence === "both-must-hold") return failed;
  const wantsHeader = concurrency.precedence === "if-match";
  const first = sent.find((each) => (each.source.kind === "if-match") === wantsHeader) ?? sent[0];
  return first === undefined || first.judgement.kind === "holds" ? null : first;
}

const CAUSE_OF_TAG: Readonly<Record<Exclude<Judgement["kind"], "holds">, Cause>> = {
  stale: "stale-etag",
  weak: "etag-weak",
  malformed: "etag-malformed",
  "not-understood": "etag-malformed",
  "other-resource": "etag-other-resource",
};

function causeOf(failed: Sent): Cause {
  const { kind } = failed.judgement;
  if (kind === "holds") return "unexplained";
  if (failed.source.kind === "if-match") return CAUSE_OF_TAG[kind];
  return kind === "malformed" ? "invalid-request" : "stale-version";
}

function moverOf(failed: Sent, precondition: Precondition, concurrency: ConcurrencyPolicy): Mover {
  const { history, asker } = precondition;
  if (failed.judgement.kind !== "stale" || history === null) return "unknown";
  const seen = failed.judgement.seen === null ? null : revisionIn(failed.judgement.seen, concurrency);
  if (seen === null && concurrency.meaning === "revision") return "unknown";
  return moverSince(history, seen, asker);
}

function placeOf({ source }: Sent): string {
  return source.kind === "if-match" ? "If-Match" : `${source.kind} ${source.name}`;
}

function describe(failed: Sent, current: OfferedToken | null): string {
  return `${placeOf(failed)} is ${failed.judgement.kind}; the current token is ${current?.text ?? "absent"}`;
}

/** The vendor's words for users (Swagger of 2017-09-20), used for all. */
const STALE_MESSAGE = "The version supplied does not match the current version of the";

function staleMessage(failed: Sent, precondition: Precondition, token: OfferedToken | null): string {
  const { judgement } = failed;
  const seen = judgement.kind === "stale" ? judgement.seen : null;
  const own = seen === null || token === null ? undefined : precondition.staleMessage?.(seen, token.text);
  return own ?? `${STALE_MESSAGE} ${precondition.noun}`;
}

/** A version that is not of its type is a member like any other; of a header the vendor's details say nothing. */
function malformedMember({ source }: Sent): readonly InvalidField[] {
  return source.kind === "if-match" ? [] : [{ errorCode: "invalid.value", fieldName: source.name }];
}

function hintOf(
  token: OfferedToken | null,
  concurrency: ConcurrencyPolicy,
): Pick<Refusal, "headers" | "members" | "retryAfterSeconds"> {
  if (concurrency.stale.hint === "retry-after") return { retryAfterSeconds: 1 };
  if (concurrency.stale.hint === "none" || token === null) return {};
  const etag = etagHeader(token);
  return {
    ...(etag === null ? {} : { headers: [["ETag", etag]] }),
    ...(token.member === null ? {} : { members: { [token.member.name]: token.member.value } }),
  };
}

function codeFor(status: number): string {
  return status === 409 ? "general.conflict" : status === 400 ? "bad.request" : "precondition.failed";
}

function fail(failed: Sent, precondition: Precondition, concurrency: ConcurrencyPolicy): Verdict {
  const token = precondition.holder === null ? null : tokenOf(precondition.holder, concurrency);
  const reason = describe(failed, token);
  const movedBy = moverOf(failed, precondition, concurrency);
  const malformed = failed.judgement.kind === "malformed";
  if (!malformed && concurrency.stale.outcome === "accepted") return { kind: "ignored", movedBy, reason };
  const toldStatus = concurrency.stale.outcome === "200-with-error" ? 200 : concurrency.stale.status;
  const status = malformed ? concurrency.malformed.status : toldStatus;
  return {
    kind: "refused",
    refusal: {
      status,
      code: codeFor(malformed ? concurrency.malformed.status : concurrency.stale.status),
      message: malformed ? messageOf("bad.request", "") : staleMessage(failed, precondition, token),
      cause: causeOf(failed),
      movedBy,
      reason,
      ...(malformed ? { details: malformedMember(failed) } : hintOf(token, concurrency)),
    },
  };
}

/** C10 and RFC 9110, 13.1.2: a false If-None-Match on a write. */
function checkCreateOnly(precondition: Precondition, concurrency: ConcurrencyPolicy): Verdict | null {
  const { holder, ifNoneMatch } = precondition;
  if (concurrency.createOnly === "ignored" || ifNoneMatch === null || holder === null) return null;
  const tag = tokenOf(holder, concurrency)?.tag ?? null;
  if (!matchesNone(ifNoneMatch, tag)) return null;
  const reason = `If-None-Match ${ifNoneMatch} is false: the resource exists`;
  const status = concurrency.createOnly;
  const message = messageOf(codeFor(status), "The resource exists already.");
  return {
    kind: "refused",
    refusal: { status, code: codeFor(status), message, cause: "duplicate-entity", reason },
  };
}

/** True where If-None-Match names the current representation: weak comparison, `*` names any. Pure. */
export function matchesNone(ifNoneMatch: string, current: EntityTag | null): boolean {
  const condition = parseTagCondition(ifNoneMatch);
  if (condition === null) return false;
  return (
    condition.kind === "any" || (current !== null && condition.tags.some((tag) => weakEqual(tag, current)))
  );
}

function checkAbsent(precondition: Precondition, concurrency: ConcurrencyPolicy): Verdict {
  const absent = concurrency.absent[precondition.method];
  const creates = precondition.holder === null;
  if (absent.kind === "accepted" || creates || concurrency.readFrom.length === 0) return HOLDS;
  const where = concurrency.readFrom.map((source) => (source.kind === "if-match" ? "If-Match" : source.name));
  return {
    kind: "refused",
    refusal: {
      status: absent.status,
      code: absent.status === 428 ? "precondition.required" : codeFor(absent.status),
      message:
        absent.status === 400
          ? messageOf("bad.request", "")
          : "This request must say which version it is for.",
      details: where.map((fieldName) => ({ errorCode: "missing.value", fieldName })),
      cause: "precondition-missing",
      reason: `none of ${where.join(", ")} was sent`,
    },
  };
}

/** Where a client may send a token that the policy offers, and the policy does not look. */
function unreadPlaces(
  { ifMatch }: Precondition,
  { readFrom, validator }: ConcurrencyPolicy,
): readonly TokenSource[] {
  const places: TokenSource[] = [];
  if (ifMatch !== null && !readFrom.some(({ kind }) => kind === "if-match"))
    places.push({ kind: "if-match" });
  if (!("name" in validator)) return places;
  const { name } = validator;
  if (!readFrom.some((source) => source.kind === "body" && source.name === name))
    places.push({ kind: "body", name });
  return places;
}

function isStale({ judgement }: Sent): boolean {
  return judgement.kind === "stale";
}

/** A write that passes, though a token came with it that is outdated: nothing changes, but the trace says so. */
function checkPassedOver(
  read: readonly Sent[],
  precondition: Precondition,
  concurrency: ConcurrencyPolicy,
): Verdict {
  if (precondition.history === null || precondition.history.revision === 0) return HOLDS;
  const unread = sentTokens(precondition, concurrency, unreadPlaces(precondition, concurrency));
  const stale = read.find(isStale) ?? unread.find(isStale);
  if (stale === undefined) return HOLDS;
  const reason = `${placeOf(stale)} is stale, and this server does not go by it`;
  return { kind: "ignored", movedBy: moverOf(stale, precondition, concurrency), reason };
}

const NOTHING_SENT: readonly Sent[] = [];

function sentTokens(
  precondition: Precondition,
  concurrency: ConcurrencyPolicy,
  places: readonly TokenSource[],
): readonly Sent[] {
  let found: Sent[] | null = null;
  for (const source of places) {
    const sent = judge(source, precondition, concurrency);
    if (sent === null) continue;
    found ??= [];
    found.push(sent);
  }
  return found ?? NOTHING_SENT;
}

/** Holds a request against the current token by a policy (C1 to C10, C14). Pure. */
export function checkPrecondition(precondition: Precondition, concurrency: ConcurrencyPolicy): Verdict {
  const createOnly = checkCreateOnly(precondition, concurrency);
  if (createOnly !== null) return createOnly;
  if (concurrency.validator.kind === "none") return HOLDS;
  const sent = sentTokens(precondition, concurrency, concurrency.readFrom);
  const absent = sent.length === 0 ? checkAbsent(precondition, concurrency) : HOLDS;
  if (absent.kind !== "holds") return absent;
  const failed = decisive(sent, concurrency);
  return failed === null
    ? checkPassedOver(sent, precondition, concurrency)
    : fail(failed, precondition, concurrency);
}
