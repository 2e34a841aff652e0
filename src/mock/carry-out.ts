import type { HeaderList } from "../core/http.js";
import { type Answer, emptyAnswer } from "./answer.js";
import type { Effect, Prepared, Subject } from "./operation.js";
import { type Fields, setMember } from "./org.js";
import type { Passage } from "./passage.js";
import { matchesNone } from "./preconditions.js";
import { bodyValue, tokenHolder, touchedMembers } from "./rules.js";
import { JSON_HEADER } from "./sendable-headers.js";
import { etagHeader, type OfferedToken, otherForm, type TokenHolder, tokenOf } from "./tokens.js";
import { asWriter, bump, type Write } from "./versioned.js";

/** Representations are made for one answer, so that the token may be put into them. */
function withToken({ representation, placeToken }: Effect, token: OfferedToken | null): Fields {
  if (placeToken !== undefined) placeToken(token);
  else if (token?.member != null) setMember<unknown>(representation, token.member.name, token.member.value);
  return representation;
}

function headersOf(token: OfferedToken | null, location: string | null, hasBody: boolean): HeaderList {
  const headers: HeaderList[number][] = hasBody ? [JSON_HEADER] : [];
  const etag = etagHeader(token);
  if (etag !== null) headers.push(["ETag", etag]);
  if (location !== null) headers.push(["Location", location]);
  return headers;
}

function moveTokens(passage: Passage, subject: Subject, write: Write): void {
  bump(subject.versioned, write);
  const parent = passage.policy.concurrency.granularity === "parent" ? subject.parent() : null;
  if (parent !== null) bump(parent.versioned, write);
}

/** C16 and C8: what a write leaves behind besides its effect. */
function execute(passage: Passage, prepared: Prepared): Effect {
  const { concurrency } = passage.policy;
  const { subject } = prepared;
  const { call } = passage;
  const body = bodyValue(passage);
  if (subject === null || call === null) return prepared.execute(body);
  if (concurrency.readLagMs > 0) subject.remember(call.instant.nowMs + concurrency.readLagMs);
  const before = concurrency.noOpWrite === "keep" ? subject.content() : null;
  const effect = prepared.execute(body);
  if (before !== null && effect.gone !== true && before === subject.content()) return effect;
  const members = touchedMembers(passage, prepared, body);
  moveTokens(passage, subject, { writer: asWriter(call.asker), epochMs: call.instant.epochMs, members });
  return effect;
}

/** The token that the answer to a write shows (C9). A deleted resource has none. */
function writeToken(passage: Passage, prepared: Prepared, effect: Effect): OfferedToken | null {
  const { concurrency } = passage.policy;
  if (concurrency.tokenInWriteResponse === false || passage.route.method === "DELETE") return null;
  const holder = effect.subject ?? tokenHolder(passage, prepared);
  const token = holder === null ? null : tokenOf(holder, concurrency);
  return token !== null && concurrency.tokenInWriteResponse === "other-form" ? otherForm(token) : token;
}

/** RFC 9110, 9.3.4: a PUT that creates MUST say 201; a policy's 200 is meant for the rest. */
function writeStatus(passage: Passage, effect: Effect): number {
  const { status } = passage.policy.success;
  return effect.created === true && status === 200 ? 201 : status;
}

interface Shown {
  readonly body: string;
  readonly token: OfferedToken | null;
}

function shownBy(passage: Passage, prepared: Prepared): Shown {
  const effect = prepared.execute(undefined);
  const holder: TokenHolder | null = tokenHolder(passage, prepared);
  const token = holder === null ? null : tokenOf(holder, passage.policy.concurrency);
  return { body: JSON.stringify(withToken(effect, token)), token };
}

/** C8: true where a reader is shown something else than what is there now. */
function isBehind(passage: Passage, shown: Shown): boolean {
  const { call, route } = passage;
  if (call === null || !call.trails) return false;
  const now = route.prepare({ ...call, seesAll: true });
  if (now === null) return true;
  const { body, token } = shownBy(passage, now);
  return body !== shown.body || etagHeader(token) !== etagHeader(shown.token);
}

function noteTrailing(passage: Passage): void {
  const { readLagMs } = passage.policy.concurrency;
  const reason = `reads trail writes by ${readLagMs} ms here, and this one shows what was there before`;
  passage.note ??= { cause: "stale-read", movedBy: null, reason };
}

/** Reads: the representation with its token, or 304 where the client has it. */
export function answerRead(passage: Passage, prepared: Prepared): Answer {
  const { correlationId } = passage;
  const shown = shownBy(passage, prepared);
  if (isBehind(passage, shown)) noteTrailing(passage);
  const ifNoneMatch = passage.passed.headers["if-none-match"];
  const tag = shown.token?.tag ?? null;
  const known = ifNoneMatch !== undefined && tag !== null && matchesNone(ifNoneMatch, tag);
  const headers = headersOf(shown.token, null, !known);
  if (known) return emptyAnswer(304, correlationId, headers);
  return { status: 200, headers, body: shown.body, correlationId, resource: null };
}

/** Writes: carries the operation out in this turn of the event loop, moves tokens, and answers. */
export function answerWrite(passage: Passage, prepared: Prepared): Answer {
  const effect = execute(passage, prepared);
  const token = writeToken(passage, prepared, effect);
  const status = writeStatus(passage, effect);
  const shows = passage.policy.success.body === "representation" && status !== 204;
  return {
    status,
    headers: headersOf(token, effect.location ?? null, shows),
    body: shows ? JSON.stringify(withToken(effect, token)) : "",
    correlationId: passage.correlationId,
    resource: effect.resource ?? null,
  };
}

/** I12 `current-state`: a stored answer brought up to date. The stored one where nothing can be read for it. */
export function refreshed(passage: Passage, prepared: Prepared, stored: Answer): Answer {
  if (stored.body === "") return stored;
  const effect = prepared.current?.(JSON.parse(stored.body)) ?? null;
  if (effect === null) return stored;
  const token = writeToken(passage, prepared, effect);
  const kept = stored.headers.filter(([name]) => name !== "ETag" && name !== "Content-Type");
  const headers = [...headersOf(token, null, true), ...kept];
  return { ...stored, headers, body: JSON.stringify(withToken(effect, token)) };
}
