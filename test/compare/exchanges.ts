import { createHash } from "node:crypto";
import type { HeaderList } from "../../src/core/http.js";
import { correlationIdOf, headerValue } from "../../src/core/http.js";
import type { Exchange, ExchangeError } from "../../src/journal/journal.js";

/** What a test cares about in one exchange; the rest is filled in. */
export interface Sketch {
  readonly id?: string;
  readonly step?: string;
  readonly method?: string;
  readonly url?: string;
  readonly headers?: HeaderList;
  readonly body?: string | Uint8Array;
  readonly status?: number;
  readonly answerHeaders?: HeaderList;
  readonly answer?: string | Uint8Array;
  readonly truncated?: boolean;
  readonly error?: ExchangeError;
}

/** A body as the journal would hold it. */
export function journalled(
  body: string | Uint8Array = "",
): Pick<Exchange["request"], "body" | "bodyEncoding" | "bodySha256"> {
  const text = typeof body === "string";
  return {
    body: text ? body : Buffer.from(body).toString("base64"),
    bodyEncoding: text ? "utf8" : "base64",
    bodySha256: createHash("sha256").update(body).digest("hex"),
  };
}

/** One exchange as the journal would give it. */
export function exchangeOf(sketch: Sketch): Exchange {
  const answerHeaders = sketch.answerHeaders ?? [];
  const headers = sketch.headers ?? [];
  return {
    id: sketch.id ?? "e1",
    step: sketch.step ?? "first",
    attempt: 1,
    writer: null,
    round: 1,
    resource: null,
    request: {
      method: sketch.method ?? "PATCH",
      url: sketch.url ?? "http://127.0.0.1:1/api/v2/things/1",
      headers,
      ...journalled(sketch.body),
    },
    response:
      sketch.error === undefined
        ? {
            status: sketch.status ?? 200,
            httpVersion: "1.1",
            headers: answerHeaders,
            ...journalled(sketch.answer),
            truncated: sketch.truncated ?? false,
          }
        : null,
    error: sketch.error ?? null,
    correlationId: correlationIdOf(answerHeaders),
    idempotencyKey: headerValue(headers, "idempotency-key"),
    ifMatch: headerValue(headers, "if-match"),
    etag: headerValue(answerHeaders, "etag"),
    version: null,
    timings: {
      startedAt: "2026-11-21T22:37:05.118Z",
      startMs: 0,
      sentMs: 0.1,
      releasedMs: null,
      firstByteMs: 0.9,
      endMs: 1,
    },
  };
}
