import { describe, expect, test } from "vitest";
import { explainPolicy } from "../../src/policy/explain-policy.js";
import { parsePolicy } from "../../src/policy/read-policy.js";

/** The whole explanation on one line, so that a sentence is found wherever its lines end. */
function told(text: string): string {
  return [...explainPolicy(parsePolicy(text, "p.yaml"))].join("\n").replaceAll(/\s+/g, " ");
}

/** What is said under a heading, up to the next one. */
function section(text: string, heading: string): readonly string[] {
  const lines = [...explainPolicy(parsePolicy(text, "p.yaml"))];
  const from = lines.indexOf(heading) + 1;
  const end = lines.indexOf("", from);
  return lines.slice(from, end === -1 ? undefined : end);
}

const KEYS = "extends: none\nidempotency: { support: honoured, ";

describe("keys, for a client", () => {
  test.each([
    [
      "scope: [] }",
      "scope: A key is one and the same on the whole server, whatever it is used for. All callers share their keys: make them random.",
    ],
    [
      "fingerprint: { body: bytes } }",
      "fingerprint: Bodies are compared byte by byte: store the bytes and send the very same, since JSON that is written anew is another body.",
    ],
    [
      "fingerprint: { body: { fields: [a, /b/c] } } }",
      "passes for the same request: a and /b/c. 1 and 1.0 are equal.",
    ],
    [
      "scope: [path], fingerprint: { method: false } }",
      "The query must be the same as well. The method may differ.",
    ],
    [
      "fingerprint: { body: none, query: false, headers: [X-A] } }",
      "mismatch: The same key with another x-a header gets 409 general.conflict and is not carried out.",
    ],
    [
      "mismatch: { outcome: replay-first } }",
      "The same key with another body or query passes for the first request come again: what is new in it is dropped without a word.",
    ],
    [
      "mismatch: { reveals: first-request } }",
      "The refusal shows method, path and body hash of the first request.",
    ],
    [
      "inFlight: { retryAfter: 1500ms } }",
      "a second one with it gets 409 with Retry-After: 2: wait, then repeat it with the same key.",
    ],
    ["inFlight: { outcome: wait } }", "waits until the first has ended, and then gets what the key gets."],
    [
      "claim: check-then-set }",
      "claimed 1ms later: requests with one key that are sent within that time are all carried out.",
    ],
    [
      "outcomes: { 5xx: replay, 4xx: conflict } }",
      "After a later 4xx the same request with its key gets 409: look whether it was done instead of repeating it.",
    ],
    ["ttl: 15m }", "A key lives for 15m."],
    [
      "onDisconnect: sticks }",
      "the key is stuck and gets 409 for as long as it lives: look what was done, then take a new key.",
    ],
    ["replay: { marker: header Idempotent-Replayed } }", "The header Idempotent-Replayed marks it."],
  ])("%s", (fields, sentence) => {
    expect(told(`${KEYS}${fields}`)).toContain(sentence);
  });

  test("where nothing is compared, nothing is said of another request", () => {
    const text = told(`${KEYS}fingerprint: { body: none, query: false } }`);
    expect(text).not.toContain("mismatch:");
    expect(text).not.toContain("inFlightOrder:");
  });

  test("a server that does not look at keys says so, and nothing else of them", () => {
    const lines = section("extends: none", "Everywhere");
    expect(lines.filter((line) => /^ {2}- (support|carrier|scope|ttl|outcomes)/.test(line))).toEqual([
      "  - support: Keys are not looked at: a request that comes again with its key is",
    ]);
  });
});

const ETAG = "extends: none\nconcurrency: { validator: etag-strong, readFrom: [if-match], ";

describe("versions, for a client", () => {
  test.each([
    [
      "stale: { status: 412 } }",
      "A write with an outdated token gets 412 and changes nothing: read again, make the change anew, and write with the new token.",
    ],
    ["stale: accepted }", "A write with an outdated token is accepted and overwrites what others wrote."],
    [
      "stale: 200-with-error }",
      "gets 200 with the error in its body, and changes nothing: look into the body",
    ],
    [
      "absent: { PUT: { status: 428 } } }",
      "A POST, PATCH or DELETE without a token is accepted, whatever has changed meanwhile.",
    ],
    ["absent: { PUT: { status: 428 } } }", "A PUT without a token gets 428: read first."],
    [
      "check: { kind: check-then-set, window: 5ms } }",
      "several writers with one token may all be told that they won, and all but the last are overwritten.",
    ],
    [
      "tokenInWriteResponse: false }",
      "The answer to a write does not show the new token: read before the next write.",
    ],
    ["readLag: 50ms }", "A read shows an acknowledged write only after 50ms"],
    ["patchMerges: replace }", "A PATCH of a map replaces it: what it does not name is gone."],
  ])("%s", (fields, sentence) => {
    expect(told(`${ETAG}${fields}`)).toContain(sentence);
  });

  test("an ETag that is weak under a strong comparison is one that never passes", () => {
    const text = told("extends: none\nconcurrency: { validator: etag-weak, readFrom: [if-match] }");
    expect(text).toContain("The ETags of this server are weak themselves, so that only * passes.");
  });

  test("a token that nobody reads protects from nothing", () => {
    const text = told("extends: none\nconcurrency: { validator: etag-strong }");
    expect(text).toContain(
      "Nobody looks at the token that a write carries: one with an outdated token overwrites.",
    );
    expect(text).not.toContain("stale:");
  });
});

describe("the rest, for a client", () => {
  test.each([
    [
      "churn: { every: 40ms, jitter: 20ms }",
      "The platform itself writes to each conversation every 40ms, up to 20ms more or less",
    ],
    [
      "locks: { states: [dialing, alerting], for: 3s }",
      "While a conversation or participant is alerting or dialing, a write to it gets 409 locked for 3s from the moment it became so, unless it sets the state: wait, then repeat the same request.",
    ],
    [
      "terminal: { states: [terminated] }",
      "Once a conversation or participant is terminated, each write to it gets 409 for ever: stop, and start a new one.",
    ],
    [
      "unique: [{ on: things.name }]",
      "Two things cannot have the same name: the later write gets 409 general.conflict",
    ],
    [
      "references: [{ on: groups }]",
      "A group that has members cannot be deleted: the request gets 409; remove the members first.",
    ],
    [
      "permissions: { missingScope: 409 }",
      "A missing permission gets 409 and does not say so: no other body, key or token helps.",
    ],
    [
      "rateLimit: { perMinute: 10, retryAfter: false }",
      "A token is good for 10 requests a minute; the next one gets 429 without a Retry-After",
    ],
    ["latency: { base: 5ms, jitter: 15ms }", "Every answer takes 5ms, up to 15ms more"],
    [
      "front: { kind: cache }",
      "where it knows the Idempotency-Key of a request, it returns the old answer (with Age and Via), and the server never hears of it.",
    ],
    [
      "faults: [{ kind: drop-response, on: { route: 'PATCH /x/{id}', nth: 2 }, probability: 0.5 }]",
      "The 2nd PATCH /x/{id}, with a probability of 0.5, is carried out, and the connection ends without an answer.",
    ],
    [
      "faults: [{ kind: 5xx-after, on: { step: first } }]",
      "Every request of step first is carried out and gets 503 all the same.",
    ],
    [
      "order: [auth, rateLimit, validation, precondition, lock, key]",
      "login and permission, rate limit, body, token, locks and terminal states, key.",
    ],
  ])("%s", (fields, sentence) => {
    expect(told(`extends: none\n${fields}`)).toContain(sentence);
  });

  test("what a style of errors hides is not promised", () => {
    expect(told(`${KEYS} }\nerrors: generic`)).toContain("body or query gets 409 and is not carried out.");
    expect(told(`${KEYS} }\nerrors: graphql`)).toContain(
      "body or query gets 200 with userErrors general.conflict",
    );
    expect(told(`${KEYS} }\nerrors: opaque`)).not.toContain("The refusal says nothing of the first request.");
  });

  test("a retry after a success meets the key or the token first, as the order has it", () => {
    const both = `${KEYS} }\nconcurrency: { validator: etag-strong, readFrom: [if-match] }`;
    expect(told(both)).toContain("A retry with its key is answered by the key");
    expect(told(`${both}\norder: [auth, rateLimit, validation, precondition, key, lock]`)).toContain(
      "A retry whose first attempt has outdated its token is refused for the token",
    );
  });
});

describe("routes", () => {
  test("say what differs there, and nothing else", () => {
    const text =
      "extends: none\nroutes:\n  - match: PUT /a/{id}\n    description: A put.\n    success: { status: 202, body: empty }";
    expect(section(text, "PUT /a/{id}")).toEqual([
      "  A put.",
      "  Answers",
      "  - success: A write that succeeds is answered 202 without a body: read to see",
      "    what was done. [1]",
    ]);
  });

  test("that switch something off say that it is not there", () => {
    const text = "extends: none\nrateLimit: { perMinute: 1 }\nroutes: [{ match: GET /a, rateLimit: null }]";
    expect(section(text, "GET /a")).toContain("  - not here: rate limit. [1]");
  });

  test("on which nothing differs say so", () => {
    expect(section("extends: none\nroutes: [{ match: GET /a }]", "GET /a")).toContain("  As everywhere.");
  });

  test("speak of their own method", () => {
    const text =
      "extends: none\nroutes:\n  - match: DELETE /a\n    concurrency: { validator: etag-strong, readFrom: [if-match], absent: { status: 428 } }";
    expect(told(text)).toContain("absent: A DELETE without a token gets 428: read first.");
  });

  test("of which the same holds are told together, next to each other", () => {
    const text =
      "extends: none\nroutes: [{ match: GET /a, errors: generic }, { match: GET /b, errors: generic }]";
    expect(section(text, "GET /a")[0]).toBe("GET /b");
  });

  test("that a route before them hides are told to be of no use", () => {
    const text = "routes: [{ match: '* /api/v2/users/{id}', description: Ours. }]";
    expect(section(text, "PATCH /api/v2/users/{userId}").join(" ")).toContain(
      "Never used: * /api/v2/users/{id} stands before it and fits all its requests.",
    );
  });

  test("share what follows from keys or tokens without their saying so: it is told once", () => {
    const route = (path: string): string =>
      `  - { match: 'PUT ${path}', concurrency: { validator: etag-strong, readFrom: [if-match], stale: { status: 412 } } }`;
    const text = `extends: none\nroutes:\n${route("/a")}\n${route("/b/{id}")}`;
    const lines = [...explainPolicy(parsePolicy(text))];
    expect(lines.filter((line) => line.startsWith("  - comparison:"))).toHaveLength(1);
    expect(lines.indexOf("PUT /a")).toBeGreaterThan(
      lines.findIndex((line) => line.startsWith("  - comparison:")),
    );
  });
});

describe("who says so", () => {
  test("is a number, a star for gcidem's own choice, and nothing for the source named above", () => {
    const text =
      "extends: none\nsource: the manual\nsources: { errors: chapter 9 }\nlatency: { base: 5ms }\nerrors: generic";
    const lines = told(text);
    expect(lines).toMatch(/latency: [^[]*overtake the first\. - not here: rate limit\. \[\*\]/);
    expect(lines).toContain("no code tells them apart, only status and message. [1]");
    expect(lines).toMatch(/Sources \[1\] chapter 9$/);
  });

  test("is the file itself for what it changes without naming a source", () => {
    expect(told("extends: rfc9110\nlatency: { base: 1s }")).toMatch(
      /overtake the first\. \[\d+\].*\] p\.yaml/,
    );
  });
});

describe("what is unknown", () => {
  const text = `extends: none
unknown: { latency: never measured., request.members: what others do; here they are ignored }
routes:
  - { match: GET /a, unknown: { errors: the body } }
  - { match: 'GET /b/{id}', unknown: { errors: the body } }`;

  test("is marked, asked, and said to be what meanwhile; once for all routes that share it", () => {
    const lines = [...explainPolicy(parsePolicy(text))];
    const from = lines.indexOf("Unknown");
    expect(lines.slice(from)).toEqual([
      "Unknown",
      "  What nobody has established, and what the mock does meanwhile.",
      "",
      "  everywhere",
      "  - latency: never measured.",
      "    meanwhile: no delays.",
      "  - request.members: what others do; here they are ignored.",
      "",
      "  GET /a",
      "  GET /b/{id}",
      "  - errors: the body.",
      "    meanwhile: Errors have the platform's ErrorBody: message, code, status,",
      "    contextId (the correlation ID), details.",
    ]);
    expect(lines).toContain("  - not here: rate limit and delays. [*] ?");
  });

  test("of what has no effect is said to have none", () => {
    expect(told("extends: none\nunknown: { concurrency.stale: which status }")).toContain(
      "concurrency.stale: which status. meanwhile: it has no effect here.",
    );
  });

  test("is left out where nothing is", () => {
    expect(told("extends: none")).not.toContain("Unknown What");
  });
});
