import { describe, expect, test } from "vitest";
import { attributeNames, describeConversation } from "../../src/platform/describe-conversation.js";
import { writeEffect } from "../../src/platform/write-effects.js";

const PATH = "/api/v2/conversations/c1";
const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

function startedAgo(ms: number): string {
  return new Date(NOW - ms).toISOString();
}

function call(state: string, more: object = {}): object {
  return { id: "p", calls: [{ state }], ...more };
}

describe("what a read of a conversation shows", () => {
  test.each([
    [
      "a live call",
      {
        startTime: startedAgo(190_000),
        participants: [call("connected", { queueName: "Support" }), call("connected")],
      },
      "LIVE call, 2 participants, queue Support, 3 min old",
    ],
    ["one that rings", { participants: [call("alerting")] }, "LIVE call, 1 participant"],
    [
      "one that is over",
      { participants: [call("disconnected"), call("terminated")] },
      "ended call, 2 participants",
    ],
    [
      "one with an end",
      { endTime: startedAgo(5), startTime: startedAgo(3 * 86_400_000), participants: [call("connected")] },
      "ended call, 1 participant, 3 d old",
    ],
    [
      "a callback that waits",
      { participants: [{ callbacks: [{ state: "scheduled" }], queueId: "q-1" }] },
      "waiting callback, 1 participant, queue q-1",
    ],
    ["nobody", { participants: [] }, "conversation, 0 participants"],
    [
      "a clock that is behind",
      { startTime: startedAgo(-60_000), participants: [] },
      "conversation, 0 participants",
    ],
    [
      "values that are none",
      { startTime: 7, participants: [null, 1, { calls: "x", state: {} }] },
      "conversation, 1 participant",
    ],
  ])("%s", (_what, body, words) => {
    expect(describeConversation(PATH, body, NOW)).toBe(words);
  });

  test.each([
    [30_000, "30 s old"],
    [59 * 60_000, "59 min old"],
    [47 * 3_600_000, "47 h old"],
  ])("an age of %d ms is %s", (ms, words) => {
    expect(describeConversation(PATH, { startTime: startedAgo(ms), participants: [] }, NOW)).toContain(words);
  });

  test("an answer of one medium has the state on the participant", () => {
    const body = {
      participants: [
        { state: "connected", queue: { id: "q", name: "Sales" }, connectedTime: startedAgo(61_000) },
      ],
    };
    expect(describeConversation("/api/v2/conversations/emails/c1", body, NOW)).toBe(
      "LIVE email, 1 participant, queue Sales, 1 min old",
    );
  });

  test.each([
    ["another path", "/api/v2/users/u1", { participants: [] }],
    ["a part of a conversation", `${PATH}/participants/p1`, { participants: [] }],
    ["a body without participants", PATH, {}],
    ["no object", PATH, [1]],
  ])("nothing is said of %s", (_what, path, body) => {
    expect(describeConversation(path, body, NOW)).toBeNull();
  });
});

test("attributes are named, never shown", () => {
  const body = { participants: [{ id: "p1", attributes: { tier: "secret value" } }, { id: "p2" }] };
  expect(attributeNames(body, "p1")).toEqual(["tier"]);
  expect(attributeNames(body, "p2")).toBeNull();
  expect(attributeNames(body, "p3")).toBeNull();
  expect(attributeNames(null, "p1")).toBeNull();
});

describe("what a write does", () => {
  test.each([
    ["PATCH", `${PATH}/participants/p1/attributes`, "no documented removal"],
    ["PATCH", "/api/v2/conversations/calls/c1/participants/p1/attributes", "no documented removal"],
    ["PATCH", "/api/v2/conversations/calls/c1/participants/p1", "no documented way back"],
    ["POST", "/api/v2/conversations/callbacks", "creates a callback"],
    ["POST", "/api/v2/conversations/calls", "places a call"],
    ["POST", "/api/v2/integrations/actions/a1/execute", "cannot be taken back"],
  ])("%s %s", (method, path, words) => {
    expect(writeEffect(method, path)?.says).toContain(words);
  });

  test.each([
    ["PUT", "/v1/orders/1"],
    ["PATCH", "/api/v2/users/u1"],
    ["POST", "/api/v2/invented"],
  ])("%s %s is not worth a word", (method, path) => {
    expect(writeEffect(method, path)).toBeNull();
  });

  test("attributes are merged on the documented operation alone", () => {
    expect(writeEffect("PATCH", `${PATH}/participants/p1/attributes`)?.mergesAttributes).toBe(true);
    expect(writeEffect("PATCH", `${PATH}/participants/p1`)?.mergesAttributes).toBe(false);
  });
});
