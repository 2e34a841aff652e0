import { describe, expect, it } from "vitest";
import { createRedactor, type Redactor } from "../../src/core/redact.js";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import { readHar } from "../../src/intake/read-har.js";
import { toRecords } from "../../src/intake/to-records.js";
import type { Exchange } from "../../src/journal/journal.js";
import { viewRecords } from "../../src/journal/read-journal.js";
import { withResource } from "../../src/session/open-run-journal.js";
import { recordingPersonal } from "../../src/session/personal-rules.js";
import { startedOf } from "../../src/session/save-recording.js";
import { harText, specEntry } from "../intake/recorders.js";

const HOST = "https://api.mypurecloud.ie";
const PATH = "/api/v2/users/7";
const KEY = "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f";

interface Sent {
  readonly method?: string;
  readonly body: string;
  readonly answer: string;
  readonly status?: number;
  readonly key?: string | null;
  readonly ifMatch?: string;
  readonly etag?: string;
}

/** A recording as a journal would have it. */
function recorded(all: readonly Sent[], redactor: Redactor): readonly Exchange[] {
  const text = harText(
    all.map(({ method = "PATCH", body, answer, status = 200, key = KEY, ifMatch, etag }, index) =>
      specEntry({
        ...{ method, url: `${HOST}${PATH}`, body, answer, status },
        at: new Date(Date.UTC(2026, 10, 21, 22, 37, 0, index * 100)).toISOString(),
        headers: [
          ["Content-Type", "application/json"],
          ...(key === null ? [] : [["Idempotency-Key", key] as const]),
          ...(ifMatch === undefined ? [] : [["If-Match", ifMatch] as const]),
        ],
        answerHeaders: etag === undefined ? [] : [["ETag", etag]],
      }),
    ),
  );
  const recording = readHar(text);
  const started = startedOf(recording, { name: "it.har", sha256: "", run: "it" });
  return [...viewRecords(started, [...toRecords(recording, redactor)]).exchanges()].map(withResource);
}

/** What was concluded, without the words. */
function causesOf(exchanges: readonly Exchange[]): readonly string[] {
  return diagnoseExchanges(exchanges, { timesKnown: true, bodiesExact: true }).map(
    ({ kind, cause, certainty, exchange }) => `${kind} ${exchange} ${cause} ${certainty}`,
  );
}

const TAKEN = '{"message":"The key was used with another request body"}';
const CONFLICT = '{"message":"conflict"}';
const NONE = { method: "GET", body: "", key: null } as const;

const RECORDINGS: Readonly<Record<string, readonly Sent[]>> = {
  "another caller under one key": [
    { body: '{"name":"Anna","phone":"+13175550101"}', answer: '{"id":"7"}' },
    { body: '{"name":"Ben","phone":"+13175550101"}', answer: TAKEN, status: 409 },
  ],
  "the same caller in other bytes": [
    { body: '{"name":"Anna"}', answer: '{"id":"7"}' },
    { body: '{ "name": "Anna" }', answer: CONFLICT, status: 409 },
  ],
  "the stored answer of another request": [
    { body: '{"name":"Anna"}', answer: '{"id":"7","name":"Anna","version":2}' },
    { body: '{"name":"Ben"}', answer: '{"id":"7","name":"Anna","version":2}' },
  ],
  "a name that was altered on its way": [
    { body: '{"name":"Anna Müller"}', answer: '{"id":"7","name":"Anna M?ller"}' },
    { ...NONE, answer: '{"id":"7","name":"Anna M?ller"}' },
  ],
  "a read that trails a write": [
    { ...NONE, answer: '{"id":"7","name":"Anna","version":1}', etag: '"1"' },
    {
      body: '{"name":"Ben"}',
      answer: '{"id":"7","name":"Ben","version":2}',
      key: null,
      ifMatch: '"1"',
      etag: '"2"',
    },
    { ...NONE, answer: '{"id":"7","name":"Anna","version":1}', etag: '"1"' },
  ],
  "a write that nobody finds again": [
    { body: '{"name":"Ben"}', answer: '{"id":"7","name":"Ben"}', key: null },
    { ...NONE, answer: '{"id":"7","name":"Anna"}' },
  ],
};

describe("what is concluded where callers' data is hidden is what is concluded where it is not:", () => {
  it.each(Object.entries(RECORDINGS))("%s", (_what, all) => {
    const hidden = recorded(all, createRedactor(undefined, recordingPersonal()));
    expect(JSON.stringify(hidden)).not.toMatch(/Anna|Ben/);
    expect(causesOf(hidden)).toEqual(causesOf(recorded(all, createRedactor())));
    expect(causesOf(hidden).length).toBeGreaterThan(0);
  });
});
