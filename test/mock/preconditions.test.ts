import { describe, expect, test } from "vitest";
import type { ConcurrencyFile } from "../../src/policy/policy-file.js";
import { CONVERSATION, type Org, PARTICIPANT, THING, withOrg } from "./an-org.js";

const ETAG: ConcurrencyFile = { validator: "etag-strong", readFrom: ["if-match"], stale: { status: 412 } };

const VERSION = { kind: "version", name: "version", form: "integer" } as const;

/** Makes the thing and writes it once more: its token has moved from the first to the second. */
async function movedThing({ send }: Org): Promise<{ readonly old: string; readonly current: string }> {
  const made = await send("PUT", THING, { json: { tier: "none" } });
  const written = await send("PUT", THING, {
    json: { tier: "gold" },
    headers: { "If-Match": String(made.headers.etag) },
  });
  return { old: String(made.headers.etag), current: String(written.headers.etag) };
}

function writeWith({ send }: Org, ifMatch: string) {
  return send("PATCH", THING, { json: { touched: true }, headers: { "If-Match": ifMatch } });
}

describe("If-Match, compared strongly", () => {
  test("the current ETag passes and moves; the old one is refused and nothing is written", () =>
    withOrg({ concurrency: ETAG }, async (org) => {
      const { old, current } = await movedThing(org);
      const stale = await writeWith(org, old);
      expect(stale.status).toBe(412);
      expect(org.last()).toMatchObject({ cause: "stale-etag", movedBy: "own-write", executed: false });
      const fresh = await writeWith(org, current);
      expect(fresh.status).toBe(200);
      expect(fresh.headers.etag).not.toBe(current);
      expect((await org.send("GET", THING)).headers.etag).toBe(fresh.headers.etag);
    }));

  test.each([
    ["a list with the current one in it", (tag: string) => `"x", ${tag}`, 200, null],
    ["any current representation", () => "*", 200, null],
    ["the current one made weak", (tag: string) => `W/${tag}`, 412, "etag-weak"],
    ["without quotes", (tag: string) => tag.slice(1, -1), 400, "etag-malformed"],
    ["with a compression suffix outside the quotes", (tag: string) => `${tag}-gzip`, 400, "etag-malformed"],
    [
      "the current one with a compression suffix",
      (tag: string) => `${tag.slice(0, -1)}-gzip"`,
      412,
      "etag-malformed",
    ],
    ["a token that nobody issued", () => '"99-0000"', 412, "etag-other-resource"],
  ])("%s", (_what, spelled, status, cause) =>
    withOrg({ concurrency: ETAG }, async (org) => {
      const { current } = await movedThing(org);
      expect((await writeWith(org, spelled(current))).status).toBe(status);
      expect(org.last().cause).toBe(cause);
    }),
  );

  test("a malformed one is refused with the code of its own status", () =>
    withOrg({ concurrency: ETAG }, async (org) => {
      await movedThing(org);
      expect((await writeWith(org, "7")).json).toMatchObject({ status: 400, code: "bad.request" });
    }));

  test.each(["revision", "content-hash", "mtime-seconds"] as const)(
    "the ETag of another resource is told apart in the trace: %s",
    (meaning) =>
      withOrg({ concurrency: { ...ETAG, meaning } }, async (org) => {
        const { json } = await org.send("PUT", THING, { json: { tier: "none" } });
        const other = await org.send("PUT", "/api/v2/mock/things/2", { json: { tier: json.tier } });
        expect((await writeWith(org, String(other.headers.etag))).status).toBe(412);
        expect(org.last().cause).toBe("etag-other-resource");
      }),
  );

  test("a request without it is accepted unless the policy demands it, method by method", () =>
    withOrg({ concurrency: { ...ETAG, absent: { PUT: { status: 428 } } } }, async ({ send, last }) => {
      expect((await send("PUT", THING, { json: { made: true } })).status).toBe(201);
      expect((await send("PUT", THING, { json: {} })).status).toBe(428);
      expect(last()).toMatchObject({ cause: "precondition-missing", executed: false });
      expect((await send("PATCH", THING, { json: {} })).status).toBe(200);
    }));

  test("If-None-Match: * creates only", () =>
    withOrg({ concurrency: { ...ETAG, createOnly: 412 } }, async ({ send, last }) => {
      const headers = { "If-None-Match": "*" };
      expect((await send("PUT", THING, { json: {}, headers })).status).toBe(201);
      expect((await send("PUT", THING, { json: {}, headers })).status).toBe(412);
      expect(last().cause).toBe("duplicate-entity");
    }));

  test("a policy may not look at it at all", () =>
    withOrg({ concurrency: { ...ETAG, createOnly: "ignored" } }, async ({ send }) => {
      const headers = { "If-None-Match": "*" };
      await send("PUT", THING, { json: {} });
      expect((await send("PUT", THING, { json: {}, headers })).status).toBe(200);
    }));

  test("If-None-Match with the current ETag answers a read with 304 and no body", () =>
    withOrg({ concurrency: ETAG }, async (org) => {
      const { old, current } = await movedThing(org);
      const known = await org.send("GET", THING, { headers: { "If-None-Match": `W/${current}` } });
      expect([known.status, known.text, known.headers.etag]).toEqual([304, "", current]);
      expect((await org.send("GET", THING, { headers: { "If-None-Match": old } })).status).toBe(200);
    }));
});

describe("other comparisons (C7)", () => {
  test.each([
    ["weak", (tag: string) => `W/${tag}`, 200],
    ["textual", (tag: string) => tag, 200],
    ["textual", (tag: string) => `W/${tag}`, 412],
    ["textual", (tag: string) => `"x", ${tag}`, 412],
    ["textual", () => "*", 412],
    ["textual", (tag: string) => tag.slice(1, -1), 412],
    ["sloppy", (tag: string) => tag.slice(1, -1), 200],
    ["sloppy", (tag: string) => `W/${tag.slice(1, -1)}`, 200],
    ["sloppy", () => "x", 412],
  ] as const)("%s", (comparison, spelled, status) =>
    withOrg({ concurrency: { ...ETAG, comparison } }, async (org) => {
      const { current } = await movedThing(org);
      expect((await writeWith(org, spelled(current))).status).toBe(status);
    }),
  );

  test("a weak validator never passes a strong comparison", () =>
    withOrg({ concurrency: { ...ETAG, validator: "etag-weak" } }, async (org) => {
      const made = await org.send("PUT", THING, { json: {} });
      expect(made.headers.etag).toMatch(/^W\/"/);
      expect((await writeWith(org, String(made.headers.etag))).status).toBe(412);
      expect(org.last().cause).toBe("etag-weak");
    }));
});

describe("tokens in the body or the query (C3, C6)", () => {
  test("an opaque revision, as CouchDB has it, in any of three places", () =>
    withOrg("couchdb-like", async ({ send, last }) => {
      const rev = String((await send("PUT", THING, { json: {} })).json._rev);
      const byBody = await send("PUT", THING, { json: { n: 1, _rev: rev } });
      expect(byBody.headers.etag).toBe(`"${String(byBody.json._rev)}"`);
      const byQuery = await send("PUT", `${THING}?rev=${String(byBody.json._rev)}`, { json: { n: 2 } });
      expect(byQuery.status).toBe(200);
      const byHeader = await send("PUT", THING, {
        json: { n: 3 },
        headers: { "If-Match": String(byQuery.headers.etag) },
      });
      expect(byHeader.status).toBe(200);
      expect((await send("PUT", THING, { json: { n: 4 } })).status).toBe(409);
      expect(last().cause).toBe("precondition-missing");
      expect((await send("PUT", THING, { json: { n: 4, _rev: rev } })).status).toBe(409);
      expect(last().cause).toBe("stale-version");
    }));

  test.each([
    ["if-match", 200, 409],
    ["body", 409, 200],
    ["both-must-hold", 409, 409],
  ] as const)("of two tokens, %s decides", (precedence, headerFresh, bodyFresh) =>
    withOrg({ extends: "forum-lore", concurrency: { precedence } }, async ({ send }) => {
      const put = (version: number, etag: number) =>
        send("PUT", THING, { json: { version }, headers: { "If-Match": `"${etag}"` } });
      await send("PUT", THING, { json: {} });
      await send("PUT", THING, { json: {} });
      expect((await put(1, 2)).status).toBe(headerFresh);
      const { json } = await send("GET", THING);
      const current = Number(json.version);
      expect((await put(current, 1)).status).toBe(bodyFresh);
    }),
  );
});

describe("what a stale write is told (C4, C13)", () => {
  test("the current token, where the policy hints at it", () =>
    withOrg(
      { extends: "forum-lore", concurrency: { stale: { status: 409, hint: "current-token" } } },
      async ({ send }) => {
        await send("PUT", THING, { json: {} });
        const stale = await send("PUT", THING, { json: { version: 7 } });
        expect([stale.status, stale.headers.etag, stale.json.version]).toEqual([409, '"1"', 1]);
      },
    ));

  test("a Retry-After, where the policy hints at that", () =>
    withOrg({ concurrency: { ...ETAG, stale: { status: 409, hint: "retry-after" } } }, async (org) => {
      const { old } = await movedThing(org);
      expect((await writeWith(org, old)).headers["retry-after"]).toBe("1");
    }));

  test("a success, and the conflict in the body", () =>
    withOrg({ concurrency: { ...ETAG, stale: "200-with-error" } }, async (org) => {
      const { old } = await movedThing(org);
      const stale = await writeWith(org, old);
      expect([stale.status, stale.json.code]).toEqual([200, "general.conflict"]);
      expect(org.last()).toMatchObject({ cause: "stale-etag", executed: false });
    }));

  test("nothing: the write is carried out, and the trace says that the token was passed over", () =>
    withOrg({ concurrency: { ...ETAG, stale: "accepted" } }, async (org) => {
      const { old } = await movedThing(org);
      expect((await writeWith(org, old)).status).toBe(200);
      expect(org.last()).toMatchObject({
        cause: "precondition-ignored",
        movedBy: "own-write",
        executed: true,
      });
    }));

  test("a token that is offered and never looked at", () =>
    withOrg({ concurrency: { validator: "etag-strong", readFrom: [] } }, async (org) => {
      const { old } = await movedThing(org);
      expect((await writeWith(org, old)).status).toBe(200);
      expect(org.last().cause).toBe("precondition-ignored");
    }));

  test("an outdated version in a body that no rule reads", () =>
    withOrg({ concurrency: { validator: VERSION, readFrom: [] } }, async ({ send, last }) => {
      const { json } = await send("PUT", THING, { json: { a: 1 } });
      await send("PUT", THING, { json: { a: 2 } });
      await send("PUT", THING, { json: { a: 3, version: json.version } });
      expect(last()).toMatchObject({ status: 200, cause: "precondition-ignored", movedBy: "own-write" });
    }));

  test.each([
    ["that no rule reads", ["body version"], "both-must-hold"],
    ["that the version outranks", ["body version", "if-match"], "body"],
  ] as const)("an outdated If-Match %s, beside a version that holds", (_which, readFrom, precedence) =>
    withOrg(
      { concurrency: { validator: { ...VERSION, etag: "strong" }, readFrom, precedence } },
      async ({ send, last }) => {
        const { headers } = await send("PUT", THING, { json: { a: 1 } });
        const { json } = await send("PUT", THING, { json: { a: 2 } });
        const old = { "If-Match": String(headers.etag) };
        await send("PUT", THING, { json: { a: 3, version: json.version }, headers: old });
        expect(last()).toMatchObject({ status: 200, cause: "precondition-ignored" });
      },
    ),
  );

  test("an outdated token of what is gone by now, where the write makes it anew", () =>
    withOrg({ concurrency: { validator: "etag-strong", readFrom: [] } }, async (org) => {
      const { old } = await movedThing(org);
      await org.send("DELETE", THING);
      expect((await org.send("PUT", THING, { json: {}, headers: { "If-Match": old } })).status).toBe(201);
      expect(org.last().cause).toBe("precondition-ignored");
    }));

  test("a version in the body of what never was is no outdated one", () =>
    withOrg({ concurrency: { validator: VERSION, readFrom: [] } }, async ({ send, last }) => {
      await send("PUT", THING, { json: { version: 1 } });
      expect(last()).toMatchObject({ status: 201, cause: null });
    }));
});

describe("what moves a token (C2, C9, C14, C16)", () => {
  test("a hash of the content comes back with the content", () =>
    withOrg({ concurrency: { ...ETAG, meaning: "content-hash" } }, async ({ send }) => {
      const a = await send("PUT", THING, { json: { tier: "a" } });
      const b = await send("PUT", THING, { json: { tier: "b" } });
      const again = await send("PUT", THING, { json: { tier: "a" } });
      expect(b.headers.etag).not.toBe(a.headers.etag);
      expect(again.headers.etag).toBe(a.headers.etag);
    }));

  test("a time in whole seconds does not move within one", async () => {
    await withOrg({ concurrency: { ...ETAG, meaning: "mtime-seconds" } }, async ({ send, clock }) => {
      const first = await send("PUT", THING, { json: { tier: "a" } });
      const second = await send("PUT", THING, { json: { tier: "b" } });
      expect(second.headers.etag).toBe(first.headers.etag);
      await clock.advance(1_000);
      expect((await send("PUT", THING, { json: { tier: "c" } })).headers.etag).not.toBe(first.headers.etag);
    });
  });

  test.each([
    ["bump", false],
    ["keep", true],
  ] as const)("a write of what is there already: %s", (noOpWrite, same) =>
    withOrg({ concurrency: { ...ETAG, noOpWrite } }, async ({ send }) => {
      const first = await send("PUT", THING, { json: { tier: "a" } });
      const again = await send("PUT", THING, { json: { tier: "a" } });
      expect(again.headers.etag === first.headers.etag).toBe(same);
    }),
  );

  test.each([
    ["resource", true],
    ["parent", false],
  ] as const)("a participant's write and its conversation's token: granularity %s", (granularity, same) =>
    withOrg({ extends: "forum-lore", concurrency: { granularity } }, async ({ send }) => {
      const conversation = `/api/v2/conversations/${CONVERSATION}`;
      const before = await send("GET", conversation);
      const write = await send("PATCH", `${conversation}/participants/${PARTICIPANT}/attributes`, {
        json: { attributes: { a: "1" } },
      });
      expect(write.status).toBe(200);
      const after = await send("GET", conversation);
      expect(after.headers.etag === before.headers.etag).toBe(same);
    }),
  );

  test("granularity field: an old token holds for a member that nobody touched since", () =>
    withOrg({ concurrency: { ...ETAG, granularity: "field" } }, async ({ send }) => {
      const base = String((await send("PUT", THING, { json: { a: 0, b: 0 } })).headers.etag);
      const patch = (json: unknown) => send("PATCH", THING, { json, headers: { "If-Match": base } });
      expect((await patch({ a: 1 })).status).toBe(200);
      expect((await patch({ b: 1 })).status).toBe(200);
      expect((await patch({ a: 2 })).status).toBe(412);
    }));

  test.each(["PUT", "DELETE"])(
    "granularity field: a %s writes every member, so that it needs the current token",
    (method) =>
      withOrg({ concurrency: { ...ETAG, granularity: "field" } }, async ({ send }) => {
        const { headers } = await send("PUT", THING, { json: { a: 1 } });
        await send("PATCH", THING, { json: { b: 1 } });
        const old = { "If-Match": String(headers.etag) };
        const sending = method === "PUT" ? { json: { a: 2 }, headers: old } : { headers: old };
        expect((await send(method, THING, sending)).status).toBe(412);
      }),
  );

  test.each(["PUT", "PATCH"])(
    "granularity field: what a %s removes because it leaves it out was touched by it",
    (method) =>
      withOrg(
        { concurrency: { ...ETAG, granularity: "field", patchMerges: "replace" } },
        async ({ send }) => {
          const { headers } = await send("PUT", THING, { json: { a: 1, b: 1 } });
          await send(method, THING, { json: { a: 1 } });
          const old = { "If-Match": String(headers.etag) };
          expect((await send("PATCH", THING, { json: { b: 2 }, headers: old })).status).toBe(412);
        },
      ),
  );

  test("granularity field: an old token holds for whoever compares texts, too", () =>
    withOrg({ concurrency: { ...ETAG, comparison: "textual", granularity: "field" } }, async ({ send }) => {
      const base = String((await send("PUT", THING, { json: { a: 0, b: 0 } })).headers.etag);
      await send("PATCH", THING, { json: { a: 1 } });
      const patch = (ifMatch: string) =>
        send("PATCH", THING, { json: { b: 1 }, headers: { "If-Match": ifMatch } });
      expect([(await patch(`W/${base}`)).status, (await patch(base)).status]).toEqual([412, 200]);
    }));

  test("granularity field: a hash tells of no state, so that it covers the whole", () =>
    withOrg({ concurrency: { ...ETAG, meaning: "content-hash", granularity: "field" } }, async ({ send }) => {
      const { headers } = await send("PUT", THING, { json: { a: 0, b: 0 } });
      await send("PATCH", THING, { json: { a: 1 } });
      const old = { "If-Match": String(headers.etag) };
      expect((await send("PATCH", THING, { json: { b: 1 }, headers: old })).status).toBe(412);
    }));

  test("granularity field: a version in the body is no member that its write touches", () =>
    withOrg(
      { concurrency: { validator: VERSION, readFrom: ["body version"], granularity: "field" } },
      async ({ send }) => {
        const { json } = await send("PUT", THING, { json: { a: 0, b: 0 } });
        const patch = (body: object) => send("PATCH", THING, { json: { ...body, version: json.version } });
        expect((await patch({ a: 1 })).status).toBe(200);
        expect((await patch({ b: 1 })).status).toBe(200);
        expect((await patch({ a: 2 })).status).toBe(409);
      },
    ));

  test.each([
    [true, (etag: unknown, next: unknown) => expect(etag).toBe(next)],
    [false, (etag: unknown) => expect(etag).toBeUndefined()],
    ["other-form", (etag: unknown, next: unknown) => expect(etag).toBe(`W/${String(next)}`)],
  ] as const)("the token in a write's answer: %s", (tokenInWriteResponse, judge) =>
    withOrg({ concurrency: { ...ETAG, tokenInWriteResponse } }, async ({ send }) => {
      const write = await send("PUT", THING, { json: {} });
      judge(write.headers.etag, (await send("GET", THING)).headers.etag);
    }),
  );

  test("reads trail an acknowledged write by the lag, tokens included", () =>
    withOrg({ concurrency: { ...ETAG, readLag: "200ms" } }, async ({ send, clock }) => {
      const made = await send("PUT", THING, { json: { tier: "a" } });
      const write = await send("PUT", THING, { json: { tier: "b" } });
      const early = await send("GET", THING);
      expect([early.json.tier, early.headers.etag]).toEqual(["a", made.headers.etag]);
      await clock.advance(200);
      const late = await send("GET", THING);
      expect([late.json.tier, late.headers.etag]).toEqual(["b", write.headers.etag]);
    }));
});

describe("which rule answers first (C15)", () => {
  const both = { idempotency: { support: "honoured" }, concurrency: ETAG } as const;

  test("key before precondition: the repeat of a success is a replay although its token is outdated by now", () =>
    withOrg(both, async ({ send }) => {
      const made = await send("PUT", THING, { json: {} });
      const headers = { "Idempotency-Key": "k1", "If-Match": String(made.headers.etag) };
      const first = await send("PATCH", THING, { json: { a: 1 }, headers });
      const second = await send("PATCH", THING, { json: { a: 1 }, headers });
      expect([second.status, second.headers.etag]).toEqual([200, first.headers.etag]);
    }));

  test("precondition before key: the same repeat is stale", () =>
    withOrg(
      { ...both, order: ["auth", "rateLimit", "validation", "precondition", "lock", "key"] },
      async ({ send, last }) => {
        const made = await send("PUT", THING, { json: {} });
        const headers = { "Idempotency-Key": "k1", "If-Match": String(made.headers.etag) };
        await send("PATCH", THING, { json: { a: 1 }, headers });
        expect((await send("PATCH", THING, { json: { a: 1 }, headers })).status).toBe(412);
        expect(last().cause).toBe("stale-etag");
      },
    ));
});
