import { describe, expect, test } from "vitest";
import { CALL_PARTICIPANT, CONVERSATION, holdSleeps, type Org, startOrg, THING, withOrg } from "./an-org.js";

const EXECUTE = "/api/v2/integrations/actions/a1/execute";
const execute = ({ send }: Org, headers: Record<string, string> = {}) =>
  send("POST", EXECUTE, { json: { a: 1 }, headers });
const executions = async ({ send }: Org) => (await send("GET", "/api/v2/mock/executions")).json.total;
const key = { "Idempotency-Key": "k1" };

describe("faults, armed for the next request", () => {
  test("drop-response: the effect happens, the connection ends without an answer", () =>
    withOrg("documented", async (org) => {
      org.mock.arm({ kind: "drop-response" });
      await expect(execute(org)).rejects.toMatchObject({ code: "ECONNRESET" });
      expect(org.last()).toMatchObject({ cause: "response-lost", status: null, executed: true });
      expect(await executions(org)).toBe(1);
    }));

  test("reset-after: the same with a reset", () =>
    withOrg("documented", async (org) => {
      org.mock.arm({ kind: "reset-after" });
      await expect(execute(org)).rejects.toMatchObject({ code: "ECONNRESET" });
      expect(await executions(org)).toBe(1);
    }));

  test("reset-before: nothing happens", () =>
    withOrg("documented", async (org) => {
      org.mock.arm({ kind: "reset-before" });
      await expect(execute(org)).rejects.toMatchObject({ code: "ECONNRESET" });
      expect(org.last()).toMatchObject({ status: null, executed: false });
      expect(await executions(org)).toBe(0);
    }));

  test("a rule for a step hits the requests that a run announces as that step's, and no others", () =>
    withOrg({ faults: [{ on: { step: "second" }, kind: "5xx-before" }] }, async (org) => {
      org.mock.announce("first");
      expect((await execute(org)).status).toBe(200);
      org.mock.announce("second");
      expect((await execute(org)).status).toBe(503);
      expect((await execute(org)).status).toBe(200);
    }));

  test.each([
    ["5xx-before", 0],
    ["5xx-after", 1],
  ] as const)("%s: 503, and %i effects", (kind, effects) =>
    withOrg("documented", async (org) => {
      org.mock.arm({ kind });
      const failed = await execute(org);
      expect([failed.status, failed.json.code]).toEqual([503, "service.unavailable"]);
      expect(org.last().executed).toBe(effects === 1);
      expect(await executions(org)).toBe(effects);
    }),
  );

  test("429: refused with Retry-After, also where nothing limits the rate", () =>
    withOrg("rfc9110", async (org) => {
      org.mock.arm({ kind: "429" });
      const refused = await execute(org);
      expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "1"]);
      expect(org.last().cause).toBe("rate-limited");
    }));

  test("expire-token: 401, and the next login is good", () =>
    withOrg("documented", async (org) => {
      await execute(org);
      org.mock.arm({ kind: "expire-token" });
      expect((await execute(org)).json.code).toBe("credentials.expired");
      expect((await execute(org)).status).toBe(200);
    }));

  test("delay: the answer comes a second later on the mock's clock", () =>
    withOrg("documented", async (org) => {
      const before = org.clock.nowMs();
      org.mock.arm({ kind: "delay" });
      await execute(org);
      expect(org.clock.nowMs() - before).toBe(1_000);
    }));

  test("spurious-conflict: refused in the words of a stale write, though nothing moved", () =>
    withOrg("rfc9110", async (org) => {
      const made = await org.send("PUT", THING, { json: { a: 1 } });
      const headers = { "If-Match": String(made.headers.etag) };
      org.mock.arm({ kind: "spurious-conflict" });
      expect((await org.send("PATCH", THING, { json: { a: 2 }, headers })).status).toBe(412);
      expect(org.last()).toMatchObject({ cause: "spurious-conflict", executed: false });
      expect((await org.send("PATCH", THING, { json: { a: 2 }, headers })).status).toBe(200);
    }));

  test("duplicate-delivery: two effects, one request sent, both in the trace", () =>
    withOrg("documented", async (org) => {
      org.mock.arm({ kind: "duplicate-delivery" });
      expect((await execute(org)).json.executions).toBe(2);
      expect(org.mock.trace()).toMatchObject([
        { cause: null, executed: true },
        { cause: "duplicate-delivery", executed: true },
      ]);
      expect(await executions(org)).toBe(2);
    }));

  test("duplicate-delivery under a condition: the client is told that its own write came too late", () =>
    withOrg("rfc9110", async (org) => {
      const made = await org.send("PUT", THING, { json: {} });
      org.mock.arm({ kind: "duplicate-delivery" });
      const headers = { "If-Match": String(made.headers.etag) };
      expect((await org.send("PATCH", THING, { json: { a: 2 }, headers })).status).toBe(412);
      expect(org.last()).toMatchObject({ cause: "stale-etag", movedBy: "own-write" });
      expect((await org.send("GET", THING)).json.a).toBe(2);
    }));

  test("truncate: the answer breaks off, and says how long it should have been", () =>
    withOrg("documented", async (org) => {
      org.mock.arm({ kind: "truncate" });
      await expect(execute(org)).rejects.toMatchObject({ code: "ECONNRESET" });
      expect(org.last()).toMatchObject({ status: 200, cause: "response-lost", executed: true });
    }));

  test("wrong-length: fewer bytes are announced than come, and the rest is no answer", () =>
    withOrg("documented", async (org) => {
      org.mock.arm({ kind: "wrong-length" });
      await expect(execute(org)).rejects.toMatchObject({ code: expect.stringMatching(/^HPE_/) });
      expect(org.last()).toMatchObject({ cause: "response-lost", executed: true });
    }));

  test("bad-gzip: what is said to be compressed is not", () =>
    withOrg("documented", async (org) => {
      org.mock.arm({ kind: "bad-gzip" });
      const reply = await execute(org);
      expect([reply.headers["content-encoding"], reply.json.executions]).toEqual(["gzip", 1]);
    }));

  test("garbage: bytes that are not HTTP", () =>
    withOrg("documented", async (org) => {
      org.mock.arm({ kind: "garbage" });
      await expect(execute(org)).rejects.toMatchObject({ code: expect.stringMatching(/^HPE_/) });
      expect(org.last()).toMatchObject({ status: null, cause: "response-lost", executed: true });
    }));

  test("slow-drip: the answer comes in eight pieces, a second apart on the mock's clock", () =>
    withOrg("documented", async (org) => {
      const before = org.clock.nowMs();
      org.mock.arm({ kind: "slow-drip" });
      expect((await execute(org)).json.executions).toBe(1);
      expect(org.clock.nowMs() - before).toBe(8_000);
      expect(org.last().cause).toBeNull();
    }));

  test("one fault is for one request, and several wait in line", () =>
    withOrg("documented", async (org) => {
      org.mock.arm({ kind: "5xx-before" });
      org.mock.arm({ kind: "429" });
      const statuses = [await execute(org), await execute(org), await execute(org)].map(
        (reply) => reply.status,
      );
      expect(statuses).toEqual([503, 429, 200]);
    }));

  test("a login does not use a fault up", () =>
    withOrg("documented", async (org) => {
      org.mock.arm({ kind: "5xx-before" });
      await org.send("POST", "/oauth/token", { text: "grant_type=client_credentials" });
      expect((await execute(org)).status).toBe(503);
    }));
});

describe("faults of the policy", () => {
  test("by route and by count", () =>
    withOrg(
      {
        faults: [
          {
            on: { route: "POST /api/v2/integrations/actions/{id}/execute", nth: 2 },
            kind: "5xx-before",
            status: 500,
          },
        ],
      },
      async (org) => {
        await org.send("GET", "/api/v2/users/me");
        const statuses = [await execute(org), await execute(org), await execute(org)].map(
          (reply) => reply.status,
        );
        expect(statuses).toEqual([200, 500, 200]);
      },
    ));

  test("by probability, the same for a seed", async () => {
    const run = async (seed: number) => {
      const org = await startOrg({ faults: [{ kind: "5xx-before", probability: 0.5 }] }, { seed });
      const statuses: number[] = [];
      for (let count = 0; count < 20; count++) statuses.push((await execute(org)).status);
      await org.close();
      return statuses;
    };
    const statuses = await run(1);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(await run(1)).toEqual(statuses);
    expect(await run(2)).not.toEqual(statuses);
  });
});

describe("faults and keys", () => {
  test("a lost answer and its retry with the same key: one effect, the stored answer", () =>
    withOrg("forum-lore", async (org) => {
      org.mock.arm({ kind: "drop-response" });
      await expect(execute(org, key)).rejects.toThrow();
      expect((await execute(org, key)).status).toBe(200);
      expect(org.last().cause).toBe("stored-answer-returned");
      expect(await executions(org)).toBe(1);
    }));

  test("a failure after the effect binds the key, where the policy says conflict", () =>
    withOrg("forum-lore", async (org) => {
      org.mock.arm({ kind: "5xx-after" });
      expect((await execute(org, key)).status).toBe(503);
      expect((await execute(org, key)).status).toBe(409);
      expect(org.last().cause).toBe("key-bound-to-unacknowledged-attempt");
      expect(await executions(org)).toBe(1);
    }));

  test("after a lost answer the own write has moved the token, on whatever connection the retry comes", () =>
    withOrg("forum-lore", async (org) => {
      const path = CALL_PARTICIPANT;
      const first = await org.send("PATCH", path, { json: { attributes: { a: "1" } } });
      const headers = { "If-Match": String(first.headers.etag) };
      org.mock.arm({ kind: "drop-response" });
      await expect(org.send("PATCH", path, { json: { attributes: { a: "2" } }, headers })).rejects.toThrow();
      expect((await org.send("PATCH", path, { json: { attributes: { a: "2" } }, headers })).status).toBe(409);
      expect(org.last()).toMatchObject({ cause: "stale-etag", movedBy: "own-write" });
      const read = await org.send("GET", `/api/v2/conversations/${CONVERSATION}`);
      expect(read.json).toMatchObject({ participants: [{ attributes: { a: "2" } }] });
    }));

  test.each([
    ["completes", 200, "stored-answer-returned", 1],
    ["releases", 200, "executed-twice", 2],
    ["sticks", 409, "key-stuck", 1],
  ] as const)(
    "a client that hangs up while its request runs: the key %s",
    (onDisconnect, status, cause, effects) =>
      withOrg(
        { extends: "forum-lore", idempotency: { onDisconnect }, latency: { base: "1ms" } },
        async (org) => {
          const sleeps = holdSleeps(org.clock);
          const leaving = new AbortController();
          const gone = fetch(`${org.mock.url}${EXECUTE}`, {
            method: "POST",
            body: "{}",
            headers: { ...key, Authorization: `Bearer ${org.mock.token(null, "valid")}` },
            signal: leaving.signal,
          });
          await sleeps.until(1);
          leaving.abort();
          await expect(gone).rejects.toThrow();
          await sleeps.settle();
          sleeps.release();
          await sleeps.settle();
          sleeps.stop();
          const retry = await org.send("POST", EXECUTE, { text: "{}", headers: key });
          expect([retry.status, org.last().cause]).toEqual([status, cause]);
          expect(await executions(org)).toBe(effects);
        },
      ),
  );
});
