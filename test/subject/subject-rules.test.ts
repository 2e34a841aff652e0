import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Exchange } from "../../src/journal/journal.js";
import { resourceOf, subjectOf } from "../../src/subject/subject-of.js";
import { ruledSubjects } from "../../src/subject/subject-rules.js";

const RULES = [
  { path: "/v1/orders/{id}", resource: "order:{id}", version: "/meta/rev~1no" },
  { path: "/v1/orders/{id}/lines/{line}", resource: "order:{id}", version: null },
  { path: "/v1/settings", resource: "settings", version: null },
  { path: "/v1/a.b/{x}", resource: "{x}-{x}", version: null },
];

const ruled = ruledSubjects(RULES);

interface Told {
  readonly method?: string;
  readonly url: string;
  readonly sent?: string;
  readonly answer?: string;
  readonly status?: number;
  readonly location?: string;
  readonly ifMatch?: string;
}

function exchange(told: Told): Exchange {
  const message = { headers: [], bodyEncoding: "utf8", bodySha256: "" } as const;
  const { method = "GET", url, sent = "", answer = "", status = 200, location, ifMatch = null } = told;
  const headers = location === undefined ? [] : ([["Location", location]] as const);
  return {
    ...{ id: "e1", step: "s", attempt: 1, writer: null, round: 1, resource: null, error: null },
    request: { ...message, method, url, body: sent },
    response: { ...message, headers, status, httpVersion: "1.1", body: answer, truncated: false },
    ...{ correlationId: null, idempotencyKey: null, ifMatch, etag: null, version: null },
    timings: { startedAt: "", startMs: 0, sentMs: 0, releasedMs: null, firstByteMs: 1, endMs: 1 },
  };
}

describe("a rule names the thing that a path is about", () => {
  test.each([
    ["https://a.example/v1/orders/7", "order:7"],
    ["https://a.example/v1/orders/7/", "order:7"],
    ["https://a.example/v1/orders/7?expand=lines", "order:7"],
    ["/v1/orders/7/lines/3", "order:7"],
    ["https://a.example/v1/settings", "settings"],
    ["https://a.example/v1/a.b/c", "c-c"],
  ])("%s is %s", (url, resource) => {
    expect(ruled.resourceOf(url)).toBe(resource);
  });

  test.each([
    ["https://a.example/v1/orders", "/v1/orders"],
    ["https://a.example/v2/v1/orders/7", "/v2/v1/orders/7"],
    ["https://a.example/v1/orders/7/lines", "/v1/orders/7/lines"],
    ["https://a.example/v1/aXb/c", "/v1/aXb/c"],
    ["https://a.example/api/v2/users/u1", "user:u1"],
  ])("%s fits none and stays what it is by itself: %s", (url, resource) => {
    expect(ruled.resourceOf(url)).toBe(resource);
  });

  test("the first that fits counts", () => {
    const rules = [
      { path: "/x/{id}", resource: "first", version: null },
      { path: "/x/{id}", resource: "second", version: null },
    ];
    expect(ruledSubjects(rules).resourceOf("/x/1")).toBe("first");
  });

  test("without rules every path is what it is by itself, whatever it holds", () => {
    const none = ruledSubjects([]);
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true }),
        (url) => none.resourceOf(url) === resourceOf(url),
      ),
    );
  });

  test("text of a rule is never a pattern", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => !/[/{}?#]/.test(text)),
        (segment) => {
          const one = ruledSubjects([{ path: `/${segment}/{id}`, resource: "it:{id}", version: null }]);
          expect(one.resourceOf(`https://a.example/${segment}/9`)).toBe("it:9");
          expect(one.resourceOf(`https://a.example/${segment}x/9`)).not.toBe("it:9");
        },
      ),
    );
  });
});

describe("an exchange that rules were applied to says by itself", () => {
  test("what it is about, and which version was sent and seen", () => {
    const put = ruled.apply(
      exchange({
        method: "PUT",
        url: "https://a.example/v1/orders/7",
        sent: '{"meta":{"rev/no":4}}',
        answer: '{"meta":{"rev/no":"5"},"version":9}',
      }),
    );
    expect(put).toMatchObject({ resource: "order:7", version: "5" });
    expect(subjectOf(put)).toEqual({
      resource: "order:7",
      role: "compare-and-set",
      tokenSent: "4",
      tokenSeen: "5",
    });
  });

  test("that a member called version is none where a rule says where versions stand", () => {
    const put = ruled.apply(
      exchange({ method: "PUT", url: "/v1/orders/7", sent: '{"version":4}', answer: '{"version":5}' }),
    );
    expect(subjectOf(put)).toMatchObject({ role: "write", tokenSent: null, tokenSeen: null });
  });

  test("If-Match before a version in the body", () => {
    const put = ruled.apply(
      exchange({ method: "PUT", url: "/v1/orders/7", sent: '{"meta":{"rev/no":4}}', ifMatch: '"a"' }),
    );
    expect(subjectOf(put).tokenSent).toBe('"a"');
  });

  test.each([
    [{ location: "/v1/orders/8" }, "order:8"],
    [{ location: "https://a.example/v1/orders/8" }, "order:8"],
    [{ answer: '{"id":8}' }, "order:8"],
    [{ answer: '{"id":"o-8"}' }, "order:o-8"],
    [{ answer: "{}" }, null],
    [{ answer: '{"id":8}', status: 409 }, null],
  ])("what a POST made, as its answer tells: %j", (told, made) => {
    const post = ruled.apply(exchange({ method: "POST", url: "https://a.example/v1/orders", ...told }));
    expect(post.ruled?.made).toBe(made);
    expect(post.resource).toBe("/v1/orders");
  });

  test.each(["", "[", "null", "7", '{"meta":7}', '{"meta":{"rev/no":null}}'])(
    "nothing of a body that holds none: %j",
    (body) => {
      const put = ruled.apply(exchange({ method: "PUT", url: "/v1/orders/7", sent: body, answer: body }));
      expect([put.version, put.ruled?.version]).toEqual([null, { name: "meta/rev/no", sent: null }]);
    },
  );

  test("nothing where the request never left", () => {
    const refused = {
      ...exchange({ url: "/v1/orders/7" }),
      error: { code: "X", phase: "refused", message: "" } as const,
    };
    expect(ruled.apply(refused)).toBe(refused);
  });
});
