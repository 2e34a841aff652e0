import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { knownOperations } from "../../src/platform/all-operations.js";
import { findOperation } from "../../src/platform/find-operation.js";

const ID = "8a1f2c3d-1111-4222-8333-444455556666";
const CONVERSATION = `/api/v2/conversations/${ID}`;

function say(method: string, url: string): string {
  const match = findOperation(method, url);
  if (match.kind === "documented") return `${match.operation.method} ${match.operation.path}`;
  if (match.kind === "foreign") return "foreign";
  const nearest = match.nearest.map((operation) => `${operation.method} ${operation.path}`).join(" or ");
  return match.known ? `none; nearest: ${nearest}` : "not listed";
}

describe("a documented operation is found", () => {
  test.each([
    [
      "PATCH",
      `${CONVERSATION}/participants/${ID}`,
      "PATCH /api/v2/conversations/{conversationId}/participants/{participantId}",
    ],
    ["GET", "/api/v2/users/me", "GET /api/v2/users/me"],
    ["GET", "/api/v2/users/me/station", "GET /api/v2/users/{userId}/station"],
    ["get", "/api/v2/users/7?expand=station", "GET /api/v2/users/{userId}"],
    ["HEAD", "/api/v2/users/7", "GET /api/v2/users/{userId}"],
    ["PATCH", "/api/v2/users/<made.id>", "PATCH /api/v2/users/{userId}"],
    ["POST", "https://login.mypurecloud.de/oauth/token", "POST /oauth/token"],
    ["GET", "https://api.euw2.pure.cloud/api/v2/groups/7", "GET /api/v2/groups/{groupId}"],
    ["GET", "http://127.0.0.1:8080/behind/a/gateway/api/v2/groups/7", "GET /api/v2/groups/{groupId}"],
  ])("%s %s", (method, url, operation) => {
    expect(say(method, url)).toBe(operation);
  });

  test("whatever stands in the place of its parameters", () => {
    const all = knownOperations();
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.uuid(), ({ operation }, id) => {
        const path = operation.path.replace(/\{\w+\}/g, id);
        expect(say(operation.method, path)).toBe(`${operation.method} ${operation.path}`);
      }),
    );
  });
});

describe("where there is none, the nearest is named", () => {
  test.each([
    [
      "a participant cannot be read by itself: its conversation shows it",
      "GET",
      `${CONVERSATION}/participants/${ID}`,
      "GET /api/v2/conversations/{conversationId}",
    ],
    [
      "a participant is changed, not replaced",
      "PUT",
      `${CONVERSATION}/participants/${ID}`,
      "PATCH /api/v2/conversations/{conversationId}/participants/{participantId}",
    ],
    [
      "voice is called calls",
      "PATCH",
      `/api/v2/conversations/voice/${ID}`,
      "PATCH /api/v2/conversations/calls/{conversationId}",
    ],
    [
      "and so are its participants",
      "PATCH",
      `/api/v2/conversations/voice/${ID}/participants/${ID}`,
      "PATCH /api/v2/conversations/calls/{conversationId}/participants/{participantId}",
    ],
    [
      "data actions are integrations' and are executed",
      "POST",
      `/api/v2/dataactions/actions/${ID}/invoke`,
      "POST /api/v2/integrations/actions/{actionId}/execute",
    ],
    [
      "a slip of the pen",
      "PATCH",
      `${CONVERSATION}/participants/${ID}/atributes`,
      "PATCH /api/v2/conversations/{conversationId}/participants/{participantId}/attributes",
    ],
    [
      "another method",
      "PUT",
      `/api/v2/integrations/actions/${ID}`,
      "PATCH /api/v2/integrations/actions/{actionId}",
    ],
    ["nothing is near", "POST", "/api/v2/wfm/shifts", ""],
  ])("%s: %s %s", (_why, method, url, nearest) => {
    expect(say(method, url)).toBe(`none; nearest: ${nearest}`);
  });

  test("a write is never answered with a removal, nor a read with a write, of the same path", () => {
    expect(say("PATCH", CONVERSATION)).not.toContain("DELETE");
    expect(say("GET", `${CONVERSATION}/participants/${ID}`)).not.toContain("PATCH");
  });

  test("long paths and strange ones cost no time and name nothing", () => {
    expect(say("GET", `/api/v2/users/${"a/".repeat(5_000)}`)).toBe("none; nearest: ");
    expect(say("GET", `/api/v2/users/%zz/${"x".repeat(100_000)}/y/z`)).toMatch(/^none/);
  });
});

describe("nothing is claimed", () => {
  test.each([
    ["of an area that gcidem does not list", "GET", "/api/v2/analytics/anything", "not listed"],
    [
      "of chats, which the SDK has no more and the gc CLI still has",
      "GET",
      `/api/v2/conversations/chats/${ID}/participants`,
      "not listed",
    ],
    ["of what a browser asks before it sends", "OPTIONS", `${CONVERSATION}/participants/${ID}`, "not listed"],
    ["of another API with such paths", "GET", "https://api.example.com/api/v2/users/7", "foreign"],
    [
      "of a host that only looks like the platform's",
      "GET",
      "https://mypurecloud.com.example.com/api/v2/users/7",
      "foreign",
    ],
    ["of gcidem's own collection", "PUT", "/api/v2/mock/things/7", "foreign"],
    ["of other paths", "POST", "/v1/orders", "foreign"],
    ["of what is no URL", "GET", "http://[::1", "foreign"],
  ])("%s: %s %s", (_why, method, url, said) => {
    expect(say(method, url)).toBe(said);
  });
});
