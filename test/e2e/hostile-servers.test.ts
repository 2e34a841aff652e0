import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { CONTROL_CHARACTERS, journalFiles, journalOf, type Ran, replay, reportOf } from "./run-gcidem.js";
import { httpServer, rawServer } from "./servers.js";

const GET = "steps:\n  - id: a\n    request: GET /x\n    timeout: 1s\n";

/** Runs a GET with the JSON report on standard output and the terminal's in a file. */
async function ask(
  url: string,
  scenario = GET,
): Promise<Ran & { readonly cwd: string; readonly terminal: string }> {
  const ran = await replay(scenario, [
    "--target",
    url,
    "--reporter",
    "json",
    "--reporter",
    "terminal=report.txt",
  ]);
  return { ...ran, terminal: readFileSync(join(ran.cwd, "report.txt"), "utf8") };
}

describe("a server that does not answer becomes an exchange with code and phase", () => {
  test.each([
    ["hangs up without a word", "", "end", "response", /ECONNRESET|EPIPE|UNANSWERED|socket/i],
    ["resets", "", "reset", "response", /ECONNRESET/],
    ["says garbage", "\u0000\u001bgarbage\r\n\r\n", "end", "response", /HPE_|PARSE/],
    ["stops in the headers", "HTTP/1.1 200 OK\r\nContent-Ty", "end", "response", /ECONNRESET|HPE_|EPIPE/],
    [
      "resets in the body",
      "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc",
      "reset",
      "response",
      /ECONNRESET|ABORTED/,
    ],
    [
      "promises more body than it sends",
      "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc",
      "end",
      "response",
      /./,
    ],
    [
      "breaks off a chunk",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nabc",
      "end",
      "response",
      /./,
    ],
    [
      "compresses wrongly",
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip",
      "end",
      "response",
      /./,
    ],
    [
      "switches protocols unasked",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
      "end",
      "response",
      /./,
    ],
    ["never answers", "", "wait", "timeout", /TIMEDOUT|TIMEOUT/],
    [
      "stops in the body",
      "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc",
      "wait",
      "timeout",
      /TIMEDOUT|TIMEOUT/,
    ],
  ])("%s", async (_what, bytes, then, phase, code) => {
    const { url } = await rawServer((socket) => {
      socket.write(bytes, "latin1", () => {
        if (then === "end") socket.end();
        if (then === "reset") setTimeout(() => socket.resetAndDestroy(), 20);
      });
    });
    const ran = await ask(url);
    expect(ran.code).toBe(4);
    const [exchange] = reportOf(ran).exchanges;
    expect(exchange?.response).toBeNull();
    expect(exchange?.error).toMatchObject({ phase });
    expect(exchange?.error?.code).toMatch(code);
    expect(ran.terminal).toContain(exchange?.error?.code);
    expect(ran.terminal).not.toMatch(CONTROL_CHARACTERS);
    expect(journalOf(ran.cwd).at(-1)).toMatchObject({ type: "run-ended", interrupted: false });
  });
});

describe("a body that is too large", () => {
  test.each([
    ["as it stands", (): [Buffer, object] => [Buffer.alloc(11 * 1024 * 1024, "a"), {}]],
    [
      "once it is unpacked",
      (): [Buffer, object] => [gzipSync(Buffer.alloc(200 * 1024 * 1024)), { "content-encoding": "gzip" }],
    ],
    [
      "unpacked twice",
      (): [Buffer, object] => [
        brotliCompressSync(gzipSync(Buffer.alloc(64 * 1024 * 1024))),
        { "content-encoding": "gzip, br" },
      ],
    ],
  ])("%s is cut at 10 MiB, and the report says so", async (_what, make) => {
    const [body, headers] = make();
    const { url } = await httpServer((_request, response) =>
      response.writeHead(200, { ...headers }).end(body),
    );
    const ran = await ask(url, GET.replace("1s", "20s"));
    const [exchange] = reportOf(ran).exchanges;
    expect(exchange?.response?.truncated).toBe(true);
    expect(Buffer.byteLength(exchange?.response?.body ?? "")).toBe(10 * 1024 * 1024);
    expect(ran.terminal.length).toBeLessThan(10_000);
  });
});

describe("control characters", () => {
  const nasty = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202eevil\u2066\u200f\u2028\u0000\r\nover";

  test("in a body: none reaches the terminal or a JSON report; the journal is intact", async () => {
    const body = JSON.stringify({ code: nasty, message: nasty }).replaceAll("\\u001b", "\u001b");
    const { url } = await httpServer((_request, response) =>
      response.writeHead(409, { "content-type": "application/json" }).end(body),
    );
    const scenario = `${GET}    expect: { status: 200, json: { $.code: x } }\n    capture: { c: $.code }\n  - { repeat: a, mutate: [{ set: { header: { X: y } } }] }\n`;
    const ran = await ask(url, scenario);
    expect(ran.code).toBe(1);
    for (const text of [ran.terminal, ran.stdout, ran.stderr]) expect(text).not.toMatch(CONTROL_CHARACTERS);
    expect(reportOf(ran).exchanges[0]?.response?.body).toBe(body);
    expect(readFileSync(journalFiles(ran.cwd)[0] ?? "", "utf8")).not.toMatch(CONTROL_CHARACTERS);
  });

  test("in a JSON body that is valid", async () => {
    const { url } = await httpServer((_request, response) =>
      response.writeHead(409).end(JSON.stringify({ code: nasty, [nasty]: nasty })),
    );
    const ran = await ask(
      url,
      `${GET}    expect: { json: { $.code: x } }\n    capture: { c: $.code }\n  - request: GET /$(a.c)\n`,
    );
    for (const text of [ran.terminal, ran.stdout, ran.stderr]) expect(text).not.toMatch(CONTROL_CHARACTERS);
  });

  test("in headers, in the status line, in the correlation ID and the ETag", async () => {
    const { url } = await rawServer((socket) => {
      const value = "\u009b31m\u0085\u00e4";
      socket.end(
        `HTTP/1.1 409 ${value}\r\nX-A: ${value}\r\nETag: "${value}"\r\nININ-Correlation-Id: ${value}\r\nContent-Length: 2\r\n\r\n{}`,
        "latin1",
      );
    });
    const ran = await ask(
      url,
      `${GET}    capture: { etag: header ETag }\n    expect: { headers: { X-A: b } }\n`,
    );
    expect(ran.code).toBe(1);
    expect(reportOf(ran).exchanges[0]?.response?.status).toBe(409);
    for (const text of [ran.terminal, ran.stdout, ran.stderr]) expect(text).not.toMatch(CONTROL_CHARACTERS);
  });

  test("in the scenario's own texts", async () => {
    const { url } = await httpServer((_request, response) => response.writeHead(409).end("{}"));
    const ran = await ask(
      url,
      'name: "a \\e[31m\\u202e\\x9b name"\ndescription: "\\e[2J"\nsteps:\n  - request: POST /x\n    text: "\\e[2J\\u202e"\n    expect: { json: { $.a: "\\e[31m" } }\n',
    );
    expect(ran.code).toBe(1);
    for (const text of [ran.terminal, ran.stdout]) expect(text).not.toMatch(CONTROL_CHARACTERS);
  });

  test("a capture with CR and LF cannot start a header: refused at run time, exit 2, and clean-up runs", async () => {
    const server = await httpServer((_request, response) =>
      response.end(JSON.stringify({ v: "a\r\nX-Evil: 1" })),
    );
    const ran = await ask(
      server.url,
      `${GET}    capture: { v: $.v }\n  - id: b\n    request: GET /b\n    headers: { X-A: $(a.v) }\n  - { id: c, request: GET /c }\ncleanUp:\n  - request: GET /clean\n`,
    );
    expect(ran.code).toBe(2);
    expect(server.seen.map(({ url }) => url)).toEqual(["/x", "/clean"]);
    const run = reportOf(ran);
    expect(run.exchanges[1]).toMatchObject({ step: "b", response: null, error: { phase: "refused" } });
    expect(run.skipped).toMatchObject([{ step: "c" }]);
    expect(journalOf(ran.cwd)).toContainEqual(
      expect.objectContaining({ type: "failed", error: expect.objectContaining({ phase: "refused" }) }),
    );
    expect(ran.terminal.replace(/\s+/g, " ")).toContain("the value of header X-A holds CR, LF or NUL");
  });
});

test.each([
  ["a control character", "a\u0001b"],
  ["a character that no header can carry", "\u20ac"],
])(
  "%s from an answer in a header is refused like them, and what follows is skipped",
  async (_what, value) => {
    const server = await httpServer((_request, response) => response.end(JSON.stringify({ v: value })));
    const ran = await ask(
      server.url,
      `${GET}    capture: { v: $.v }\n  - { id: b, request: GET /b, headers: { X-A: $(a.v) } }\n  - { id: c, request: GET /c }\ncleanUp:\n  - request: GET /clean\n`,
    );
    expect(ran.code).toBe(2);
    expect(server.seen.map(({ url }) => url)).toEqual(["/x", "/clean"]);
    expect(reportOf(ran).exchanges[1]?.error?.phase).toBe("refused");
    expect(reportOf(ran).skipped).toMatchObject([{ step: "c" }]);
  },
);

test("a request that HTTP does not allow is refused", async () => {
  const server = await httpServer((_request, response) => response.end());
  for (const step of ["{ request: HEAD /, json: {} }", "{ request: CONNECT / }"]) {
    expect((await ask(server.url, `steps:\n  - ${step}\n`)).code).toBe(2);
  }
  expect(server.connections()).toBe(0);
});

describe("what servers may do is shown as it is", () => {
  test("redirects are not followed", async () => {
    const server = await httpServer((_request, response) =>
      response.writeHead(302, { location: "http://evil.example.invalid/" }).end(),
    );
    const ran = await ask(server.url);
    expect(reportOf(ran).exchanges.map(({ response }) => response?.status)).toEqual([302]);
    expect(server.seen.length).toBe(1);
  });

  test("5xx are not retried unasked", async () => {
    const server = await httpServer((_request, response) =>
      response.writeHead(503, { "retry-after": "0" }).end(),
    );
    await ask(server.url);
    expect(server.seen.length).toBe(1);
  });

  test("bytes that are no text travel in base64, header lines keep their order and doubles", async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x1b]);
    const { url } = await rawServer((socket) => {
      socket.write(
        "HTTP/1.1 200 OK\r\nX-B: 2\r\nX-A: 1\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 4\r\n\r\n",
      );
      socket.end(bytes);
    });
    const [exchange] = reportOf(await ask(url)).exchanges;
    expect(exchange?.response).toMatchObject({ bodyEncoding: "base64", body: bytes.toString("base64") });
    expect(exchange?.response?.headers.map(([name]) => name)).toEqual([
      "X-B",
      "X-A",
      "Set-Cookie",
      "set-cookie",
      "Content-Length",
    ]);
  });

  test("an answer to HEAD, 204 and 304 without a body", async () => {
    const { url } = await httpServer((request, response) =>
      response.writeHead(Number(request.url.slice(1)), { etag: '"1"' }).end(),
    );
    const ran = await ask(
      url,
      "steps:\n  - request: HEAD /200\n  - request: GET /204\n  - request: GET /304\n",
    );
    expect(ran.code).toBe(0);
    expect(reportOf(ran).exchanges.map(({ response }) => response?.status)).toEqual([200, 204, 304]);
  });
});
