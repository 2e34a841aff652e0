import { METHODS } from "node:http";
import { describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { HTTP_METHODS } from "../../src/policy/http-methods.js";
import { parsePolicy } from "../../src/policy/read-policy.js";

function told(text: string): readonly string[] {
  try {
    parsePolicy(text, "p.yaml");
    return [];
  } catch (error) {
    if (!(error instanceof GcidemError)) throw error;
    return error.problems.map(
      ({ at, message, hint }) => `${at.line}:${at.column} ${message} | ${hint ?? ""}`,
    );
  }
}

describe("what can never come to bear is told with its place and what to do", () => {
  test.each([
    [
      "a missing token refused where none is read",
      "extends: none\nconcurrency: { validator: etag-strong, absent: { status: 428 } }",
      "2:48 absent never comes to bear here: readFrom is empty",
      "name a place where the token is read, such as readFrom: [if-match], or leave absent out",
    ],
    [
      "the same by method",
      "extends: none\nconcurrency: { validator: etag-strong, absent: { PUT: { status: 428 } } }",
      "2:48 absent never comes to bear here: readFrom is empty",
      "name a place",
    ],
    [
      "a missing token refused where there is no token",
      "extends: none\nconcurrency: { absent: { status: 428 } }",
      "2:24 absent never comes to bear here: validator is none",
      "name a validator, such as etag-strong, or leave absent out",
    ],
    [
      "an outdated token refused where there is none",
      "extends: none\nconcurrency: { stale: { status: 412 } }",
      "2:23 stale never comes to bear here: validator is none",
      "name a validator",
    ],
    [
      "an outdated token refused where none is read",
      "extends: none\nconcurrency: { validator: version, stale: { status: 412 } }",
      "2:43 stale never comes to bear here: readFrom is empty",
      "name a place",
    ],
    [
      "a place for a token that does not exist",
      "extends: none\nconcurrency: { readFrom: [if-match] }",
      "2:26 readFrom never comes to bear here: validator is none",
      "name a validator",
    ],
    [
      "a route with a mistyped method",
      "routes:\n  - match: PATHC /api/v2/users/{id}\n    success: { status: 204 }",
      "2:12 no request gets to PATHC /api/v2/users/{id}: HTTP has no method PATHC",
      "did you mean PATCH?",
    ],
    [
      "a fault on a method that does not exist",
      "faults:\n  - { kind: delay, on: { route: CREATE /api/v2/users } }",
      "2:33 no request gets to CREATE /api/v2/users: HTTP has no method CREATE",
      "write * for any method",
    ],
    [
      "If-None-Match where there is no token",
      "extends: none\nconcurrency: { createOnly: 412 }",
      "2:28 createOnly never comes to bear here: validator is none",
      "name a validator",
    ],
    [
      "such a field in a route",
      "extends: none\nroutes:\n  - match: PUT /a\n    concurrency: { absent: { status: 428 } }",
      "4:28 absent never comes to bear here: validator is none",
      "name a validator",
    ],
    [
      "the platform's own writes in a route",
      "routes:\n  - match: PUT /a\n    churn: { every: 1s }",
      "3:12 churn never comes to bear in a route: it is the whole server's",
      "write churn at the top of the policy",
    ],
    [
      "a middleware in a route",
      "routes:\n  - match: PUT /a\n    front: { kind: cache }",
      "3:12 front never comes to bear in a route",
      "write front at the top of the policy",
    ],
    [
      "a look-up of keys in a route",
      "routes:\n  - match: PUT /a\n    idempotency: { lookup: '/keys/{key}' }",
      "3:28 lookup never comes to bear in a route",
      "write idempotency.lookup at the top of the policy",
    ],
    [
      "a route behind one that fits all its requests",
      "routes:\n  - match: '* /a/{id}'\n  - match: PUT /a/me",
      "3:12 no request ever gets to PUT /a/me: * /a/{id} stands before it and fits them all",
      "move the more special route above the more general one",
    ],
    [
      "a route that stands there twice",
      "routes:\n  - match: PUT /a/{x}\n  - match: PUT /a/{y}",
      "3:12 no request ever gets to PUT /a/{y}",
      "move the more special",
    ],
  ])("%s", (_what, text, message, hint) => {
    const [first = "", ...rest] = told(text);
    expect(rest).toEqual([]);
    expect(first).toContain(message);
    expect(first).toContain(`| ${hint}`);
  });
});

describe("what comes to bear anywhere is no contradiction", () => {
  test.each([
    [
      "a refusal at the top that one route makes use of",
      "extends: none\nconcurrency: { absent: { status: 428 } }\nroutes:\n  - match: PUT /a\n    concurrency: { validator: etag-strong, readFrom: [if-match] }",
    ],
    ["the same where a route of the preset does", "concurrency: { absent: { PUT: { status: 428 } } }"],
    [
      "a value that asks for nothing",
      "extends: none\nconcurrency: { absent: accepted, stale: { status: 409 }, readFrom: [], createOnly: ignored }",
    ],
    [
      "what a preset says of a validator that this policy takes away",
      "extends: rfc9110\nconcurrency: { validator: none }",
    ],
    [
      "the status of an outdated token that a spurious conflict borrows",
      "extends: none\nconcurrency: { stale: { status: 412 } }\nfaults: [{ kind: spurious-conflict }]",
    ],
    ["an outdated token accepted where there is none", "extends: none\nconcurrency: { stale: accepted }"],
    ["churn that is switched off in a route", "routes:\n  - match: PUT /a\n    churn: null"],
    [
      "a special route before a general one",
      "routes:\n  - match: PUT /a/me\n  - match: '* /a/{id}'\n  - match: PUT /a/{id}/b",
    ],
    ["an own route before the preset's", "routes: [{ match: 'PATCH /api/v2/users/{id}' }]"],
  ])("%s", (_what, text) => {
    expect(told(text)).toEqual([]);
  });
});

test("the methods of HTTP are those that a server of Node can receive", () => {
  expect([...HTTP_METHODS].sort()).toEqual([...METHODS].sort());
});
