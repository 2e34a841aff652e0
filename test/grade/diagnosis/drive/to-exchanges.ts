import { createHash } from "node:crypto";
import { correlationIdOf, type HeaderList, headerValue } from "../../../../src/core/http.js";
import type { Exchange, ReceivedResponse, SentRequest } from "../../../../src/journal/journal.js";
import type { Happened, Received } from "./happened.js";
import { ORIGIN } from "./receive.js";

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A journal has a resolution of 1 µs. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function sentRequest({ send, target, headers, body, credentials }: Happened): SentRequest {
  const all: HeaderList = [
    ["Host", new URL(ORIGIN).host],
    ["user-agent", "gcidem/0.1.0"],
    ["accept", "application/json, */*;q=0.5"],
    ["accept-encoding", "gzip, deflate, br"],
    ...(body === null ? [] : [["content-type", "application/json"] as const]),
    ...headers,
    ...(credentials === null ? [] : [["authorization", `Bearer <secret:${credentials}>`] as const]),
    ...(body === null ? [] : [["Content-Length", String(Buffer.byteLength(body))] as const]),
    ["Connection", "keep-alive"],
  ];
  return {
    method: send.method,
    url: `${ORIGIN}${target}`,
    headers: all,
    body: body ?? "",
    bodyEncoding: "utf8",
    bodySha256: sha256(body ?? ""),
  };
}

function receivedResponse({ status, headers, body }: Received): ReceivedResponse {
  return {
    status,
    httpVersion: "1.1",
    headers,
    body,
    bodyEncoding: "utf8",
    bodySha256: sha256(body),
    truncated: false,
  };
}

function versionOf(received: Received | null): string | number | null {
  if (received === null || !received.body.includes('"version"')) return null;
  try {
    const version: unknown = (JSON.parse(received.body) as { version?: unknown } | null)?.version;
    return typeof version === "string" || typeof version === "number" ? version : null;
  } catch {
    return null;
  }
}

function keyOf({ keyHeader }: Happened["send"], headers: HeaderList): string | null {
  if (keyHeader !== null) return headerValue(headers, keyHeader);
  const found = headers.find(([name]) => /idempoten|repeatability-request-id/i.test(name));
  return found?.[1] ?? null;
}

function toExchange(happened: Happened, index: number): Exchange {
  const { send, received, error, headers, startMs, sentMs, endMs, startedAtEpochMs } = happened;
  return {
    id: `e${index + 1}`,
    step: send.id,
    attempt: 1,
    writer: send.writer,
    round: 1,
    resource: null,
    request: sentRequest(happened),
    response: received === null ? null : receivedResponse(received),
    error,
    correlationId: received === null ? null : correlationIdOf(received.headers),
    idempotencyKey: keyOf(send, headers),
    ifMatch: headerValue(headers, "if-match"),
    etag: received === null ? null : headerValue(received.headers, "etag"),
    version: versionOf(received),
    timings: {
      startedAt: new Date(startedAtEpochMs).toISOString(),
      startMs: rounded(startMs),
      sentMs: rounded(sentMs),
      releasedMs: null,
      firstByteMs: received === null ? null : rounded(endMs),
      endMs: rounded(endMs),
    },
  };
}

/** What was recorded of a run. */
export function recordedOf(happened: readonly Happened[]): readonly Happened[] {
  return happened.filter(({ send }) => send.recorded);
}

/** What a journal would have of what was recorded, in the order of sending. Pure. */
export function toExchanges(recorded: readonly Happened[]): readonly Exchange[] {
  return recorded.map(toExchange);
}
