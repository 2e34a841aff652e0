// A journal of any length: writes with keys, each tenth of them refused, as a run of many rounds leaves it.
import { createHash } from "node:crypto";
import { closeSync, openSync, writeFileSync } from "node:fs";

const START_MS = Date.UTC(2026, 10, 21, 22, 37, 5);
const STEP_MS = 3;
const BATCH = 1_000;

const sha256 = (text) => createHash("sha256").update(text).digest("hex");

function uuid(number) {
  const hex = sha256(String(number));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function recordsOf(index) {
  const [id, refused, startMs] = [`e${index + 1}`, index % 10 === 9, index * STEP_MS];
  const body = JSON.stringify({ attributes: { "queue-name": "support-tier-2", round: index } });
  const answer = refused
    ? '{"message":"The key was used with another request body","code":"general.conflict","status":409}'
    : `{"id":"${uuid(1)}","version":${index}}`;
  const headers = [
    ["Content-Type", "application/json"],
    ["ININ-Correlation-Id", uuid(index)],
    ["ETag", `"${index}"`],
  ];
  const request = {
    method: "PATCH",
    url: `http://127.0.0.1:45123/api/v2/conversations/calls/${uuid(2)}/participants/${uuid(3)}/attributes`,
    headers: [
      ["Content-Type", "application/json"],
      ["Authorization", "Bearer <secret:1>"],
      ["Idempotency-Key", uuid(index)],
    ],
    ...{ body, bodyEncoding: "utf8", bodySha256: sha256(body) },
  };
  const sent = { type: "request-sent", id, step: "write", attempt: 1, writer: null, round: 1 };
  const startedAt = new Date(START_MS + startMs).toISOString();
  const response = {
    ...{ status: refused ? 409 : 200, httpVersion: "1.1", headers, body: answer, bodyEncoding: "utf8" },
    ...{ bodySha256: sha256(answer), truncated: false },
  };
  const times = { sentMs: startMs + 0.2, releasedMs: null, firstByteMs: startMs + 0.8, endMs: startMs + 0.9 };
  return [
    { ...sent, startedAt, startMs, request, keyHeader: "Idempotency-Key" },
    { type: "response", id, ...times, response },
  ];
}

/** Writes it; gives its path back. */
export function writeLongJournal(file, count) {
  const descriptor = openSync(file, "w");
  const write = (records) =>
    writeFileSync(descriptor, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const scenario = { name: "A long run", file: "long.yaml", sha256: sha256("long"), text: "" };
  const target = { kind: "mock", baseUrl: "http://127.0.0.1:45123", policy: "forum-lore" };
  const started = {
    type: "run-started",
    schema: "gcidem-journal/1",
    run: "long",
    tool: "gcidem",
    node: "v20",
  };
  write([{ ...started, scenario, target, seed: 1, startedAt: new Date(START_MS).toISOString() }]);
  for (let first = 0; first < count; first += BATCH)
    write(
      Array.from({ length: Math.min(BATCH, count - first) }, (_, index) => recordsOf(first + index)).flat(),
    );
  const endedAt = new Date(START_MS + count * STEP_MS).toISOString();
  write([
    { type: "run-ended", endedAt, durationMs: count * STEP_MS, interrupted: false, redactedSecrets: 1 },
  ]);
  closeSync(descriptor);
  return file;
}
