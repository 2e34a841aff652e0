import { createHash } from "node:crypto";
import type { Refusal as RefusalCause } from "../core/causes.js";
import type { HeaderList } from "../core/http.js";
import type {
  FirstRequest,
  KeyLookup,
  KeyRefusal,
  KeyReplay,
  KeyRequest,
} from "../idempotency/idempotency.js";
import { inLowerCase, textAtCarrier } from "../idempotency/key-syntax.js";
import type { IdempotencyPolicy } from "../policy/idempotency-policy.js";
import type { Answer } from "./answer.js";
import type { Caller } from "./auth.js";
import type { Passed } from "./front.js";
import { messageOf, type Refusal } from "./refusal.js";
import type { MockRequest } from "./request.js";

/** What the key engine wants to know of a request. */
export interface Keyed {
  readonly request: MockRequest;
  readonly path: string;
  readonly passed: Passed;
  readonly caller: Caller;
}

/** A request as the key engine wants it. Pure. */
export function keyRequest({ request, path, passed, caller }: Keyed): KeyRequest {
  return {
    method: request.method,
    path,
    query: request.query,
    header: (name) => passed.headers[name] ?? null,
    body: passed.body,
    account: caller.account,
    principal: caller.name,
  };
}

/**
 * The key as it was sent where the policy looks for one, read or not; null where none was. Where keys travel in a query or
 * a body, one in the usual header still counts as sent, for the trace. Pure.
 */
export function sentKey(
  request: Pick<MockRequest, "query">,
  { headers, body }: Pick<Passed, "headers" | "body">,
  policy: IdempotencyPolicy,
): string | null {
  const { carrier } = policy;
  if (carrier.kind === "header") return headers[inLowerCase(carrier.name)] ?? null;
  const text = textAtCarrier(policy, { header: () => null, query: request.query, body });
  return text ?? headers["idempotency-key"] ?? null;
}

/** What servers say of keys. None of it is the vendor's: it documents no message for any. */
const MESSAGES: Partial<Readonly<Record<RefusalCause, readonly [code: string, message: string]>>> = {
  "key-reused-body-changed": ["general.conflict", "The key was used with another request body."],
  "key-reused-bytes-changed": ["general.conflict", "The key was used with another request body."],
  "key-reused-other-resource": ["general.conflict", "The key was used with another request."],
  "key-in-flight": ["idempotency.key.in.use", "A request with this key is still being processed."],
  "key-bound-to-unacknowledged-attempt": ["general.conflict", "The key is bound to an earlier request."],
  "key-stuck": ["idempotency.key.in.use", "A request with this key is still being processed."],
  "conflict-not-replay": ["general.conflict", "The key was used already."],
  "key-missing": ["idempotency.key.missing", "This operation requires an idempotency key."],
  "key-malformed": ["idempotency.key.invalid", "The idempotency key is not valid."],
};

function bodyHash(first: FirstRequest): string {
  if (first.body.kind === "digests") return first.body.bytes;
  return createHash("sha256").update(Buffer.from(first.body.latin1, "latin1")).digest("hex");
}

/** A refusal of the key rule as the client sees it. Pure. */
export function toRefusal(refusal: KeyRefusal): Refusal {
  const [code, message] = MESSAGES[refusal.cause] ?? ["general.conflict", messageOf("general.conflict", "")];
  const { reveals, retryAfterMs } = refusal;
  return {
    status: refusal.status,
    code: refusal.code ?? code,
    message,
    cause: refusal.cause,
    reason: refusal.reason,
    ...(retryAfterMs === null ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
    ...(reveals === null
      ? {}
      : {
          members: {
            original_request: { method: reveals.method, path: reveals.path, body_hash: bodyHash(reveals) },
          },
        }),
  };
}

/** Header that names the first answer's correlation ID beside the new one. */
const ORIGINAL_CORRELATION = "X-Original-Correlation-Id";

const NO_HEADERS: HeaderList = [];

/** Headers that the policy adds for a key: its echo, and its mark where every answer has it. Pure. */
export function keyHeaders(policy: IdempotencyPolicy, sentKey: string | null, replayed: boolean): HeaderList {
  const { carrier, echo } = policy;
  const { marker, where } = policy.replay;
  const marked = marker !== null && (replayed || where === "always");
  const echoed = echo && carrier.kind === "header" && sentKey !== null;
  if (!marked && !echoed) return NO_HEADERS;
  return [
    ...(marked ? [[marker, "true"] as const] : []),
    ...(echoed ? [[carrier.name, sentKey] as const] : []),
  ];
}

/** The stored answer as it goes out again, with the correlation ID that the policy says (I14). Pure. */
export function replayAnswer(replay: KeyReplay, policy: IdempotencyPolicy, freshId: string): Answer {
  const { answer, status } = replay;
  const { correlationId: shown } = policy.replay;
  const correlationId = shown === "original" ? answer.correlationId : freshId;
  if (shown !== "both") return { ...answer, status, correlationId };
  const headers: HeaderList = [...answer.headers, [ORIGINAL_CORRELATION, answer.correlationId]];
  return { ...answer, status, correlationId, headers };
}

function parsedOrText(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** What `GET /idempotency-keys/{key}` shows. Pure. */
export function lookupView(
  key: string,
  lookup: KeyLookup,
  epochOf: (atMs: number) => number,
): Readonly<Record<string, unknown>> {
  const { answer } = lookup;
  return {
    idempotency_key: key,
    state: lookup.state,
    request: { method: lookup.method, path: lookup.path },
    status: lookup.status,
    response: answer === null ? null : parsedOrText(answer.body),
    created_at: new Date(epochOf(lookup.createdAtMs)).toISOString(),
  };
}
