// Recorded traffic of any length: reads, writes under versions and keys, repeats, lost answers, conflicts, lists.
import { createHash } from "node:crypto";

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** Equal numbers on every machine (mulberry32). */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ORIGIN = "https://api.example.com";
/** Requests of one resource: more in longer recordings would be another recording, not a longer one. */
const PER_RESOURCE = 60;

function uuid(number) {
  return `5b7f3f0e-1111-4a6b-8d53-${number.toString(16).padStart(12, "0")}`;
}

function exchange(
  index,
  { method, path, body = "", key = null, ifMatch = null, status, etag = null, answer = "" },
) {
  const startMs = index * 10;
  const correlationId = uuid(index + 1);
  const headers = [
    ["ININ-Correlation-Id", correlationId],
    ["Content-Type", "application/json"],
  ];
  if (etag !== null) headers.push(["ETag", etag]);
  const lost = status === null;
  return {
    id: `e${index + 1}`,
    step: "recorded",
    attempt: 1,
    writer: null,
    round: 1,
    resource: null,
    request: {
      method,
      url: `${ORIGIN}${path}`,
      headers: [
        ["authorization", "Bearer <secret:1>"],
        ["content-type", "application/json"],
        ...(key === null ? [] : [["Idempotency-Key", key]]),
        ...(ifMatch === null ? [] : [["If-Match", ifMatch]]),
      ],
      body,
      bodyEncoding: "utf8",
      bodySha256: sha256(body),
    },
    response: lost
      ? null
      : {
          status,
          httpVersion: "1.1",
          headers,
          body: answer,
          bodyEncoding: "utf8",
          bodySha256: sha256(answer),
          truncated: false,
        },
    error: lost ? { code: "ECONNRESET", phase: "response", message: "socket hang up" } : null,
    correlationId: lost ? null : correlationId,
    idempotencyKey: key,
    ifMatch,
    etag: lost ? null : etag,
    version: null,
    timings: {
      startedAt: "2026-11-21T22:37:05.118Z",
      startMs,
      sentMs: startMs + 0.1,
      releasedMs: null,
      firstByteMs: lost ? null : startMs + 5,
      endMs: startMs + 5,
    },
  };
}

const FILLING = JSON.stringify(
  Object.fromEntries(
    Array.from({ length: 8 }, (_, at) => [`member${at}`, "text of a usual length in a usual answer"]),
  ),
).slice(1, -1);

/** Exchanges as a recording of a busy client would have them. */
export function recordedExchanges(count) {
  const random = randomOf(count);
  const versions = new Map();
  const keyed = [];
  const resources = Math.max(1, Math.ceil(count / PER_RESOURCE));
  const all = [];
  for (let index = 0; index < count; index++) {
    const id = Math.floor(random() * resources);
    const path = `/v1/orders/${uuid(id)}`;
    const version = versions.get(id) ?? 1;
    const draw = random();
    const state = (number) => `{"id":"${uuid(id)}","tier":"t${number}",${FILLING}}`;
    if (draw < 0.4) {
      all.push(
        exchange(index, { method: "GET", path, status: 200, etag: `"${version}"`, answer: state(version) }),
      );
    } else if (draw < 0.7) {
      const stale = random() < 0.2;
      const sent = {
        method: "PUT",
        path,
        body: `{"tier":"t${version + 1}"}`,
        ifMatch: `"${stale ? version - 1 : version}"`,
      };
      const refused = { status: 409, answer: '{"message":"The request was not accepted."}' };
      if (!stale) versions.set(id, version + 1);
      const accepted = { status: 200, etag: `"${version + 1}"`, answer: state(version + 1) };
      all.push(exchange(index, { ...sent, ...(stale ? refused : accepted) }));
    } else if (draw < 0.9 || keyed.length === 0) {
      const sent = {
        method: "POST",
        path: "/v1/payments",
        body: `{"amount":${index}}`,
        key: uuid(index + 1),
      };
      const answer = `{"id":"p${uuid(index)}","amount":${index},${FILLING}}`;
      const lost = random() < 0.05;
      keyed.push({ sent, answer });
      all.push(exchange(index, { ...sent, answer, status: lost ? null : 201 }));
    } else {
      const { sent, answer } = keyed[Math.floor(random() * keyed.length)];
      const refused = random() < 0.3;
      const conflict = { status: 409, answer: '{"message":"The request was not accepted."}' };
      all.push(
        exchange(index, {
          ...sent,
          ...(refused ? { ...conflict, body: '{"amount":0}' } : { answer, status: 201 }),
        }),
      );
    }
  }
  return all;
}
