import type { HeaderList } from "../../src/core/http.js";
import type { RunSection } from "../../src/report/report.js";
import { runOf, type Sent, uuidOf } from "./build-report.js";

const CONVERSATION = uuidOf("conversation");
const PARTICIPANT = uuidOf("participant");
const ATTRIBUTES = `PATCH /api/v2/conversations/calls/${CONVERSATION}/participants/${PARTICIPANT}/attributes`;
const THING = "/api/v2/mock/things/1";

/** Headers of an answer of the mock; each has its own correlation ID and budget. */
function answer(name: string, etag: string | null = null): HeaderList {
  return [
    ["Content-Type", "application/json"],
    ["Date", "Sat, 21 Nov 2026 22:37:05 GMT"],
    ["ININ-Correlation-Id", uuidOf(name)],
    ["inin-ratelimit-count", String(name.length)],
    ...(etag === null ? [] : [["ETag", etag] as const]),
  ];
}

function sentHeaders(key: string | null, more: HeaderList = []): HeaderList {
  return [
    ["Content-Type", "application/json"],
    ["Authorization", "Bearer <secret:1>"],
    ...(key === null ? [] : [["Idempotency-Key", key] as const]),
    ...more,
  ];
}

function conflict(name: string, message: string): Pick<Sent, "status" | "answerHeaders" | "answer"> {
  const contextId = uuidOf(name);
  const body = { message, code: "general.conflict", status: 409, contextId, details: [], errors: [] };
  return { status: 409, answerHeaders: answer(name), answer: JSON.stringify(body) };
}

const TIER_2 = '{"attributes":{"queue-name":"support-tier-2","note":"a caller who waits"}}';

/** One key, another value under it: what the forum is about. */
export function keyReuse(): RunSection {
  const [key, fresh] = [uuidOf("key"), uuidOf("another key")];
  const stored = { answerHeaders: answer("stored", '"1"'), answer: `{"id":"${PARTICIPANT}","version":1}` };
  return runOf({
    name: "Same key, changed body",
    file: "scenarios/basics/key-reuse.yaml",
    steps: [
      { id: "first" },
      { id: "second", of: "first" },
      { id: "mutated", of: "first", mutated: true },
      { id: "control", of: "first", mutated: true },
    ],
    sent: [
      { step: "first", request: ATTRIBUTES, headers: sentHeaders(key), body: TIER_2, ...stored, ms: 3.1 },
      {
        ...{ step: "second", request: ATTRIBUTES, headers: sentHeaders(key), body: TIER_2, ...stored },
        answerHeaders: answer("second", '"1"'),
      },
      {
        ...{ step: "mutated", request: ATTRIBUTES, headers: sentHeaders(key), ms: 0.8 },
        body: TIER_2.replace("support-tier-2", "other"),
        ...conflict("mutated", "The key was used with another request body"),
      },
      {
        ...{ step: "control", request: ATTRIBUTES, headers: sentHeaders(fresh) },
        body: TIER_2.replace("support-tier-2", "other"),
        ...{ answerHeaders: answer("control", '"2"'), answer: `{"id":"${PARTICIPANT}","version":2}` },
      },
    ],
    stored: { e2: "e1" },
    pairs: [
      ["e1", "e2"],
      ["e1", "e3"],
      ["e1", "e4"],
    ],
    expectations: [
      { step: "first", line: 21 },
      {
        step: "second",
        line: 24,
        what: "replayOf",
        expected: "stored answer of first",
        actual: "stored answer of first",
      },
      { step: "mutated", line: 31, expected: 409, actual: 409 },
      { step: "control", line: 38 },
    ],
  });
}

/** The same JSON in other bytes, against a server that compares bytes. */
export function mutatedBytes(): RunSection {
  const headers = sentHeaders("order-2026-000117");
  const request = "POST /v1/orders";
  return runOf({
    name: "Same key, same JSON, other bytes",
    file: "scenarios/basics/other-bytes.yaml",
    target: { kind: "http", baseUrl: "http://127.0.0.1:45123", policy: null, policyDescription: null },
    steps: [
      { id: "first" },
      { id: "spaced", of: "first", mutated: true },
      { id: "numbers", of: "first", mutated: true },
      { id: "digits", of: "first", mutated: true },
    ],
    sent: [
      {
        step: "first",
        request,
        headers,
        body: '{"sku":"A1","amount":12345678901234567890,"rate":1}',
        status: 201,
        answerHeaders: answer("o1"),
        answer: '{"order":"o-1"}',
        ms: 12.04,
      },
      {
        step: "spaced",
        request,
        headers,
        body: '{ "sku": "A1", "amount": 12345678901234567890, "rate": 1 }',
        ...conflict("o2", "Key reuse"),
      },
      {
        step: "numbers",
        request,
        headers,
        body: '{"sku":"A1","amount":12345678901234567890,"rate":1.0}',
        ...conflict("o3", "Key reuse"),
      },
      {
        step: "digits",
        request,
        headers,
        body: '{"sku":"A1","amount":12345678901234567891,"rate":1}',
        ...conflict("o4", "Key reuse"),
      },
    ],
    pairs: [
      ["e1", "e2"],
      ["e1", "e3"],
      ["e1", "e4"],
    ],
    expectations: [
      { step: "first", line: 12, expected: "2xx", actual: 201 },
      { step: "spaced", line: 19, expected: { not: 409 }, actual: 409, ok: false },
      { step: "numbers", line: 25, expected: [200, 201], actual: 409, ok: false },
    ],
  });
}

/** A stale ETag, tried again until it fits; each attempt is a row. */
export function staleEtagRetried(): RunSection {
  const write = (match: string): Pick<Sent, "request" | "headers" | "body"> => ({
    request: `PUT ${THING}`,
    headers: sentHeaders(null, [["If-Match", match]]),
    body: '{"tier":"gold"}',
  });
  const read = (step: string, attempt: number, version: number): Sent => ({
    ...{ step, attempt, request: `GET ${THING}`, headers: sentHeaders(null) },
    ...{ answerHeaders: answer(`read${version}`, `"${version}"`), answer: `{"id":"1","version":${version}}` },
  });
  return runOf({
    name: "A stale ETag, read again and retried",
    file: "scenarios/basics/stale-etag.yaml",
    target: { policy: "documented", policyDescription: "What the vendor documents." },
    steps: [
      { id: "make", section: "setUp" },
      { id: "thing" },
      { id: "pause", waitMs: 900_000 },
      { id: "withRetry" },
      { id: "remove", section: "cleanUp" },
    ],
    sent: [
      {
        step: "make",
        request: "POST /api/v2/mock/things",
        headers: sentHeaders(null),
        body: '{"id":"1"}',
        status: 201,
        answerHeaders: answer("make", '"6"'),
        answer: '{"id":"1","version":6}',
      },
      read("thing", 1, 7),
      {
        step: "withRetry",
        ...write('"7"'),
        ...conflict("w1", "The version supplied does not match the current version of the thing"),
      },
      read("thing", 2, 9),
      {
        step: "withRetry",
        attempt: 2,
        ...write('"9"'),
        answerHeaders: answer("w2", '"10"'),
        answer: '{"id":"1","version":10}',
        ms: 2004,
      },
      {
        step: "remove",
        request: `DELETE ${THING}`,
        headers: sentHeaders(null),
        status: 204,
        answerHeaders: answer("gone"),
      },
    ],
    expectations: [
      { step: "withRetry", line: 30 },
      { step: "withRetry", line: 31, what: "attempts", expected: [409, 200], actual: [409, 200] },
    ],
  });
}

/** A lost answer, and what nobody could tell afterwards. */
export function lostAnswer(): RunSection {
  const request = "POST /api/v2/integrations/actions/a1/execute";
  const sent = { request, headers: sentHeaders(uuidOf("lost")), body: '{"contactId":"c-1"}' };
  return runOf({
    name: "The answer is lost; the retry goes to another page",
    file: "scenarios/basics/lost-answer.yaml",
    steps: [
      { id: "lost" },
      { id: "later", waitMs: 5000 },
      { id: "again", of: "lost" },
      { id: "look" },
      { id: "use" },
    ],
    sent: [
      {
        step: "lost",
        ...sent,
        error: { code: "ETIMEDOUT", phase: "timeout", message: "no answer within 2s" },
        ms: 2000.4,
      },
      { step: "again", ...sent, answerHeaders: answer("again"), answer: '{"result":"ok"}' },
      {
        step: "look",
        request: "GET /api/v2/integrations/actions/a1",
        headers: sentHeaders(null),
        answerHeaders: answer("look"),
        answer: "{}",
      },
    ],
    pairs: [["e1", "e2"]],
    expectations: [
      { step: "lost", line: 14, what: "error", expected: "any", actual: "ETIMEDOUT" },
      {
        step: "lost",
        line: 15,
        what: "executed",
        expected: true,
        actual: null,
        ok: null,
        note: "nothing read /api/v2/integrations/actions/a1 before it",
      },
      {
        step: "again",
        line: 19,
        what: "replayOf",
        expected: "stored answer of lost",
        actual: 200,
        ok: null,
        note: "e1 did not succeed, so there is no answer to repeat",
      },
    ],
    skipped: [{ step: "use", round: 1, reason: "$(look.resultId) has no value" }],
  });
}

/** A refused connection that nobody expected. */
export function noAnswer(): RunSection {
  return runOf({
    name: "Nobody listens",
    file: "my.yaml",
    target: { kind: "http", policy: null, policyDescription: null },
    sent: [
      {
        step: "read",
        request: "GET /api/v2/users/me",
        error: { code: "ECONNREFUSED", phase: "connect", message: "connect ECONNREFUSED 127.0.0.1:45123" },
        ms: 0.31,
      },
    ],
    expectations: [
      {
        step: "read",
        line: 4,
        actual: "ECONNREFUSED",
        ok: false,
        note: "connect ECONNREFUSED 127.0.0.1:45123",
      },
    ],
  });
}

/** A scenario that expects nothing. */
export function notJudged(): RunSection {
  return runOf({
    name: "Only looking",
    sent: [
      {
        step: "step-1",
        request: "GET /api/v2/users/me",
        answerHeaders: answer("me"),
        answer: '{"id":"me","version":"a7"}',
      },
      {
        step: "step-2",
        request: "GET /api/v2/users/you",
        status: 404,
        answerHeaders: answer("you"),
        answer: '{"message":"The requested resource was not found.","code":"not.found"}',
      },
    ],
  });
}

/** Everything went well, against a real API; the password in the body is a secret. */
export function allPassed(): RunSection {
  const body = '{"user":"anna","password":"<secret:2>"}';
  const request = "POST https://api.example.com/v1/sessions";
  const sent = { request, headers: sentHeaders("k-1"), body };
  const hmac = (digit: string): string => `hmac-sha256:${digit.repeat(64)}`;
  return runOf({
    name: "A log-in and its repeat",
    file: "my/log-in.yaml",
    target: { kind: "http", baseUrl: "https://api.example.com", policy: null, policyDescription: null },
    steps: [{ id: "login" }, { id: "again", of: "login" }],
    sent: [
      {
        step: "login",
        ...sent,
        bodyHash: hmac("a"),
        status: 201,
        answerHeaders: answer("s1"),
        answer: '{"session":"s-1","nested":{"a":[1,2,3]}}',
      },
      {
        step: "again",
        ...sent,
        bodyHash: hmac("b"),
        status: 201,
        answerHeaders: answer("s1"),
        answer: '{"nested":{"a":[1,3,4]},"session":"s-1"}',
      },
    ],
    pairs: [["e1", "e2"]],
    expectations: [
      { step: "login", line: 6, expected: 201, actual: 201 },
      { step: "again", line: 9, expected: 201, actual: 201 },
    ],
  });
}

/** Three rounds, stopped by the user in the third. */
export function interruptedRounds(): RunSection {
  const round = (number: number): readonly Sent[] => [
    {
      step: "read",
      round: number,
      request: `GET ${THING}`,
      answerHeaders: answer(`r${number}`, '"7"'),
      answer: "{}",
    },
    {
      step: "write",
      round: number,
      request: `PUT ${THING}`,
      headers: sentHeaders(null, [["If-Match", '"7"']]),
      body: "{}",
      ...(number === 2
        ? conflict("c2", "The thing has moved on")
        : { answerHeaders: answer(`w${number}`, '"8"'), answer: "{}" }),
    },
  ];
  return runOf({
    name: "Does it come back?",
    steps: [{ id: "read" }, { id: "wait", waitMs: 250 }, { id: "write" }],
    sent: [...round(1), ...round(2), ...round(3).slice(0, 1)],
    skipped: [{ step: "write", round: 3, reason: "interrupted" }],
    expectations: [{ step: "write", line: 12 }],
    more: {
      interrupted: true,
      reproduction: { rounds: 2, hits: 1, hitRounds: [2], low: 0.013, high: 0.987 },
    },
  });
}

/** A minute's budget used up by one step. */
export function burst(): RunSection {
  const requests = Array.from({ length: 301 }, (_, index): Sent => {
    const refused = index === 300;
    return {
      ...{
        step: "burst",
        request: "GET /api/v2/users/me",
        headers: sentHeaders(null),
        ms: 0.4 + (index % 7) / 10,
      },
      status: refused ? 429 : 200,
      answerHeaders: [...answer(`burst${index}`), ...(refused ? [["Retry-After", "42"] as const] : [])],
      answer: refused
        ? '{"message":"Rate limit exceeded the maximum. Retry the request in [42] seconds","code":"too.many.requests.retry.after","status":429}'
        : '{"id":"me"}',
    };
  });
  return runOf({
    name: "The 301st request of a minute",
    steps: [{ id: "burst" }],
    sent: requests,
    expectations: [
      {
        step: "burst",
        line: 9,
        what: "statuses",
        expected: { "200": "300", "429": "1" },
        actual: { "200": 300, "429": 1 },
      },
    ],
  });
}

/** Everything that a server can do to a terminal. */
export function hostile(): RunSection {
  const evil = "\u001b]0;owned\u0007\u001b[2J\u202egnp.exe\u0085\u2028\r\nX: y\ud800";
  const request = `PATCH /api/v2/mock/things/${encodeURIComponent("../\u001b[31m")}`;
  return runOf({
    name: `A server that does not mean well ${evil}`,
    file: "scenarios/\u001b[31mred.yaml",
    steps: [{ id: "first" }, { id: "second", of: "first", mutated: true }],
    sent: [
      {
        step: "first",
        request,
        headers: sentHeaders(evil),
        body: `{"a":"${"x".repeat(20)}"}`,
        answerHeaders: [
          ["ETag", `"${evil}"`],
          ["ININ-Correlation-Id", evil],
        ],
        answer: JSON.stringify({ version: evil, ok: true }),
      },
      {
        step: "second",
        request,
        headers: sentHeaders(evil),
        body: "it's \u001b[31mred\n$(rm -rf /)",
        status: 409,
        answerHeaders: [
          ["X-Evil", evil],
          ["ININ-Correlation-Id", `${evil}2`],
        ],
        answer: `<html>${evil}\n${"long ".repeat(400)}</html>`,
      },
    ],
    pairs: [["e1", "e2"]],
    expectations: [
      { step: "second", line: 3, what: "json $.message", expected: evil, actual: "absent", ok: false },
    ],
  });
}

/** Names that take two columns for each character. */
export function wide(): RunSection {
  const sent = {
    request: "PUT /api/v2/mock/things/1",
    headers: sentHeaders("注文-2026-000117-再送"),
    body: '{"名前":"田中"}',
  };
  return runOf({
    name: "同じキー、違う内容 (same key)",
    file: "シナリオ/注文.yaml",
    steps: [{ id: "最初" }, { id: "二度目の注文", of: "最初", mutated: true }, { id: "😀 done" }],
    sent: [
      { step: "最初", ...sent, answerHeaders: answer("w1", '"版-1"'), answer: '{"version":"第一版"}' },
      {
        step: "二度目の注文",
        ...sent,
        body: '{"名前":"鈴木さんと、とても長い名前の人がここに書かれています。折り返しても表は崩れません。"}',
        ...conflict("w2", "キーは別の内容で使われました"),
      },
      {
        step: "😀 done",
        request: "GET /api/v2/mock/things/1",
        headers: sentHeaders(null),
        answerHeaders: answer("w3", '"版-1"'),
        answer: '{"version":"第一版"}',
      },
    ],
    pairs: [["e1", "e2"]],
    expectations: [{ step: "二度目の注文", line: 8, expected: 409, actual: 409 }],
  });
}
