import { describe, expect, test } from "vitest";
import type { Decision, TraceEntry } from "../../src/mock/mock.js";
import { accessLine, missedRouteLine } from "../../src/session/access-log.js";
import { CONTROL_CHARACTERS } from "../e2e/run-gcidem.js";

const ENTRY: TraceEntry = {
  method: "PATCH",
  path: "/api/v2/users/u1",
  key: "k-1",
  status: 200,
  cause: null,
  movedBy: null,
  reason: null,
  correlationId: "c0ffee",
  executed: true,
  arrivedAt: 1_000,
  at: 1_012.34,
};

function decision(entry: Partial<TraceEntry> = {}, more: Partial<Decision> = {}): Decision {
  return {
    entry: { ...ENTRY, ...entry },
    query: "",
    epochMs: Date.UTC(2026, 10, 22, 3, 4, 5, 6),
    durationMs: 12.34,
    nearest: null,
    ...more,
  };
}

describe("a line of the access log", () => {
  test("says when, what, the status, how long, and the correlation ID", () => {
    expect(accessLine(decision())).toBe(
      "2026-11-22T03:04:05.006Z PATCH /api/v2/users/u1 200 12.3ms - c0ffee",
    );
  });

  test("says the cause of a refusal, but not the key", () => {
    expect(accessLine(decision({ status: 409, cause: "key-reused-body-changed" }))).toBe(
      "2026-11-22T03:04:05.006Z PATCH /api/v2/users/u1 409 12.3ms key-reused-body-changed c0ffee",
    );
  });

  test("says so where no answer went out", () => {
    expect(accessLine(decision({ status: null, cause: "response-lost" }))).toContain(
      " - 12.3ms response-lost ",
    );
  });

  test("shows the query without the secrets in it", () => {
    const line = accessLine(
      decision({}, { query: "pageSize=25&access_token=s3cr3t-canary&client_secret=other-canary&x=y" }),
    );
    expect(line).toContain("?pageSize=25&access_token=<secret:1>&client_secret=<secret:2>&x=y ");
    expect(line).not.toMatch(/canary/);
  });

  test("shows a path without a token that somebody put there", () => {
    const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl";
    expect(accessLine(decision({ path: `/api/v2/users/${jwt}` }))).toContain("/api/v2/users/<secret:1> ");
  });

  test("lets nothing through that could drive a terminal or fake another line", () => {
    const hostile = "/a\u001b[2J\r\nfake\u202e\u0085";
    const line = accessLine(
      decision({ path: hostile, method: "GE\u0007T", correlationId: "\u009b31m" }, { query: hostile }),
    );
    expect(line).not.toMatch(CONTROL_CHARACTERS);
    expect(line.split("\n")).toHaveLength(1);
  });

  test("stays readable, whatever the length of a path", () => {
    expect(
      accessLine(decision({ path: `/${"x".repeat(20_000)}`, method: "M".repeat(500) })).length,
    ).toBeLessThan(800);
  });

  test("names the nearest operation where a path has none", () => {
    const missed = decision(
      { method: "GET", path: "/api/v2/user/me", status: 404, cause: "no-such-operation" },
      { nearest: "GET /api/v2/users/me" },
    );
    expect(accessLine(missed)).toMatch(/ no-such-operation c0ffee nearest: GET \/api\/v2\/users\/me$/);
    expect(missedRouteLine(missed)).toBe(
      "GET /api/v2/user/me is no operation of the mock: did you mean GET /api/v2/users/me?",
    );
    expect(missedRouteLine(decision())).toBeNull();
  });
});
