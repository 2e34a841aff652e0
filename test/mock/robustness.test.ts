import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { startMock } from "../../src/mock/start-mock.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { type Org, THING, withOrg } from "./an-org.js";
import { open, raw, statuses } from "./wires.js";

const ME = "/api/v2/users/me";

/** A request as text, with a good token; `lines` are further header lines. */
function text(
  { mock }: Org,
  method: string,
  path: string,
  { lines = [] as string[], body = "" } = {},
): string {
  const length = body === "" ? [] : [`Content-Length: ${body.length}`];
  const head = [
    `${method} ${path} HTTP/1.1`,
    "Host: x",
    `Authorization: Bearer ${mock.token(null, "valid")}`,
    ...length,
    ...lines,
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

const answered = (count: number) => (received: string) =>
  statuses(received).length === count && received.includes("\r\n\r\n");

describe("bodies", () => {
  test.each([
    ["cut short", '{"attributes":'],
    ["not JSON", "attributes=1"],
    ["two values", "{} {}"],
    ["nested beyond reason", "[".repeat(100_000)],
    [
      "nested beyond reason behind a string of brackets",
      `{"a":"[[[","b":${"[".repeat(600)}${"]".repeat(600)}}`,
    ],
  ])("one that is %s gets the platform's 400", (_what, body) =>
    withOrg("documented", async ({ send, last }) => {
      const refused = await send("PUT", THING, { text: body });
      expect(refused.status).toBe(400);
      expect(refused.json).toMatchObject({
        code: "bad.request",
        message: "The request could not be understood by the server due to malformed syntax.",
      });
      expect(last()).toMatchObject({ cause: "invalid-request", executed: false });
    }),
  );

  test.each(["", "[]", '"text"', "null", "7"])("one that is no object: %j", (body) =>
    withOrg("documented", async ({ send }) => {
      expect((await send("PUT", THING, { text: body })).status).toBe(400);
    }),
  );

  test("brackets inside strings are no nesting", () =>
    withOrg("documented", async ({ send }) => {
      const written = await send("PUT", THING, { json: { a: "[".repeat(2_000), b: '\\"{' } });
      expect(written.status).toBe(201);
    }));

  test("a form is not JSON: 415", () =>
    withOrg("documented", async ({ send }) => {
      const headers = { "Content-Type": "application/x-www-form-urlencoded" };
      const refused = await send("PUT", THING, { text: "a=1", headers });
      expect([refused.status, refused.json.code]).toEqual([415, "unsupported.media.type"]);
    }));

  test("one over 10 MB is refused before it is read: 413", () =>
    withOrg("documented", async (org) => {
      const head = text(org, "PUT", THING, { lines: ["Content-Length: 104857600"] });
      const answer = await raw(org.mock.url, head, (got) => got.includes("request.entity.too.large"));
      expect(answer).toMatch(/^HTTP\/1\.1 413 (?:.*\r\n)*Connection: close\r\n/);
      expect(org.last()).toMatchObject({ status: 413, cause: "invalid-request", executed: false });
    }));

  test("100 MB that do not say how many they are: 413 after 10 of them, and the client may send the rest", () =>
    withOrg("documented", async (org) => {
      const head = text(org, "PUT", THING, { lines: ["Transfer-Encoding: chunked"] });
      const chunk = Buffer.concat([
        Buffer.from("100000\r\n"),
        Buffer.alloc(0x10_00_00, 0x20),
        Buffer.from("\r\n"),
      ]);
      const answer = await raw(org.mock.url, [
        head,
        ...Array.from({ length: 100 }, () => chunk),
        "0\r\n\r\n",
      ]);
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(statuses(answer)).toEqual([413]);
    }));

  test("a client that waits for 100-continue sends no body that is too large", () =>
    withOrg("documented", async (org) => {
      const expecting = (length: number) =>
        text(org, "PUT", THING, { lines: ["Expect: 100-continue", `Content-Length: ${length}`] });
      const wanted = await raw(org.mock.url, expecting(2), (got) => got.includes("\r\n\r\n"));
      expect(wanted).toBe("HTTP/1.1 100 Continue\r\n\r\n");
      const unwanted = await raw(org.mock.url, expecting(104_857_600), (got) => got.includes("too.large"));
      expect(statuses(unwanted)).toEqual([413]);
    }));
});

describe("header fields", () => {
  test("thousands of small ones are all looked at: the token may come last", () =>
    withOrg("documented", async ({ mock }) => {
      const lines = "a:b\r\n".repeat(3_000);
      const head = `GET ${ME} HTTP/1.1\r\nHost: x\r\n${lines}Authorization: Bearer ${mock.token(null, "valid")}\r\n\r\n`;
      expect(statuses(await raw(mock.url, head, answered(1)))).toEqual([200]);
    }));

  test("ten thousand, or one of 20 KB: 431", () =>
    withOrg("documented", async (org) => {
      const many = Array.from({ length: 10_000 }, (_, index) => `X-${index}: 1`);
      const long = [`X: ${"y".repeat(20_000)}`];
      for (const lines of [many, long]) {
        expect(statuses(await raw(org.mock.url, text(org, "GET", ME, { lines })))).toEqual([431]);
      }
    }));

  test.each([
    ["a control character", "X: a\u0001b"],
    ["NUL", "If-Match: \u0000"],
    ["a bare line feed", "X: a\nY"],
    ["a folded line", "X: a\r\n b"],
    ["a blank before the colon", "X : a"],
    ["no colon", "X"],
    ["no name", ": a"],
    ["two lengths", "Content-Length: 2\r\nContent-Length: 3"],
    ["the same length twice", "Content-Length: 0\r\nContent-Length: 0"],
    ["a length that is no number", "Content-Length: two"],
    ["a negative length", "Content-Length: -1"],
    ["a length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked"],
    ["a coding after chunked", "Transfer-Encoding: chunked, gzip"],
  ])("%s: 400 without a body, and the end of the connection", (_what, line) =>
    withOrg("documented", async (org) => {
      const answer = await raw(org.mock.url, text(org, "GET", ME, { lines: [line] }));
      expect(answer).toBe("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      expect(org.mock.trace()).toEqual([]);
    }),
  );

  test("obsolete bytes above ASCII are let through", () =>
    withOrg("documented", async (org) => {
      const answer = await raw(org.mock.url, text(org, "GET", ME, { lines: ["X: \u00ff"] }), answered(1));
      expect(statuses(answer)).toEqual([200]);
    }));

  test("an expectation that nobody can meet: 417", () =>
    withOrg("documented", async (org) => {
      const answer = await raw(org.mock.url, text(org, "GET", ME, { lines: ["Expect: a miracle"] }));
      expect(answer).toMatch(/^HTTP\/1\.1 417 .*\r\nContent-Length: 0\r\nConnection: close\r\n/);
    }));

  test("an upgrade is not taken: the request is answered as it stands", () =>
    withOrg("documented", async (org) => {
      const lines = [
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAMAAABkAAQAAP__",
      ];
      expect(statuses(await raw(org.mock.url, text(org, "GET", ME, { lines }), answered(1)))).toEqual([200]);
    }));

  test("HTTP/1.1 without a Host: 400", () =>
    withOrg("documented", async ({ mock }) => {
      expect(await raw(mock.url, `GET ${ME} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
    }));
});

describe("request lines", () => {
  test.each([
    ["a whole URL", "http://api.mypurecloud.com/api/v2/mock/things?a=b", "/api/v2/mock/things"],
    ["a whole URL without a path", "http://api.mypurecloud.com", "/"],
    ["a whole URL with a query alone", "http://api.mypurecloud.com?a=b", "/"],
  ])("%s is taken by its path", (_what, target, path) =>
    withOrg("documented", async (org) => {
      const answer = await raw(org.mock.url, text(org, "GET", target), answered(1));
      expect(answer).toMatch(/\r\nININ-Correlation-Id: /);
      expect(org.last().path).toBe(path);
    }),
  );

  test("OPTIONS * is an unknown operation, CONNECT is refused: this is no proxy", () =>
    withOrg("documented", async (org) => {
      expect(statuses(await raw(org.mock.url, text(org, "OPTIONS", "*"), answered(1)))).toEqual([404]);
      const tunnel = "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n";
      expect(await raw(org.mock.url, tunnel)).toMatch(/^HTTP\/1\.1 405 /);
    }));

  test.each([
    ["no HTTP at all", "hello\r\n\r\n"],
    ["an unknown method", "BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["an unknown version", "GET / HTTP/4.2\r\nHost: x\r\n\r\n"],
    ["a blank in the path", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a TLS handshake", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001"],
  ])("%s: 400 and the end of the connection; the next client is served", (_what, bytes) =>
    withOrg("documented", async ({ mock, send }) => {
      expect(await raw(mock.url, [Buffer.from(bytes, "latin1")])).toMatch(/^HTTP\/1\.1 400 /);
      expect((await send("GET", ME)).status).toBe(200);
    }),
  );

  test("HTTP/2 without TLS is hung up on", () =>
    withOrg("documented", async ({ mock, send }) => {
      expect(statuses(await raw(mock.url, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))).not.toContain(200);
      expect((await send("GET", ME)).status).toBe(200);
    }));

  test("HTTP/1.0 needs no Host, and closes unless it asks otherwise", () =>
    withOrg("documented", async ({ mock }) => {
      expect(statuses(await raw(mock.url, "GET /nope HTTP/1.0\r\n\r\n"))).toEqual([404]);
      const kept = "GET /nope HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
      expect(statuses(await raw(mock.url, kept + kept, answered(2)))).toEqual([404, 404]);
    }));
});

describe("connections", () => {
  test("pipelined requests are answered in their order", () =>
    withOrg("documented", async (org) => {
      const bytes =
        text(org, "GET", ME) + text(org, "GET", "/nope") + text(org, "GET", "/api/v2/mock/things");
      const answer = await raw(org.mock.url, bytes, (got) => got.endsWith('"total":0}'));
      expect(statuses(answer)).toEqual([200, 404, 200]);
    }));

  test("and worked off in it, each after the answer to the one before, whatever each takes", () =>
    withOrg({ extends: "documented", latency: { base: "1ms" } }, async (org) => {
      const write = (value: number) => text(org, "PUT", THING, { body: `{"a":${value}}` });
      const bytes = [1, 2, 3].map(write).join("") + text(org, "GET", THING);
      const answer = await raw(org.mock.url, bytes, (got) => got.endsWith('"a":3}') && answered(4)(got));
      expect(statuses(answer)).toEqual([201, 200, 200, 200]);
      expect(org.mock.trace().map(({ at }) => at)).toEqual([1, 2, 3, 4]);
    }));

  test("a fault on a pipelined request comes after the answers before it", () => {
    const route = "POST /api/v2/integrations/actions/{id}/execute";
    return withOrg(
      { extends: "documented", faults: [{ on: { route }, kind: "drop-response" }] },
      async (org) => {
        const lost = text(org, "POST", "/api/v2/integrations/actions/a1/execute", { body: "{}" });
        const answer = await raw(org.mock.url, text(org, "GET", ME) + lost + text(org, "GET", ME));
        expect(statuses(answer)).toEqual([200]);
        expect(org.mock.trace().map(({ status }) => status)).toEqual([200, null]);
      },
    );
  });

  test("garbage behind a good request does not overtake its answer", () =>
    withOrg({ extends: "documented", latency: { base: "1ms" } }, async (org) => {
      expect(statuses(await raw(org.mock.url, `${text(org, "GET", ME)}garbage\r\n\r\n`))).toEqual([200, 400]);
    }));

  test("a chunk that is none: 400", () =>
    withOrg("documented", async (org) => {
      const chunked = text(org, "PUT", THING, { lines: ["Transfer-Encoding: chunked"] });
      expect(statuses(await raw(org.mock.url, `${chunked}zz\r\n`))).toEqual([400]);
      expect(org.mock.trace()).toEqual([]);
    }));

  test("a client that hangs up is not waited for: the write is carried out", () =>
    withOrg("documented", async (org) => {
      const socket = open(org.mock.url);
      socket.end(text(org, "PUT", THING, { body: '{"a":1}' }));
      await once(socket.resume(), "close");
      expect((await org.send("GET", THING)).json).toEqual({ id: "1", a: 1 });
    }));

  test("one that closes its half in the middle of a request is let go", () =>
    withOrg("documented", async (org) => {
      const socket = open(org.mock.url);
      socket.end(text(org, "PUT", THING, { lines: ["Content-Length: 10"] }));
      await once(socket.resume(), "close");
      expect(org.mock.trace()).toEqual([]);
    }));
});

describe("starting and stopping", () => {
  const policy = presetPolicy("documented");

  test("a taken port is said, with what to do", async () => {
    const first = await startMock({ policy });
    const port = Number(new URL(first.url).port);
    await expect(startMock({ policy, port })).rejects.toMatchObject({
      code: "usage",
      message: `port ${port} on 127.0.0.1 is taken`,
      hint: expect.stringContaining("0 for any free one"),
    });
    await first.close();
  });

  test.each([
    ["a port that is none", { port: 70_000 }, /^cannot listen on 127\.0\.0\.1 port 70000: /],
    ["a host that is not this machine's", { host: "192.0.2.1" }, /^cannot listen on 192\.0\.2\.1 port 0: /],
  ])("so is %s", async (_what, options, message) => {
    await expect(startMock({ policy, ...options })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(message),
    });
  });

  test("it listens on loopback, and on IPv6 where told", async () => {
    const mock = await startMock({ policy, host: "::1" });
    expect(mock.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${mock.url}/nope`)).status).toBe(404);
    await mock.close();
  });
});
