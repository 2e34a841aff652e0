import type { HeaderList } from "../core/http.js";
import { type Answer, successAnswer } from "./answer.js";
import type { Effect, Prepared, Subject } from "./operation.js";
import type { Passage } from "./passage.js";
import { matchesNone } from "./preconditions.js";
import { bodyValue, tokenHolder } from "./rules.js";
import { etagHeader, type OfferedToken, otherForm, type TokenHolder, tokenOf } from "./tokens.js";
import { bump, type Write } from "./versioned.js";

function withMember(
  representation: Effect["representation"],
  token: OfferedToken | null,
): Effect["representation"] {
  return token?.member == null
    ? representation
    : { ...representation, [token.member.name]: token.member.value };
}

function headersOf(token: OfferedToken | null, location: string | undefined): HeaderList {
  const etag = etagHeader(token);
  const own: (readonly [string, string])[] = etag === null ? [] : [["ETag", etag]];
  if (location !== undefined) own.push(["Location", location]);
  return own;
}

function moveTokens(passage: Passage, subject: Subject, write: Write): void {
  bump(subject.versioned, write);
  if (passage.policy.concurrency.granularity === "parent" && subject.parent !== null) {
    bump(subject.parent.versioned, { ...write, members: [] });
  }
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
  if (before !== null && before === subject.content()) return effect;
  const members = concurrency.granularity === "field" ? (prepared.members?.(body) ?? []) : [];
  moveTokens(passage, subject, { writer: call.writer, epochMs: call.instant.epochMs, members });
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

/** Reads: the representation with its token, or 304 where the client has it. */
export function answerRead(passage: Passage, prepared: Prepared): Answer {
  const { concurrency } = passage.policy;
  const { representation } = prepared.execute(undefined);
  const holder: TokenHolder | null = tokenHolder(passage, prepared);
  const token = holder === null ? null : tokenOf(holder, concurrency);
  const ifNoneMatch = passage.passed.headers["if-none-match"];
  const tag = token?.tag ?? null;
  const known = ifNoneMatch !== undefined && tag !== null && matchesNone(ifNoneMatch, tag);
  const { correlationId } = passage;
  const headers = headersOf(token, undefined);
  if (known) return successAnswer({ status: 304, correlationId, headers }, null);
  return successAnswer({ status: 200, correlationId, headers }, withMember(representation, token));
}

/** The answer to a write, and the name of what it made or changed. */
export interface Written {
  readonly answer: Answer;
  readonly resource: string | null;
}

/** Writes: carries the operation out in this turn of the event loop, moves tokens, and answers. */
export function answerWrite(passage: Passage, prepared: Prepared): Written {
  const effect = execute(passage, prepared);
  const token = writeToken(passage, prepared, effect);
  const { correlationId } = passage;
  const of = {
    status: writeStatus(passage, effect),
    correlationId,
    headers: headersOf(token, effect.location),
  };
  const empty = passage.policy.success.body === "empty";
  const answer = successAnswer(of, empty ? null : withMember(effect.representation, token));
  return { answer, resource: effect.resource ?? null };
}

/** I12 `current-state`: a stored answer brought up to date. The stored one where nothing can be read for it. */
export function refreshed(passage: Passage, prepared: Prepared, stored: Answer): Answer {
  if (stored.contentType === null) return stored;
  const representation = prepared.current?.(JSON.parse(stored.body)) ?? null;
  if (representation === null) return stored;
  const holder = tokenHolder(passage, prepared);
  const token = holder === null ? null : tokenOf(holder, passage.policy.concurrency);
  const kept = stored.headers.filter(([name]) => name !== "ETag");
  const headers = [...headersOf(token, undefined), ...kept];
  return { ...stored, headers, body: JSON.stringify(withMember(representation, token)) };
}
