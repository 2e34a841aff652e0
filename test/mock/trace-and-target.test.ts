import { describe, expect, test } from "vitest";
import type { TraceEntry } from "../../src/mock/mock.js";
import { mockTarget } from "../../src/mock/mock-target.js";
import { arrivalsIn, createTrace, TRACE_LENGTH } from "../../src/mock/trace.js";
import { sendTo, sleepTogether, THING, withOrg } from "./an-org.js";

const ENTRY: TraceEntry = {
  method: "GET",
  path: "/",
  key: null,
  status: 200,
  cause: null,
  movedBy: null,
  reason: null,
  correlationId: "",
  executed: false,
  arrivedAt: 0,
  at: 0,
};

describe("the trace", () => {
  test("a plain success has no cause, a refusal has its rule's, oldest first", () =>
    withOrg("documented", async ({ send, mock }) => {
      await send("PUT", THING, { json: {}, headers: { "Idempotency-Key": "k1" } });
      await send("GET", "/nope");
      expect(mock.trace()).toMatchObject([
        {
          method: "PUT",
          path: THING,
          key: "k1",
          status: 201,
          cause: null,
          movedBy: null,
          reason: null,
          executed: true,
          at: 0,
        },
        { method: "GET", path: "/nope", key: null, status: 404, cause: "no-such-operation", executed: false },
      ]);
    }));

  test("it is a ring", () => {
    const trace = createTrace(3);
    for (let at = 0; at < 5; at++) trace.add({ ...ENTRY, at });
    expect(trace.list().map((entry) => entry.at)).toEqual([2, 3, 4]);
    trace.clear();
    trace.add(ENTRY);
    expect(trace.list()).toEqual([ENTRY]);
    expect(TRACE_LENGTH).toBe(100_000);
  });

  test("a request has arrived before the decision on it, by what the work takes", () =>
    withOrg({ latency: { base: "40ms" } }, async ({ send, last }) => {
      await send("GET", "/api/v2/users/me");
      expect(last()).toMatchObject({ arrivedAt: 0, at: 40 });
    }));

  test("when requests arrived is known by their answers' correlation IDs, unless several share one", () => {
    const entries = [
      { correlationId: "a", arrivedAt: 1 },
      { correlationId: "b", arrivedAt: 2 },
      { correlationId: "c", arrivedAt: 3 },
      { correlationId: "b", arrivedAt: 4 },
    ];
    expect(arrivalsIn(entries, ["a", "b", "d"])).toEqual(new Map([["a", 1]]));
  });

  test("writers whose requests are under way at the same time are different ones", () =>
    withOrg({ extends: "rfc9110", latency: { base: "1ms" } }, async ({ mock, send, clock }) => {
      const made = await send("PUT", THING, { json: {} });
      sleepTogether(clock, 2);
      const headers = {
        Authorization: `Bearer ${mock.token(null, "valid")}`,
        "If-Match": String(made.headers.etag),
      };
      const write = () => sendTo(mock.url, undefined, { method: "PUT", path: THING, headers, body: "{}" });
      const writes = await Promise.all([write(), write()]);
      expect(writes.map((reply) => reply.status).toSorted()).toEqual([200, 412]);
      const refused = mock.trace().find((entry) => entry.status === 412);
      expect(refused).toMatchObject({ cause: "stale-etag", movedBy: "other-writer" });
    }));

  test("one client that writes one request after another is one writer, whatever connection it uses", () =>
    withOrg("rfc9110", async ({ mock, send }) => {
      const made = await send("PUT", THING, { json: {} });
      const headers = {
        Authorization: `Bearer ${mock.token(null, "valid")}`,
        "If-Match": String(made.headers.etag),
      };
      const alone = () => sendTo(mock.url, undefined, { method: "PUT", path: THING, headers, body: "{}" });
      expect((await alone()).status).toBe(200);
      expect((await alone()).status).toBe(412);
      expect(mock.trace().at(-1)).toMatchObject({ movedBy: "own-write" });
    }));

  test("another principal is another writer", () =>
    withOrg(
      "rfc9110",
      async ({ send, last }) => {
        const made = await send("PUT", THING, { json: {} });
        const headers = { "If-Match": String(made.headers.etag) };
        await send("PUT", THING, { json: {}, headers, as: "other" });
        expect((await send("PUT", THING, { json: {}, headers })).status).toBe(412);
        expect(last().movedBy).toBe("other-writer");
      },
      {
        world: {
          principals: { other: { account: "a", scopes: [], tokenLifeMs: 60_000 } },
          conversations: [],
          things: [],
          users: [],
          actions: [],
        },
      },
    ));
});

describe("check and write are one step", () => {
  test("of twenty writers with one token exactly one wins, however they are released", () =>
    withOrg("rfc9110", async ({ mock, send }) => {
      const made = await send("PUT", THING, { json: {} });
      const headers = {
        Authorization: `Bearer ${mock.token(null, "valid")}`,
        "If-Match": String(made.headers.etag),
      };
      const writes = await Promise.all(
        Array.from({ length: 20 }, (_, writer) =>
          sendTo(mock.url, undefined, {
            method: "PUT",
            path: THING,
            headers,
            body: JSON.stringify({ writer }),
          }),
        ),
      );
      const winners = writes.filter((reply) => reply.status === 200);
      expect(winners).toHaveLength(1);
      expect((await send("GET", THING)).json.writer).toBe(winners[0]?.json.writer);
    }));

  test("also where the key is claimed after the check", () =>
    withOrg(
      {
        order: ["auth", "rateLimit", "validation", "precondition", "lock", "key"],
        idempotency: { support: "honoured" },
        concurrency: { validator: "etag-strong", readFrom: ["if-match"], stale: { status: 412 } },
        latency: { base: "1ms" },
      },
      async ({ mock, send }) => {
        const made = await send("PUT", THING, { json: {} });
        const writes = await Promise.all(
          Array.from({ length: 20 }, (_, writer) =>
            send("PATCH", THING, {
              json: { writer },
              headers: { "If-Match": String(made.headers.etag), "Idempotency-Key": `k${writer}` },
            }),
          ),
        );
        expect(writes.filter((reply) => reply.status === 200)).toHaveLength(1);
        expect(mock.trace().filter((entry) => entry.executed)).toHaveLength(2);
      },
    ));

  test("check-then-set leaves a window in which a second writer slips through", async () => {
    await withOrg(
      { extends: "rfc9110", concurrency: { check: "check-then-set" } },
      async ({ mock, send, clock }) => {
        const made = await send("PUT", THING, { json: {} });
        sleepTogether(clock, 2);
        const headers = {
          Authorization: `Bearer ${mock.token(null, "valid")}`,
          "If-Match": String(made.headers.etag),
        };
        const write = () => sendTo(mock.url, undefined, { method: "PUT", path: THING, headers, body: "{}" });
        const both = Promise.all([write(), write()]);
        expect((await both).map((reply) => reply.status)).toEqual([200, 200]);
      },
    );
  });
});

describe("the mock as a target of a run", () => {
  test("it names its policy, logs in by principal, arms faults and resets", () =>
    withOrg("forum-lore", async ({ mock, send }) => {
      const target = mockTarget(mock, { virtualTime: true });
      expect(target).toMatchObject({
        kind: "mock",
        baseUrl: mock.url,
        policy: "forum-lore",
        virtualTime: true,
      });
      expect(target.clock).toBe(mock.clock);
      expect(target.authorization(null, "valid")).toBe(`Bearer ${String(mock.token(null, "valid"))}`);
      expect(target.authorization(null, "none")).toBeNull();
      expect(target.authorization(null, "invalid")).not.toBe(target.authorization(null, "valid"));
      await target.arm?.({ kind: "5xx-before" });
      expect((await send("GET", "/api/v2/users/me")).status).toBe(503);
      await target.reset?.({ seed: 2, world: null });
      expect(mock.trace()).toEqual([]);
    }));
});
