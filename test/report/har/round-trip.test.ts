import fc from "fast-check";
import { expect, test } from "vitest";
import type { FailurePhase } from "../../../src/core/failure.js";
import type { HeaderList } from "../../../src/core/http.js";
import type { RecordedBody, RecordedExchange } from "../../../src/intake/intake.js";
import { readHar } from "../../../src/intake/read-har.js";
import type { Exchange, ReceivedResponse, SentRequest } from "../../../src/journal/journal.js";
import { renderHar } from "../../../src/report/har/render-har.js";
import { reportOf, runOf } from "../build-report.js";

type Message = Pick<SentRequest, "body" | "bodyEncoding" | "bodySha256">;

const body: fc.Arbitrary<Message> = fc
  .oneof(
    fc.constant({ body: "", bodyEncoding: "utf8" as const }),
    fc.json().map((text) => ({ body: text, bodyEncoding: "utf8" as const })),
    fc.string({ unit: "grapheme" }).map((text) => ({ body: text, bodyEncoding: "utf8" as const })),
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => ({
      body: Buffer.from([0xff, ...bytes]).toString("base64"),
      bodyEncoding: "base64" as const,
    })),
  )
  .map((each) => ({ ...each, bodySha256: "0".repeat(64) }));

/** Names and values as they may travel in HTTP/1.1. */
const headers: fc.Arbitrary<HeaderList> = fc.array(
  fc.tuple(
    fc.oneof(
      fc.constantFrom("Content-Type", "Idempotency-Key", "If-Match", "ETag", "X-A", "Set-Cookie", "Location"),
      fc.stringMatching(/^X-[\w-]{1,12}$/),
    ),
    fc
      .stringMatching(/^[!-~](?:[ -~]{0,20}[!-~])?$/)
      .filter(
        (value) => !/^(?:[x#*.]+|.*(?:redact|remov|hidden|mask|saniti|filter|scrub|secret).*)$/i.test(value),
      ),
  ),
  { maxLength: 5 },
);

const url = fc
  .webUrl({ withQueryParameters: true, validSchemes: ["http", "https"] })
  .map((each) => new URL(each).href);

const request: fc.Arbitrary<SentRequest> = fc
  .record({
    method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
    url,
    headers,
    body,
    missing: fc.boolean(),
  })
  .map(({ body: sent, missing, ...rest }) =>
    missing && rest.method === "POST"
      ? { ...rest, body: "", bodyEncoding: "utf8", bodySha256: "", missing: ["body"] as const }
      : { ...rest, ...sent },
  );

const response: fc.Arbitrary<ReceivedResponse> = fc
  .record({
    status: fc.oneof(fc.constantFrom(200, 204, 304, 409, 412, 503), fc.integer({ min: 100, max: 599 })),
    httpVersion: fc.constantFrom("1.1", "2.0", "3.0", ""),
    headers,
    body,
    truncated: fc.boolean(),
  })
  .map(({ body: received, ...rest }) => ({ ...rest, ...received }));

const error = fc.record({
  code: fc.constantFrom("ECONNRESET", "ETIMEDOUT", "ERR_BODY_LENGTH", "UNFINISHED"),
  phase: fc.constantFrom<FailurePhase>("connect", "send", "response", "timeout", "aborted", "refused"),
  message: fc.string(),
});

/** Times in µs between two points; null where a point was not reached. */
const gap = fc.option(fc.integer({ min: 0, max: 5_000_000 }), { freq: 6 });

const exchange = fc.record({
  request,
  outcome: fc.oneof(response, error),
  startUs: fc.integer({ min: 0, max: 3_000_000 }),
  sentUs: gap,
  firstUs: gap,
  endUs: fc.integer({ min: 0, max: 5_000_000 }),
});

const START = Date.UTC(2026, 10, 21, 22, 37, 5, 118);

/** A run's exchanges in the order in which they were sent, as a journal has them. */
const journal: fc.Arbitrary<readonly Exchange[]> = fc
  .array(exchange, { minLength: 1, maxLength: 6 })
  .map((all) => {
    let atUs = 0;
    return all.map(({ request: sent, outcome, startUs, sentUs, firstUs, endUs }, index): Exchange => {
      atUs += startUs;
      const answered = "status" in outcome;
      const ms = (us: number | null): number | null => (us === null ? null : (atUs + us) / 1000);
      return {
        ...{ id: `e${index + 1}`, step: `s${index}`, attempt: 1, writer: null, round: 1, resource: null },
        request: sent,
        response: answered ? outcome : null,
        error: answered ? null : outcome,
        ...{ correlationId: null, idempotencyKey: null, ifMatch: null, etag: null, version: null },
        timings: {
          startedAt: new Date(START + Math.floor(atUs / 1000)).toISOString(),
          startMs: atUs / 1000,
          sentMs: ms(sentUs),
          releasedMs: null,
          firstByteMs: answered ? ms(firstUs) : null,
          endMs: ms(endUs),
        },
      };
    });
  });

function bytesOf(message: Message): string {
  return Buffer.from(message.body, message.bodyEncoding).toString("base64");
}

function bytesRead({ bytes }: RecordedBody): string {
  return Buffer.from(bytes ?? []).toString("base64");
}

/** Microseconds: what a HAR tells of a time, and what a journal does. */
function us(timeMs: number | null): number | null {
  return timeMs === null ? null : Math.round(timeMs * 1000);
}

/** What both sides can say of one exchange. */
function asWritten({ request: sent, response: got, error: failed, timings }: Exchange): object {
  const after = (timeMs: number | null): number | null =>
    us(timeMs === null ? null : timeMs - timings.startMs);
  return {
    request: [sent.method, sent.url, sent.headers, bytesOf(sent), sent.missing ?? []],
    response: got && [got.status, got.httpVersion, got.headers, bytesOf(got), got.truncated],
    error: failed,
    times: [after(timings.sentMs), after(timings.firstByteMs), after(timings.endMs)],
  };
}

function asRead({ request: sent, response: got, error: failed, times }: RecordedExchange): object {
  return {
    request: [sent.method, sent.url, sent.headers, bytesRead(sent.body), sent.missing],
    response: got && [got.status, got.httpVersion, got.headers, bytesRead(got.body), got.body.cut],
    error: failed,
    times: [us(times.sentMs), us(times.firstByteMs), us(times.endMs)],
  };
}

/** Starts against the first one: a journal counts from the run's start, a HAR tells instants. */
function startsOf(starts: readonly number[]): readonly number[] {
  return starts.map((start) => Math.round((start - (starts[0] ?? 0)) * 1000));
}

test("a journal that is written as a HAR and read again is the same journal, as far as a HAR can say it", () => {
  fc.assert(
    fc.property(journal, (exchanges) => {
      const run = { ...runOf({ name: "any", sent: [] }), exchanges };
      const text = [...renderHar(reportOf(run), {})].join("");
      const read = [...readHar(text).exchanges()];
      expect(read.map(asRead)).toEqual(exchanges.map(asWritten));
      expect(startsOf(read.map(({ times }) => times.startedAtMs ?? 0))).toEqual(
        startsOf(exchanges.map(({ timings }) => timings.startMs)),
      );
    }),
    { numRuns: 300 },
  );
});
